"""Undoing a run: what it wrote is put back, stays so, and nobody else's work is lost."""

from collections.abc import Sequence
from threading import Event
from typing import Any

import sqlalchemy as sa

from bridge import apply_run, plan_pass, refresh, undo_run
from bridge.apply_run import Applied
from bridge.plan_pass import Line
from bridge.store.schema import decisions, journal
from tests.integration.drain.world import World


def apply(world: World, lines: Sequence[Line] | None = None) -> int:
    """Apply lines, or all that is planned, as reviewed, and give the run."""
    planned = list(plan_pass.plan_all(world.engine)) if lines is None else lines
    applied = apply_run.begin(world.engine, planned, reviewed=True, why="test")
    apply_run.drain(world.engine, applied, Event())
    return applied.run


def undo(world: World, run: int, lines: Sequence[Line] | None = None) -> Applied:
    """Undo a run as reviewed."""
    planned = list(undo_run.plan(world.engine, run)) if lines is None else lines
    applied = undo_run.begin(world.engine, run, planned, reviewed=True)
    apply_run.drain(world.engine, applied, Event())
    return applied


def words(world: World, run: int) -> dict[str, str]:
    """Give the word of each line of the plan of an undo."""
    return {line.ref: line.word for line in undo_run.plan(world.engine, run)}


def device(world: World, name: str = "device 1") -> dict[str, Any]:
    """Give a configuration as IT Glue has it."""
    return world.record("configurations", name)


def adopted(world: World) -> tuple[str, int]:
    """Let a run write over a device that a person made; give its id and the run."""
    organization = world.person("organizations", name="Acme Ltd")
    server = world.person("configuration_types", name="Server")
    number = world.person(
        "configurations", name="device 1", serial_number="SN-1-X", asset_tag="OLD", organization_id=organization,
        configuration_type_id=server,
    )  # fmt: skip
    world.put(world.organization(), world.device("1", asset_tag="NEW"))
    return number, apply(world)


def test_old_values_come_back_and_the_service_leaves_them(world: World) -> None:
    """Not by the next touch, nor by a read of IT Glue; until the record changes at its source."""
    _, run = adopted(world)
    assert device(world)["asset_tag"] == "NEW"

    applied = undo(world, run)
    undone = device(world)["asset_tag"]
    before = world.writes()
    world.touch("cw:configuration:1")
    world.drain()
    quiet, state = world.writes() - before, world.state("cw:configuration:1")
    notes = world.target("cw:configuration:1").notes
    world.settle(world.device("1", asset_tag="NEWER"))

    assert (undone, applied.counts["written"]) == ("OLD", 2)
    assert (quiet, state) == (0, ("settled", None))
    assert f"run {run} is undone here" in notes
    assert device(world)["asset_tag"] == "NEWER"


def test_a_changed_mapping_or_a_decision_takes_it_in_again(world: World) -> None:
    """And an undo that such a change has ended does not come to life again when the mapping is changed back."""
    _, run = adopted(world)
    undo(world, run)

    world.configure(configurations='set = { notes = "by the bridge" }\n')
    world.touch("cw:configuration:1")
    world.drain()
    written = device(world)["asset_tag"]
    world.configure(configurations="")
    world.touch("cw:configuration:1")
    world.drain()

    assert written == "NEW"
    assert device(world)["asset_tag"] == "NEW"


def test_a_person_takes_one_in_again(world: World) -> None:
    """`held new` says so for one record; the others stay undone."""
    _, run = adopted(world)
    undo(world, run)

    world.decide("cw:configuration:1", "new")
    world.drain()

    assert device(world)["asset_tag"] == "NEW"


def test_what_was_made_is_archived_or_listed(world: World) -> None:
    """A device is archived, its organization and the names cannot be; the source's next change brings the device back."""
    world.put(world.organization(), world.device("1"))
    run = apply(world)

    planned = words(world, run)
    undo(world, run)
    archived, link = device(world)["archived"], world.link("cw:configuration:1")
    state = world.state("cw:configuration:1")
    world.touch("cw:configuration:1")
    world.drain()
    world.settle(world.device("1", asset_tag="BACK"))

    assert planned["cw:configuration:1"] == "archive"
    assert planned["cw:organization:1"] == "refused"
    assert set(planned.values()) == {"archive", "refused"}
    assert (archived, link.archived, state) == (True, True, ("settled", None))
    assert (device(world)["archived"], device(world)["asset_tag"]) == (False, "BACK")
    assert len(world.records("configurations")) == 1


def test_what_somebody_has_changed_since_is_refused_one_by_one(world: World) -> None:
    """Seen by a read of its own; the others are put back."""
    world.settle(world.organization(), world.device("1", asset_tag="A"), world.device("2", asset_tag="B"))
    world.put(world.device("1", asset_tag="A2"), world.device("2", asset_tag="B2"))
    run = apply(world)
    world.edit("configurations", device(world, "device 1")["id"], asset_tag="BY HAND")

    lines = {line.ref: line for line in undo_run.plan(world.engine, run)}
    undo(world, run)

    assert (lines["cw:configuration:1"].word, lines["cw:configuration:1"].reason) == (
        "refused",
        "asset_tag changed since",
    )
    assert device(world, "device 1")["asset_tag"] == "BY HAND"
    assert device(world, "device 2")["asset_tag"] == "B"


