"""What a plan promises to cost in requests, against what IT Glue counts while it is applied."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.safety.unattended import DEVICES, SYNCED, Desk, Scene, scene

CUSTOMERS, EACH, MAKERS, MODELS = 20, 10, 30, 3
STOPS = "[stops]\ncreates = { hour = 10000, day = 10000 }\nnames = { hour = 10000, day = 10000 }\n"
SLOW = 0.05  # seconds that IT Glue takes for an answer, so that workers meet half-done work


@pytest.fixture
def office() -> Iterator[Scene]:
    """Give an empty account, and stops that hold nothing."""
    with scene(mapping='[organizations]\ncreate = "yes"\n', stops=STOPS) as made:
        made.world.itglue.fault({"delay": SLOW})
        yield made


@pytest.mark.parametrize("words", [(), ("--yes",)], ids=["a reviewed plan", "without review"])
def test_a_plan_costs_what_it_promises(office: Scene, words: tuple[str, ...]) -> None:
    """First all is new; then each device gets a manufacturer and a model that IT Glue lacks.

    Each organization is a request of its own, as is each manufacturer; models of one manufacturer are one. A record waits
    for its names, and is written with all others that do, not with the few that one name sets free.
    """
    desk = Desk(office.world)
    devices = [
        desk.device(company, f"pc {number}-{each}", serialNumber=f"SN-{number}-{each}-X")
        for number in range(CUSTOMERS)
        for company in [desk.company(f"Customer {number:02}")]
        for each in range(EACH)
    ]
    person = office.world.source.person
    makers = [
        int(person("POST", "procurement/manufacturers", {"name": f"Maker {number:02}"})["id"])
        for number in range(MAKERS)
    ]

    first = _promised_and_counted(office, words)
    for number, device in enumerate(devices):
        office.change(
            DEVICES, device, manufacturer={"id": makers[number % MAKERS]}, modelNumber=f"M {number % (MAKERS * MODELS)}"
        )
    second = _promised_and_counted(office, words)

    for promised, counted in (first, second):
        assert abs(counted - promised) <= 0.2 * promised, (first, second)
    assert first[1] >= 2 * CUSTOMERS
    assert second[1] >= 2 * MAKERS


def _promised_and_counted(office: Scene, words: tuple[str, ...]) -> tuple[int, int]:
    file = str(office.world.folder / "the.plan")
    planned = json.loads(office.command("plan", "-o", file, "--json", code=SYNCED).out)
    before = len(office.world.itglue.get("/requests"))
    office.command("apply", *(words or (file,)), code=SYNCED)
    return planned["summary"]["rollout"]["requests"], len(office.world.itglue.get("/requests")) - before
