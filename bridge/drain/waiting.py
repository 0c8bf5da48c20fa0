"""Waiting: a target whose parent or name has no link yet."""

from collections.abc import Sequence

import sqlalchemy as sa

from bridge.drain.work import Row
from bridge.engine import Engine
from bridge.store import targets as target_rows
from bridge.store.schema import links, targets, waits


def wait(engine: Engine, connection: sa.Connection, row: Row, on: Sequence[int], *, now: float) -> None:
    """Settle a claimed target as waiting for others to be linked."""
    rows = [{"target": row.id, "on_target": target} for target in dict.fromkeys(on)]
    connection.execute(sa.delete(waits).where(waits.c.target == row.id))
    engine.db.add_missing(connection, waits, rows, "target", "on_target")
    if not target_rows.settle(connection, row, "waiting", now=now, outcome=None):
        return
    # What is waited for may have been linked since it was looked at.
    ready = connection.execute(
        sa.select(links.c.target).join(targets, targets.c.id == links.c.target)
        .where(links.c.target.in_([each["on_target"] for each in rows]), targets.c.state == "settled")
    ).scalars()  # fmt: skip
    target_rows.release_waiting(connection, list(ready), now=now)
