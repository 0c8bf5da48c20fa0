"""What the store has to know of a block of the mapping."""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.desired import Held
from bridge.mapping.block import Block, Words
from bridge.mapping.suggest import SUBJECTS
from bridge.mapping.words import DEAR
from bridge.records import Ref


@dataclass(frozen=True, slots=True)
class BlockKey:
    """What the mirror has to know of a block: its id, its wave, the kind of its anchors, its one source (None: all).

    `summarises` is the kind of the records that it sums up; None where each anchor stands for itself. `takes` tells
    which of them take part, where it wants something of them that costs a request per record; None where it does not.
    `looks_at` are kinds of other records whose words decide what it shows.
    """

    id: str
    wave: int
    kind: str
    source: str | None = None
    summarises: str | None = None
    takes: Callable[[Words, Ref], bool | Held] | None = None
    looks_at: frozenset[str] = frozenset()

    @classmethod
    def of(cls, block: Block) -> "BlockKey":
        """Give what the mirror has to know of a compiled block."""
        summarises = None if block.per == "record" else block.kind
        takes = block.takes if summarises is not None and block.want & DEAR[block.kind] else None
        shown = block.suggestions
        looks_at = (kind for subject, kind in SUBJECTS.items() if shown is not None and shown.words(subject))
        return cls(block.id, block.wave, block.anchor_kind, block.source, summarises, takes, frozenset(looks_at))
