"""Tags of flexible assets follow the records that they name: linked anew, made again, or there for the first time."""

from typing import Any

import pytest
import sqlalchemy as sa

from bridge.drain import records
from bridge.drain.settle import settle
from bridge.refresh import refresh
from bridge.store import decisions, taking_up
from bridge.store import targets as target_rows
from bridge.store.schema import target_refs, targets
from tests.integration.drain.world import World

DEVICE, OTHER = "cw:configuration:1", "cw:organization:2"
BLOCKS = """
[[flexible_assets]]
type = "Device card"
from = "cw.configurations"
fields = [{ name = "Name", kind = "Text", value = "{{ name }}", title = true }]

[[flexible_assets]]
type = "Device sheet"
from = "cw.configurations"
fields = [
  { name = "Name", kind = "Text", value = "sheet of {{ name }}", title = true },
  { name = "Itself", kind = "Tag", tags = "Configurations", value = "{{ ref }}" },
  { name = "Card", kind = "Tag", tags = "FlexibleAssetType: Device card", value = "{{ ref }}" },
  { name = "Partner", kind = "Tag", tags = "Organizations", value = "cw:organization:2" },
]
"""
SUMMARY = """
[[flexible_assets]]
type = "Open tickets"
from = "cw.tickets"
per = "organization"
fields = [
  { name = "Name", kind = "Text", value = "{{ name }}", title = true },
  { name = "Devices", kind = "Tag", tags = "Configurations", value = "{{ tickets | map(attribute='configurations') | sum(start=[]) }}" },
]
"""


def tags(world: World, name: str, trait: str) -> list[str]:
    """Give the ids that a trait of an asset tags."""
    found = world.record("flexible_assets", name)["traits"].get(trait)
    return [str(each["id"]) for each in found["values"]] if found else []


def target(world: World, block: str, anchor: str) -> Any:
    """Give one of the targets of a record."""
    with world.engine.db.read() as connection:
        mine = (targets.c.block == block) & (targets.c.anchor == anchor)
        return connection.execute(sa.select(targets).where(mine)).one()


def decide(world: World, row: Any, verb: str, **values: Any) -> None:
    """Decide of one target as a person."""
    engine = world.engine
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        decisions.decide(connection, row.id, verb, by="person", at=now, **values)
        target_rows.touch(connection, targets.c.id == row.id, now=now, lane="backfill")


@pytest.fixture
def sheet(world: World) -> World:
    """Give a device with a card, and a sheet that tags both, and another organization."""
    world.configure(assets=BLOCKS)
    world.settle(world.organization(), world.organization("2", "Bolt"), world.device("1"))
    return world


def test_an_organization_that_is_pinned_elsewhere_takes_the_tags_along(sheet: World) -> None:
    """It is not the asset's own, so nothing else would make that due."""
    before = str(sheet.record("organizations", "Bolt")["id"])
    sheet.edit("organizations", before, name="Bolt of old")
    other = sheet.person("organizations", name="Bolt & Co")
    refresh(sheet.engine, "organizations", lane="backfill")
    tagged = tags(sheet, "sheet of device 1", "partner")

    sheet.decide(OTHER, "pin", itglue_id=other)
    sheet.drain()

    assert tagged == [before]
    assert tags(sheet, "sheet of device 1", "partner") == [other]


def test_what_is_made_again_is_tagged_again(sheet: World) -> None:
    """A person deletes the device and its card, and says that they are to be made anew: the sheet tags the new ones."""
    was = {trait: tags(sheet, "sheet of device 1", trait) for trait in ("itself", "card")}
    resources = {"itself": "configurations", "card": "flexible_assets"}
    before = {trait: sheet.record(resource, "device 1") for trait, resource in resources.items()}
    for trait, resource in resources.items():
        sheet.delete(resource, before[trait]["id"])
    sheet.wait_for_lists()
    for kind in ("configurations", f"flexible_assets:{before['card']['flexible_asset_type_id']}"):
        refresh(sheet.engine, kind, lane="backfill")
    sheet.drain()

    for block in ("configurations", "device-card"):
        row = target(sheet, block, DEVICE)
        decide(sheet, row, "accept", code=row.code, change_digest=row.change_digest)
    sheet.drain()

    for trait, resource in resources.items():
        after = sheet.record(resource, "device 1")["id"]
        assert was[trait] == [before[trait]["id"]] != [after]
        assert tags(sheet, "sheet of device 1", trait) == [after]


