"""Verifying: links of which nobody knows what IT Glue holds are read again before they are planned."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from bridge.drain.work import Row
from bridge.engine import Engine, log
from bridge.quota import Lane
from bridge.refresh import reread
from bridge.store import links as link_rows
from bridge.store import targets as target_rows
from bridge.store.database import chunks
from bridge.store.schema import links, targets


def verify(engine: Engine, rows: Sequence[Row], *, lane: Lane) -> None:
    """Read again what claimed targets are linked to, where a write of it was not answered and cannot execute any more."""
    due: dict[str, dict[int, str]] = defaultdict(dict)
    with engine.db.read() as connection:
        began = engine.db.now(connection)
        for part in chunks([row.id for row in rows]):
            found = connection.execute(
                sa.select(links.c.target, links.c.itglue_type, links.c.itglue_id).where(
                    links.c.target.in_(part), links.c.state == "unknown", links.c.verify_at <= began
                )
            )
            for link in found:
                due[link.itglue_type][link.target] = link.itglue_id
    for kind, members in due.items():
        reread(engine, kind, sorted(set(members.values()), key=int), lane=lane)
        with engine.db.write() as connection:
            for part in chunks(list(members)):
                link_rows.verified(connection, links.c.target.in_(part), began=began)
        log.info("links.verified", kind=kind, links=len(members))


def raise_due(engine: Engine) -> int:
    """Make due the targets whose links have to be verified; give their number."""
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        unknown = sa.select(links.c.target).where(links.c.state == "unknown", links.c.verify_at <= now)
        idle = targets.c.state.not_in(["pending", "creating"]) & targets.c.id.in_(unknown)
        return target_rows.touch(connection, idle, now=now, lane="backfill")
