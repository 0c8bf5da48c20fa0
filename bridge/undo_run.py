"""Undoing a run: its plan, from the journal and IT Glue as it is now, and the run that carries it out."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from bridge import planning
from bridge.apply_run import Applied
from bridge.drain import undoing
from bridge.drain.settle import review_digest
from bridge.drain.work import Work, load, load_parents
from bridge.engine import Engine
from bridge.mapping.blocks import Block
from bridge.plan_file import batches
from bridge.plan_pass import Line
from bridge.planning import Archive, Nothing
from bridge.planning.reverse import Refused
from bridge.refresh import look_again
from bridge.store import decisions, inspect, runs
from bridge.store import targets as target_rows
from bridge.store.schema import journal, links, targets
from bridge.store.schema import runs as run_rows

REFUSED = "refused"  # the word of a line that is not undone; `reason` says why
PAGE = 500


def exists(engine: Engine, run: int) -> bool:
    """Tell whether a run is known, by itself or by what it wrote."""
    with engine.db.read() as connection:
        known = connection.execute(sa.select(run_rows.c.id).where(run_rows.c.id == run)).first()
        wrote = connection.execute(sa.select(journal.c.id).where(journal.c.run == run).limit(1)).first()
    return known is not None or wrote is not None


def plan(engine: Engine, run: int) -> Iterator[Line]:
    """Give a line for each target that a run wrote: what undoing it writes, `equal` where it is so already, `refused`.

    What the run wrote is read again at IT Glue first, so that what people have changed since is seen.
    """
    last = 0
    while True:
        with engine.db.read() as connection:
            wrote = sa.select(journal.c.target).where(journal.c.run == run, journal.c.target > last).distinct()
            members = list(connection.execute(wrote.order_by(journal.c.target).limit(PAGE)).scalars())
        if not members:
            return
        last = members[-1]
        _look_again(engine, members)
        with engine.db.read() as connection:
            yield from _lines(engine, connection, run, members)


def _look_again(engine: Engine, members: Sequence[int]) -> None:
    linked: dict[str, list[str]] = defaultdict(list)
    with engine.db.read() as connection:
        mine = (
            sa.select(links.c.itglue_type, links.c.itglue_id)
            .join(targets, targets.c.id == links.c.target)
            .where(links.c.target.in_(members), targets.c.mirror_id.is_not(None))
        )
        for kind, itglue_id in connection.execute(mine):
            linked[kind].append(itglue_id)
    for kind, ids in linked.items():
        look_again(engine, kind, sorted(set(ids), key=int), lane="live")


def _lines(engine: Engine, connection: sa.Connection, run: int, members: Sequence[int]) -> Iterator[Line]:
    shown = inspect.shown(connection, [targets.c.id.in_(members)])
    works = {work.id: work for work in load(connection, [each.row for each in shown])}
    parents = load_parents(connection, sorted({each.row.org_target for each in shown if each.row.org_target}))
    undos = undoing.of_run(connection, run, members)
    for each in shown:
        owner = each.organization
        line = Line(
            each.row.id, each.row.seq, each.label, each.row.block, REFUSED, True, name=each.name,
            organization=owner.name if owner is not None else None,
        )  # fmt: skip
        work, undo = works.get(each.row.id), undos.get(each.row.id)
        if each.row.mirror_id is None:
            line.reason = (
                "it is a name or a type of IT Glue, which no API deletes: remove it by hand if nothing needs it"
            )
        elif each.row.state == "creating":
            line.reason = "it is being created: its answer is awaited"
        elif undo is None:
            line.reason = "nothing is known to have been written: its answer was lost, or IT Glue refused it"
        elif work is None or work.link is None or work.asset is None:
            line.reason = "IT Glue has no record of it any more"
        elif not work.link.owns:
            line.reason = "a record of another source owns it"
        else:
            parent = parents.get(each.row.org_target)
            organization = (
                (work.ref, work.words.get("name")) if parent is None else (parent.ref or work.ref, parent.name)
            )
            _plan(line, work, undo, engine.mapping.block(each.row.block, organization))
        yield line


def _plan(line: Line, work: Work, undo: undoing.Undo, block: Block) -> None:
    work.block, work.undone = block, True
    line.undo = undoing.basis(work, block)
    held = undoing.view(work)
    found = Refused("IT Glue has no record of it any more") if held is None else undoing.reverse_of(block, undo, held)
    if isinstance(found, Refused):
        line.reason = found.reason
        return
    line.plan = planning.dump(found)
    line.word = "equal" if isinstance(found, Nothing) else type(found).__name__.lower()
    line.digest = review_digest(work, found)
    if isinstance(found, Archive):
        line.stop = "stop_archives"
    elif not isinstance(found, Nothing) and found.empties:
        line.stop = "stop_emptied"


def begin(engine: Engine, run: int, lines: Iterable[Line], *, reviewed: bool) -> Applied:
    """Store for each line that it is undone, and enter it into a new run; refuse, one by one, what has changed since.

    From then on the store knows it: whoever drains the targets carries it out, this process or another.
    """
    with engine.db.write() as connection:
        applied = Applied(runs.start(engine.db, connection, undoing.KIND, f"run {run}"))
    for part in batches(line for line in lines if line.writes):
        _enter(engine, applied, run, part, reviewed=reviewed)
    with engine.db.write() as connection:
        runs.read_done(connection, applied.run, now=engine.db.now(connection))
    return applied


def _enter(engine: Engine, applied: Applied, run: int, lines: list[Line], *, reviewed: bool) -> None:
    why = f"undo of run {run}"
    with engine.db.write() as connection:
        mine = targets.c.id.in_([line.target for line in lines])
        target_rows.lock(connection, mine)
        now = engine.db.now(connection)
        known = connection.execute(sa.select(targets.c.id, targets.c.seq, targets.c.state).where(mine))
        rows = {row.id: row for row in known}
        stored = decisions.of(connection, [line.target for line in lines])
        fine: list[Line] = []
        again: list[Line] = []
        for line in lines:
            row = rows.get(line.target)
            undone = stored[line.target].undo if line.target in stored else None
            if undone == decisions.Undone(run, line.undo):
                again.append(line)  # stored before: by this plan, or by an undo that was cut off
            elif row is None or row.seq != line.seq or line.undo is None:
                applied.refused.append((line, "changed since the plan (run undo again)"))
            elif row.state == "creating":
                applied.refused.append((line, "is being created: its answer is awaited"))
            else:
                fine.append(line)
        ids = [line.target for line in fine + again]
        decisions.undo(connection, run, {line.target: line.undo or "" for line in fine}, by=engine.who, at=now, why=why)
        target_rows.touch(connection, targets.c.id.in_(ids), now=now, lane="live", run=applied.run)
        runs.enter(engine.db, connection, applied.run, targets.c.id.in_(ids))
        if reviewed:
            changes = [(line.target, line.stop, line.digest) for line in fine + again if line.stop is not None]
            decisions.accept(connection, changes, by=engine.who, at=now, why=why)
