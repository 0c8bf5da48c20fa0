"""Adoption: which record of IT Glue a target is, and what happens when it is gone."""

from typing import Any

import pytest

from bridge.refresh import refresh
from tests.integration.drain.world import World

DEVICE = "cw:configuration:7"


def _device_there(world: World, **attributes: object) -> tuple[str, str]:
    """Let a matched organization with one device be there; give the ids of both."""
    organization = world.person("organizations", name="Acme Ltd")
    server = world.person("configuration_types", name="Server")
    active = world.person("configuration_statuses", name="Active")
    device = world.person(
        "configurations", organization_id=organization, configuration_type_id=server, configuration_status_id=active,
        **{"name": "of old", **attributes},
    )  # fmt: skip
    return organization, device


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ({"serial_number": "5cg9120x"}, {"serial_number": "5CG9120X"}),
        ({"mac_address": "00:1A:2B:3C:4D:5E"}, {"serial_number": None, "mac_address": "001A2B3C4D5E"}),
        ({"name": "Device  SEVEN"}, {"serial_number": None, "name": "device seven"}),
        ({"notes": "Kept in the attic.\ncw:configuration:7"}, {"serial_number": None}),
        (
            {"psa_integration": "disabled", "adapter": {"adapter-type-name": "ConnectWise", "remote-id": "7"}},
            {"serial_number": None},
        ),
    ],
    ids=["serial", "mac", "name", "marker", "psa id"],
)
def test_a_device_is_adopted_by_each_key(world: World, there: dict[str, Any], words: dict[str, Any]) -> None:
    """What carries the serial number, MAC address, name, marker or PSA id is taken over, and nothing is made."""
    _, device = _device_there(world, **there)

    run = world.put(world.organization(), world.device("7", **words))
    world.drain()

    assert [one["id"] for one in world.records("configurations")] == [device]
    assert world.link(DEVICE).itglue_id == device
    assert world.state(DEVICE) == ("settled", None)
    assert world.counts(run)["open"] == 0


def test_an_equal_device_is_adopted_without_a_write(world: World) -> None:
    """Adopting what says the same already links it and sends nothing."""
    organization = world.person("organizations", name="Acme Ltd")
    server = world.person("configuration_types", name="Server")
    active = world.person("configuration_statuses", name="Active")
    world.person(
        "configurations", organization_id=organization, configuration_type_id=server, configuration_status_id=active,
        name="device 7", serial_number="SN-7-X",
    )  # fmt: skip
    run = world.put(world.organization(types=["Client"], status="Active", identifier=None), world.device("7"))

    world.drain()

    assert world.sent("POST", "PATCH", path="configurations") == []
    assert world.link(DEVICE).itglue_id is not None
    assert world.counts(run)["equal"] >= 1


def test_two_devices_of_one_name_are_held_with_the_candidates(world: World) -> None:
    """Several hits are a person's to decide: a pin settles it."""
    organization, first = _device_there(world, name="device 7")
    second = world.person("configurations", organization_id=organization, name="DEVICE 7",
                          configuration_type_id=world.record("configuration_types", "Server")["id"])  # fmt: skip

    world.settle(world.organization(), world.device("7"))

    assert world.state(DEVICE) == ("held", "ambiguous")
    assert first in world.target(DEVICE).reason
    assert second in world.target(DEVICE).reason

    world.decide(DEVICE, "pin", itglue_id=second)
    world.drain()

    assert world.link(DEVICE).itglue_id == second
    assert len(world.records("configurations")) == 2


def test_a_record_that_is_said_to_be_new_claims_nothing(world: World) -> None:
    """Of two records with one serial number one is said to be new: the other adopts, the new one is made."""
    _, device = _device_there(world, name="device 7")
    twins = (world.device("7", serial_number=None), world.device("8", serial_number=None, name="device 7"))
    world.settle(world.organization(), *twins)
    before = (world.state(DEVICE), world.state("cw:configuration:8"))

    world.decide("cw:configuration:8", "new")
    world.touch(DEVICE)
    world.drain()

    assert before == (("held", "ambiguous"), ("held", "ambiguous"))
    assert world.link(DEVICE).itglue_id == device
    assert len(world.records("configurations")) == 2


