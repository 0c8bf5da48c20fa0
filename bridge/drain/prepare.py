"""Preparing: before a block's first write all its pending records are mapped once, so that the names they need are complete."""

import threading
from collections.abc import Sequence

import sqlalchemy as sa

from bridge import steps
from bridge.desired import Name
from bridge.drain import names
from bridge.drain.evaluate import evaluate
from bridge.drain.verdicts import Moment, Ready, Waiting
from bridge.drain.work import Row, all_targets, load
from bridge.engine import Engine, log
from bridge.errors import BridgeError
from bridge.quota import Lane
from bridge.store import hand_pauses, runs
from bridge.store import targets as target_rows
from bridge.store.database import chunks
from bridge.store.schema import links, run_targets, targets

_one_at_a_time = threading.Lock()
_NAMED = (
    sa.update(targets)
    .where(targets.c.id == sa.bindparam("of_target"), targets.c.seq == sa.bindparam("of_seq"))
    .values(named=sa.bindparam("of_seq"))
)


def collect(engine: Engine, claimed: Sequence[Row], *, lane: Lane, run: int | None) -> bool:
    """Ask for the names that the pending records of a claim's block will be written with; tell whether any is missing.

    One thread does it for all, since each would map the whole block: those that waited for it begin anew. A claim that
    was started before without an end maps itself alone, so that a record that kills its process here is found out.
    """
    unnamed = [row.id for row in claimed if row.named < row.seq]
    if not unnamed:
        return False
    with _one_at_a_time:
        with engine.db.read() as connection:
            left = connection.execute(
                sa.select(targets.c.id).where(targets.c.id.in_(unnamed), targets.c.named < targets.c.seq).limit(1)
            ).first()
        if left is None:
            return True
        asked = False
        block = claimed[0].block
        with engine.db.read() as reading:
            where = _unnamed(block, run)
            paused = hand_pauses.concerned(reading, now=engine.db.now(reading))
            if paused is not None:
                where.append(~paused)
            own = targets.c.id.in_([row.id for row in claimed])
            suspected = any(row.starts >= target_rows.SUSPECT for row in claimed)
            if lane == "live" or suspected:  # what has just changed does not wait for all that a backfill has pending
                where.append(own)
            else:  # what its workers have died over is mapped by whoever claims it, and by nobody else
                where.append(own | (targets.c.starts == 0))
            for rows in all_targets(reading, block, where):
                asked = _collect(engine, rows, lane=lane, run=run) or asked
                engine.beat()
    return asked


def _collect(engine: Engine, rows: Sequence[Row], *, lane: Lane, run: int | None) -> bool:
    for row in rows:
        steps.reached(f"map {row.anchor}")
    wanted = _wanted(engine, rows)
    with engine.db.write() as connection:
        if wanted:
            target_rows.lock_all(connection)
        else:
            target_rows.lock_ids(connection, [row.id for row in rows])
        now = engine.db.now(connection)
        connection.execute(_NAMED, [{"of_target": row.id, "of_seq": row.seq} for row in rows])
        if wanted:
            found = names.ask(engine.db, connection, wanted, now=now, lane=lane, run=rows[0].run)
            if run is not None:
                for part in chunks(list(found.values())):
                    runs.enter(engine.db, connection, run, targets.c.id.in_(part))
    return bool(wanted)


def _wanted(engine: Engine, rows: Sequence[Row]) -> list[Name]:
    """Give the missing names; a record that cannot be mapped at all fails later, when it is claimed itself."""
    try:
        with engine.db.read() as connection:
            verdicts = evaluate(engine, connection, load(connection, rows), Moment.of(engine, connection))
    except BridgeError:
        raise
    except Exception:
        if len(rows) == 1:
            log.exception("prepare.bug", target=rows[0].anchor)
            return []
        half = len(rows) // 2
        return [*_wanted(engine, rows[:half]), *_wanted(engine, rows[half:])]
    return [name for verdict in verdicts if isinstance(verdict, Ready | Waiting) for name in verdict.missing]


def _unnamed(block: str, run: int | None) -> list[sa.ColumnElement[bool]]:
    where = [targets.c.state == "pending", targets.c.named < targets.c.seq]
    if block != "organizations":
        linked = sa.select(links.c.target).where(links.c.itglue_type == "organizations")
        where.append(targets.c.org_target.in_(linked))
    if run is not None:
        mine = run_targets.c.target == targets.c.id
        where.append(sa.exists().where(run_targets.c.run == run, mine, run_targets.c.outcome.is_(None)))
    return where
