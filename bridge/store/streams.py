"""Streams: repeated reads, claimed by lease and fence so that two schedulers never do one twice."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.schema import streams

Row = sa.engine.Row[*tuple[Any, ...]]


def ensure(db: Database, wanted: Sequence[tuple[str, str, str]]) -> None:
    """Make sure of a row for each (source, kind, what)."""
    with db.write() as connection:
        rows = [{"source": source, "kind": kind, "what": what} for source, kind, what in wanted]
        db.add_missing(connection, streams, rows, "source", "kind", "what")


def keep(db: Database, wanted: Sequence[tuple[str, str, str]]) -> None:
    """Make sure of these streams, and forget all others: what comes back to the settings later is read anew."""
    ensure(db, wanted)
    known = set(wanted)
    with db.write() as connection:
        rows = connection.execute(sa.select(streams.c.source, streams.c.kind, streams.c.what)).all()
        for row in rows:
            if (row.source, row.kind, row.what) not in known:
                connection.execute(sa.delete(streams).where(_key(row)))


def claim(db: Database, *, owner: str, lease: float, only: Mapping[str, str] | None = None) -> Row | None:
    """Claim the stream that is due longest; organizations come before what belongs to them."""
    with db.write() as connection:
        now = db.now(connection)
        due = [streams.c.next_at <= now, streams.c.lease_until < now]
        due += [streams.c[name] == value for name, value in (only or {}).items()]
        organization_first = sa.case((streams.c.kind == "organization", 0), else_=1)
        found = connection.execute(
            sa.select(streams)
            .where(*due)
            .order_by(organization_first, streams.c.next_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if found is None:
            return None
        return connection.execute(
            sa.update(streams)
            .where(_key(found))
            .values(owner=owner, lease_until=now + lease, fence=streams.c.fence + 1)
            .returning(*streams.c)
        ).one()


def claim_one(db: Database, source: str, kind: str, what: str, *, owner: str, lease: float) -> Row | None:
    """Claim one stream, due or not; None where another process reads it just now."""
    with db.write() as connection:
        now = db.now(connection)
        mine = sa.and_(streams.c.source == source, streams.c.kind == kind, streams.c.what == what)
        return connection.execute(
            sa.update(streams)
            .where(mine, streams.c.lease_until < now)
            .values(owner=owner, lease_until=now + lease, fence=streams.c.fence + 1)
            .returning(*streams.c)
        ).first()


def is_claimed(connection: sa.Connection, source: str, kind: str, what: str, *, now: float) -> bool:
    """Tell whether somebody reads a stream just now."""
    mine = sa.and_(streams.c.source == source, streams.c.kind == kind, streams.c.what == what)
    return connection.execute(sa.select(streams.c.kind).where(mine, streams.c.lease_until > now)).first() is not None


def renew(db: Database, row: Row, *, lease: float) -> bool:
    """Extend the lease; False where the stream is not ours any more."""
    with db.write() as connection:
        statement = sa.update(streams).where(_key(row), streams.c.fence == row.fence)
        return connection.execute(statement.values(lease_until=db.now(connection) + lease)).rowcount == 1


def move(db: Database, row: Row, watermark: str) -> bool:
    """Move the watermark, under our own fence only."""
    with db.write() as connection:
        statement = sa.update(streams).where(_key(row), streams.c.fence == row.fence)
        return connection.execute(statement.values(watermark=watermark)).rowcount == 1


def done(db: Database, row: Row, *, next_in: float, error: str | None = None) -> bool:
    """End the claim; the stream is due again in so many seconds."""
    with db.write() as connection:
        now = db.now(connection)
        values: dict[str, Any] = {"owner": None, "lease_until": 0.0, "next_at": now + next_in, "last_error": error}
        values |= {"failures": streams.c.failures + 1} if error else {"failures": 0, "last_ok_at": now}
        statement = sa.update(streams).where(_key(row), streams.c.fence == row.fence)
        return connection.execute(statement.values(**values)).rowcount == 1


def _key(row: Row) -> sa.ColumnElement[bool]:
    return sa.and_(streams.c.source == row.source, streams.c.kind == row.kind, streams.c.what == row.what)
