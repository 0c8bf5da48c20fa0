"""The blocks of the mapping as the judge is told of them; attributes are named by their words (`serial_number`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .valuemaps import SAME, ValueMap
from .words import Words

Condition = Callable[[Words], bool]
Value = Callable[[Words], Any]

MARKER: Final = "Bridge ref"
"""The text trait that names, on each asset that the bridge made, the record it stands for (PROTOCOLS 3)."""


def everything(_: Words) -> bool:
    """Let every record in."""
    return True


@dataclass(frozen=True)
class Block:
    """One block of the mapping.

    `create` is `yes`, `never` or, for organizations, `ask`. `gone` is `keep`, `archive` (configurations and assets) or
    `status NAME` (organizations). `values` is what `set` holds, as functions of the words.
    """

    only: Condition = everything
    types: ValueMap = SAME
    statuses: ValueMap = SAME
    manufacturers: ValueMap = SAME
    models: ValueMap = SAME
    operating_systems: ValueMap = SAME
    countries: ValueMap = SAME
    regions: ValueMap = SAME
    values: Mapping[str, Value] = field(default_factory=dict)
    once: frozenset[str] = frozenset()
    fill: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    clear: frozenset[str] = frozenset()
    match: tuple[str, ...] = ("name",)
    create: str = "yes"
    gone: str = "keep"


@dataclass(frozen=True)
class Field:
    """One field of a flexible asset type: its name, its kind in IT Glue's words, its value.

    `value` takes the record's words; those of a summary are its anchor's, with one list besides, `tickets` and the like: the
    words of what feeds it. None leaves the field to people. A tag gives references (`{"id", "name"}`), one or a list, `tags`
    is the kind they are of: `organization`, `location`, `contact`, `configuration`, or that of another block
    (`AssetBlock.target`); without it ids of IT Glue. A Textbox gives HTML.

    A tag with `suggest`, `first` or `more`, has no value: rules choose what it `shows`, named as in `Suggestion.show`.
    """

    name: str
    kind: str
    value: Value | None = None
    tags: str = ""
    title: bool = False
    required: bool = False
    decimals: int = 0
    options: tuple[str, ...] = ()
    suggest: str = ""
    shows: str = ""


@dataclass(frozen=True)
class Suggestion:
    """One `[[suggestions]]` rule.

    `when` holds the words by attribute: `ticket.title`, `device.type`, `organization.types`, `ticket.custom.Area`. `show` is
    `Documents`, `Checklists` or `FlexibleAssetType: NAME`; `shared` are organizations of IT Glue by exact name or id.
    """

    when: Mapping[str, tuple[str, ...]]
    show: str = "Documents"
    titled: tuple[str, ...] = ()
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True)
class AssetBlock(Block):
    """One `[[flexible_assets]]` block; its owners (`once`, `fill`, …) name fields.

    `kind` is what it is made from, `per` what one asset stands for: each record, or the organization or configuration that
    its records belong to. `archive_when` counts a record as gone though the source has it. `relative` says that values or
    conditions use the age of something, so that they change by themselves once a day.
    """

    name: str = ""
    type: str = ""
    kind: str = "ticket"
    per: str = "record"
    fields: tuple[Field, ...] = ()
    archive_when: Condition | None = None
    relative: bool = False

    @property
    def anchor(self) -> str:
        """The kind of what an asset stands for."""
        return self.kind if self.per == "record" else self.per

    @property
    def feeds(self) -> str:
        """The word of a summary that lists what feeds it."""
        return f"{self.kind}s"

    @property
    def target(self) -> str:
        """The kind of its targets as their Refs begin: `psa-ticket/ticket`, for `psa-ticket/ticket:9`."""
        return f"{self.name}/{self.anchor}"
