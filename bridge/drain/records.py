"""The drain of record targets: from a claim to settled targets."""

from collections.abc import Sequence

import sqlalchemy as sa

from bridge.drain import enrich, prepare, verify
from bridge.drain.creates import Pace, create
from bridge.drain.evaluate import Moment, Ready, evaluate
from bridge.drain.settle import Decided, settle
from bridge.drain.updates import update
from bridge.drain.work import Row, load
from bridge.engine import Engine
from bridge.planning import Create
from bridge.quota import Lane
from bridge.refresh import RECORD_KINDS, ensure, ensure_known
from bridge.store.schema import links, targets, writes


def drain(engine: Engine, rows: Sequence[Row], *, lane: Lane, run: int | None, pace: Pace) -> None:
    """Work on claimed records of one block: decide, settle what needs no write, write the rest."""
    ensure_known(engine, lane=lane)
    rows = enrich.before(engine, rows)
    if not rows:
        return
    verify.verify(engine, rows, lane=lane)
    if prepare.collect(engine, rows, lane=lane, run=run):
        return  # names come first: the claim is given back, and they are claimed before it
    # What was decided is let go here: only the writes are kept while they wait for their turns.
    items = settle(engine, _decide_freshly(engine, rows, lane), run=run)
    claim = {row.id: row.fence for row in rows}
    update(engine, [item for item in items if item.verb != "create"], claim, lane=lane)
    create(engine, [item for item in items if item.verb == "create"], claim, lane=lane, pace=pace)


def decide(engine: Engine, rows: Sequence[Row]) -> list[Decided]:
    """Give the verdict on each claimed target, by the store as it is now."""
    with engine.db.read() as connection:
        works = load(connection, rows)
        moment = Moment.of(engine, connection)
        return list(zip(works, evaluate(engine, connection, works, moment), strict=True))


def _decide_freshly(engine: Engine, rows: Sequence[Row], lane: Lane) -> list[Decided]:
    decided = decide(engine, rows)
    return decide(engine, rows) if _freshen(engine, decided, lane) else decided


def _freshen(engine: Engine, decided: Sequence[Decided], lane: Lane) -> bool:
    """Make sure that "none there" is said by a fresh read, for whatever would be created."""
    wanted: dict[tuple[str, str], float] = {}
    for work, verdict in decided:
        if isinstance(verdict, Ready) and isinstance(verdict.plan, Create) and work.block is not None:
            org_id = work.parent.itglue_id or "" if work.parent else ""
            wanted[work.block.itglue_type, org_id] = 0.0
    read = False
    for kind, org_id in wanted:
        read = ensure(engine, kind, lane=lane, org_id=org_id, after=_quiet_of(engine, kind, org_id)) or read
    return read


def _quiet_of(engine: Engine, kind: str, org_id: str) -> float:
    """Give the quiet time of the latest resolved or lost create of a kind in an organization."""
    if kind not in RECORD_KINDS:
        return 0.0
    statement = (
        sa.select(sa.func.max(writes.c.quiet_at))
        .join(targets, targets.c.id == writes.c.target)
        .where(writes.c.verb == "create", writes.c.outcome.in_(["unknown", "resolved"]), targets.c.block == kind)
    )
    with engine.db.read() as connection:
        if org_id:
            parents = sa.select(links.c.target).where(
                links.c.itglue_type == "organizations", links.c.itglue_id == org_id
            )
            statement = statement.where(targets.c.org_target.in_(parents))
        return float(connection.execute(statement).scalar() or 0.0)
