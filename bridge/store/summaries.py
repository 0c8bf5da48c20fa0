"""Summaries: which of them a record is part of, and so concerns by what becomes of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store import targets as target_rows
from bridge.store.block_key import BlockKey
from bridge.store.database import chunks
from bridge.store.schema import WAVES, mirror, mirror_refs, targets

Told = set[tuple[str, str]]
"""Blocks with the anchors of their targets."""


class Summaries:
    """The blocks that sum records up."""

    def __init__(self, blocks: Sequence[BlockKey]) -> None:
        self._below = [b.id for b in blocks if b.kind == "organization" and b.wave > WAVES["organizations"]]
        self._blocks = [block for block in blocks if block.summarises is not None]
        self.kinds = {block.summarises for block in self._blocks}

    def concerned(self, connection: Connection, source: str, kind: str, mirror_ids: Sequence[int]) -> Told:
        """Give the summaries that records take part in, by what the mirror holds of them now."""
        told: Told = set()
        blocks = [each for each in self._blocks if each.summarises == kind and each.source in (None, source)]
        for part in chunks(mirror_ids) if blocks else ():
            anchors: dict[str, set[str]] = {}
            owners = sa.select(mirror.c.org_ext).where(mirror.c.id.in_(part), mirror.c.org_ext.is_not(None)).distinct()
            anchors["organization"] = {f"{source}:organization:{each}" for each in connection.execute(owners).scalars()}
            if any(each.kind == "configuration" for each in blocks):
                refs = sa.select(mirror_refs.c.ref).where(mirror_refs.c.mirror_id.in_(part)).distinct()
                found = connection.execute(refs.where(mirror_refs.c.ref.startswith(f"{source}:configuration:")))
                anchors["configuration"] = set(found.scalars())
            told |= {(block.id, anchor) for block in blocks for anchor in anchors[block.kind]}
        return told

    @staticmethod
    def touch(connection: Connection, told: Told, *, now: float, lane: str, run: int | None = None) -> None:
        """Make these summaries due."""
        by_block: dict[str, list[str]] = {}
        for block, anchor in sorted(told):
            by_block.setdefault(block, []).append(anchor)
        for block, anchors in by_block.items():
            for part in chunks(anchors):
                mine = (targets.c.block == block) & targets.c.anchor.in_(part)
                target_rows.touch(connection, mine, now=now, lane=lane, run=run)

    def place(self, connection: Connection) -> None:
        """Put what stands for organizations under their own targets, which are made in the same breath."""
        if not self._below:
            return
        above = targets.alias("above")
        its = sa.select(above.c.id).where(above.c.block == "organizations", above.c.anchor == targets.c.anchor)
        mine = (
            targets.c.block.in_(self._below)
            & targets.c.org_target.is_(None)
            & (targets.c.wave > WAVES["organizations"])
        )
        connection.execute(sa.update(targets).where(mine).values(org_target=its.scalar_subquery()))
