"""What happens between two steps of a worker: newer versions, lost claims, late answers."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from bridge.apply_run import Applied, begin
from bridge.drain import outcome, records, resolve
from bridge.drain.creates import Pace, create
from bridge.drain.intend import Intent, intend
from bridge.drain.items import Item
from bridge.drain.settle import settle
from bridge.drain.updates import update
from bridge.engine import Engine
from bridge.plan_pass import plan_all
from bridge.refresh import refresh
from bridge.store import targets as target_rows
from bridge.store.schema import targets
from bridge.store.targets import Row
from tests.integration.drain.conftest import Make
from tests.integration.drain.world import QUICK, World

DEVICE = "cw:configuration:7"
# Long enough that what a test puts between two steps never runs into a limit.
PATIENT = replace(QUICK, write_window=3.0, deadline=2.0, intend_age=0.8, lease=8.0)


@pytest.fixture
def patient(make: Make) -> World:
    """Give a world whose workers wait for answers."""
    return make(PATIENT)


def _claim(engine: Engine, *, ahead: float = 0.0, owner: str | None = None) -> list[Row]:
    """Claim what is due, or what will be in a while, as if all leases had run out by then."""
    return target_rows.claim(
        engine.db, lane="backfill", owner=owner or engine.owner, now=engine.db.now() + ahead, lease=5, limit=200
    )


def _write(engine: Engine, rows: Sequence[Row]) -> None:
    """Go on with a claim: decide, settle, write."""
    items = settle(engine, records.decide(engine, rows), run=None)
    _send(engine, rows, items)


def _send(engine: Engine, rows: Sequence[Row], items: Sequence[Item]) -> None:
    claim = {row.id: row.fence for row in rows}
    update(engine, [item for item in items if item.verb != "create"], claim, lane="backfill")
    create(engine, [item for item in items if item.verb == "create"], claim, lane="backfill", pace=Pace())


def test_a_newer_version_between_plan_and_settle_wins(patient: World) -> None:
    """What was planned from the older version is not sent; the newer one is."""
    world = patient
    world.settle(world.organization(), world.device("7"))
    world.put(world.device("7", name="older"))
    rows = _claim(world.engine)
    decided = records.decide(world.engine, rows)
    writes = world.writes()

    world.put(world.device("7", name="newer"))
    items = settle(world.engine, decided, run=None)
    _send(world.engine, rows, items)
    unsent = world.writes() == writes
    world.drain()

    assert unsent
    assert [one["name"] for one in world.records("configurations")] == ["newer"]


def test_a_newer_version_while_a_write_is_under_way_is_written_after_it(patient: World) -> None:
    """The record changes while its create is answered: it is linked, stays pending, and is written again."""
    world = patient
    world.settle(world.organization(), world.device("0"))
    world.fault({"delay": 0.3}, method="POST", path="configurations$", nth=[1])
    world.put(world.device("7", name="first"))

    sender = Thread(target=world.once)
    sender.start()
    while world.state(DEVICE) != ("creating", None):
        Event().wait(0.005)
    world.put(world.device("7", name="second"))
    sender.join()
    world.drain()

    assert sorted(one["name"] for one in world.records("configurations", dead=True)) == ["device 0", "second"]


def test_a_change_while_a_lost_create_is_resolved_is_written_after_it(world: World) -> None:
    """A create whose answer was lost is found and linked although its record has changed since; the change follows."""
    world.settle(world.organization(), world.device("0"))
    world.fault({"status": 504, "after_write": True}, method="POST", path="configurations$", nth=[1])
    world.put(world.device("7", name="first"))
    world.once()

    world.put(world.device("7", name="second"))
    creating = world.state(DEVICE)
    world.drain()

    assert creating == ("creating", None)
    assert sorted(one["name"] for one in world.records("configurations", dead=True)) == ["device 0", "second"]


def test_a_sender_whose_claim_was_taken_over_sends_nothing(patient: World) -> None:
    """Its lease ran out before it sent: the other one writes, it does not."""
    world = patient
    world.settle(world.organization(), world.device("0"))
    world.put(world.device("7"))
    engine, other = world.engine, world.another()
    rows = _claim(engine)
    items = settle(engine, records.decide(engine, rows), run=None)

    taken = _claim(other, ahead=10)
    _write(other, taken)
    _send(engine, rows, items)

    assert len(world.sent("POST", path="/configurations")) == 2
    assert len(world.records("configurations", dead=True)) == 2
    assert world.state(DEVICE) == ("settled", None)


def test_an_answer_under_a_lost_fence_is_recorded_all_the_same(patient: World) -> None:
    """The claim is taken over after the request left: the answer's id is linked, and nothing is made again."""
    world = patient
    world.settle(world.organization(), world.device("0"))
    world.fault({"delay": 0.35}, method="POST", path="configurations$", nth=[1])
    world.put(world.device("7"))
    engine, other = world.engine, world.another()
    rows = _claim(engine)
    sender = Thread(target=_write, args=(engine, rows))
    sender.start()
    while world.state(DEVICE) != ("creating", None):
        Event().wait(0.005)

    [taken] = _claim(other, ahead=10)
    sender.join()
    linked = world.link(DEVICE)
    resolve.resolve(other, [taken], lane="backfill")
    world.drain()

    assert linked is not None
    assert len(world.records("configurations", dead=True)) == 2
    assert world.state(DEVICE) == ("settled", None)
    assert world.journal(DEVICE) == [("create", "written")]


