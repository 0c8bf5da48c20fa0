"""The words in which the vendor's resources are described: fields, resources, paths."""

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal[
    "integer",
    "number",
    "string",
    "boolean",
    "datetime",
    "enum",
    "reference",
    "strings",  # an array of strings
    "children",  # an array made from other records: types, questions
    "custom",  # customFields
    "linked",  # ids of linked records, known to conditions only
    "answer",  # string, number or boolean
]

# Every record carries these in `_info`; conditions take them with and without the prefix (5.1, 6).
STAMPS: dict[str, Kind] = {
    "lastUpdated": "datetime",
    "updatedBy": "string",
    "dateEntered": "datetime",
    "enteredBy": "string",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a resource; `target` is the path of the resource it refers to, or the name of a lookup."""

    name: str
    kind: Kind
    target: str = ""
    limit: int | None = None
    required: bool = False
    default: Any = None
    options: tuple[str, ...] = ()
    filterable: bool = True
    selectable: bool = True
    hidden: bool = False  # stored, never shown: the parents that only the path names
    hollow: bool = False  # unset, it shows as an object without id (5.1)
    labels: tuple[str, ...] = ("name",)  # what its reference carries besides id
    href: str = ""  # the word of the link in its reference, the field's name where empty


@dataclass(frozen=True, slots=True)
class Child:
    """A collection inside a record: how it is called, and what of each element can be asked for."""

    name: str
    elements: dict[str, Kind]
    target: str = ""  # its elements are references into this path
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)  # the words that its enums take


@dataclass(frozen=True, slots=True)
class Link:
    """A list of records that a row of another resource names by their ids in one of its fields."""

    holder: str
    field: str
    target: str
    view: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource; `path` has `{field}` where the vendor's path has the id of a parent."""

    path: str
    noun: str
    fields: tuple[Field, ...]
    labels: dict[str, str] = field(default_factory=lambda: {"name": "name"})  # word in a reference: own field
    entered: bool = True  # `_info` has dateEntered and enteredBy
    soft_delete: bool = False
    pod: int | None = None  # the screen whose custom fields it shows
    children: tuple[Child, ...] = ()
    indexed: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)  # `*_href` of its own `_info`; {id} is filled in
    views: dict[str, tuple[str, ...]] = field(default_factory=dict)  # further list paths: the fields they show
    setup: bool = False  # a setup table: the UI refuses to delete a record in use
    unique: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()  # further paths of the same list
    kinds: dict[str, tuple[str, ...]] = field(default_factory=dict)  # list paths: the `recordType` of their records
    write_only: tuple[str, ...] = ()  # taken, never shown
    linked: dict[str, str] = field(default_factory=dict)  # names only conditions know: own field of linked ids

    @property
    def names(self) -> dict[str, Field]:
        """Return the fields by name."""
        return {each.name: each for each in self.fields}

    @property
    def parents(self) -> tuple[str, ...]:
        """Return the fields that the path names, outermost first."""
        return tuple(part[1:-1] for part in self.path.split("/") if part.startswith("{"))


def text(name: str, limit: int | None = None, *, required: bool = False) -> Field:
    """Describe a string."""
    return Field(name, "string", limit=limit, required=required)


def flag(name: str, *, default: bool = False) -> Field:
    """Describe a boolean; the vendor always shows one."""
    return Field(name, "boolean", default=default)


def whole(name: str) -> Field:
    """Describe an integer."""
    return Field(name, "integer")


def number(name: str) -> Field:
    """Describe a number with decimals."""
    return Field(name, "number")


def moment(name: str) -> Field:
    """Describe a date or a time."""
    return Field(name, "datetime")


def ref(name: str, target: str, *, required: bool = False, hollow: bool = False) -> Field:
    """Describe a reference to a record, or to an entry of a lookup where no resource has this path."""
    return Field(name, "reference", target=target, required=required, hollow=hollow)


def parent(name: str, target: str) -> Field:
    """Describe a parent that only the path names."""
    return Field(name, "reference", target=target, hidden=True, filterable=False, selectable=False)
