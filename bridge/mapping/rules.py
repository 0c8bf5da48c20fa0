"""The operator's mapping as it stands in bridge.toml: blocks, overrides, rollout."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema, PydanticCustomError

ACTIONS = ("!same", "!hold", "!skip")
_NAME = re.compile(r'\s*(?:"([^"]*)"|([^,"]*?))\s*(?:,|$)')
_HELP = 'write "A, B -> C", or for names that hold commas or arrows { from = ["A, Inc"], to = "B" }'


class Rules(BaseModel):
    """A table of the file: unknown keys are refused, nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Line(Rules):
    """One line of a value map; `*` in `names` fits every value, `""` a blank one."""

    names: tuple[str, ...] = Field(alias="from", min_length=1)
    to: str = Field(min_length=1)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        table = handler.resolve_ref_schema(handler(schema))
        line = {"type": "string", "pattern": r"->\s*[^\s>]", "description": "A, B -> C"}
        return {"description": table.pop("description", ""), "anyOf": [line, table]}

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        return parse_line(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _known(self) -> "Line":
        if self.to.startswith("!") and self.to not in ACTIONS:
            raise PydanticCustomError("B124", "{to} is no action; actions are !same, !hold and !skip", {"to": self.to})
        return self


def parse_line(line: str) -> dict[str, Any]:
    """Read `A, B -> C` into the table form; a name in double quotes may be blank or hold commas."""
    left, arrow, to = line.partition("->")
    if not arrow or "->" in to or not to.strip():
        raise PydanticCustomError("B124", "{line} is no value-map line; " + _HELP, {"line": f'"{line}"'})
    names: list[str] = []
    position = 0
    while position < len(left):
        found = _NAME.match(left, position)
        quoted, bare = found.groups() if found else (None, None)
        if found is None or (quoted is None and not bare):
            raise PydanticCustomError("B124", "{line} is no value-map line; " + _HELP, {"line": f'"{line}"'})
        names.append(quoted if quoted is not None else bare or "")
        position = found.end()
    if not names:
        raise PydanticCustomError(
            "B124", '{line} names nothing before the arrow; write "" for a blank value', {"line": f'"{line}"'}
        )
    return {"from": names, "to": to.strip().strip('"')}


def _many(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Names = tuple[str, ...]
ValueMap = tuple[Line, ...]


class BlockRules(Rules):
    """The keys that every block knows; None where the file is silent."""

    only: str | None = None
    match: Names | None = None
    once: Names | None = None
    fill: Names | None = None
    ignore: Names | None = None
    clear: Names | None = None
    gone: str | None = None
    values: dict[str, Any] | None = Field(default=None, alias="set")


class OrganizationRules(BlockRules):
    """`[organizations]`."""

    create: Literal["ask", "yes", "never"] | None = None
    types: ValueMap | None = None
    statuses: ValueMap | None = None


class RecordRules(BlockRules):
    """The keys of every block whose records belong to an organization."""

    enabled: bool | None = None
    create: Literal["yes", "never"] | None = None


class LocationRules(RecordRules):
    """`[locations]`."""

    countries: ValueMap | None = None
    regions: ValueMap | None = None


class ContactRules(RecordRules):
    """`[contacts]`."""

    types: ValueMap | None = None


class ConfigurationRules(RecordRules):
    """`[configurations]`."""

    types: ValueMap | None = None
    statuses: ValueMap | None = None
    manufacturers: ValueMap | None = None
    models: ValueMap | None = None
    operating_systems: ValueMap | None = None
    marker: bool | None = None


class LaterRules(Rules):
    """A block of a kind that this release does not sync: its keys are read, compiling it is refused."""

    model_config = ConfigDict(extra="allow", frozen=True)


class FlexibleField(Rules):
    """One field of a flexible asset type. Without a `value` it is made, and then left to people."""

    name: str = Field(min_length=1, max_length=255)
    kind: Literal[
        "Text", "Textbox", "Number", "Date", "Checkbox", "Select", "Tag", "Percent", "Header", "Upload", "Password"
    ]
    value: Any = None
    tags: str | None = None
    options: Names | None = None
    decimals: int | None = Field(default=None, ge=0, le=10)
    title: bool = False
    required: bool = False
    in_list: bool = False
    hint: str | None = None
    suggest: Literal["first", "more"] | None = None


class FlexibleAssetRules(Rules):
    """One `[[flexible_assets]]`."""

    type: str = Field(min_length=1, max_length=255)
    name: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    source: str = Field(alias="from")
    per: Literal["record", "organization", "configuration"] = "record"
    only: str | None = None
    match: Names | None = None
    once: Names | None = None
    fill: Names | None = None
    ignore: Names | None = None
    clear: Names | None = None
    gone: str | None = None
    create: Literal["yes", "never"] | None = None
    icon: str | None = None
    description: str | None = None
    fields: tuple[FlexibleField, ...] = Field(min_length=1)

    @property
    def id(self) -> str:
        """Give the block's id: its name, by default the slug of its type."""
        return self.name or re.sub(r"[^a-z0-9]+", "-", self.type.casefold()).strip("-")


class SuggestionRules(Rules):
    """One `[[suggestions]]`: what of IT Glue's documentation is shown on tickets that hold certain words.

    `when` holds, by subject and attribute, the words of which one has to be there; `show` is a tag type, as a field's
    `tags`; `titled` are words of which an item's name has to hold one; `shared` organizations of IT Glue, by name or id.
    """

    name: str | None = Field(default=None, min_length=1)
    when: dict[Literal["ticket", "device", "organization"], dict[str, Any]] = Field(min_length=1)
    show: str
    titled: Annotated[Names, BeforeValidator(_many, json_schema_input_type=str | Names)] = ()
    shared: Annotated[Names, BeforeValidator(_many, json_schema_input_type=str | Names)] = ()


class AssetOverrideRules(RecordRules):
    """What an override says of a block of flexible assets: `set` gives values to its fields, by their names.

    The type and its fields are one for all organizations.
    """


class OverrideRules(Rules):
    """One `[[override]]`: other keys for the records of some organizations.

    `organizations` selects by exact name or Ref; `organization` holds keys of `[organizations]`, for the organization
    itself, `locations`, `contacts` and `configurations` those of the blocks of these names, `flexible_assets` those of
    each block of flexible assets, by the block's name.
    """

    organizations: Annotated[Names, Field(min_length=1), BeforeValidator(_many, json_schema_input_type=str | Names)]
    organization: OrganizationRules | None = None
    locations: LocationRules | None = None
    contacts: ContactRules | None = None
    configurations: ConfigurationRules | None = None
    flexible_assets: dict[str, AssetOverrideRules] | None = None


class RolloutRules(Rules):
    """`[rollout]`: the organizations, by exact name or Ref, that are written; `*` is everyone, absent is no one."""

    organizations: Annotated[Names, BeforeValidator(_many, json_schema_input_type=str | Names)] = ()
