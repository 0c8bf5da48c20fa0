"""Stops on counts: what happens when nobody watches, and how a plan that somebody has read passes them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.e2e.safety.ledger import Change
from tests.e2e.safety.unattended import DEVICES, Desk, Scene, scene

MAPPING = '[organizations]\ncreate = "yes"\n[configurations]\ngone = "archive"\n'
NEW = 300
CREATES, EMPTIED, NAMES = 200, 25, 50  # the defaults


@dataclass(slots=True)
class Office:
    """The scene, and whoever types into the PSA."""

    scene: Scene
    desk: Desk
    customer: int
    devices: list[int]
    new: list[int] = field(default_factory=list)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Give a customer with forty devices, synced by a reviewed plan."""
    with scene(mapping=MAPPING) as made:
        desk = Desk(made.world)
        customer = desk.company("Acme")
        devices = [desk.device(customer, f"old {number:02}", serialNumber=f"OLD-{number:04}") for number in range(40)]
        made.reviewed()
        made.ledger.since()
        yield Office(made, desk, customer, devices)


def test_three_hundred_new_devices_stop_at_the_count_until_a_plan_is_reviewed(office: Office) -> None:
    """Two hundred are made in the hour with nobody watching; the rest is held, does not trickle, and passes reviewed.

    `apply --yes` without a file is nobody's review either.
    """
    office.new += [
        office.desk.device(office.customer, f"new {number:03}", serialNumber=f"NEW-{number:04}")
        for number in range(NEW)
    ]

    office.scene.unattended()
    alone, held = office.scene.ledger.since(), office.scene.held()
    office.scene.unattended(rounds=2)
    office.scene.command("apply", "--yes")
    later, still = office.scene.ledger.since(), office.scene.held()
    office.scene.reviewed()
    reviewed = office.scene.ledger.since()

    assert {(change.resource, change.verb, change.by) for change in alone} == {("configurations", "create", "api")}
    assert len(alone) == CREATES
    assert held == {"stop_creates": NEW - CREATES}
    assert (later, still) == ([], held)
    assert {(change.resource, change.verb) for change in reviewed} == {("configurations", "create")}
    assert len({change.name for change in alone + reviewed}) == len(alone + reviewed) == NEW
    assert office.scene.held() == {}


def test_three_hundred_new_devices_in_a_reviewed_plan_are_all_made(office: Office) -> None:
    """The plan says which stop it passes; applied, all are made at once, and count for nobody's hour."""
    for number in range(NEW):
        office.desk.device(office.customer, f"more {number:03}", serialNumber=f"MORE-{number:04}")

    file = str(office.scene.world.folder / "more.plan")
    said = office.scene.command("plan", "-o", file, code=2)
    office.scene.command("apply", file, code=2)
    made = office.scene.ledger.since()
    office.scene.unattended(rounds=2)

    assert "stop_creates" in said.out
    assert len({change.name for change in made}) == len(made) == NEW
    assert office.scene.ledger.since() == []
    assert office.scene.held() == {}


def test_new_names_stop_at_their_count_with_their_devices(office: Office) -> None:
    """Sixty new manufacturers at once: fifty are made and written; the other ten are held with their devices.

    A reviewed plan makes them and writes the ten devices too.
    """
    for number, device in enumerate(office.new[:60]):
        maker = office.scene.world.source.person("POST", "procurement/manufacturers", {"name": f"Maker {number:02}"})
        office.scene.change(DEVICES, device, manufacturer={"id": int(maker["id"])})

    office.scene.unattended()
    alone, held = office.scene.ledger.since(), office.scene.held()
    office.scene.unattended(rounds=2)
    office.scene.command("apply", "--yes")
    trickled = office.scene.ledger.since()
    office.scene.reviewed()

    assert _by_resource(alone) == {"manufacturers": NAMES, "configurations": NAMES}
    assert held == {"stop_creates": 60 - NAMES}
    assert trickled == []
    assert _by_resource(office.scene.ledger.since()) == {"manufacturers": 60 - NAMES, "configurations": 60 - NAMES}
    assert office.scene.held() == {}


def _by_resource(changes: list[Change]) -> dict[str, int]:
    return dict(Counter(change.resource for change in changes))


def test_values_that_turn_empty_at_once_stop_at_their_count(office: Office) -> None:
    """Forty serial numbers vanish at the source: 25 are cleared, as we wrote them, 15 held `stop_emptied` until reviewed."""
    for number in office.devices:
        office.scene.change(DEVICES, number, serialNumber=None)

    office.scene.unattended()
    alone, held = office.scene.ledger.since(), office.scene.held()
    office.scene.unattended(rounds=2)
    trickled = office.scene.ledger.since()
    office.scene.reviewed()

    cleared = {"serial-number": None}
    assert [change.fields for change in alone] == [cleared] * EMPTIED
    assert held == {"stop_emptied": len(office.devices) - EMPTIED}
    assert trickled == []
    assert [change.fields for change in office.scene.ledger.since()] == [cleared] * (len(office.devices) - EMPTIED)
    assert office.scene.held() == {}
