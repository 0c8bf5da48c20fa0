"""The sweep: every few seconds, whatever is due rings again; nothing is lost if every message was."""

import sqlalchemy as sa

from bridge import restored
from bridge.drain import verify
from bridge.engine import Engine, log
from bridge.store import hand_pauses, meta, pauses, runs
from bridge.store import targets as target_rows
from bridge.store.schema import fetches, links, targets, waits
from bridge.supervise.heartbeat import beat

BEHIND = 2.0  # seconds
DAY, TODAY = 86_400, "day"
LONGEST = {"fetch": 2, "apply": 30}  # leases that the reading of a run can take


def sweep(engine: Engine) -> None:
    """Do one pass."""
    verify.raise_due(engine)
    _free_waiting(engine)
    _begin_day(engine)
    _abandon_runs(engine)
    for run, counts in runs.end_finished(engine.db, planned=not engine.writes_allowed()):
        told = log.info if counts["written"] or counts["gone"] else log.debug
        told("run.finished", run=run, **counts)
    for lane in _due(engine):
        engine.doorbell.ring(lane)
    restored.seen(engine)
    beat()


def _begin_day(engine: Engine) -> None:
    """Have what changes with the day planned again, once on each day of UTC."""
    blocks = [block.id for block in engine.mapping.blocks if block.relative]
    if not blocks:
        return
    with engine.db.read() as connection:
        day = str(int(engine.db.now(connection) // DAY))
        if meta.get(connection, TODAY) == day:
            return

    def begin(connection: sa.Connection) -> int:
        done = targets.c.block.in_(blocks) & targets.c.state.in_(["settled", "excluded"])
        raised = target_rows.touch(connection, done, now=engine.db.now(connection), lane="backfill")
        meta.put(engine.db, connection, TODAY, day)
        return raised

    if engine.db.transact(begin):
        engine.doorbell.ring("backfill")


def _abandon_runs(engine: Engine) -> None:
    """End the reading of runs whose process died over it; those of a stream end with its next cycle."""
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        for kind, longest in LONGEST.items():
            runs.abandon_old(connection, kind, before=now - longest * engine.times.lease, now=now)


def live_is_behind(engine: Engine) -> bool:
    """Tell whether work of the live lane has been due for longer than its own workers ever leave it."""
    with engine.db.read() as connection:
        return _has_work(engine, connection, "live", before=engine.db.now(connection) - BEHIND)


def _due(engine: Engine) -> list[str]:
    """Give the lanes that have something due and unclaimed."""
    with engine.db.read() as connection:
        now = engine.db.now(connection)
        lanes = [lane for lane in ("live", "backfill") if _has_work(engine, connection, lane, before=now)]
        # Somebody has to find out that a side is back, even where nothing is due.
        over = pauses.known(connection, pauses.ITGLUE) and not pauses.active(connection, pauses.ITGLUE, now=now)
        if over and not lanes:
            lanes.append("backfill")
        if lanes == ["live"] and _has_work(engine, connection, "live", before=now - BEHIND):
            lanes.append("backfill")  # its workers come to help
    return lanes


def _has_work(engine: Engine, connection: sa.Connection, lane: str, *, before: float) -> bool:
    states = ["pending", "creating", "gone"] if engine.writes_allowed() else ["creating"]
    now = engine.db.now(connection)
    paused = hand_pauses.concerned(connection, now=now)
    written = sa.true() if paused is None else (targets.c.state == "creating") | ~paused
    due = sa.select(targets.c.id).where(targets.c.lane == lane, targets.c.state.in_(states), written)
    hinted = sa.select(fetches.c.ref).where(fetches.c.due_at <= before, fetches.c.lease_until < now)
    if connection.execute(due.where(targets.c.due_at <= before, targets.c.lease_until < now).limit(1)).first():
        return True
    return lane == "live" and connection.execute(hinted.limit(1)).first() is not None


def _free_waiting(engine: Engine) -> None:
    """Make due what waits for nothing any more, should a release ever have been missed."""
    reason = sa.select(waits.c.target).join(targets, targets.c.id == waits.c.on_target)
    reason = reason.outerjoin(links, links.c.target == targets.c.id)
    reason = reason.where(targets.c.state.in_(["pending", "waiting", "creating"]), links.c.target.is_(None))
    stuck = (targets.c.state == "waiting") & targets.c.id.not_in(reason)
    with engine.db.read() as connection:
        found = connection.execute(sa.select(targets.c.id).where(stuck).limit(1)).first()
    if found is not None:
        with engine.db.write() as connection:
            target_rows.lock_all(connection)
            now = engine.db.now(connection)
            connection.execute(sa.update(targets).where(stuck).values(state="pending", due_at=now))
