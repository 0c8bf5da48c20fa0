"""Summaries, and whatever else looks at records beside its own: which of them a change of a record concerns."""

from collections.abc import Collection, Sequence

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.mapping.days import as_of
from bridge.records import Ref
from bridge.store import suggested
from bridge.store import targets as target_rows
from bridge.store.block_key import BlockKey
from bridge.store.database import chunks
from bridge.store.schema import WAVES, mirror, mirror_refs, payloads, targets

Told = set[tuple[str, str]]
"""Blocks with the anchors of their targets."""


class Summaries:
    """The blocks that sum records up, and those that look at others."""

    def __init__(self, blocks: Sequence[BlockKey]) -> None:
        self._below = [b.id for b in blocks if b.kind == "organization" and b.wave > WAVES["organizations"]]
        self._blocks = [block for block in blocks if block.summarises is not None]
        self._looking = [block for block in blocks if block.looks_at]
        self.looked_at = frozenset[str]().union(*(block.looks_at for block in self._looking))
        self.kinds = {block.summarises for block in self._blocks}

    def concerned(
        self, connection: Connection, source: str, kind: str, mirror_ids: Sequence[int], *, dear: bool = False
    ) -> Told:
        """Give the summaries that records take part in, by what the mirror holds of them now.

        With `dear` those alone that want what costs a request per record.
        """
        told: Told = set()
        blocks = [each for each in self._of(source, kind) if each.takes is not None or not dear]
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

    def asking(self, connection: Connection, source: str, kind: str, mirror_ids: Sequence[int], *, now: float) -> Told:
        """Give the summaries that records may take part in, as long as what costs a request is not read of them.

        A ticket names its devices only then: until that it may be any of its organization.
        """
        told: Told = set()
        blocks = [each for each in self._of(source, kind) if each.takes is not None]
        for part in chunks(mirror_ids) if blocks else ():
            statement = (
                sa.select(mirror.c.ext_id, mirror.c.org_ext, payloads.c.record)
                .join(payloads, payloads.c.mirror_id == mirror.c.id)
                .where(mirror.c.id.in_(part), mirror.c.org_ext.is_not(None))
            )
            rows = [
                (Ref(source, kind, row.ext_id), row.org_ext, as_of(kind, orjson.loads(row.record), now))
                for row in connection.execute(statement)
            ]
            for block in blocks:
                owners = {owner for ref, owner, words in rows if block.takes and block.takes(words, ref) is not False}
                told |= {(block.id, anchor) for anchor in _anchors(connection, source, block, sorted(owners))}
        return told

    def _of(self, source: str, kind: str) -> list[BlockKey]:
        return [each for each in self._blocks if each.summarises == kind and each.source in (None, source)]

    def look(self, connection: Connection, changed: Sequence[Ref], *, now: float) -> None:
        """Make due what looks at changed records, all of one source and kind."""
        for block in self._looking if changed else ():
            if changed[0].kind in block.looks_at and block.source in (None, changed[0].source):
                suggested.touch_looking(connection, block.id, changed, now=now)

    @staticmethod
    def touch(
        connection: Connection,
        told: Told,
        *,
        now: float,
        lane: str,
        run: int | None = None,
        besides: Collection[int] = (),
    ) -> int:
        """Make these summaries due, all `besides` the targets named; give their number."""
        touched = 0
        by_block: dict[str, list[str]] = {}
        for block, anchor in sorted(told):
            by_block.setdefault(block, []).append(anchor)
        for block, anchors in by_block.items():
            for part in chunks(anchors):
                mine = (targets.c.block == block) & targets.c.anchor.in_(part) & targets.c.id.not_in(besides)
                touched += target_rows.touch(connection, mine, now=now, lane=lane, run=run)
        return touched

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


def _anchors(connection: Connection, source: str, block: BlockKey, owners: Sequence[str]) -> list[str]:
    """Give the anchors of a block's summaries in these organizations, by their ids at the source."""
    if block.kind == "organization":
        return [f"{source}:organization:{owner}" for owner in owners]
    found: list[str] = []
    for part in chunks(owners):
        here = (mirror.c.source == source) & (mirror.c.kind == block.kind) & mirror.c.org_ext.in_(part)
        mine = sa.select(targets.c.anchor).join(mirror, mirror.c.id == targets.c.mirror_id)
        found += connection.execute(mine.where(targets.c.block == block.id, here)).scalars()
    return found
