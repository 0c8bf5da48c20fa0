"""Pauses by hand: what a person keeps from being written for a while; each ends by itself."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.records import Ref
from bridge.store import journal
from bridge.store.database import Database
from bridge.store.schema import pauses, targets

PREFIX = "hand:"  # so that a side which pauses itself, by its bare name, is another row
ALL = "*"
CODE = "by_hand"
Row = sa.engine.Row[*tuple[Any, ...]]


def pause(db: Database, connection: Connection, what: str, *, seconds: float, by: str, why: str) -> float:
    """Keep something from being written; give until when. Said again it begins anew.

    `what` is ALL, a source's name, or a Ref: of an organization with everything under it, else of one record.
    """
    now = db.now(connection)
    row = {
        "scope": PREFIX + what,
        "code": CODE,
        "since": now,
        "until": now + seconds,
        "probes": 0,
        "by": by,
        "why": why,
    }
    db.upsert(connection, pauses, [row], "scope")
    journal.deed(connection, "pause", what, at=now, who=by, why=why, after={"until": now + seconds})
    return now + seconds


def resume(db: Database, connection: Connection, scopes: Sequence[str], *, by: str, why: str) -> list[str]:
    """End pauses, given as `what`; give those that there were. What waited has been due all the while."""
    now = db.now(connection)
    ended = []
    for what in scopes:
        mine = pauses.c.scope == PREFIX + what
        until = connection.execute(sa.delete(pauses).where(mine).returning(pauses.c.until)).scalar_one_or_none()
        if until is not None and until > now:
            ended.append(what)
            journal.deed(connection, "resume", what, at=now, who=by, why=why)
    return ended


def standing(connection: Connection, *, now: float) -> list[Row]:
    """Give the pauses that stand, with `what` they are of."""
    what = sa.func.substr(pauses.c.scope, len(PREFIX) + 1).label("what")
    mine = pauses.c.scope.startswith(PREFIX, autoescape=True) & (pauses.c.until > now)
    statement = sa.select(what, pauses.c.since, pauses.c.until, pauses.c.by, pauses.c.why).where(mine)
    return list(connection.execute(statement.order_by(pauses.c.scope)))


def concerned(connection: Connection, *, now: float) -> sa.ColumnElement[bool] | None:
    """Choose the targets that are not to be written; None where nothing is paused. It is never null for a row."""
    found = [_concerned(connection, str(row.what)) for row in standing(connection, now=now)]
    return sa.or_(*found) if found else None


def of(connection: Connection, target: int, *, now: float) -> list[Row]:
    """Give the pauses that concern one target."""
    return [
        row
        for row in standing(connection, now=now)
        if connection.execute(
            sa.select(targets.c.id).where(targets.c.id == target, _concerned(connection, str(row.what)))
        ).first()
    ]


def _concerned(connection: Connection, what: str) -> sa.ColumnElement[bool]:
    if what == ALL:
        return sa.true()
    if ":" not in what:
        return targets.c.mirror_id.is_not(None) & targets.c.anchor.startswith(f"{what}:", autoescape=True)
    itself = targets.c.mirror_id.is_not(None) & (targets.c.anchor == what)
    if Ref.parse(what).kind != "organization":
        return itself
    mine = sa.select(targets.c.id).where(targets.c.block == "organizations", targets.c.anchor == what)
    below = list(connection.execute(mine).scalars())
    return itself | (targets.c.org_target.is_not(None) & targets.c.org_target.in_(below))
