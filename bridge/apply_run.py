"""One `apply`: a run over planned targets, drained until nothing of it is open."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from threading import Event, Thread
from typing import Any

import sqlalchemy as sa

from bridge import refresh
from bridge.drain import names
from bridge.drain.drain import Drain
from bridge.drain.make_types import type_name
from bridge.engine import Engine
from bridge.errors import AuthError, TransientError
from bridge.fingerprint import fingerprint
from bridge.itglue.kinds import assets_of
from bridge.plan_file import batches
from bridge.plan_pass import Line
from bridge.quota import Lane
from bridge.store import decisions, hand_pauses, pauses, runs
from bridge.store import targets as target_rows
from bridge.store.index import OF_TYPES
from bridge.store.schema import journal, run_targets, targets, waits
from bridge.store.schema import pauses as pause_rows


@dataclass(slots=True)
class Applied:
    """What an apply did: its run, its counts, and the lines that were refused, with why."""

    run: int
    counts: Mapping[str, Any] = field(default_factory=dict)
    refused: list[tuple[Line, str]] = field(default_factory=list)
    writes: int = 0  # to IT Glue, names and archives too
    paused: int = 0  # left open, because a person paused it
    creates_in: dict[str, set[str | None]] = field(default_factory=dict)  # by block, the organizations created in


def begin(engine: Engine, lines: Iterable[Line], *, reviewed: bool, why: str) -> Applied:
    """Enter planned targets into a new run; refuse, one by one, what has changed since the plan.

    With `reviewed` a person has seen the plan: an accept is stored for each create, name, archive, emptying and
    mapping-made update that it listed, so that the stops on counts let them pass.
    """
    with engine.db.write() as connection:
        target_rows.lock_all(connection)
        applied = Applied(runs.start(engine.db, connection, "apply", why))
        # The file may be what was wrong with a type or a field: each that is held is looked at by it once more.
        held = (
            targets.c.anchor.startswith(OF_TYPES, autoescape=True)
            & (targets.c.block == names.BLOCK)
            & (targets.c.state == "held")
            & (targets.c.code != "stop_creates")
        )
        again = connection.execute(sa.select(targets.c.id).where(held)).scalars().all()
        target_rows.touch(connection, held, now=engine.db.now(connection), lane="backfill", run=applied.run)
        runs.enter(engine.db, connection, applied.run, targets.c.id.in_(again))
    for part in batches(line for line in lines if line.rollout):
        _enter(engine, applied, part, reviewed=reviewed, why=why)
    with engine.db.write() as connection:
        runs.read_done(connection, applied.run, now=engine.db.now(connection))
    return applied


def _enter(engine: Engine, applied: Applied, lines: list[Line], *, reviewed: bool, why: str) -> None:
    with engine.db.write() as connection:
        target_rows.lock_all(connection)  # what is pending here must not be `creating` by the time it is made due
        now = engine.db.now(connection)
        rows = {
            row.id: row
            for row in connection.execute(
                sa.select(
                    targets.c.id, targets.c.seq, targets.c.state, targets.c.code, targets.c.reason, targets.c.rule
                ).where(targets.c.id.in_([line.target for line in lines]))
            )
        }
        fine: list[Line] = []
        done: list[Line] = []
        for line in lines:
            row = rows.get(line.target)
            if row is None or (row.seq != line.seq and row.state != ("gone" if line.word == "archive" else "settled")):
                if line.writes:  # what the plan did not write has nothing that could be refused
                    applied.refused.append((line, "changed since the plan (run plan again)"))
            elif row.seq != line.seq:
                done.append(line)  # written since, by this plan or the service
            elif row.state == "creating":
                applied.refused.append((line, "is being created: its answer is awaited"))
            else:
                fine.append(line)
        settled = [line for line in fine if _is_settled(rows[line.target], line)]
        due = [line for line in fine if not _is_settled(rows[line.target], line)]
        _enter_settled(engine, connection, applied.run, settled)
        _enter_settled(engine, connection, applied.run, [replace(line, word="equal") for line in done])
        ids = [line.target for line in due]
        if ids:
            connection.execute(
                sa.update(targets)
                .where(targets.c.id.in_(ids))
                .values(state="pending", due_at=now, attempts=0, run=applied.run)
            )
            runs.enter(engine.db, connection, applied.run, targets.c.id.in_(ids))
        for line in fine:
            if line.word == "create":
                applied.creates_in.setdefault(line.block, set()).add(line.organization)
        needed = [name for line in fine for name in line.names]
        asked = names.ask(engine.db, connection, needed, now=now, lane="backfill", run=applied.run)
        if reviewed:
            _accept(engine, connection, applied.run, fine, asked, now=now, why=why)
        still_open = targets.c.state.in_(target_rows.OPEN_STATES)
        runs.enter(engine.db, connection, applied.run, targets.c.id.in_(list(asked.values())) & still_open)


_STATES = {"equal": "settled", "held": "held", "excluded": "excluded", "gone": "gone"}


def _is_settled(row: Any, line: Line) -> bool:
    """Tell whether a target is already what the plan says of it, for the same reason, so that nothing has to be drained."""
    if _STATES.get(line.word) != row.state:
        return False
    if line.word == "held":
        return (row.code, row.reason) == (line.code, line.reason)
    return line.word != "excluded" or bool(row.rule == line.reason)


def _enter_settled(engine: Engine, connection: sa.Connection, run: int, lines: list[Line]) -> None:
    rows = [{"run": run, "target": line.target, "seq": line.seq, "outcome": line.word} for line in lines]
    engine.db.add_missing(connection, run_targets, rows, "run", "target")


def _accept(
    engine: Engine, connection: sa.Connection, run: int, lines: list[Line], asked: Mapping[str, int], *, now: float,
    why: str,
) -> None:  # fmt: skip
    changes = [(line.target, line.stop, line.digest) for line in lines if line.stop is not None]
    decisions.accept(connection, changes, by=engine.who, at=now, why=why)
    if asked:
        mine = targets.c.id.in_(list(asked.values()))
        held = (targets.c.state == "held") & targets.c.code.in_(["stop_creates", "parent_held"])
        target_rows.touch(connection, mine & held, now=now, lane="backfill", run=run)
        made = [(target, "stop_creates", fingerprint(["name", key])) for key, target in asked.items()]
        decisions.accept(connection, made, by=engine.who, at=now, why=why)


def drain(engine: Engine, applied: Applied, stop: Event, *, threads: int = 1) -> None:
    """Drain a run until nothing of it is open, or `stop` is set.

    Raises AuthError or TransientError when a side is lost, IncompleteReadError where no list can be proven complete.
    """
    _freshen(engine, applied)
    # Each name that is made frees some records: written as they come free, they would take a request for every few.
    _drain_once(Drain(engine, run=applied.run, block=names.BLOCK, stop=stop), threads)
    work = Drain(engine, run=applied.run, stop=stop)
    while not stop.is_set():
        _drain_once(work, threads)
        with engine.db.read() as connection:
            left = _open(connection, applied.run)
            now = engine.db.now(connection)
            pause = connection.execute(sa.select(pause_rows).where(pause_rows.c.scope == pauses.ITGLUE)).first()
        if not left:
            break
        if pause is not None and pause.code == "auth":
            raise AuthError(pause.why)
        if pause is not None and now - pause.since > engine.times.deadline * 4:
            raise TransientError(f"IT Glue does not answer: {pause.why}; what is open goes on at the next apply or run")
        if work.incomplete is not None and time.monotonic() - work.incomplete[0] > engine.times.deadline * 4:
            raise work.incomplete[1]
        soonest = min((row.due_at for row in left if row.due_at is not None), default=now + 1.0)
        engine.on_progress("waiting", len(left))
        _release(engine, applied.run)
        if _only_paused(engine, applied):
            break
        stop.wait(min(max(soonest - now, 0.05), 1.0))
    stopped(engine, applied)


def _freshen(engine: Engine, applied: Applied) -> None:
    """Read a kind as a whole where that takes fewer requests than to read each organization that is created in."""
    for block_id, organizations in applied.creates_in.items():
        with engine.db.read() as connection:
            kind = _kind_of(engine, connection, block_id)
            pages = 1 + engine.index.count(connection, kind) // 1000 if kind else 0
        if kind and len(organizations) > pages:
            refresh.ensure(engine, kind, lane="backfill")


def _kind_of(engine: Engine, connection: sa.Connection, block_id: str) -> str | None:
    """Name what a block writes as the index does; None for assets of a type that is not made yet: there are none."""
    asset_type = engine.mapping.block(block_id).asset_type
    if asset_type is None:
        return block_id
    type_id = names.Names(connection).type_id(type_name(asset_type))
    return assets_of(type_id) if type_id else None


def stopped(engine: Engine, applied: Applied) -> None:
    """End the run; what is still open goes on with the next apply or the service."""
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        outcome = "stopped" if runs.count(connection, applied.run)["open"] else "finished"
        applied.counts = runs.end(connection, applied.run, now=now, outcome=outcome)
        done = (journal.c.run == applied.run) & journal.c.outcome.in_(["written", "resolved"])
        applied.writes = int(connection.execute(sa.select(sa.func.count()).where(done)).scalar_one())


def _drain_once(work: Drain, threads: int) -> None:
    """Drain both lanes in several threads, so that a slow answer does not idle the quota.

    The main thread only waits: a signal that interrupts it lets every request under way end.
    """
    failed: list[BaseException] = []

    def one(lane: Lane) -> None:
        try:
            work(lane)
        except BaseException as error:
            failed.append(error)

    workers = [Thread(target=one, args=("live",)), *(Thread(target=one, args=("backfill",)) for _ in range(threads))]
    for worker in workers:
        worker.start()
    try:
        for worker in workers:
            while worker.is_alive():
                worker.join(0.2)
    except BaseException:
        work.stop.set()
        for worker in workers:
            worker.join()
        raise
    if failed:
        raise failed[0]


def _open(connection: sa.Connection, run: int) -> list[Any]:
    return list(
        connection.execute(
            sa.select(targets.c.id, targets.c.state, targets.c.due_at)
            .join(run_targets, run_targets.c.target == targets.c.id)
            .where(run_targets.c.run == run, run_targets.c.outcome.is_(None))
            .limit(1000)
        )
    )


def _release(engine: Engine, run: int) -> None:
    """Enter what the run's targets wait for, so that it is drained too; end those that settled outside of it."""
    with engine.db.write() as connection:
        target_rows.lock_all(connection)
        mine = sa.select(run_targets.c.target).where(run_targets.c.run == run, run_targets.c.outcome.is_(None))
        on = sa.select(waits.c.on_target).where(waits.c.target.in_(mine))
        runs.enter(engine.db, connection, run, targets.c.id.in_(on) & targets.c.state.in_(target_rows.OPEN_STATES))
        connection.execute(
            sa.update(targets).where(targets.c.id.in_(mine), targets.c.state == "waiting", ~_waits_for_any())
            .values(state="pending", due_at=engine.db.now(connection))
        )  # fmt: skip


def _only_paused(engine: Engine, applied: Applied) -> bool:
    """Tell whether all that is open is paused by hand, or waits: nobody waits at a terminal for that to end."""
    with engine.db.read() as connection:
        paused = hand_pauses.concerned(connection, now=engine.db.now(connection))
        if paused is None:
            return False
        mine = sa.select(run_targets.c.target).where(run_targets.c.run == applied.run, run_targets.c.outcome.is_(None))
        left = targets.c.id.in_(mine) & targets.c.state.in_(target_rows.OPEN_STATES)
        going_on = left & (targets.c.state != "waiting") & ((targets.c.state == "creating") | ~paused)
        if connection.execute(sa.select(targets.c.id).where(going_on).limit(1)).first() is not None:
            return False
        number = sa.select(sa.func.count()).select_from(targets).where(left & paused)
        applied.paused = int(connection.execute(number).scalar_one())
    return applied.paused > 0


def _waits_for_any() -> sa.ColumnElement[bool]:
    return sa.exists().where(waits.c.target == targets.c.id)
