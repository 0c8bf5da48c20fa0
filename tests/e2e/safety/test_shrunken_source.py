"""A source that shows less than it has: nothing may follow from it, and everything goes on once it is whole again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.safety.ledger import Change
from tests.e2e.safety.unattended import COMPANIES, DEVICES, Desk, Scene, scene
from tests.simulators.running import Running

# As far as gone can go: devices are archived at once, customers get a status.
MAPPING = """
[organizations]
create = "yes"
gone = "status Inactive"
[configurations]
gone = "archive"
"""
CUSTOMERS, SERVERS = 4, 6
WORKSTATIONS = 120  # 95 % of the devices
PRINTERS = 5  # less than 5 %


@dataclass(slots=True)
class Office:
    """The scene with the PSA's ids."""

    scene: Scene
    companies: list[int] = field(default_factory=list)
    servers: list[int] = field(default_factory=list)
    workstations: list[int] = field(default_factory=list)
    printers: list[int] = field(default_factory=list)

    @property
    def psa(self) -> Running:
        return self.scene.world.source

    def whole(self) -> None:
        """Let the source show everything again."""
        self.psa.reset()
        self.psa.control.post("/switches", json={"role": ROLE}).raise_for_status()


ROLE: dict[str, Any] = {"hide_types": [], "level": "all", "blank_references": False, "forbidden": []}


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Give a source and an IT Glue that were synced by a reviewed plan."""
    with scene(mapping=MAPPING) as made:
        office = Office(made)
        made.world.itglue.person("POST", "organization_statuses", {"attributes": {"name": "Inactive"}})
        desk = Desk(made.world)
        office.companies = [desk.company(f"Customer {number}") for number in range(CUSTOMERS)]
        for kind, count, into in (
            ("Server", SERVERS, office.servers), ("Workstation", WORKSTATIONS, office.workstations),
            ("Printer", PRINTERS, office.printers),
        ):  # fmt: skip
            for number in range(count):
                company, serial = office.companies[number % CUSTOMERS], f"SN-{kind}-{number:04}"
                into.append(desk.device(company, f"{kind} {number:03}", kind, serialNumber=serial))
        made.reviewed()
        made.unattended("ids", "refresh")
        made.ledger.since()
        assert made.held() == {}
        yield office


def _role(**words: Any) -> Callable[[Office], None]:
    return lambda office: office.psa.set(role={**ROLE, **words})


def _empty(office: Office) -> None:
    """As a database put back without its records: lists are empty, nothing is found."""
    for path in (COMPANIES, DEVICES):
        office.psa.fault({"status": 200, "headers": {"link": ""}, "body": "[]"}, path=f"{path}$")
        office.psa.fault({"status": 200, "body": '{"count": 0}'}, path=f"{path}/count$")
        office.psa.fault(NOT_FOUND, path=f"{path}/[0-9]+$")


NOT_FOUND = {
    "status": 404, "headers": {"content-type": "application/json"},
    "body": '{"code": "NotFound", "message": "not found", "errors": null}',
}  # fmt: skip
DEVICE_COUNT = SERVERS + WORKSTATIONS + PRINTERS
SITUATIONS = {
    "an empty source": (_empty, CUSTOMERS + DEVICE_COUNT),
    "a source at five per cent": (_role(hide_types=["Workstation"]), WORKSTATIONS),
    "every device hidden": (_role(hide_types=["Server", "Workstation", "Printer"]), DEVICE_COUNT),
    "one type hidden": (_role(hide_types=["Printer"]), PRINTERS),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_vanishes_at_once_is_held_and_nothing_is_written(office: Office, name: str) -> None:
    """Every record that vanished is held `shape_changed`, however often that is read; none is archived or changed.

    When they are back they are settled again without a write, and the next change of one of them is written.
    """
    arrange, held = SITUATIONS[name]
    scene = office.scene
    arrange(office)

    scene.unattended("ids", rounds=3)
    seen, changed = scene.held(), scene.ledger.since()
    office.whole()
    scene.unattended("ids")
    left, after = scene.held(), scene.ledger.since()
    scene.change(DEVICES, office.printers[0], tagNumber=name)
    scene.unattended()

    assert (seen, changed) == ({"shape_changed": held}, [])
    assert (left, after) == ({}, [])
    assert scene.ledger.since() == [Change("configurations", "Printer 000", "update", "api", {"asset-tag": name})]


def test_a_visible_record_is_still_written_while_others_are_held(office: Office) -> None:
    """What a role hides stops nothing but itself: a change of a device that it shows is written at once."""
    scene = office.scene
    office.psa.set(role={**ROLE, "hide_types": ["Printer"]})

    scene.unattended("ids", rounds=2)
    scene.change(DEVICES, office.servers[0], tagNumber="SEEN")
    scene.unattended("ids")
    written = scene.ledger.since()
    office.whole()
    scene.unattended("ids")

    assert written == [Change("configurations", "Server 000", "update", "api", {"asset-tag": "SEEN"})]
    assert (scene.held(), scene.ledger.since()) == ({}, [])


def test_blank_references_take_no_device_from_its_customer(office: Office) -> None:
    """A role that blanks companies instead of refusing: each device is held `no_organization`, and none is written."""
    scene = office.scene
    office.psa.set(role={**ROLE, "blank_references": True})

    scene.unattended("snapshot", rounds=2)
    seen, changed = scene.held(), scene.ledger.since()
    office.whole()
    scene.unattended("snapshot")

    assert (seen, changed) == ({"no_organization": DEVICE_COUNT}, [])
    assert (scene.held(), scene.ledger.since()) == ({}, [])


def test_a_list_that_is_refused_pauses_the_source_and_concludes_nothing(office: Office) -> None:
    """A role without a right answers 403: nothing vanishes by that, nothing is held, and it goes on by itself."""
    scene = office.scene
    office.psa.set(role={**ROLE, "forbidden": [DEVICES]})

    scene.unattended("ids", rounds=2)
    paused, seen, changed = scene.open().paused, scene.held(), scene.ledger.since()
    office.whole()
    scene.change(DEVICES, office.servers[1], tagNumber="ALLOWED")
    scene.goes_on()

    assert (paused, seen, changed) == (1, {}, [])
    assert scene.ledger.since() == [Change("configurations", "Server 001", "update", "api", {"asset-tag": "ALLOWED"})]


def test_a_read_that_breaks_off_concludes_nothing(office: Office) -> None:
    """A page that ends in the middle is no proof of absence."""
    scene = office.scene
    office.psa.fault({"truncate": 400}, path=f"{DEVICES}$")

    scene.unattended("ids", rounds=2)
    seen, changed = scene.held(), scene.ledger.since()
    office.whole()
    scene.goes_on("ids")

    assert (seen, changed) == ({}, [])
    assert (scene.held(), scene.ledger.since()) == ({}, [])


def test_one_device_that_is_really_gone_is_archived(office: Office) -> None:
    """Absent from two complete reads and from a fetch: it alone is archived, and nothing else is touched."""
    scene = office.scene
    scene.delete(DEVICES, office.servers[2])

    scene.unattended("ids")
    once = scene.ledger.since()
    scene.unattended("ids")

    assert once == []
    assert scene.ledger.since() == [Change("configurations", "Server 002", "update", "api", {"archived": True})]
    assert scene.state("configuration", office.servers[2]) == ("gone", None)


def test_many_that_are_really_gone_need_two_people_to_say_so(office: Office) -> None:
    """Accepted, the read is believed; archives then stop at their count, and a reviewed plan passes that.

    `held accept --code shape_changed` lifts the hold of exactly this read. Unattended, a twentieth of the kind's links
    is archived in a day; what is past it is held `stop_archives` and written only by a plan that somebody applied.
    """
    scene = office.scene
    for number in office.workstations[:60]:
        scene.delete(DEVICES, number)
    scene.unattended("ids", rounds=3)
    before, unwritten = scene.held(), scene.ledger.since()
    refused = scene.command("plan")

    scene.command("held", "accept", "--code", "shape_changed", "--source", "cw", code=0)
    scene.unattended("ids", rounds=3)
    stopped, alone = scene.held(), scene.ledger.since()
    scene.unattended("ids", rounds=2)
    trickled = scene.ledger.since()
    scene.reviewed()

    share = DEVICE_COUNT // 20
    assert (before, unwritten) == ({"shape_changed": 60}, [])
    assert refused.code == 0, refused.out  # nothing to write: no plan passes a shrunken read
    assert stopped == {"stop_archives": 60 - share + 1}  # one was archived before, today
    assert [change.fields for change in alone] == [{"archived": True}] * (share - 1)
    assert trickled == []
    assert [change.fields for change in scene.ledger.since()] == [{"archived": True}] * (60 - share + 1)
    assert scene.held() == {}
