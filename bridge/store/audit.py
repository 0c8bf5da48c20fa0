"""The journal as people read it: who wrote what, when, why, over what, page by page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store import inspect
from bridge.store.database import Database
from bridge.store.schema import journal, payloads, targets

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: `ref` is what it is about, `before` and `after` hold the attributes; `outcome` is None until it is known."""

    id: int
    at: float
    run: int | None
    ref: str
    organization: str | None
    verb: str
    itglue_id: str | None
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    who: str
    why: str
    outcome: str | None


def entries(db: Database, where: Sequence[sa.ColumnElement[bool]]) -> Iterator[Entry]:
    """Give the rows in the order in which they were written; memory does not grow with them."""
    last = 0
    while True:
        with db.read() as connection:
            page = _page(connection, where, last)
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].id


def _page(connection: Connection, where: Sequence[sa.ColumnElement[bool]], last: int) -> list[Entry]:
    statement = (
        sa.select(journal, targets.c.block, targets.c.anchor, targets.c.name, targets.c.org_target)
        .outerjoin(targets, targets.c.id == journal.c.target)
        .where(*where, journal.c.id > last)
        .order_by(journal.c.id)
        .limit(PAGE)
    )
    rows = connection.execute(statement).all()
    owners = {row.target if row.block == inspect.ORGANIZATIONS else row.org_target for row in rows} - {None}
    names = _names(connection, sorted(owners))
    return [
        Entry(
            row.id, row.at, row.run,
            row.subject or (inspect.label(row) if row.block is not None else f"target {row.target}"),
            names.get(row.target if row.block == inspect.ORGANIZATIONS else row.org_target),
            row.verb, row.itglue_id, orjson.loads(row.before or "{}"), orjson.loads(row.after or "{}"), row.who,
            row.why, row.outcome,
        )
        for row in rows
    ]  # fmt: skip


def _names(connection: Connection, ids: Sequence[int]) -> dict[int, str | None]:
    found: dict[int, str | None] = {}
    for start in range(0, len(ids), 500):
        statement = (
            sa.select(targets.c.id, payloads.c.record)
            .join(payloads, payloads.c.mirror_id == targets.c.mirror_id)
            .where(targets.c.id.in_(ids[start : start + 500]))
        )
        found.update((row.id, orjson.loads(row.record).get("name")) for row in connection.execute(statement))
    return found
