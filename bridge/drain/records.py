"""The drain of record targets: from a claim to settled targets."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from bridge import suggested
from bridge.drain import enrich, prepare, verify
from bridge.drain.asset_types import TypeView, view
from bridge.drain.creates import Pace, create
from bridge.drain.evaluate import evaluate
from bridge.drain.names import Names
from bridge.drain.settle import Decided, settle
from bridge.drain.updates import update
from bridge.drain.verdicts import Moment, Ready, Verdict
from bridge.drain.work import Row, Work, load
from bridge.engine import Engine
from bridge.itglue.kinds import TYPES, kind_of
from bridge.mapping.block import Block
from bridge.planning import Adopt, Archive, Create, Restore, Update
from bridge.quota import Lane
from bridge.refresh import ensure, ensure_known, reread
from bridge.store import targets as target_rows
from bridge.store.schema import WAVES, links, targets, writes

MOST_MERGED = 20  # reads before one write


def drain(engine: Engine, rows: Sequence[Row], *, lane: Lane, run: int | None, pace: Pace) -> None:
    """Work on claimed records of one block: decide, settle what needs no write, write the rest."""
    ensure_known(engine, lane=lane)
    rows = enrich.before(engine, rows)
    if not rows:
        return
    _know_type(engine, str(rows[0].block), lane)
    verify.verify(engine, rows, lane=lane)
    if engine.mapping.block(rows[0].block).suggestions is not None:
        suggested.ensure_read(engine, lane=lane, org_ids=_organizations(engine, rows))
    if prepare.collect(engine, rows, lane=lane, run=run):
        return  # names come first: the claim is given back, and they are claimed before it
    # What was decided is let go here: only the writes are kept while they wait for their turns.
    decided = _decide_freshly(engine, rows, lane)
    claim = {row.id: row.fence for row in rows}
    merged = [(work, verdict) for work, verdict in decided if _is_merged(work, verdict)]
    if merged:
        apart = {work.id for work, _ in merged}
        decided = [each for each in decided if each[0].id not in apart]
    items = settle(engine, decided, run=run)
    del decided
    _merge(engine, merged, claim, lane=lane, run=run)
    update(engine, [item for item in items if item.verb != "create"], claim, lane=lane)
    create(engine, [item for item in items if item.verb == "create"], claim, lane=lane, pace=pace)


def _know_type(engine: Engine, block_id: str, lane: Lane) -> None:
    """Read a block's flexible asset type again where the index lacks a field that is there: whoever made it has died.

    A field that is not there any more is looked after by itself.
    """
    block = engine.mapping.block(block_id)
    if block.asset_type is None or not (seen := _type_of(engine, block)).unseen:
        return
    reread(engine, TYPES, [seen.type_id], lane=lane)
    gone = _type_of(engine, block).unseen
    if gone:
        with engine.db.write() as connection:
            target_rows.touch(connection, targets.c.id.in_(gone), now=engine.db.now(connection), lane=lane)


def _type_of(engine: Engine, block: Block) -> TypeView:
    with engine.db.read() as connection:
        return view(Names(connection), block)


def _organizations(engine: Engine, rows: Sequence[Row]) -> list[str]:
    """Give the organizations of IT Glue that targets belong to."""
    above = {row.org_target for row in rows if row.org_target is not None}
    with engine.db.read() as connection:
        found = connection.execute(sa.select(links.c.itglue_id).where(links.c.target.in_(above))).scalars()
        return sorted(found, key=lambda each: (len(each), each))


def _is_merged(work: Work, verdict: Verdict) -> bool:
    """Tell whether a write has to send along what it leaves as it is: IT Glue deletes the traits that are left out."""
    flexible = work.block is not None and work.block.asset_type is not None
    if not flexible or not isinstance(verdict, Ready) or verdict.missing:
        return False
    return isinstance(verdict.plan, Update | Adopt | Archive | Restore) and bool(verdict.plan.fields)


def _merge(engine: Engine, merged: Sequence[Decided], claim: Mapping[int, int], *, lane: Lane, run: int | None) -> None:
    """Write changes of flexible assets: each is read by itself right before, planned again by that, and sent whole.

    A list may lag, a single read does not (api/itglue.md 8). Few at a time, so that what a person changes between the
    read and the write is seldom lost: IT Glue knows no If-Match.
    """
    for start in range(0, len(merged), MOST_MERGED):
        if engine.stopping():
            return
        part = merged[start : start + MOST_MERGED]
        ids = {verdict.plan.itglue_id for _, verdict in part
               if isinstance(verdict, Ready) and isinstance(verdict.plan, Update | Adopt | Archive | Restore)}  # fmt: skip
        reread(engine, part[0][0].kind, sorted(ids, key=int), lane=lane)
        items = settle(engine, decide(engine, [work.target for work, _ in part], stale=False), run=run)
        update(engine, [item for item in items if item.verb != "create"], claim, lane=lane)
        engine.beat()


def decide(engine: Engine, rows: Sequence[Row], *, stale: bool = True) -> list[Decided]:
    """Give the verdict on each claimed target, by the store as it is now."""
    with engine.db.read() as connection:
        works = load(connection, rows)
        moment = Moment.of(engine, connection)
        moment.stale = stale
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
            if not verdict.missing or work.block.asset_type is None:  # a type that is not made yet has no assets
                wanted[work.kind, org_id] = 0.0
    read = False
    for kind, org_id in wanted:
        read = ensure(engine, kind, lane=lane, org_id=org_id, after=_quiet_of(engine, kind, org_id)) or read
    return read


def _quiet_of(engine: Engine, kind: str, org_id: str) -> float:
    """Give the quiet time of the latest resolved or lost create of a kind in an organization."""
    wave = WAVES.get(kind_of(kind).word)
    if wave is None:
        return 0.0
    statement = (
        sa.select(sa.func.max(writes.c.quiet_at))
        .join(targets, targets.c.id == writes.c.target)
        .where(writes.c.verb == "create", writes.c.outcome.in_(["unknown", "resolved"]), targets.c.wave == wave)
    )
    with engine.db.read() as connection:
        if org_id:
            parents = sa.select(links.c.target).where(
                links.c.itglue_type == "organizations", links.c.itglue_id == org_id
            )
            statement = statement.where(targets.c.org_target.in_(parents))
        return float(connection.execute(statement).scalar() or 0.0)
