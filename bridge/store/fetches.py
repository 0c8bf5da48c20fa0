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
        order = {ref: place for place, ref in enumerate(refs)}
        # Not due while it is worked on; a wish that comes meanwhile sets its own time.
        values = {"owner": owner, "lease_until": now + lease, "due_at": now + lease}
        statement = sa.update(fetches).where(fetches.c.ref.in_(list(order))).values(**values).returning(*fetches.c)
        return sorted(connection.execute(statement), key=lambda row: order[row.ref])


def done(db: Database, row: Row) -> None:
    """End a fetch; one that was asked for again meanwhile stays, and is due."""
    with db.write() as connection:
        connection.execute(sa.delete(fetches).where(fetches.c.ref == row.ref, fetches.c.seq == row.seq))
        values = {"owner": None, "lease_until": 0.0, "absent_at": None, "attempts": 0}
        connection.execute(sa.update(fetches).where(fetches.c.ref == row.ref).values(**values))


def again(db: Database, row: Row, *, due_in: float, **values: Any) -> None:
    """Put a fetch off; one that was asked for again meanwhile stays due as asked."""
    with db.write() as connection:
        due_at = db.now(connection) + due_in
        asked = (fetches.c.seq != row.seq) & (fetches.c.due_at < due_at)
        connection.execute(
            sa.update(fetches)
            .where(fetches.c.ref == row.ref)
            .values(owner=None, lease_until=0.0, due_at=sa.case((asked, fetches.c.due_at), else_=due_at), **values)
        )
