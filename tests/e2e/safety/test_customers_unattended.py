"""What people do to customers and devices, met by a service that archives what is gone while nobody watches."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.safety.ledger import Change
from tests.e2e.safety.unattended import COMPANIES, DEVICES, Desk, Scene, scene
from tests.faults import tenants

MAPPING = """
[organizations]
create = "yes"
gone = "status Inactive"
[configurations]
gone = "archive"
"""
CUSTOMERS = ("Recycled", "Loser", "Winner", "Moving", "Twins", "Junk", "Deleted", "Quiet")
JUNK = 300
QUIET = {"serial-number": "ONLY-HERE-1", "asset-tag": "A-77", "primary-ip": "10.9.8.7", "notes": "<p>by hand</p>"}


@dataclass(slots=True)
class Office:
    """The scene with the PSA's ids by name, and what the first sync made."""

    scene: Scene
    companies: dict[str, int] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)
    twins: list[int] = field(default_factory=list)
    first: list[Change] = field(default_factory=list)

    def state(self, name: str) -> tuple[str, str | None]:
        """Give the state of a customer or device, with its code or rule."""
        if name in self.companies:
            return self.scene.state("organization", self.companies[name])
        return self.scene.state("configuration", self.devices[name])

    def records(self, name: str) -> list[Any]:
        """Give IT Glue's configurations of a name that are there."""
        found = self.scene.world.itglue.get("/records/configurations")
        return [one for one in found if one["now"] and one["now"]["attributes"]["name"] == name]

    def quiet(self) -> list[Change]:
        """Let the service read everything, again and again, and give what it changed."""
        self.scene.unattended("ids", "snapshot", "refresh", rounds=2)
        return self.scene.ledger.since()


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """Give the office after the first reviewed sync; `first` is what that made."""
    rollout = ", ".join(f'"{name}"' for name in CUSTOMERS)
    with scene(mapping=MAPPING, rollout=f"[{rollout}]") as made:
        office, world, desk = Office(made), made.world, Desk(made.world)
        world.itglue.person("POST", "organization_statuses", {"attributes": {"name": "Inactive"}})
        office.companies = {name: desk.company(name) for name in (*CUSTOMERS, "Outside")}
        for customer, name in (
            ("Recycled", "RCY-1"), ("Loser", "LSR-1"), ("Loser", "LSR-2"), ("Moving", "MOV-1"), ("Moving", "MOV-2"),
            ("Twins", "TWN-1"), ("Deleted", "DEL-1"), ("Outside", "OUT-1"), ("Quiet", "QUI-1"),
        ):  # fmt: skip
            office.devices[name] = desk.device(office.companies[customer], name)
        for number in range(JUNK):
            name = f"JNK-{number:03}"
            office.devices[name] = desk.device(office.companies["Junk"], name, serialNumber="To be filled by O.E.M.")
        homes = {name: tenants.organization(world, name) for name in ("Twins", "Junk", "Quiet")}
        office.twins = [tenants.configuration(world, homes["Twins"], "TWN-1") for _ in range(2)]
        tenants.configuration(world, homes["Junk"], "OLD-JUNK", **{"serial-number": "To be filled by O.E.M."})
        tenants.configuration(world, homes["Quiet"], "QUI-1", **QUIET)
        made.ledger.since()
        made.reviewed()
        office.first = made.ledger.since()
        office.quiet()
        yield office


def test_the_first_sync_makes_each_record_once_and_takes_none_by_junk(office: Office) -> None:
    """Three hundred devices share a junk serial number: each has a record of its own, and OLD-JUNK is left alone."""
    made = Counter(change.name for change in office.first if change.resource == "configurations")

    expected = Counter(name for name in office.devices if name not in {"TWN-1", "OUT-1", "QUI-1"})
    assert made - Counter({"QUI-1": 1}) == expected
    assert {change.verb for change in office.first if change.name in expected} == {"create"}


