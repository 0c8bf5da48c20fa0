"""Pruning: what is kept for so long and no longer, and rows that nothing asks for any more."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import Database
from bridge.store.schema import dear_reads, decisions, journal, mirror, pauses, payloads, run_targets, runs, writes

DAY = 86_400.0
WRITES_KEPT = 2 * DAY  # answered writes; what is not answered stays
QUIET_RUNS_KEPT = DAY  # runs that wrote nothing
SPENT_KEPT = 400 * DAY
PERSONAL = ("contact", "ticket")  # kinds that are about people
BLANK = "{}"
PART = 5000  # rows in one transaction: nobody waits for a year of them


@dataclass(frozen=True, slots=True)
class Keep:
    """How long, in seconds: the journal and its runs; payloads of people's records after these are gone."""

    journal: float = 400 * DAY
    gone: float = 30 * DAY


def prune(db: Database, keep: Keep | None = None) -> int:
    """Delete what is old and settled; give the number of rows."""
    kept = keep or Keep()
    pruned = _in_parts(db, lambda connection, now: _old_journal(connection, now - kept.journal))
    pruned += _in_parts(db, lambda connection, now: _blank_gone(connection, now - kept.gone))
    with db.write() as connection:
        now = db.now(connection)
        ended = runs.c.ended_at.is_not(None)
        wrote = runs.c.counts.is_not(None) & runs.c.counts.not_like('%"written":0,%')
        old_runs = sa.or_(
            ended & ~wrote & (runs.c.ended_at < now - QUIET_RUNS_KEPT), ended & (runs.c.ended_at < now - kept.journal)
        )
        settled = writes.c.outcome.in_(["answered", "resolved", "void"]) & (writes.c.quiet_at < now - WRITES_KEPT)
        statements = (
            sa.delete(writes).where(settled),
            sa.delete(runs).where(old_runs),
            sa.delete(run_targets).where(run_targets.c.run.not_in(sa.select(runs.c.id))),
            sa.delete(decisions).where(decisions.c.used_at < now - SPENT_KEPT),
            sa.delete(pauses).where(pauses.c.scope.startswith("hand:"), pauses.c.until < now - DAY),
        )
        return pruned + sum(connection.execute(statement).rowcount for statement in statements)


def _in_parts(db: Database, work: Callable[[Connection, float], int]) -> int:
    done = 0
    while True:
        with db.write() as connection:
            number = work(connection, db.now(connection))
        done += number
        if number < PART:
            return done


def _old_journal(connection: Connection, before: float) -> int:
    old = sa.select(journal.c.id).where(journal.c.at < before).order_by(journal.c.id).limit(PART)
    return connection.execute(sa.delete(journal).where(journal.c.id.in_(old))).rowcount


def _blank_gone(connection: Connection, before: float) -> int:
    """Take out what the source said of people that are gone there; that they were, and what was made of them, stays."""
    old = (
        sa.select(mirror.c.id)
        .join(payloads, payloads.c.mirror_id == mirror.c.id)
        .where(mirror.c.kind.in_(PERSONAL), mirror.c.gone_at < before)
        .where((payloads.c.body != BLANK) | (payloads.c.record != BLANK))
        .order_by(mirror.c.id)
        .limit(PART)
    )
    ids = list(connection.execute(old).scalars())
    connection.execute(sa.delete(dear_reads).where(dear_reads.c.mirror_id.in_(ids)))
    blank = sa.update(payloads).where(payloads.c.mirror_id.in_(ids)).values(body=BLANK, record=BLANK)
    return connection.execute(blank).rowcount