def test_a_banned_record_is_never_taken(world: World) -> None:
    """A ban undoes an adoption: the target is planned as if that record were not there."""
    _, device = _device_there(world, serial_number="SN-7-X")
    world.settle(world.organization(), world.device("7"))

    world.decide(DEVICE, "ban", itglue_id=device)
    world.drain()

    assert world.link(DEVICE).itglue_id != device
    assert len(world.records("configurations")) == 2
    assert world.state(DEVICE) == ("settled", None)


def test_pinning_another_record_takes_nothing_over_from_the_first(world: World) -> None:
    """What was written to the record before is not what was written to the pinned one: its own values stay."""
    world.configure(configurations="clear = []\nfill = []\n")
    organization, first = _device_there(world, serial_number="SN-7-X")
    world.settle(world.organization(), world.device("7", asset_tag="T1"))
    second = world.person(
        "configurations", organization_id=organization, name="other", asset_tag="T1",
        configuration_type_id=world.record("configuration_types", "Server")["id"],
    )  # fmt: skip
    refresh(world.engine, "configurations", lane="backfill")

    world.decide(DEVICE, "pin", itglue_id=second)
    world.drain()
    world.settle(world.device("7", asset_tag=None))

    assert world.link(DEVICE).itglue_id == second
    kept = {one["id"]: one["asset_tag"] for one in world.records("configurations")}
    assert kept[second] == "T1"
    assert kept[first] == "T1"


@pytest.mark.parametrize("fault", [{"status": 422}, {"status": 429}])
def test_an_adoption_that_is_not_carried_out_keeps_the_link_from_before(world: World, fault: dict[str, Any]) -> None:
    """A person pins another record, and IT Glue refuses the write: the target is still what it was, and ours."""
    world.settle(world.organization(), world.device("7", asset_tag="T1"))
    made = world.link(DEVICE)
    second = world.person(
        "configurations", organization_id=world.record("organizations", "Acme Ltd")["id"], name="other",
        configuration_type_id=world.record("configuration_types", "Server")["id"],
    )  # fmt: skip
    refresh(world.engine, "configurations", lane="backfill")

    world.fault(fault, method="PATCH", nth=[1])
    world.decide(DEVICE, "pin", itglue_id=second)
    world.once()
    refused = world.link(DEVICE)

    assert len(world.sent("PATCH")) == 1
    assert refused == made


def test_a_deleted_record_is_held_and_made_again_when_accepted(world: World) -> None:
    """A technician deletes the record: nothing is made until a person accepts, then exactly one."""
    world.settle(world.organization(), world.device("7"))
    world.delete("configurations", world.record("configurations", "device 7")["id"])

    world.wait_for_lists()
    refresh(world.engine, "configurations", lane="backfill")
    world.drain()
    held, there = world.state(DEVICE), world.records("configurations")
    world.accept(DEVICE)
    world.drain()

    assert (held, there) == (("held", "target_gone"), [])
    assert world.state(DEVICE) == ("settled", None)
    assert world.link(DEVICE).itglue_id == world.record("configurations", "device 7")["id"]


def test_a_deleted_record_is_noticed_by_the_write_that_misses_it(world: World) -> None:
    """The index does not know yet: the PATCH is refused, the record looked for, and the target held."""
    world.settle(world.organization(), world.device("7"))
    world.delete("configurations", world.record("configurations", "device 7")["id"])

    world.settle(world.device("7", name="renamed"))

    assert world.state(DEVICE) == ("held", "target_gone")
    assert world.records("configurations") == []


def test_a_recreation_whose_answer_is_lost_is_found(world: World) -> None:
    """Made again with the answer lost, the record is found and linked; the old id stands in nobody's way."""
    world.settle(world.organization(), world.device("7"))
    world.delete("configurations", world.record("configurations", "device 7")["id"])
    world.wait_for_lists()
    refresh(world.engine, "configurations", lane="backfill")
    world.drain()
    world.fault({"status": 504, "after_write": True}, method="POST", path="configurations$", nth=[1])

    world.accept(DEVICE)
    world.drain()

    assert world.link(DEVICE).itglue_id == world.record("configurations", "device 7")["id"]
    assert world.state(DEVICE) == ("settled", None)


