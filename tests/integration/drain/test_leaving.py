"""What is gone at its source, what a rule leaves out, and what comes back."""

from bridge.refresh import refresh
from tests.integration.drain.world import World

DEVICE = "cw:configuration:7"


def test_gone_does_nothing_by_default(world: World) -> None:
    """Kept: the record stays as it is, and counts as gone."""
    world.settle(world.organization(), world.device("7"))
    writes = world.writes()

    world.lose(DEVICE)
    world.drain()

    assert world.state(DEVICE) == ("gone", None)
    assert world.writes() == writes
    assert not world.record("configurations", "device 7")["archived"]


def test_gone_archives_after_its_grace_and_comes_back_restored(world: World) -> None:
    """Due when its grace ends, archived then; what we archived is restored when the source has it again."""
    world.configure(configurations='gone = "archive after 1s"\n')
    world.settle(world.organization(), world.device("7"))

    world.lose(DEVICE)
    world.drain()
    graced = world.state(DEVICE), world.record("configurations", "device 7")["archived"]
    world.drain(until=lambda: bool(world.record("configurations", "device 7")["archived"]))
    done = world.target(DEVICE).due_at
    world.settle(world.device("7", asset_tag="back"))

    assert graced == (("gone", None), False)
    assert done is None
    there = world.record("configurations", "device 7")
    assert (bool(there["archived"]), there["asset_tag"]) == (False, "back")


def test_what_a_person_archived_stays_archived(world: World) -> None:
    """Gone and back again: a record that a person archived is left alone."""
    world.configure(configurations='gone = "archive"\n')
    world.settle(world.organization(), world.device("7"))
    number = world.record("configurations", "device 7")["id"]
    world.edit("configurations", number, archived=True)
    refresh(world.engine, "configurations", lane="backfill")
    world.drain()

    world.lose(DEVICE)
    world.drain()
    world.settle(world.device("7"))

    assert world.record("configurations", "device 7")["archived"]


def test_what_a_person_took_out_of_the_archive_stays_out(world: World) -> None:
    """We archived it, a person took it back while it was still gone: that is not undone."""
    world.configure(configurations='gone = "archive"\n')
    world.settle(world.organization(), world.device("7"))
    world.lose(DEVICE)
    world.drain()
    number = world.record("configurations", "device 7")["id"]
    world.edit("configurations", number, archived=False)

    refresh(world.engine, "configurations", lane="backfill")
    world.drain()

    assert not world.record("configurations", "device 7")["archived"]
    assert world.state(DEVICE) == ("gone", None)


def test_an_archive_whose_answer_is_lost_is_ours_to_restore(world: World) -> None:
    """Archived with the answer lost, the record is verified, and restored when it comes back."""
    world.configure(configurations='gone = "archive"\n')
    world.settle(world.organization(), world.device("7"))
    world.fault({"status": 504, "after_write": True}, method="PATCH", path="configurations", nth=[1])

    world.lose(DEVICE)
    world.drain()
    archived = world.record("configurations", "device 7")["archived"], world.state(DEVICE)
    world.settle(world.device("7"))

    assert archived == (True, ("gone", None))
    assert not world.record("configurations", "device 7")["archived"]


def test_a_gone_organization_gets_its_status_once(world: World) -> None:
    """`gone = "status …"` writes a status that is there; a person who sets it back is not written over."""
    world.person("organization_statuses", name="Inactive")
    world.configure(organizations='create = "yes"\ngone = "status Inactive"\n')
    world.settle(world.organization())
    world.lose("cw:organization:1")
    world.drain()
    there = world.record("organizations", "Acme Ltd")
    active = world.record("organization_statuses", "Active")["id"]

    world.edit("organizations", there["id"], organization_status_id=active)
    refresh(world.engine, "organizations", lane="backfill")
    world.drain()

    assert there["organization_status_name"] == "Inactive"
    assert world.record("organizations", "Acme Ltd")["organization_status_name"] == "Active"


def test_a_lock_that_keeps_gone_from_writing_is_noted(world: World) -> None:
    """A synced organization cannot get its status: it is gone all the same, and says why it stays."""
    world.person("organization_statuses", name="Inactive")
    world.person("organizations", name="Acme Ltd", psa_integration="enabled",
                 adapter={"adapter-type-name": "ConnectWise", "remote-id": "1"})  # fmt: skip
    world.configure(organizations='create = "yes"\ngone = "status Inactive"\n')
    world.settle(world.organization())

    world.lose("cw:organization:1")
    world.drain()

    row = world.target("cw:organization:1")
    assert row.state == "gone"
    assert "owned_by_native_sync" in (row.notes or "")


def test_what_leaves_only_is_kept(world: World) -> None:
    """A typo in a filter must never archive anything."""
    world.configure(configurations='gone = "archive"\nonly = "type != \'Spare\'"\n')
    world.settle(world.organization(), world.device("7"))

    world.settle(world.device("7", type="Spare"))

    assert world.state(DEVICE)[0] == "excluded"
    assert not world.record("configurations", "device 7")["archived"]


def test_archive_when_counts_as_gone(world: World) -> None:
    """A record that the source has may be archived by a condition, and is never made while it holds."""
    world.configure(configurations="gone = \"archive when status == 'Retired'\"\n")
    world.settle(world.organization(), world.device("7"), world.device("8", status="Retired"))

    world.settle(world.device("7", status="Retired"))

    assert [(one["name"], bool(one["archived"])) for one in world.records("configurations")] == [("device 7", True)]
    assert world.state("cw:configuration:8") == ("gone", None)


def test_gone_is_done_once(world: World) -> None:
    """Touched again and again, what is gone is not written again."""
    world.configure(configurations='gone = "archive"\n')
    world.settle(world.organization(), world.device("7"))
    world.lose(DEVICE)
    world.drain()
    writes = world.writes()

    for _ in range(2):
        world.touch(DEVICE)
        world.drain()

    assert world.writes() == writes
