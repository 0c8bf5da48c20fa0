"""What took a request for one record alone: which record it was read for, as it was then, and the words it gave.

A row stands for one word of a record (a ticket's devices), or for one kind that is read below it (a company's sites).
It is due again when the record has changed, and when it is made so. The digest tells, for two changes in one second
have one version.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.mapping.words import DEAR
from bridge.store import targets as target_rows
from bridge.store.database import Database, chunks
from bridge.store.schema import dear_reads, mirror, payloads, targets


def is_due(wanted: Collection[str]) -> sa.ColumnElement[bool]:
    """Ask whether something wanted of a mirrored record has not been read as it is now."""
    mine = (dear_reads.c.mirror_id == mirror.c.id) & (dear_reads.c.digest == mirror.c.digest)
    done = sa.select(sa.func.count()).select_from(dear_reads).where(mine, dear_reads.c.what.in_(wanted))
    return done.correlate(mirror).scalar_subquery() < len(wanted)


def due(connection: Connection, ids: Sequence[int], wanted: Collection[str]) -> set[int]:
    """Give those of these records for which something wanted has not been read as they are now."""
    found: set[int] = set()
    for part in chunks(list(ids)):
        found |= set(connection.execute(sa.select(mirror.c.id).where(mirror.c.id.in_(part), is_due(wanted))).scalars())
    return found


def done(db: Database, connection: Connection, mirror_id: int, digest: str, values: Mapping[str, Any]) -> None:
    """Note that this was read for a record of this digest; of a kind below it the value is None."""
    rows = [
        {"mirror_id": mirror_id, "what": what, "digest": digest,
         "value": None if value is None else orjson.dumps(value).decode()}
        for what, value in values.items()
    ]  # fmt: skip
    db.upsert(connection, dear_reads, rows, "mirror_id", "what")


def words(connection: Connection, kind: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Give the words that were read for these records of a kind, by their number in the mirror."""
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    if DEAR[kind]:
        for part in chunks(list(ids)):
            rows = connection.execute(
                sa.select(dear_reads.c.mirror_id, dear_reads.c.what, dear_reads.c.value).where(
                    dear_reads.c.mirror_id.in_(part), dear_reads.c.value.is_not(None)
                )
            )
            for row in rows:
                found[row.mirror_id][row.what] = orjson.loads(row.value)
    return found


def again(connection: Connection, source: str, kind: str, want: Collection[str], *, now: float, run: int) -> list[int]:
    """Have the wanted words of a kind read again, and its targets planned with them: a link may move no change stamp.

    Gives the records' numbers in the mirror.
    """
    wanted = DEAR[kind] & frozenset(want)
    if not wanted:
        return []
    target_rows.lock_all(connection)
    here = sa.select(mirror.c.id).where(mirror.c.source == source, mirror.c.kind == kind, mirror.c.gone_at.is_(None))
    mine = dear_reads.c.mirror_id.in_(here) & dear_reads.c.what.in_(wanted) & dear_reads.c.digest.is_not(None)
    reset = sa.update(dear_reads).where(mine).values(digest=None).returning(dear_reads.c.mirror_id)
    ids = sorted(set(connection.execute(reset).scalars()))
    for part in chunks(ids):
        target_rows.touch(connection, targets.c.mirror_id.in_(part), now=now, lane="backfill", run=run)
    return ids


def put(connection: Connection, mirror_id: int, added: Mapping[str, Any]) -> dict[str, Any] | None:
    """Write words into a stored record; give all its words, None where nothing differs."""
    locked = sa.select(payloads.c.record).where(payloads.c.mirror_id == mirror_id).with_for_update()
    record: dict[str, Any] = orjson.loads(connection.execute(locked).scalar_one())
    if all(record.get(word) == value for word, value in added.items()):
        return None
    record |= added
    written = orjson.dumps(record).decode()
    connection.execute(sa.update(payloads).where(payloads.c.mirror_id == mirror_id).values(record=written))
    return record
