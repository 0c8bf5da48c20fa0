"""Links: which IT Glue record a target is, and whether anybody knows what it holds."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import chunks
from bridge.store.schema import links, writes


def verified(connection: Connection, where: sa.ColumnElement[bool], *, began: float) -> int:
    """Set links back to known whose last write could not execute any more when a read of them began."""
    due = [where, links.c.state == "unknown", links.c.verify_at <= began]
    members = list(connection.execute(sa.select(links.c.target).where(*due)).scalars())
    for part in chunks(members):
        _end_writes(connection, part, began)
        connection.execute(
            sa.update(links).where(links.c.target.in_(part), *due[1:]).values(state="known", verify_at=None)
        )
    return len(members)


def _end_writes(connection: Connection, members: Sequence[int], began: float) -> None:
    connection.execute(
        sa.update(writes)
        .where(
            writes.c.target.in_(members), writes.c.verb.not_in(["create", "create_name"]), writes.c.quiet_at <= began
        )
        .where(sa.or_(writes.c.outcome.is_(None), writes.c.outcome == "unknown"))
        .values(outcome="resolved")
    )
