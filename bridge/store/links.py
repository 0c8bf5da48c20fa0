"""Links: which IT Glue record a target is, and whether anybody knows what it holds."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.itglue.compare import not_taken
from bridge.store import journal
from bridge.store.database import chunks
from bridge.store.schema import assets, links, writes


def verified(connection: Connection, where: sa.ColumnElement[bool], *, began: float) -> int:
    """Set links back to known whose last write could not execute any more when a read of them began."""
    due = [where, links.c.state == "unknown", links.c.verify_at <= began]
    members = list(connection.execute(sa.select(links.c.target).where(*due)).scalars())
    for part in chunks(members):
        _take_over(connection, part, began)
        _end_writes(connection, part, began)
        connection.execute(
            sa.update(links).where(links.c.target.in_(part), *due[1:]).values(state="known", verify_at=None)
        )
    return len(members)


def _unanswered(members: Sequence[int], began: float) -> sa.ColumnElement[bool]:
    mine = writes.c.target.in_(members) & writes.c.verb.not_in(["create", "create_name"])
    return mine & (writes.c.quiet_at <= began) & (writes.c.outcome.is_(None) | (writes.c.outcome == "unknown"))


def _end_writes(connection: Connection, members: Sequence[int], began: float) -> None:
    connection.execute(sa.update(writes).where(_unanswered(members, began)).values(outcome="resolved"))


def _take_over(connection: Connection, members: Sequence[int], began: float) -> None:
    """Count as written what unanswered writes have sent and IT Glue shows: that is ours to clear and to restore."""
    statement = (
        sa.select(
            writes.c.target, writes.c.verb, writes.c.batch, writes.c.body, links.c.applied, links.c.archived,
            assets.c.attributes,
        )
        .join(links, links.c.target == writes.c.target)
        .join(assets, (assets.c.kind == links.c.itglue_type) & (assets.c.itglue_id == links.c.itglue_id))
        .where(_unanswered(members, began))
        .order_by(writes.c.id)
    )  # fmt: skip
    by_target: dict[int, list[Any]] = defaultdict(list)
    for write in connection.execute(statement):
        by_target[write.target].append(write)
    for target, sent in sorted(by_target.items()):
        shown, applied = orjson.loads(sent[0].attributes), orjson.loads(sent[0].applied)
        archived = bool(sent[0].archived)
        for write in sent:
            body = orjson.loads(write.body)
            missed = not_taken(body, shown)
            if write.verb == "undo":  # the values are those of before, which were not ours
                applied = {name: value for name, value in applied.items() if name not in body}
            else:
                applied |= {name: value for name, value in body.items() if name not in missed}
            if write.verb in {"archive", "restore"} and not missed:
                archived = write.verb == "archive"
            journal.answer(connection, write.batch, {target: "unknown" if missed else "resolved"})
        values = {"applied": orjson.dumps(applied).decode(), "archived": archived}
        connection.execute(sa.update(links).where(links.c.target == target).values(**values))


def of_kind(connection: Connection, kind: str) -> list[str]:
    """Give the ids of all records of a kind that anything is linked to."""
    statement = sa.select(links.c.itglue_id).where(links.c.itglue_type == kind).distinct().order_by(links.c.itglue_id)
    return list(connection.execute(statement).scalars())