def test_a_second_record_of_one_target_is_held_with_both_ids(patient: World) -> None:
    """An answer that comes after everything was thought lost, and made again: the duplicate is reported, never silent."""
    world = patient
    world.settle(world.organization(), world.device("0"))
    world.put(world.device("7"))
    engine, other = world.engine, world.another()
    rows = _claim(engine)
    first = settle(engine, records.decide(engine, rows), run=None)
    _write(other, _claim(other, ahead=10))
    made = world.link(DEVICE).itglue_id
    second = world.person(
        "configurations", organization_id=world.record("organizations", "Acme Ltd")["id"], name="device 7",
        configuration_type_id=world.record("configuration_types", "Server")["id"], notes=DEVICE,
    )  # fmt: skip

    found = refresh(engine, "configurations", lane="backfill")
    [row] = [each for each in found.rows if each.id == second]
    outcome.created(engine, Intent("late", 0.0, 0.0, list(first)), [(first[0], row)])

    held = world.target(DEVICE)
    assert (held.state, held.code) == ("held", "duplicate_made")
    assert made in held.reason
    assert second in held.reason


def test_a_late_answer_stops_whoever_planned_to_make_it_again(patient: World) -> None:
    """A create was thought not made, another worker has planned it anew: the late answer's link voids that plan."""
    world = patient
    world.settle(world.organization(), world.device("0"))
    world.put(world.device("7"))
    engine, other = world.engine, world.another()
    rows = _claim(engine)
    first = settle(engine, records.decide(engine, rows), run=None)
    again = _claim(other, ahead=10)
    planned = settle(other, records.decide(other, again), run=None)
    person = world.person(
        "configurations", organization_id=world.record("organizations", "Acme Ltd")["id"], name="device 7",
        configuration_type_id=world.record("configuration_types", "Server")["id"], notes=DEVICE,
    )  # fmt: skip

    [row] = [each for each in refresh(engine, "configurations", lane="backfill").rows if each.id == person]
    outcome.created(engine, Intent("late", 0.0, 0.0, list(first)), [(first[0], row)])
    _send(other, again, planned)
    world.drain()

    assert world.link(DEVICE).itglue_id == person
    assert len(world.records("configurations")) == 2


def test_a_worker_that_died_in_the_middle_of_a_create_loses_nothing(make: Make) -> None:
    """Intended, and perhaps sent: another worker waits until it is quiet, looks, and only then sends."""
    world = make()
    world.settle(world.organization(), world.device("0"))
    world.put(world.device("7"), world.device("8"))
    engine, other = world.engine, world.another()
    rows = _claim(engine)
    items = settle(engine, records.decide(engine, rows), run=None)

    intend(engine, items, {row.id: row.fence for row in rows})
    world.drain(other)

    assert len(world.records("configurations", dead=True)) == 3
    assert world.state(DEVICE) == ("settled", None)


def test_four_workers_make_every_record_once(world: World) -> None:
    """Ten organizations with devices, names in common, drained by four workers at once: each record is there once."""
    for number in range(1, 11):
        world.put(
            world.organization(str(number), name=f"Customer {number}"),
            *(world.device(f"{number}{place}", str(number), manufacturer="Dell", model="R740") for place in range(3)),
        )
    engines = [world.another() for _ in range(4)]

    threads = [Thread(target=world.drain, args=(engine,), kwargs={"seconds": 30.0}) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    names = [one["name"] for one in world.records("configurations", dead=True)]
    assert len(names) == len(set(names)) == 30
    assert len(world.records("organizations", dead=True)) == 10
    assert len(world.records("models", dead=True)) == 1
    assert not world.open()


def test_an_apply_that_begins_while_a_create_is_intended_leaves_it_creating(patient: World) -> None:
    """The worker's intent is under way while the plan's lines are entered: the target stays `creating`, and is refused."""
    world = patient
    world.settle(world.organization(), world.device("0"))
    world.put(world.device("7"))
    lines = [line for line in plan_all(world.engine) if line.ref == DEVICE]
    applied: list[Applied] = []
    apply = Thread(target=lambda: applied.append(begin(world.another(), lines, reviewed=True, why="test")))

    with world.engine.db.write() as connection:  # an intent that is not committed yet
        mine = sa.update(targets).where(targets.c.anchor == DEVICE)
        connection.execute(mine.values(state="creating", due_at=world.engine.db.now(connection) + 60))
        apply.start()
        apply.join(0.5)
        waits = apply.is_alive()
    apply.join()

    assert waits
    assert world.state(DEVICE) == ("creating", None)
    assert [why for _, why in applied[0].refused] == ["is being created: its answer is awaited"]
