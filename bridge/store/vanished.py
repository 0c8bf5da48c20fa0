"""What a complete read no longer shows: how long it has been absent, and whether a whole shape has gone with it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.records import Ref
from bridge.store.database import Database, chunks
from bridge.store.schema import mirror, payloads

# A type, a status, a board or a company that had at least so many records and lost all of them was hidden, not emptied.
SHAPE_LEAST = 5
FACETS = ("type", "status", "board", "organization")


@dataclass(frozen=True, slots=True)
class Vanished:
    """Records of one source and kind that a complete read did not show. `shape` says why they may be hidden."""

    ids: tuple[int, ...]
    shape: str | None


def look(db: Database, source: str, kind: str, run: int, *, share: float) -> Vanished:
    """Find the records that a complete read, as this run, did not show, and judge whether their number is credible."""
    here = (mirror.c.source == source) & (mirror.c.kind == kind) & mirror.c.gone_at.is_(None)
    with db.read() as connection:
        ids = tuple(
            connection.execute(
                sa.select(mirror.c.id).where(here, sa.func.coalesce(mirror.c.seen_run, 0) < run)
            ).scalars()
        )
        if not ids:
            return Vanished((), None)
        total = int(connection.execute(sa.select(sa.func.count()).select_from(mirror).where(here)).scalar_one())
        # One record that is gone is no shape, unless it was the last: an empty read says nothing about what was there.
        if len(ids) == total or (len(ids) > 1 and len(ids) > share * total):
            return Vanished(ids, f"{len(ids)} of {total} {kind}s are missing from a complete read")
        return Vanished(ids, _lost_facet(connection, here, frozenset(ids)))


def _lost_facet(connection: Connection, here: sa.ColumnElement[bool], lost: frozenset[int]) -> str | None:
    before: Counter[tuple[str, str]] = Counter()
    after: Counter[tuple[str, str]] = Counter()
    for mirror_id, record in _records(connection, here):
        for facet in _facets(record):
            before[facet] += 1
            if mirror_id not in lost:
                after[facet] += 1
    for word, number in before.items():
        if number >= SHAPE_LEAST and not after[word]:
            return f'all {number} records with {word[0]} "{word[1]}" are missing from a complete read'
    return None


def _facets(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for facet in FACETS:
        value = record.get(facet)
        word = f"{value.get('name')} ({value.get('id')})" if isinstance(value, dict) else value
        if word:
            yield facet, str(word)
    for word in record.get("types") or ():
        yield "type", str(word)


def _records(connection: Connection, here: sa.ColumnElement[bool]) -> Iterator[tuple[int, dict[str, Any]]]:
    last = 0
    while True:
        rows = connection.execute(
            sa.select(mirror.c.id, payloads.c.record)
            .join(payloads, payloads.c.mirror_id == mirror.c.id)
            .where(here, mirror.c.id > last)
            .order_by(mirror.c.id)
            .limit(1000)
        ).all()
        if not rows:
            return
        for row in rows:
            yield row.id, orjson.loads(row.record)
        last = rows[-1].id


def mark_absent(connection: Connection, ids: Sequence[int], *, now: float, gap: float) -> list[tuple[str, str, str]]:
    """Note the first absence; give (source, kind, id) of those absent from two complete reads at least `gap` apart."""
    twice: list[tuple[str, str, str]] = []
    for part in chunks(ids):
        rows = connection.execute(
            sa.select(mirror.c.source, mirror.c.kind, mirror.c.ext_id).where(
                mirror.c.id.in_(part), mirror.c.absent_since <= now - gap
            )
        )
        twice += [(row.source, row.kind, row.ext_id) for row in rows]
        connection.execute(
            sa.update(mirror).where(mirror.c.id.in_(part), mirror.c.absent_since.is_(None)).values(absent_since=now)
        )
    return twice


def from_the_bin(db: Database, source: str, kind: str, run: int) -> list[Ref]:
    """Give the records that the mirror holds as recycled and that a read of all that is recycled, as this run, did not show."""
    with db.read() as connection:
        ids = connection.execute(
            sa.select(mirror.c.ext_id)
            .join(payloads, payloads.c.mirror_id == mirror.c.id)
            .where(mirror.c.source == source, mirror.c.kind == kind, mirror.c.gone_at.is_(None))
            .where(sa.func.coalesce(mirror.c.seen_run, 0) < run, payloads.c.record.contains('"recycled":true'))
            .order_by(mirror.c.id)
        ).scalars()
        return [Ref(source, kind, ext_id) for ext_id in ids]
