"""What the store has to know of a block of the mapping."""

from dataclasses import dataclass

from bridge.mapping.block import Block


@dataclass(frozen=True, slots=True)
class BlockKey:
    """What the mirror has to know of a block: its id, its wave, the kind of its anchors, its one source (None: all).

    `summarises` is the kind of the records that it sums up; None where each anchor stands for itself.
    """

    id: str
    wave: int
    kind: str
    source: str | None = None
    summarises: str | None = None

    @classmethod
    def of(cls, block: Block) -> "BlockKey":
        """Give what the mirror has to know of a compiled block."""
        summarises = None if block.per == "record" else block.kind
        return cls(block.id, block.wave, block.anchor_kind, block.source, summarises)
