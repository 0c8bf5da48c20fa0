"""Fetches: records to be read singly, because a hint, a webhook or a doubt named them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.schema import fetches

Row = sa.engine.Row[*tuple[Any, ...]]


def claim(db: Database, *, owner: str, lease: float, limit: int, sources: Sequence[str]) -> list[Row]:
    """Claim due fetches of these sources, live ones first."""
    with db.write() as connection:
        now = db.now(connection)
        of_sources = sa.or_(*(fetches.c.ref.startswith(f"{source}:", autoescape=True) for source in sources))
        live_first = sa.case((fetches.c.lane == "live", 0), else_=1)
        refs = connection.execute(
            sa.select(fetches.c.ref)
            .where(fetches.c.due_at <= now, fetches.c.lease_until < now, of_sources)
            .order_by(live_first, fetches.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).scalars()
        statement = sa.update(fetches).where(fetches.c.ref.in_(list(refs)))
        return list(connection.execute(statement.values(owner=owner, lease_until=now + lease).returning(*fetches.c)))


def done(db: Database, row: Row) -> None:
    """End a fetch; one that was asked for again meanwhile stays, and is due."""
    with db.write() as connection:
        connection.execute(sa.delete(fetches).where(fetches.c.ref == row.ref, fetches.c.seq == row.seq))
        connection.execute(sa.update(fetches).where(fetches.c.ref == row.ref).values(owner=None, lease_until=0.0))


def again(db: Database, row: Row, *, due_in: float, **values: Any) -> None:
    """Put a fetch off."""
    with db.write() as connection:
        now = db.now(connection)
        connection.execute(
            sa.update(fetches)
            .where(fetches.c.ref == row.ref)
            .values(owner=None, lease_until=0.0, due_at=now + due_in, **values)
        )