def test_what_is_read_later_is_tagged_then(world: World) -> None:
    """Nobody has read the other organization yet: the tag is left out, and comes with it."""
    world.configure(assets=BLOCKS)
    world.settle(world.organization(), world.device("1"))
    tagged = tags(world, "sheet of device 1", "partner")

    world.settle(world.organization("2", "Bolt"))

    assert tagged == []
    assert tags(world, "sheet of device 1", "partner") == [str(world.record("organizations", "Bolt")["id"])]


def test_a_summary_follows_what_its_records_name(world: World) -> None:
    """A ticket names the device, its organization's summary tags it."""
    world.configure(assets=SUMMARY)
    named = [{"id": "1", "name": "device 1"}]
    world.settle(world.organization(), world.device("1"), world.ticket("7", configurations=named))
    organization = world.record("organizations", "Acme Ltd")["id"]
    tagged = tags(world, "Acme Ltd", "devices")
    server = world.record("configurations", "device 1")["configuration_type_id"]
    other = world.person(
        "configurations", name="of old", organization_id=int(organization), configuration_type_id=int(server)
    )
    refresh(world.engine, "configurations", lane="backfill")

    decide(world, target(world, "configurations", DEVICE), "pin", itglue_id=other)
    world.drain()

    assert len(tagged) == 1
    assert tags(world, "Acme Ltd", "devices") == [other] != tagged


def test_a_renamed_block_is_still_followed(sheet: World) -> None:
    """What the store knows of tags goes with the block's new name, and planning again writes nothing."""
    sheet.configure(assets=BLOCKS.replace('type = "Device card"', 'type = "Device card"\nname = "cards"', 1))
    taking_up.rename(sheet.engine.db, "device-card", "cards")
    with sheet.engine.db.read() as connection:
        named = set(connection.execute(sa.select(target_refs.c.block)).scalars())
    written = sheet.writes()

    sheet.drain()

    assert named == {"configurations", "cards", "organizations"}
    assert sheet.writes() == written


def test_what_is_linked_anew_while_an_asset_is_planned_is_not_missed(sheet: World) -> None:
    """The store learns of a tag when its asset settles: by then the link that it was planned by may be another."""
    engine, other = sheet.engine, sheet.another()
    with engine.db.write() as connection:
        connection.execute(sa.delete(target_refs))
        mine = targets.c.block == "device-sheet"
        target_rows.touch(connection, mine, now=engine.db.now(connection), lane="backfill")
    rows = target_rows.claim(
        engine.db, lane="backfill", owner=engine.owner, now=engine.db.now(), lease=60.0, limit=1, block="device-sheet"
    )
    decided = records.decide(engine, rows)
    sheet.edit("organizations", sheet.record("organizations", "Bolt")["id"], name="Bolt of old")
    pinned = sheet.person("organizations", name="Bolt & Co")
    refresh(engine, "organizations", lane="backfill")
    sheet.decide(OTHER, "pin", itglue_id=pinned)
    sheet.drain(other, until=lambda: sheet.state(OTHER) == ("settled", None))

    settle(engine, decided, run=None)
    sheet.drain()

    assert tags(sheet, "sheet of device 1", "partner") == [pinned]


RING = """
[[flexible_assets]]
type = "Device card"
from = "cw.configurations"
fields = [
  { name = "Name", kind = "Text", value = "card of {{ name }}", title = true },
  { name = "Sheet", kind = "Tag", tags = "FlexibleAssetType: Device sheet", value = "{{ ref }}" },
]

[[flexible_assets]]
type = "Device sheet"
from = "cw.configurations"
fields = [
  { name = "Name", kind = "Text", value = "sheet of {{ name }}", title = true },
  { name = "Card", kind = "Tag", tags = "FlexibleAssetType: Device card", value = "{{ ref }}" },
]
"""


def test_assets_that_tag_each_other_do_not_wait_for_each_other(world: World) -> None:
    """One is made without the tag, the other with it, and the first follows."""
    world.configure(assets=RING)
    world.settle(world.organization(), world.device("1"), world.device("2"))

    for number in ("1", "2"):
        card, sheet = (world.record("flexible_assets", f"{kind} of device {number}") for kind in ("card", "sheet"))
        assert tags(world, card["name"], "sheet") == [sheet["id"]]
        assert tags(world, sheet["name"], "card") == [card["id"]]
