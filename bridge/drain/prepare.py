"""Preparing: before a block's first write all its pending records are mapped once, so that the names they need are complete."""

import sqlalchemy as sa

from bridge.desired import Name
from bridge.drain import names
from bridge.drain.evaluate import Moment, Ready, evaluate
from bridge.drain.work import load
from bridge.engine import Engine
from bridge.quota import Lane
from bridge.store import runs
from bridge.store.database import chunks
from bridge.store.schema import links, run_targets, targets

PAGE = 1000


def collect(engine: Engine, block: str, *, lane: Lane, run: int | None) -> bool:
    """Ask for the names that pending records of a block will be written with; tell whether any is missing."""
    asked = False
    while True:
        with engine.db.read() as connection:
            rows = list(connection.execute(_unnamed(block, run)))
            if not rows:
                return asked
            works = load(connection, rows)
            moment = Moment.of(engine, connection)
            verdicts = evaluate(engine, connection, works, moment)
        wanted: list[Name] = [name for verdict in verdicts if isinstance(verdict, Ready) for name in verdict.missing]
        with engine.db.write() as connection:
            now = engine.db.now(connection)
            for row in rows:
                connection.execute(
                    sa.update(targets).where(targets.c.id == row.id, targets.c.seq == row.seq).values(named=row.seq)
                )
            if wanted:
                found = names.ask(engine.db, connection, wanted, now=now, lane=lane, run=rows[0].run)
                asked = True
                if run is not None:
                    for part in chunks(list(found.values())):
                        runs.enter(engine.db, connection, run, targets.c.id.in_(part))
        engine.beat()


def _unnamed(block: str, run: int | None) -> sa.Select[*tuple[object, ...]]:
    statement = sa.select(targets).where(
        targets.c.block == block, targets.c.state == "pending", targets.c.named < targets.c.seq,
        targets.c.mirror_id.is_not(None),
    )  # fmt: skip
    if block != "organizations":
        linked = sa.select(links.c.target).where(links.c.itglue_type == "organizations")
        statement = statement.where(targets.c.org_target.in_(linked))
    if run is not None:
        mine = sa.select(run_targets.c.target).where(run_targets.c.run == run, run_targets.c.outcome.is_(None))
        statement = statement.where(targets.c.id.in_(mine))
    return statement.order_by(targets.c.id).limit(PAGE)
