"""Pauses by hand: what a person paused is read and planned on, stays open, and is written once that ends."""

from threading import Event, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from bridge import apply_run, plan_pass, sweep
from bridge.engine import Engine
from bridge.store import hand_pauses, runs
from bridge.store.schema import journal, targets
from tests.integration.drain.world import World


def pause(world: World, what: str, seconds: float = 3600.0) -> None:
    """Pause as a person does."""
    with world.engine.db.write() as connection:
        hand_pauses.pause(world.engine.db, connection, what, seconds=seconds, by="anna", why="looks odd")


def resume(world: World, what: str) -> list[str]:
    """Resume as a person does."""
    with world.engine.db.write() as connection:
        return hand_pauses.resume(world.engine.db, connection, [what], by="anna", why="fine")


def all_states(world: World) -> dict[str, str]:
    """Give the state of every record's target."""
    with world.engine.db.read() as connection:
        rows = connection.execute(sa.select(targets.c.anchor, targets.c.state).where(targets.c.mirror_id.is_not(None)))
        return {row.anchor: row.state for row in rows}


@pytest.mark.parametrize(
    ("what", "untouched"),
    [
        ("*", {"cw:organization:1", "cw:organization:2", "cw:configuration:1", "cw:configuration:2"}),
        ("cw", {"cw:organization:1", "cw:organization:2", "cw:configuration:1", "cw:configuration:2"}),
        ("cw:organization:1", {"cw:organization:1", "cw:configuration:1"}),
        ("cw:configuration:1", {"cw:configuration:1"}),
        ("other", set()),
    ],
)
def test_what_is_paused_is_not_written_and_the_rest_is(world: World, what: str, untouched: set[str]) -> None:
    """Everything, a source, a customer with all under it, one record; once it ends all of it is written."""
    pause(world, what)
    run = world.put(
        world.organization("1", "Acme Ltd"), world.organization("2", "Beta Ltd"), world.device("1", "1"),
        world.device("2", "2"),
    )  # fmt: skip

    world.drain(until=lambda: {ref for ref, state in all_states(world).items() if state != "settled"} == untouched)
    world.once()
    counted = world.counts(run)
    written = {one["name"] for word in ("organizations", "configurations") for one in world.records(word)}
    ended = resume(world, what)
    world.drain()

    names = {"cw:organization:1": "Acme Ltd", "cw:organization:2": "Beta Ltd", "cw:configuration:1": "device 1",
             "cw:configuration:2": "device 2"}  # fmt: skip
    assert written == {name for ref, name in names.items() if ref not in untouched}
    assert (counted["open"], counted["held"]) == (len(untouched), 0)
    assert ended == [what]
    assert set(all_states(world).values()) == {"settled"}
    assert world.counts(run) | {"names": {}} == {
        "seen": 4, "written": 4, "equal": 0, "held": 0, "excluded": 0, "gone": 0, "open": 0, "names": {},
    }  # fmt: skip


def test_a_pause_ends_by_itself(world: World) -> None:
    """Nobody has to remember it: at its time what waited is due."""
    pause(world, "*", seconds=0.6)
    world.put(world.organization())

    paused = world.once()
    world.drain()

    assert paused == 0
    assert world.state("cw:organization:1") == ("settled", None)


def test_nothing_rings_for_what_is_paused(world: World) -> None:
    """The sweep would otherwise wake every worker, every five seconds, for nothing."""
    rung: list[str] = []

    class Bell:
        def ring(self, lane: str) -> None:
            rung.append(lane)

    world.engine.doorbell = Bell()
    world.put(world.organization())
    pause(world, "cw:organization:1")

    sweep.sweep(world.engine)
    while_paused = list(rung)
    resume(world, "cw:organization:1")
    sweep.sweep(world.engine)

    assert while_paused == []
    assert rung == ["backfill"]


def test_a_worker_keeps_to_it_from_its_next_request_on(world: World) -> None:
    """A claim of 60 changes goes out 50 at a time; paused while the first are sent, the others stay, and are not lost."""
    world.settle(world.organization(), *(world.device(str(number)) for number in range(60)))
    world.put(*(world.device(str(number), asset_tag=f"T{number}") for number in range(60)))
    before = len(world.sent("PATCH"))
    world.fault({"delay": 0.3}, method="PATCH")
    worker = Thread(target=world.once)
    worker.start()
    while not world.sent("PATCH")[before:] and worker.is_alive():
        Event().wait(0.02)
    pause(world, "*")
    worker.join()

    sent = len(world.sent("PATCH")) - before
    open_then = len(world.open())
    resume(world, "*")
    world.calm()
    world.drain()

    assert sent == 1
    assert open_then == 10
    assert {one["asset_tag"] for one in world.records("configurations")} == {f"T{number}" for number in range(60)}


def test_a_lost_create_is_still_looked_for(world: World) -> None:
    """That writes nothing; what was made is linked while everything is paused."""
    world.settle(world.organization())
    world.fault({"status": 504, "after_write": True}, method="POST", path="configurations$", nth=[1])
    world.put(world.device("1"))
    world.drain(until=lambda: world.state("cw:configuration:1")[0] == "creating")

    pause(world, "*")
    world.drain(until=lambda: world.link("cw:configuration:1") is not None)

    assert len(world.records("configurations")) == 1
    assert world.state("cw:configuration:1") == ("pending", None)


def test_an_apply_does_not_wait_for_a_person_to_resume(world: World) -> None:
    """What is not paused is written, the rest stays open; the same goes on afterwards."""
    world.put(world.organization("1", "Acme Ltd"), world.organization("2", "Beta Ltd"), world.device("1"))
    pause(world, "cw:organization:1")
    engine: Engine = world.engine
    lines = list(plan_pass.plan_all(engine))

    applied = apply_run.begin(engine, lines, reviewed=True, why="test")
    apply_run.drain(engine, applied, Event())

    assert applied.paused == 2
    assert (applied.counts["written"], applied.counts["open"]) == (1, 2)
    assert all_states(world) == {
        "cw:organization:1": "pending", "cw:organization:2": "settled", "cw:configuration:1": "pending",
    }  # fmt: skip


def test_who_paused_and_why_is_journaled(world: World) -> None:
    """Both the pause and its end; a pause that is over needs no end."""
    pause(world, "cw")
    resume(world, "cw")
    pause(world, "*", seconds=0.0)
    again = resume(world, "*")

    with world.engine.db.read() as connection:
        rows: list[Any] = list(connection.execute(sa.select(journal).order_by(journal.c.id)))
        seen = runs.count(connection, 1)
    assert [(row.verb, row.subject, row.who, row.why, row.outcome) for row in rows] == [
        ("pause", "cw", "anna", "looks odd", "done"),
        ("resume", "cw", "anna", "fine", "done"),
        ("pause", "*", "anna", "looks odd", "done"),
    ]
    assert again == []
    assert seen["seen"] == 0