def test_a_name_that_was_deleted_is_made_again(world: World) -> None:
    """A manufacturer that a technician deleted is made again for the next device that needs it."""
    world.settle(world.organization(), world.device("7", manufacturer="Dell"))
    world.settle(world.device("7", manufacturer="HP"))
    world.delete("manufacturers", world.record("manufacturers", "Dell")["id"])
    world.wait_for_lists()
    refresh(world.engine, "manufacturers", lane="backfill")

    world.settle(world.device("8", manufacturer="Dell"))

    maker = world.record("manufacturers", "Dell")
    assert str(world.record("configurations", "device 8")["manufacturer_id"]) == maker["id"]


def test_a_record_of_the_native_sync_takes_what_stays_open(world: World) -> None:
    """On a synced record the locked attributes are noted, the open ones written; nothing is made beside it."""
    _, device = _device_there(
        world, name="of old", psa_integration="enabled", adapter={"adapter-type-name": "ConnectWise", "remote-id": "7"}
    )

    run = world.put(world.organization(), world.device("7", asset_tag="T7"))
    world.drain()

    [there] = world.records("configurations")
    assert (there["id"], there["name"], there["asset_tag"]) == (device, "of old", "T7")
    assert "owned_by_native_sync" in world.target(DEVICE).notes
    assert world.counts(run)["written"] >= 1


def test_only_locked_differences_are_equal_and_noted(world: World) -> None:
    """Where all that differs is locked, the target is equal, and says what stays."""
    _, _ = _device_there(
        world, name="of old", serial_number="SN-7-X", psa_integration="enabled",
        adapter={"adapter-type-name": "ConnectWise", "remote-id": "7"},
    )  # fmt: skip

    world.settle(world.organization(), world.device("7"))

    assert world.sent("PATCH", path="configurations") == []
    assert world.state(DEVICE) == ("settled", None)
    assert "owned_by_native_sync" in world.target(DEVICE).notes


def test_a_record_that_turned_out_to_be_synced_is_left_to_the_sync(world: World) -> None:
    """The native sync took the record over since it was read: its 422 is believed, and the open attributes are written."""
    organization, device = _device_there(world, serial_number="SN-7-X", name="device 7")
    world.settle(world.organization(), world.device("7"))
    world.delete("configurations", device)
    again = world.person(
        "configurations", organization_id=organization, name="device 7", serial_number="SN-7-X",
        configuration_type_id=world.record("configuration_types", "Server")["id"],
        configuration_status_id=world.record("configuration_statuses", "Active")["id"],
    )  # fmt: skip
    refresh(world.engine, "configurations", lane="backfill")
    world.decide(DEVICE, "pin", itglue_id=again)
    world.drain()
    world.itglue.person("PATCH", f"configurations/{again}", {"attributes": {"psa-integration": "enabled"}})

    world.settle(world.device("7", name="renamed", asset_tag="T7"))

    there = world.record("configurations", "device 7")
    assert there["asset_tag"] == "T7"
    assert world.state(DEVICE) == ("settled", None)


def test_nothing_is_made_while_the_native_sync_is_on(world: World) -> None:
    """One synced record of the kind holds every create of it; once the last is gone the held ones are made."""
    _, _ = _device_there(world, psa_integration="enabled",
                         adapter={"adapter-type-name": "ConnectWise", "remote-id": "99"})  # fmt: skip

    world.settle(world.organization(), world.device("7"))
    held = world.state(DEVICE)
    world.itglue.control.post("/native_sync", json={"state": "disconnected"}).raise_for_status()
    refresh(world.engine, "configurations", lane="backfill")
    world.drain()

    assert held == ("held", "native_sync_on")
    assert world.state(DEVICE) == ("settled", None)
    assert len(world.records("configurations")) == 2