def test_values_that_only_itglue_holds_are_never_cleared(office: Office) -> None:
    """ConnectWise leaves nulls out of its answers: what a technician typed stays, through every complete read."""
    [record] = office.records("QUI-1")

    assert {name: record["now"]["attributes"][name] for name in QUIET} == QUIET


def test_everything_that_happens_at_once_is_held_and_nothing_is_written(office: Office) -> None:
    """A recycled and a merged customer, a moved device, two candidates, a deleted record: five holds, no write."""
    source, companies = office.scene.world.source, office.companies
    source.person("PATCH", f"{COMPANIES}/{companies['Recycled']}", {"deletedFlag": True})
    source.person("POST", f"{COMPANIES}/{companies['Loser']}/merge", {"into": companies["Winner"]})
    office.scene.change(DEVICES, office.devices["MOV-1"], company={"id": companies["Winner"]})
    [deleted] = office.records("DEL-1")
    office.scene.world.itglue.control.delete(f"/records/configurations/{deleted['id']}").raise_for_status()
    by_person = {(change.by, change.verb) for change in office.scene.ledger.since()}

    changed = office.quiet()

    assert by_person == {("person", "delete")}
    assert changed == []
    assert office.scene.held() == {"recycle_bin": 2, "moved": 3, "ambiguous": 1, "target_gone": 1}
    assert [office.state(name) for name in ("Recycled", "Loser")] == [("held", "recycle_bin")] * 2
    assert office.state("RCY-1") == ("held", "parent_held")
    assert [office.state(name) for name in ("LSR-1", "LSR-2", "MOV-1")] == [("held", "moved")] * 3
    assert (office.state("TWN-1"), office.state("DEL-1")) == (("held", "ambiguous"), ("held", "target_gone"))
    assert (office.state("MOV-2"), office.state("Winner")) == (("settled", None), ("settled", None))
    assert office.state("Outside") == office.state("OUT-1") == ("excluded", "rollout")


def test_what_is_put_right_at_the_source_goes_on_by_itself(office: Office) -> None:
    """Out of the recycle bin, the customer and its device settle without a write; the next change is written."""
    office.scene.change(COMPANIES, office.companies["Recycled"], deletedFlag=False)
    back = office.quiet()
    states = office.state("Recycled"), office.state("RCY-1")
    office.scene.change(DEVICES, office.devices["RCY-1"], tagNumber="BACK")

    office.scene.unattended()

    assert back == []
    assert states == (("settled", None), ("settled", None))
    assert office.scene.ledger.since() == [Change("configurations", "RCY-1", "update", "api", {"asset-tag": "BACK"})]


def test_one_yes_moves_the_devices_of_a_merged_customer(office: Office) -> None:
    """`held accept --code moved --organization Winner`: its three devices change their organization, and nothing else does."""
    office.scene.command("held", "accept", "--code", "moved", "--organization", "Winner", code=0)

    office.scene.unattended()

    moved = office.scene.ledger.since()
    assert {(change.resource, change.name, change.verb) for change in moved if change.resource == "configurations"} == {
        ("configurations", name, "update") for name in ("LSR-1", "LSR-2", "MOV-1")
    }
    assert len([change for change in moved if change.resource == "configurations"]) == 3
    assert all("organization-id" in change.fields for change in moved if change.resource == "configurations")
    assert "moved" not in office.scene.held()


def test_a_pin_and_a_yes_settle_what_a_person_decided(office: Office) -> None:
    """The pinned twin is taken and the other left alone; what was deleted is made again exactly once."""
    office.scene.command("held", "pin", f"cw:configuration:{office.devices['TWN-1']}", str(office.twins[1]), code=0)
    office.scene.command("held", "accept", f"cw:configuration:{office.devices['DEL-1']}", code=0)

    office.quiet()
    office.scene.unattended()

    other, pinned = office.records("TWN-1")
    assert [int(each["id"]) for each in (other, pinned)] == office.twins
    assert len(other["history"]) == 1
    assert len(office.records("DEL-1")) == 1
    assert office.scene.held() == {"recycle_bin": 1}
    assert office.quiet() == []
