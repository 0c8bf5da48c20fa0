"""Runs: one `apply`, one trigger or one cycle of a stream, with what became of every target that it saw."""

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import Database
from bridge.store.schema import run_targets, runs, targets
from bridge.store.targets import ORDER

OUTCOMES = ("written", "equal", "held", "excluded", "gone", "open")


def start(db: Database, connection: Connection, kind: str, scope: str) -> int:
    """Begin a run and give its number."""
    statement = sa.insert(runs).values(kind=kind, scope=scope, started_at=db.now(connection)).returning(runs.c.id)
    return int(connection.execute(statement).scalar_one())


def read_done(connection: Connection, run: int, *, now: float) -> None:
    """Say that the run will see no more targets."""
    connection.execute(sa.update(runs).where(runs.c.id == run).values(read_done_at=now))


def abandon(connection: Connection, kind: str, scope: str, *, now: float) -> None:
    """Say of earlier runs of the same read that they will see no more: whoever did them is dead or has lost the claim."""
    mine = (runs.c.kind == kind) & (runs.c.scope == scope)
    connection.execute(sa.update(runs).where(mine, runs.c.read_done_at.is_(None)).values(read_done_at=now))


def abandon_old(connection: Connection, kind: str, *, before: float, now: float) -> None:
    """Say of runs of a kind that began before a time, and still read, that they will see no more: their process is dead."""
    old = (runs.c.kind == kind) & (runs.c.started_at < before) & runs.c.read_done_at.is_(None)
    connection.execute(sa.update(runs).where(old).values(read_done_at=now))


def outcome_of_state() -> sa.ColumnElement[str | None]:
    """Give what a run counts of a target by its state; null while it is open."""
    return sa.case(
        (targets.c.state == "settled", "equal"),
        (targets.c.state.in_(["held", "excluded", "gone"]), targets.c.state),
        else_=None,
    )


def enter(db: Database, connection: Connection, run: int, where: sa.ColumnElement[bool]) -> None:
    """Enter targets into a run: those that are due or waiting as open, all others with what has become of them."""
    chosen = sa.select(sa.literal(run), targets.c.id, targets.c.seq, outcome_of_state()).where(where)
    # Locked, so that none is settled between the look at its state and the run's row.
    chosen = chosen.order_by(*ORDER).with_for_update(key_share=True)
    statement = db.insert(run_targets).from_select(["run", "target", "seq", "outcome"], chosen)
    connection.execute(statement.on_conflict_do_nothing(index_elements=["run", "target"]))


def count(connection: Connection, run: int) -> dict[str, Any]:
    """Count what became of a run's targets: `seen` is the sum of the others; names are counted apart."""
    rows = connection.execute(
        sa.select(targets.c.block, run_targets.c.outcome, sa.func.count())
        .join(targets, targets.c.id == run_targets.c.target)
        .where(run_targets.c.run == run)
        .group_by(targets.c.block, run_targets.c.outcome)
    ).all()
    counts: dict[str, Any] = dict.fromkeys(("seen", *OUTCOMES), 0)
    names: dict[str, int] = {}
    for block, outcome, number in rows:
        word = outcome or "open"
        if block == "names":
            names[word] = names.get(word, 0) + number
        else:
            counts[word] = counts.get(word, 0) + number
            counts["seen"] += number
    if names:
        counts["names"] = names
    return counts


def end(connection: Connection, run: int, *, now: float, outcome: str) -> Mapping[str, Any]:
    """End a run: keep its counts, drop its rows."""
    counts = count(connection, run)
    connection.execute(
        sa.update(runs)
        .where(runs.c.id == run)
        .values(ended_at=now, outcome=outcome, counts=orjson.dumps(counts).decode())
    )
    connection.execute(sa.delete(run_targets).where(run_targets.c.run == run))
    return counts


def end_finished(db: Database, *, planned: bool) -> list[tuple[int, Mapping[str, Any]]]:
    """End every run that has read all and has nothing open; with `planned`, what is open stays so and is counted."""
    ended: list[tuple[int, Mapping[str, Any]]] = []
    still_open = sa.exists().where(run_targets.c.run == runs.c.id, run_targets.c.outcome.is_(None))
    waiting = sa.select(runs.c.id).where(runs.c.ended_at.is_(None), runs.c.read_done_at.is_not(None))
    with db.write() as connection:
        now = db.now(connection)
        done = waiting if planned else waiting.where(~still_open)
        for run in list(connection.execute(done).scalars()):
            counts = count(connection, run)
            outcome = "planned" if counts["open"] else "finished"
            ended.append((run, end(connection, run, now=now, outcome=outcome)))
    return ended
