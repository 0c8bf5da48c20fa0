"""Summaries: one asset for an organization or a configuration, kept true as its records change, leave and are excluded."""

from typing import Any

import pytest
import sqlalchemy as sa

from bridge.store import taking_up
from bridge.store.schema import targets
from tests.integration.drain.world import World

BLOCK = """
[[flexible_assets]]
type = "Open tickets"
from = "cw.tickets"
per = "{per}"
only = "open"
gone = "archive"
fields = [
  {{ name = "Title", kind = "Text", value = "{{{{ name }}}}: {{{{ tickets | length }}}}", title = true }},
  {{ name = "Tickets", kind = "Textbox", value = "{{% for t in tickets %}}<p>{{{{ t.number }}}} {{{{ t.title }}}}</p>{{% endfor %}}" }},
]
"""


def shown(world: World) -> dict[str, str | None]:
    """Give the text of each summary by its title."""
    return {
        one["name"]: one["traits"].get("tickets") for one in world.records("flexible_assets") if not one["archived"]
    }


def summary(world: World, anchor: str) -> Any:
    """Give the target of a summary."""
    with world.engine.db.read() as connection:
        mine = (targets.c.block == "open-tickets") & (targets.c.anchor == anchor)
        return connection.execute(sa.select(targets).where(mine)).one()


@pytest.fixture
def office(world: World) -> World:
    """Give two organizations, of which the first has two open tickets."""
    world.configure(assets=BLOCK.format(per="organization"))
    world.settle(
        world.organization("1", "Acme"), world.organization("2", "Bolt"), world.ticket("7"), world.ticket("8"),
        world.ticket("9", open=False),
    )  # fmt: skip
    return world


def test_each_organization_with_records_gets_one(office: World) -> None:
    """One without any gets none, and that has a rule."""
    assert shown(office) == {"Acme: 2": "<p>7 ticket 7</p><p>8 ticket 8</p>"}
    assert summary(office, "cw:organization:1").state == "settled"
    assert summary(office, "cw:organization:2").rule == "[[flexible_assets]] open-tickets: no tickets"


def test_a_record_that_changes_leaves_or_is_excluded_makes_it_due(office: World) -> None:
    """Every change of what takes part shows, and that of what does not take part writes nothing."""
    office.settle(office.ticket("7", title="renamed"))
    assert shown(office) == {"Acme: 2": "<p>7 renamed</p><p>8 ticket 8</p>"}

    office.settle(office.ticket("8", open=False))
    assert shown(office) == {"Acme: 1": "<p>7 renamed</p>"}

    before = office.writes()
    office.settle(office.ticket("9", open=False, title="still closed"))
    assert office.writes() == before

    office.settle(office.ticket("7", organization="2", title="moved"))
    assert shown(office) == {"Acme: 0": None, "Bolt: 1": "<p>7 moved</p>"}

    office.lose("cw:ticket:7")
    office.drain()
    assert shown(office) == {"Acme: 0": None, "Bolt: 0": None}


def test_one_that_is_empty_says_so_and_is_not_archived(office: World) -> None:
    """It stands for its organization: with nothing to sum up it is kept, and kept true."""
    office.settle(office.ticket("7", open=False), office.ticket("8", open=False))

    assert shown(office) == {"Acme: 0": None}
    assert summary(office, "cw:organization:1").state == "settled"


def test_a_configuration_sums_up_what_refers_to_it(world: World) -> None:
    """A ticket of two devices stands with both; one that is taken off a ticket loses it."""
    world.configure(assets=BLOCK.format(per="configuration"))
    both = [{"id": "1", "name": "device 1"}, {"id": "2", "name": "device 2"}]
    world.settle(world.organization(), world.device("1"), world.device("2"), world.ticket("7", configurations=both))
    assert shown(world) == {"device 1: 1": "<p>7 ticket 7</p>", "device 2: 1": "<p>7 ticket 7</p>"}

    world.settle(world.ticket("7", configurations=both[:1]))

    assert shown(world) == {"device 1: 1": "<p>7 ticket 7</p>", "device 2: 0": None}


def test_a_block_that_comes_later_takes_up_what_is_mirrored(world: World) -> None:
    """Its targets are made at the start, those that are there are left alone."""
    world.settle(world.organization("1", "Acme"), world.ticket("7"))
    world.configure(assets=BLOCK.format(per="organization"))

    first = taking_up.take_up(world.engine.db, world.engine.mirror.added)
    again = taking_up.take_up(world.engine.db, world.engine.mirror.added)
    world.drain()

    assert (first, again) == (1, 0)
    assert shown(world) == {"Acme: 1": "<p>7 ticket 7</p>"}


def test_a_block_that_vanishes_is_named_until_somebody_says_what_became_of_it(office: World) -> None:
    """Renamed, its assets go on under the new name; retired, they stay as they are, and come back with it."""
    db = office.engine.db
    renamed = BLOCK.format(per="organization").replace("type =", 'name = "tickets-now"\ntype =')
    with db.read() as connection:
        assert taking_up.vanished(connection, ["organizations", "configurations"]) == ["open-tickets"]

    office.configure(assets=renamed)
    taking_up.take_up(db, office.engine.mirror.added)
    taking_up.rename(db, "open-tickets", "tickets-now")
    office.drain()
    office.settle(office.ticket("8", open=False))
    assert shown(office) == {"Acme: 1": "<p>7 ticket 7</p>"}
    assert len(office.records("flexible_assets", dead=True)) == 1

    office.configure(assets="")
    assert taking_up.retire(db, "tickets-now") == 1
    with db.read() as connection:
        assert taking_up.vanished(connection, ["organizations", "configurations"]) == []
    office.settle(office.ticket("7", title="unseen"))
    assert shown(office) == {"Acme: 1": "<p>7 ticket 7</p>"}

    office.configure(assets=renamed)
    taking_up.take_up(db, office.engine.mirror.added)
    office.drain()
    assert shown(office) == {"Acme: 1": "<p>7 unseen</p>"}


CARD = """
[[flexible_assets]]
type = "Customer card"
from = "cw.organizations"
fields = [{ name = "Name", kind = "Text", value = "{{ name }} ({{ identifier }})", title = true }]

[[flexible_assets]]
type = "Device card"
from = "cw.configurations"
fields = [
  { name = "Name", kind = "Text", value = "{{ name }}", title = true },
  { name = "Card", kind = "Tag", tags = "FlexibleAssetType: Customer card", value = "{{ organization }}" },
  { name = "Customer", kind = "Tag", tags = "Organizations", value = "{{ organization }}" },
]
"""


def test_an_asset_of_another_block_is_tagged_once_it_is_there(world: World) -> None:
    """A block may be about organizations themselves; another one tags what it made, and waits for it."""
    world.configure(assets=CARD)
    world.settle(world.organization("1", "Acme"), world.device("1"))

    made = {one["name"]: one for one in world.records("flexible_assets")}
    card = made["Acme (ORG1)"]
    assert [each["id"] for each in made["device 1"]["traits"]["card"]["values"]] == [int(card["id"])]
    assert [each["name"] for each in made["device 1"]["traits"]["customer"]["values"]] == ["Acme"]
