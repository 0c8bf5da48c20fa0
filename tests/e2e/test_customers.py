"""What happens to customers and their devices at either side, and what must not follow from it in IT Glue.

One world, planned and applied twice by commands: first everything is made or adopted, then all of it happens at once.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.faults import tenants
from tests.faults.patience import until
from tests.faults.world import Bill, World, world

INSIDE = ("Recycled", "Loser", "Winner", "Moving", "Twins", "Junk", "Shared", "Deleted", "Quiet")
SHARED = 300
QUIET = {"serial-number": "ONLY-HERE-1", "asset-tag": "A-77", "primary-ip": "10.9.8.7", "notes": "<p>by hand</p>"}


@dataclass(slots=True)
class Scene:
    """The world, and the PSA's ids by name."""

    world: World
    companies: dict[str, int] = field(default_factory=dict)
    devices: dict[str, int] = field(default_factory=dict)
    plan: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The plan after everything happened, by Ref."""
    writes: int = 0
    """How many writes the first apply took."""

    def look(self) -> None:
        """Read both sides anew and plan everything."""
        done = self.world.processes.command("plan", "--refresh", "--json")
        assert done.code in (0, 2), done.err
        self.plan = {line["ref"]: line for line in json.loads(done.out)["lines"]}

    def line(self, name: str) -> dict[str, Any]:
        """Give the line that the plan has for a customer or device."""
        kind, number = ("organization", self.companies) if name in self.companies else ("configuration", self.devices)
        return self.plan[f"cw:{kind}:{number[name]}"]

    def held(self, name: str) -> str | None:
        """Give the code by which a customer or device is held, None where it is not."""
        line = self.line(name)
        return str(line["code"]) if line["word"] == "held" else None

    def written(self) -> list[dict[str, Any]]:
        """Give every write to IT Glue."""
        return [each for each in self.world.itglue.get("/requests") if each["method"] != "GET"]

    def records(self, name: str) -> list[dict[str, Any]]:
        """Give IT Glue's configurations of a name, those deleted included."""
        return [
            record for record in self.world.itglue.get("/records/configurations")
            if (record["now"] or record["history"][-1]["before"])["attributes"]["name"] == name
        ]  # fmt: skip


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """Give the world after everything has happened and was applied."""
    rollout = ", ".join(f'"{name}"' for name in INSIDE)
    with world("--empty", bill=Bill(mapping=tenants.MAPPING, rollout=f"[{rollout}]")) as made:
        scene = Scene(made)
        _begin(scene)
        assert made.processes.command("apply", "--yes").code == 2
        scene.writes = len(scene.written())
        _happen(scene)
        # What was just made may be missing from lists for V, so its deletion is believed after that.
        until(lambda: looked(scene) is not None, 30, "the deletion is noticed")
        assert made.processes.command("apply", "--yes").code == 0
        yield scene


def looked(scene: Scene) -> str | None:
    """Plan anew, and give why the deleted record is held."""
    scene.look()
    return scene.held("DEL-1")


def _begin(scene: Scene) -> None:
    for name in (*INSIDE, "Outside"):
        scene.companies[name] = tenants.company(scene.world, name)
    for company, device, words in (
        ("Recycled", "RCY-1", {}), ("Loser", "LSR-1", {}), ("Loser", "LSR-2", {}), ("Moving", "MOV-1", {}),
        ("Twins", "TWN-1", {}), ("Deleted", "DEL-1", {}), ("Outside", "OUT-1", {}), ("Quiet", "QUI-1", {}),
        *(("Junk", f"JNK-{number:03}", {"serialNumber": "Default string"}) for number in range(3)),
        *(("Shared", f"SHR-{number:03}", {"serialNumber": "CLONED-IMAGE-7"}) for number in range(SHARED)),
    ):  # fmt: skip
        scene.devices[device] = tenants.device(scene.world, scene.companies[company], device, **words)
    homes = {name: tenants.organization(scene.world, name) for name in ("Twins", "Junk", "Shared", "Quiet")}
    for _ in range(2):
        tenants.configuration(scene.world, homes["Twins"], "TWN-1")
    tenants.configuration(scene.world, homes["Junk"], "OLD-JUNK", **{"serial-number": "Default string"})
    tenants.configuration(scene.world, homes["Shared"], "OLD-SHARED", **{"serial-number": "CLONED-IMAGE-7"})
    tenants.configuration(scene.world, homes["Quiet"], "QUI-1", **QUIET)


