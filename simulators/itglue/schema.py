"""How a resource of IT Glue is declared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from simulators.records import Table

Row = dict[str, Any]
Kind = Literal["line", "text", "reference", "integer", "flag", "date", "mac", "ip", "emails", "phones", "raw"]
FilterKind = Literal["id", "exact", "reference", "flag", "when", "psa_type", "psa_id", "rmm_type", "rmm_id", "nothing"]


@dataclass(frozen=True)
class Attribute:
    """One attribute of the read shape, in the vendor's dashed spelling."""

    name: str
    kind: Kind = "line"
    required: bool = False
    nullable: bool = True
    writable: bool = True
    refers: str | None = None
    """The table that a reference points to."""
    must_exist: bool = False
    """An unknown id is a 422 `must exist` rather than a 401."""
    default: Any = None
    """What is shown while nothing is stored."""
    cut: int | None = None
    """Characters shown in lists."""
    rare: bool = False
    """Shown only where it is set."""
    show: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class Twin:
    """A read-only copy of an attribute of the record that a reference points to."""

    name: str
    via: str
    table: str
    of: str = "name"
    default: Any = None


@dataclass(frozen=True)
class Count:
    """How many records of a table point here."""

    name: str
    table: str
    field: str


@dataclass(frozen=True)
class Computed:
    """A read-only attribute worked out from id and row."""

    name: str
    work_out: Callable[[int, Row], Any]


@dataclass(frozen=True)
class Gathered:
    """A read-only attribute worked out from id, row and the other tables."""

    name: str
    work_out: Callable[[Mapping[str, Table], int, Row], Any]


@dataclass(frozen=True)
class TraitValues:
    """The traits of a flexible asset, shown after the fields of its type."""

    name: str


@dataclass(frozen=True)
class Destination:
    """A read-only copy of an attribute of the record that a related item leads to."""

    name: str
    of: str
    default: Any = None


Part = Attribute | Twin | Count | Computed | Gathered | TraitValues | Destination


@dataclass(frozen=True)
class Filter:
    """One word in `filter[…]`."""

    kind: FilterKind
    field: str
    exclude: bool = False
    """`filter[exclude][…]` exists too."""
    span: bool = False
    """`filter[range][…]` exists too."""
    unset: bool = False
    """What a flag counts as while nothing is stored."""
    needed: bool = False
    """The list is refused without it."""


@dataclass(frozen=True)
class Parent:
    """The resource that a resource is nested under."""

    resource: str
    key: str
    guarded: bool = True
    """An unknown id of it in a path is unauthorized rather than not found (reference 9.4)."""


@dataclass(frozen=True)
class Resource:
    """Everything that a route of a resource needs to know."""

    name: str
    label: str
    shape: tuple[Part, ...]
    filters: Mapping[str, Filter]
    sorts: tuple[str, ...]
    includes: frozenset[str] = frozenset()
    single_includes: frozenset[str] = frozenset()
    parent: Parent | None = None
    flat_list: bool = True
    single: Literal["served", "no_route", "unauthorized"] = "served"
    """What a GET of one record answers."""
    creates: bool = True
    updates: bool = True
    bulk_updates: bool = False
    bulk_creates: bool = False
    """Bulk create, only ever on the nested route."""
    bulk_deletes: bool = False
    single_delete: frozenset[str] = frozenset()
    """Routes that take a DELETE of one record: `flat`, `nested`."""
    nested_posts_only: bool = False
    """The nested route takes POST and nothing else."""
    relationships: frozenset[str] = frozenset()
    """What a POST may carry in `relationships`."""
    open_when_synced: frozenset[str] | None = None
    """Attributes that stay writable on a record of the native sync; None where there is no sync."""
    syncs: bool = False
    """The native sync links records of this kind, by adapters."""
    unique_name: bool = False
    hidden: frozenset[str] = field(default_factory=frozenset)
    """Stored and filterable, but not in the read shape."""

    @cached_property
    def type(self) -> str:
        """The word in `type`."""
        return self.name.replace("_", "-")

    @cached_property
    def stored(self) -> dict[str, Attribute]:
        """The attributes that a row holds, by name."""
        return {part.name: part for part in self.shape if isinstance(part, Attribute)}

    @cached_property
    def writable(self) -> dict[str, Attribute]:
        """The attributes that a client may send."""
        return {name: part for name, part in self.stored.items() if part.writable}

    @cached_property
    def read_only(self) -> frozenset[str]:
        """The names that are shown and cannot be set by anybody."""
        return frozenset(part.name for part in self.shape if not isinstance(part, Attribute))


def times() -> tuple[Attribute, Attribute]:
    """Declare the two stamps."""
    return Attribute("created-at", "raw", writable=False), Attribute("updated-at", "raw", writable=False)


def names(name: str, label: str, *between: Part, **more: Any) -> Resource:
    """Declare a small list of names (reference 5.2)."""
    return Resource(
        name=name,
        label=label,
        shape=(Attribute("name", required=True, nullable=False), *between, *times()),
        filters=more.pop("filters", {"name": Filter("exact", "name")}),
        sorts=("name", "id", "created_at", "updated_at"),
        unique_name=True,
        **more,
    )
