"""The verdict on a proof: the oracle's judgement of both simulators' histories against what the bridge says it holds."""

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.schema import runs, targets
from simulators.oracle.judge import Report, judge
from simulators.oracle.judged import Judged
from tests.faults.world import World

# What a process wrote and did not settle the next one may find equal; no proof kills more of them.
MOST_DIED = 8
RECORDS = frozenset({"organizations", "locations", "contacts", "configurations"})


def judged(world: World, settings: Judged, **more: Any) -> Report:
    """Judge a world that is quiet by I1 to I5; the counts are those of all runs that said they wrote something."""
    counts = _counts(world)
    assert counts, "no run has said what it wrote"
    times = world.bill.times
    return judge(
        world.source.control, world.itglue.control, settings, repair_within=times.write_window + times.sweep,
        noticed_within=times.noticed_within,
        held=_said(world.database, "held", targets.c.code), excluded=_said(world.database, "excluded", targets.c.rule),
        counts=counts, **more,
    )  # fmt: skip


def holds(world: World, settings: Judged, **more: Any) -> Report:
    """Assert that every invariant holds; give the report."""
    report = judged(world, settings, **more)
    assert report.holds, "\n" + report.table()
    return report


def holds_throughout(world: World, settings: Judged) -> Report:
    """Assert it of a history that one database has seen whole: its runs too, and what is written while it is held."""
    times = world.bill.times
    return holds(
        world, settings, runs=_runs(world.database), late=times.write_window + times.list_lag, died=MOST_DIED,
        lag=times.write_window + times.lease + times.work,
    )  # fmt: skip


def _counts(world: World) -> dict[str, Mapping[str, Any]]:
    """Give the counts that the processes printed of runs that have ended, by run."""
    return {
        f"run {event['run']}": event
        for process in world.processes.started
        for event in process.events()
        if event.get("event") == "run.finished"
    }


def _runs(database: Database) -> list[dict[str, Any]]:
    """Give every run with its counts, as `status --json` tells of the last ones."""
    with database.read() as connection:
        rows = connection.execute(sa.select(runs).where(runs.c.counts.is_not(None)).order_by(runs.c.id)).mappings()
        return [{**row, "counts": orjson.loads(row["counts"])} for row in rows]


def _said(database: Database, state: str, why: sa.Column[str]) -> list[tuple[str, str]]:
    """Give the Refs in a state with the bridge's reason, an asset's with its block; names are no Refs."""
    with database.read() as connection:
        rows = connection.execute(
            sa.select(targets.c.block, targets.c.anchor, why).where(
                targets.c.state == state, targets.c.mirror_id.is_not(None)
            )
        )
        return [
            (str(anchor) if block in RECORDS else f"{block}/{anchor}", str(reason)) for block, anchor, reason in rows
        ]
