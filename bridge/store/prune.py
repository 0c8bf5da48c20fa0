"""Pruning: rows that nothing asks for any more."""

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.schema import decisions, run_targets, runs, writes

DAY = 86_400.0
WRITES_KEPT = 2 * DAY  # answered writes; what is not answered stays
QUIET_RUNS_KEPT = DAY  # runs that wrote nothing
RUNS_KEPT = 400 * DAY
SPENT_KEPT = 400 * DAY


def prune(db: Database) -> int:
    """Delete what is old and settled; give the number of rows."""
    with db.write() as connection:
        now = db.now(connection)
        ended = runs.c.ended_at.is_not(None)
        wrote = runs.c.counts.is_not(None) & runs.c.counts.not_like('%"written":0,%')
        old_runs = sa.or_(
            ended & ~wrote & (runs.c.ended_at < now - QUIET_RUNS_KEPT), ended & (runs.c.ended_at < now - RUNS_KEPT)
        )
        settled = writes.c.outcome.in_(["answered", "resolved", "void"]) & (writes.c.quiet_at < now - WRITES_KEPT)
        statements = (
            sa.delete(writes).where(settled),
            sa.delete(runs).where(old_runs),
            sa.delete(run_targets).where(run_targets.c.run.not_in(sa.select(runs.c.id))),
            sa.delete(decisions).where(decisions.c.used_at < now - SPENT_KEPT),
        )
        return sum(connection.execute(statement).rowcount for statement in statements)
