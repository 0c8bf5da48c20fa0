"""One block of the mapping, ready to map records."""

from collections.abc import Callable
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import Any

from bridge.desired import Desired, Excluded, Held
from bridge.mapping.assets import AssetType
from bridge.mapping.gone import Gone
from bridge.mapping.suggest import Suggestions
from bridge.records import Ref

Words = AbstractMapping[str, Any]


@dataclass(frozen=True, slots=True)
class Owners:
    """Exceptions to "the source owns it", by IT Glue's attribute names.

    `once` is written at creation only, `fill` only while empty in IT Glue, `ignore` never, and `clear` is emptied
    when the source is empty even where we did not write it.
    """

    once: frozenset[str] = frozenset()
    fill: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    clear: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Block:
    """One compiled piece of the mapping.

    `kind` is the source's record kind; `digest` the rules digest that targets are planned with; `want` the words it
    reads; `match` the keys tried after link, decision, marker and PSA id; `marker` says that our Ref goes into the
    notes of what we create; `relative` that a value changes with the day. `provenance` says where each key of the
    effective definition stands: `bridge.toml:26` or `defaults 2026-11`.
    """

    id: str
    kind: str
    itglue_type: str
    wave: int
    digest: str
    want: frozenset[str]
    owners: Owners
    gone: Gone
    match: tuple[str, ...]
    create: str
    marker: bool
    relative: bool
    provenance: AbstractMapping[str, str]
    map: Callable[[Words, Ref], Desired | Excluded | Held]
    """From a record's words and Ref to what it asks of IT Glue; pure, never raises for what a record holds."""
    leaves: Callable[[Words, Ref], bool | Held]
    """Whether `gone = "archive when …"` counts the record as gone though the source has it."""
    source: str | None = None
    """The one source whose records it reads; None: all that have the kind."""
    per: str = "record"
    """What an asset stands for: a record, or the organization or configuration whose records it summarises."""
    takes: Callable[[Words, Ref], bool | Held] = lambda _words, _ref: True
    """Whether a record takes part in a summary."""
    asset_type: AssetType | None = None
    """The flexible asset type that it writes."""
    suggestions: Suggestions | None = None
    """What of IT Glue's documentation its fields show."""

    @property
    def anchor_kind(self) -> str:
        """Give the kind of the records that its targets are anchored to."""
        return self.kind if self.per == "record" else self.per
