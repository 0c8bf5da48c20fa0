"""`glue-bridge undo`."""

import json
from typing import Any

import sqlalchemy as sa

from bridge.cli import shapes
from bridge.store.schema import journal
from tests.integration.cli.workplace import Workplace


def runs_of(place: Workplace) -> list[int]:
    """Give the runs that wrote records."""
    with place.engine() as engine, engine.db.read() as connection:
        mine = journal.c.verb.in_(["adopt", "update"]) & (journal.c.outcome == "written")
        return list(connection.execute(sa.select(journal.c.run).where(mine).distinct()).scalars())


def devices(place: Workplace) -> dict[str, Any]:
    """Give the devices in IT Glue as they are."""
    found = place.sides.itglue.get("/records/configurations")
    stamps = ("updated-at",)
    return {
        str(one["id"]): {word: value for word, value in one["now"]["attributes"].items() if word not in stamps}
        for one in found
        if one["now"] is not None
    }


def test_a_run_is_undone_from_a_reviewed_plan_and_that_undone_too(drained: Workplace) -> None:
    """Saved, applied, quiet afterwards, taken back; in IT Glue everything is as it was in between."""
    run = runs_of(drained)[-1]
    after = devices(drained)

    shown = drained.run("undo", str(run), "-o", "undo.plan")
    applied = drained.run("apply", "undo.plan")
    undone = devices(drained)
    planned = drained.json("plan")["lines"]
    number = int(applied.out.partition("   run ")[2].split()[0])
    back = drained.json("undo", str(number), "--yes")

    lines = [json.loads(line) for line in (drained.folder / "undo.plan").read_text().splitlines()]
    again = {line["ref"] for line in planned if line["block"] in {"organizations", "configurations"}
             and line["word"] in {"create", "adopt", "update", "archive", "restore"}}  # fmt: skip
    assert (shown.code, applied.code, again) == (2, 2, set())
    assert shown.out.startswith(f"Undoing run {run}: ")
    assert lines[0]["undo"] == run
    assert tuple(back) == shapes.keys("apply, undo")
    assert lines[-1]["end"]["writes"] == back["counts"]["written"] > 0
    assert undone != after
    assert devices(drained) == after
    assert drained.run("undo", str(run), "-o", "undo.plan").code == 2  # and could be undone again


def test_nobody_to_ask_is_said(drained: Workplace) -> None:
    """With what to do instead; nothing is stored or sent."""
    run = runs_of(drained)[-1]
    before = devices(drained)

    said = drained.run("undo", str(run))

    assert said.code == 1
    assert f"B407     nobody is there to ask: use glue-bridge undo {run} -o FILE and apply FILE, or --yes" in said.err
    assert devices(drained) == before


def test_a_run_that_wrote_nothing_and_one_that_is_none(drained: Workplace) -> None:
    """The first is exit code 0, the second an error."""
    drained.run("plan")
    idle = drained.json("status")["runs"][0]["id"]

    nothing = drained.run("undo", str(idle), "--yes")
    none = drained.run("undo", "4711", "--yes")

    assert nothing.code == 0
    assert nothing.out == f"Undoing run {idle}: 0 records to put back, 0 as before already, 0 refused.\n"
    assert (none.code, none.err[7:11]) == (1, "B414")