def test_what_changes_between_the_plan_and_the_write_is_not_overwritten(world: World) -> None:
    """At the source: refused as changed since the plan. In IT Glue: seen when it is planned again, and left."""
    world.settle(world.organization(), world.device("1", asset_tag="A"), world.device("2", asset_tag="B"))
    world.put(world.device("1", asset_tag="A2"), world.device("2", asset_tag="B2"))
    run = apply(world)
    lines = list(undo_run.plan(world.engine, run))

    world.put(world.device("1", asset_tag="A3"))
    applied = undo_run.begin(world.engine, run, lines, reviewed=True)
    world.edit("configurations", device(world, "device 2")["id"], asset_tag="BY HAND")
    refresh.look_again(world.engine, "configurations", [device(world, "device 2")["id"]], lane="live")
    apply_run.drain(world.engine, applied, Event())
    world.drain()

    assert [(line.ref, why) for line, why in applied.refused] == [
        ("cw:configuration:1", "changed since the plan (run undo again)")
    ]
    assert device(world, "device 1")["asset_tag"] == "A3"
    assert device(world, "device 2")["asset_tag"] == "BY HAND"
    assert "is not undone here" in world.target("cw:configuration:2").notes


def test_an_undo_whose_process_dies_is_carried_out_by_the_service_and_again_by_nobody(world: World) -> None:
    """Once entered the store knows it; the same plan applied again changes nothing."""
    _, run = adopted(world)
    lines = list(undo_run.plan(world.engine, run))

    undo_run.begin(world.engine, run, lines, reviewed=True)
    world.drain()
    undone = device(world)["asset_tag"]
    before = world.writes()
    again = undo(world, run, lines)

    assert undone == "OLD"
    assert world.writes() == before
    assert (again.refused, again.counts["written"]) == ([], 0)
    assert set(words(world, run).values()) <= {"equal", "refused"}


def test_a_lost_answer_is_looked_up_and_not_sent_twice(world: World) -> None:
    """The undo's PATCH is carried out, its answer lost: what is there by then counts, and it stays undone."""
    _, run = adopted(world)
    world.fault({"status": 504, "after_write": True}, method="PATCH", nth=[1])

    undo(world, run)
    world.drain()
    before = world.writes()
    world.touch("cw:configuration:1")
    world.drain()

    assert device(world)["asset_tag"] == "OLD"
    assert world.writes() == before
    assert "asset_tag" not in world.link("cw:configuration:1").applied


def test_an_undo_can_be_undone(world: World) -> None:
    """What the run wrote is there again, and the sync goes on with the record as if nothing had been."""
    number, run = adopted(world)
    first = undo(world, run).run

    second = undo(world, first)
    again = device(world)
    world.edit("configurations", number, asset_tag="BY HAND")
    world.touch("cw:configuration:1")
    refresh.look_again(world.engine, "configurations", [number], lane="live")
    world.drain()

    assert again["asset_tag"] == "NEW"
    assert second.counts["written"] == 2
    assert device(world)["asset_tag"] == "NEW"  # the source's again


def test_values_that_are_put_back_are_not_ours_to_clear(world: World) -> None:
    """A person's asset tag, put back, survives that the source has none any more."""
    _, run = adopted(world)
    undo(world, run)

    world.settle(world.device("1", asset_tag=None))

    assert device(world)["asset_tag"] == "OLD"


def test_the_journal_says_who_undid_what(world: World) -> None:
    """With the run that was undone; the decision names it too."""
    _, run = adopted(world)
    second = undo(world, run).run

    with world.engine.db.read() as connection:
        wrote = connection.execute(sa.select(journal).where(journal.c.run == second)).all()
        decided = connection.execute(sa.select(decisions).where(decisions.c.verb == "undo")).all()
    assert {(row.verb, row.who, row.why, row.outcome) for row in wrote} == {
        ("undo", "test", f"undo of run {run}", "written")
    }
    assert {(row.code, row.by, row.used_at) for row in decided} == {(str(run), "test", None)}


def test_an_undo_passes_no_stop_that_nobody_reviewed(world: World) -> None:
    """Archives past a count are held, as those of any run are; reviewed they pass."""
    world.configure(stops="[stops]\nnames = { hour = 1000, day = 1000 }\narchives = { hour = 1, day = 1 }\n")
    world.put(world.organization(), *(world.device(str(number)) for number in range(3)))
    run = apply(world)
    lines = list(undo_run.plan(world.engine, run))

    applied = undo_run.begin(world.engine, run, lines, reviewed=False)
    apply_run.drain(world.engine, applied, Event())
    held = applied.counts["held"]
    undo(world, run)

    assert held == 2
    assert all(one["archived"] for one in world.records("configurations"))
