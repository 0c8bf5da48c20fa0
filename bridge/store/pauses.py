"""Pauses: a side that fails as a whole is left alone, probed with backoff, and reported once."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import Database
from bridge.store.schema import pauses

ITGLUE = "itglue"
LOCK = 3


def active(connection: Connection, scope: str, *, now: float) -> bool:
    """Tell whether a side is paused at this time; past `until` the next call is the probe."""
    return left(connection, scope, now=now) > 0.0


def known(connection: Connection, scope: str) -> bool:
    """Tell whether a side has been paused and has not answered since."""
    return connection.execute(sa.select(pauses.c.scope).where(pauses.c.scope == scope)).first() is not None


def left(connection: Connection, scope: str, *, now: float) -> float:
    """Give for how many seconds a side is still to be left alone, 0 where it may be called."""
    until = connection.execute(sa.select(pauses.c.until).where(pauses.c.scope == scope)).scalar()
    return max(until - now, 0.0) if until is not None else 0.0


def pause(db: Database, scope: str, code: str, why: str, *, minimum: float, maximum: float) -> tuple[bool, float]:
    """Pause a side, longer each time it fails again; give whether it is newly paused, and for how long."""
    with db.write() as connection:
        db.lock(connection, LOCK)
        now = db.now(connection)
        row = connection.execute(sa.select(pauses).where(pauses.c.scope == scope)).first()
        probes = 0 if row is None else row.probes + 1
        seconds = min(maximum, minimum * 2.0**probes)
        values = {"code": code, "why": why, "until": now + seconds, "probes": probes, "by": "bridge"}
        if row is None:
            connection.execute(sa.insert(pauses).values(scope=scope, since=now, **values))
        elif row.until is not None and row.until > now:
            return False, row.until - now  # another worker has just said so
        else:
            connection.execute(sa.update(pauses).where(pauses.c.scope == scope).values(**values))
        return row is None, seconds


def lift(db: Database, scope: str) -> float | None:
    """End a pause; give since when the side was paused, None where it was not."""
    with db.read() as connection:
        if connection.execute(sa.select(pauses.c.scope).where(pauses.c.scope == scope)).first() is None:
            return None
    with db.write() as connection:
        return connection.execute(
            sa.delete(pauses).where(pauses.c.scope == scope).returning(pauses.c.since)
        ).scalar_one_or_none()
