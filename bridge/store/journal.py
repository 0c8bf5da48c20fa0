"""The journal: one row per target and write, made before the write, with its outcome afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import chunks
from bridge.store.schema import journal

# What runs once per target is put together once: that takes longer than to execute it.
_RECENT = (
    sa.select(journal)
    .where(
        journal.c.target == sa.bindparam("of_target"),
        journal.c.at > sa.bindparam("since"),
        journal.c.outcome.is_distinct_from("refused"),
    )
    .order_by(journal.c.id)
)
_MADE = (
    sa.update(journal)
    .where(
        journal.c.batch == sa.bindparam("of_batch"),
        journal.c.target == sa.bindparam("of_target"),
        journal.c.itglue_id.is_(None),
    )
    .values(itglue_id=sa.bindparam("made_id"))
)


def intend(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Enter what is about to be written; `outcome` is null until the answer is known. A row is of a target or a subject."""
    if rows:
        connection.execute(sa.insert(journal), [dict(row) for row in rows])


def deed(
    connection: Connection,
    verb: str,
    subject: str,
    *,
    at: float,
    who: str,
    why: str,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Enter what a person did that writes nothing at IT Glue."""
    connection.execute(
        sa.insert(journal).values(
            verb=verb, subject=subject, at=at, who=who, why=why, after=orjson.dumps(dict(after or {})).decode(),
            outcome="done",
        )
    )  # fmt: skip


def answer(
    connection: Connection, batch: str, outcomes: Mapping[int, str], ids: Mapping[int, str] | None = None
) -> None:
    """Enter the outcome per target: written, refused, unknown or resolved; for creates with the id that was made."""
    by_outcome: dict[str, list[int]] = {}
    for target, outcome in outcomes.items():
        by_outcome.setdefault(outcome, []).append(target)
    for outcome, members in by_outcome.items():
        for part in chunks(members):
            connection.execute(
                sa.update(journal).where(journal.c.batch == batch, journal.c.target.in_(part)).values(outcome=outcome)
            )
    if ids:
        made = [{"of_batch": batch, "of_target": target, "made_id": itglue_id} for target, itglue_id in ids.items()]
        connection.execute(_MADE, made)


def became(connection: Connection, batch: str, outcome: str, *, itglue_id: str | None = None) -> None:
    """Enter what became of a write that is of no target, and the id that it made."""
    values: dict[str, Any] = {"outcome": outcome, **({} if itglue_id is None else {"itglue_id": itglue_id})}
    connection.execute(sa.update(journal).where(journal.c.batch == batch).values(**values))


def carried_out(connection: Connection, run: int, targets: Sequence[int]) -> list[sa.engine.Row[*tuple[Any, ...]]]:
    """Give what a run wrote to these targets and is known to have been carried out, oldest first."""
    found: list[sa.engine.Row[*tuple[Any, ...]]] = []
    for part in chunks(targets):
        mine = (journal.c.run == run) & journal.c.target.in_(part) & journal.c.outcome.in_(["written", "resolved"])
        found += connection.execute(sa.select(journal).where(mine).order_by(journal.c.id))
    return found


def counted(connection: Connection, where: sa.ColumnElement[bool], *, since: float) -> int:
    """Count the rows since then that were not refused and that no person had said yes to."""
    return int(
        connection.execute(
            sa.select(sa.func.count())
            .select_from(journal)
            .where(where, journal.c.at > since, journal.c.accepted.is_(sa.false()))
            .where(journal.c.outcome.is_distinct_from("refused"))
        ).scalar_one()
    )


def recent(connection: Connection, target: int, *, since: float) -> list[sa.engine.Row[*tuple[Any, ...]]]:
    """Give what was written to a target since then, oldest first."""
    return list(connection.execute(_RECENT, {"of_target": target, "since": since}))