def _happen(scene: Scene) -> None:
    source, companies = scene.world.source, scene.companies
    source.person("PATCH", f"company/companies/{companies['Recycled']}", {"deletedFlag": True})
    source.person("POST", f"company/companies/{companies['Loser']}/merge", {"into": companies["Winner"]})
    source.person("PATCH", f"company/configurations/{scene.devices['MOV-1']}", {"company": {"id": companies["Winner"]}})
    [record] = scene.records("DEL-1")
    scene.world.itglue.person("DELETE", f"configurations/{record['id']}")


def test_nothing_is_written_for_any_of_it(scene: Scene) -> None:
    """A recycled, a merged, a moved and a deleted record lead to holds, never to a write."""
    assert len(scene.written()) == scene.writes
    assert scene.world.itglue.get("/violations") == []


def test_a_recycled_company_is_held_with_all_its_devices(scene: Scene) -> None:
    """The PSA's recycle bin is no deletion: the company is held `recycle_bin`, its devices `parent_held`."""
    assert scene.held("Recycled") == "recycle_bin"
    assert scene.held("RCY-1") == "parent_held"
    assert scene.records("RCY-1")[0]["now"] is not None


def test_devices_of_a_merged_company_are_held_where_they_are(scene: Scene) -> None:
    """The loser is in the recycle bin; its devices are now the winner's in the PSA, and held `moved` until accepted."""
    assert scene.held("Loser") == "recycle_bin"
    assert [scene.held(name) for name in ("LSR-1", "LSR-2")] == ["moved", "moved"]


def test_a_device_that_changes_its_customer_is_held_not_followed(scene: Scene) -> None:
    """Moved in the PSA, it stays with its organization in IT Glue until a person accepts."""
    assert scene.held("MOV-1") == "moved"


def test_two_candidates_make_no_record_and_take_none(scene: Scene) -> None:
    """Two records of the name: the device is held `ambiguous`, and neither is touched."""
    assert scene.held("TWN-1") == "ambiguous"
    assert [len(record["history"]) for record in scene.records("TWN-1")] == [1, 1]


def test_a_junk_serial_number_matches_nothing(scene: Scene) -> None:
    """Three devices say "Default string": each has a record of its own, and the one that says so too is not adopted."""
    assert [len(scene.records(f"JNK-{number:03}")) for number in range(3)] == [1, 1, 1]
    assert len(scene.records("OLD-JUNK")[0]["history"]) == 1


def test_one_serial_number_on_three_hundred_devices_matches_nothing(scene: Scene) -> None:
    """A cloned image gave 300 devices one serial number: 300 records, and the one that has it too is not adopted."""
    made = [scene.records(f"SHR-{number:03}") for number in range(SHARED)]
    assert [len(records) for records in made] == [1] * SHARED
    assert len(scene.records("OLD-SHARED")[0]["history"]) == 1


def test_what_a_technician_deleted_is_not_made_again(scene: Scene) -> None:
    """It is held `target_gone` until a person says otherwise."""
    assert scene.held("DEL-1") == "target_gone"
    assert [record["now"] for record in scene.records("DEL-1")] == [None]


def test_a_customer_outside_the_rollout_is_only_planned(scene: Scene) -> None:
    """The plan says what its organization would become, and neither that nor its device is made."""
    assert (scene.line("Outside")["word"], scene.line("Outside")["rollout"]) == ("create", False)
    assert not scene.line("OUT-1")["rollout"]
    assert scene.records("OUT-1") == []
    names = {record["now"]["attributes"]["name"] for record in scene.world.itglue.get("/records/organizations")}
    assert "Outside" not in names


def test_values_that_only_itglue_holds_stay(scene: Scene) -> None:
    """ConnectWise leaves nulls out of its answers: adopting clears no serial number, tag, address or note."""
    [record] = scene.records("QUI-1")
    assert scene.line("QUI-1")["word"] == "equal"
    assert {name: record["now"]["attributes"][name] for name in QUIET} == QUIET
