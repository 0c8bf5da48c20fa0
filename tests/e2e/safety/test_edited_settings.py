"""An edit of bridge.toml that leaves records out, or would change them all: nobody reviewed what follows from it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from tests.e2e.safety.ledger import Change
from tests.e2e.safety.unattended import DEVICES, SYNCED, Desk, Scene, scene
from tests.faults import quiet

RIGHT = "type not in ['Consumable', 'Spare']"
MAPPING = f"""
[organizations]
create = "yes"
gone = "status Inactive"
[configurations]
gone = "archive"
only = "{RIGHT}"
"""
DEVICE_COUNT = 40
UPDATES = 10


@dataclass(slots=True)
class Office:
    """The scene with the PSA's ids; `inside` and `outside` are customers in the rollout and out of it."""

    scene: Scene
    inside: int
    outside: int
    devices: list[int] = field(default_factory=list)

    def settle(self, mapping: str = MAPPING, rollout: str = '["Inside"]') -> None:
        """Write the settings."""
        self.scene.world.settle(mapping=mapping, rollout=rollout)


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Give a source and an IT Glue that were synced by a reviewed plan."""
    with scene(mapping=MAPPING, rollout='["Inside"]', stops=f"[stops]\nupdates = {{ hour = {UPDATES} }}\n") as made:
        made.world.itglue.person("POST", "organization_statuses", {"attributes": {"name": "Inactive"}})
        desk = Desk(made.world)
        office = Office(made, desk.company("Inside"), desk.company("Outside"))
        office.devices = [
            desk.device(office.inside, f"PC {number:02}", serialNumber=f"SN-{number:04}-X")
            for number in range(DEVICE_COUNT)
        ]
        desk.device(office.outside, "elsewhere")
        desk.device(office.inside, "toner", "Consumable")
        made.reviewed()
        made.unattended("ids")
        yield office


@pytest.fixture(autouse=True)
def settled(office: Office) -> Iterator[None]:
    """Begin each test with the right settings, and with nothing left to do."""
    office.settle()
    office.scene.unattended("ids")
    office.scene.ledger.since()
    yield
    assert office.scene.world.itglue.get("/violations") == []


def test_a_customer_outside_the_rollout_gets_nothing(office: Office) -> None:
    """Neither the customer nor its device is in IT Glue, though the source has both and nobody said no to them."""
    names = {record["now"]["attributes"]["name"] for record in office.scene.world.itglue.get("/records/organizations")}
    devices = {
        record["now"]["attributes"]["name"] for record in office.scene.world.itglue.get("/records/configurations")
    }

    assert ("Inside" in names, "Outside" in names) == (True, False)
    assert "PC 00" in devices
    assert not devices & {"elsewhere", "toner"}
    assert office.scene.state("organization", office.outside) == ("excluded", "rollout")


@pytest.mark.parametrize("typo", ["type not in ['Consumable', 'Workstation']", "type == 'Workstatoin'"])
def test_a_typo_in_only_archives_nothing(office: Office, typo: str) -> None:
    """Every device leaves `only`: all are excluded and kept as they are, and settle again when the typo is mended."""
    office.settle(MAPPING.replace(RIGHT, typo))

    office.scene.unattended("ids", "snapshot", rounds=3)
    states = {office.scene.state("configuration", number)[0] for number in office.devices}
    changed = office.scene.ledger.since()
    office.settle()
    office.scene.unattended("ids", "snapshot")

    assert states == {"excluded"}
    assert changed == []
    assert office.scene.ledger.since() == []
    assert {office.scene.state("configuration", number)[0] for number in office.devices} == {"settled"}


def test_a_word_that_does_not_exist_in_only_is_refused(office: Office) -> None:
    """The service does not start on it and no command works on it: one message with line, word and the nearest one."""
    office.settle(MAPPING.replace(RIGHT, "tipe not in ['Spare']"))

    for words in (("plan",), ("apply", "--yes"), ("run",)):
        said = office.scene.command(*words, code=1)
        assert said.err.count("\n") == 1
        assert "B122" in said.err
        assert '"type"' in said.err

    assert office.scene.ledger.since() == []


@pytest.mark.parametrize("rollout", ['["Outside"]', "[]"])
def test_a_customer_that_leaves_the_rollout_is_kept_as_it_is(office: Office, rollout: str) -> None:
    """It and its devices are excluded, with their links: changes of them wait, and are written once it is back."""
    office.settle(MAPPING.replace('create = "yes"', 'create = "never"'), rollout)

    office.scene.change(DEVICES, office.devices[0], tagNumber=rollout)
    office.scene.unattended("ids", rounds=3)
    changed, state = office.scene.ledger.since(), office.scene.state("configuration", office.devices[0])
    office.settle()
    office.scene.unattended("ids")

    assert (changed, state) == ([], ("excluded", "rollout"))
    assert office.scene.ledger.since() == [Change("configurations", "PC 00", "update", "api", {"asset-tag": rollout})]


def test_an_edit_that_would_rewrite_everyone_stops_at_its_count(office: Office) -> None:
    """Ten an hour are written unattended, the rest is held `stop_updates`; it does not trickle, and a plan passes it."""
    office.settle(f"{MAPPING}set = {{ asset_tag = 'by hand' }}\n")

    office.scene.unattended(rounds=2)
    alone, held = office.scene.ledger.since(), office.scene.held()
    office.scene.command("apply", "--yes")
    unreviewed = office.scene.ledger.since()
    office.scene.reviewed()

    rest = DEVICE_COUNT - UPDATES
    assert [change.fields for change in alone] == [{"asset-tag": "by hand"}] * UPDATES
    assert held == {"stop_updates": rest}
    assert unreviewed == []
    assert [change.fields for change in office.scene.ledger.since()] == [{"asset-tag": "by hand"}] * rest
    assert office.scene.held() == {}


def test_an_edit_after_a_command_has_written_reaches_what_the_service_finds_settled() -> None:
    """Before its first start, and where a command wrote with other settings while it stood still."""
    by_hand = MAPPING + "set = { asset_tag = 'by hand' }\n"
    by_mouth = MAPPING + "set = { asset_tag = 'by mouth' }\n"
    with scene(mapping=MAPPING) as made:
        desk = Desk(made.world)
        desk.device(desk.company("Inside"), "PC 00", serialNumber="SN-0000-X")
        made.reviewed()
        made.ledger.since()

        made.world.settle(mapping=by_hand)
        made.unattended()
        first = made.ledger.since()
        made.world.settle(mapping=by_mouth)
        made.command("apply", "--yes", code=SYNCED)
        made.world.settle(mapping=by_hand)
        made.ledger.since()
        made.unattended()

        assert [change.fields for change in first] == [{"asset-tag": "by hand"}]
        assert [change.fields for change in made.ledger.since()] == [{"asset-tag": "by hand"}]
        assert made.open() == quiet.Left()
