"""Links taken in from elsewhere: checked, and planned on as if they had been made here."""

import sqlalchemy as sa

from bridge import linking
from bridge.linking import Given
from bridge.store.schema import journal
from tests.integration.drain.world import World


def test_what_is_linked_is_adopted_by_nobody_else_and_written_once(world: World) -> None:
    """An organization and a device that match by nothing: linked, their differences written, none made."""
    organization = world.person("organizations", name="Formerly Acme")
    server = world.person("configuration_types", name="Server")
    number = world.person(
        "configurations", name="of old", organization_id=organization, configuration_type_id=server
    )  # fmt: skip
    world.configure(organizations='create = "never"\n')
    world.settle(world.organization(), world.device("1"))
    held = world.state("cw:organization:1")

    refused = linking.take(
        world.engine,
        [Given("cw:configuration:1", "configurations", "configurations", number),
         Given("cw:organization:1", "organizations", "organizations", organization)],
    )  # fmt: skip
    written = world.writes()
    world.drain()

    assert held == ("held", "unmatched")
    assert refused == [None, None]
    assert written == 0
    assert world.state("cw:configuration:1") == ("settled", None)
    assert [one["name"] for one in world.records("configurations")] == ["device 1"]
    assert [one["name"] for one in world.records("organizations")] == ["Acme Ltd"]
    with world.engine.db.read() as connection:
        deeds = connection.execute(sa.select(journal).where(journal.c.verb == "link").order_by(journal.c.id)).all()
    assert [(row.subject, row.who, row.outcome) for row in deeds] == [
        ("cw:organization:1", "test", "done"),
        ("cw:configuration:1", "test", "done"),
    ]


def test_one_record_of_it_glue_has_one_owner(world: World) -> None:
    """The second is refused, in the same file too; a ban of a person's holds."""
    world.settle(world.organization(), world.device("1"))
    number = str(world.record("configurations", "device 1")["id"])
    world.put(world.device("2"), world.device("3"))
    world.decide("cw:configuration:3", "ban", itglue_id=number)

    refused = linking.take(
        world.engine,
        [Given(f"cw:configuration:{n}", "configurations", "configurations", number) for n in ("1", "2", "3")],
    )

    assert refused == [
        None,
        f"{number} belongs to cw:configuration:1 already",
        f"a person banned {number} for cw:configuration:3",
    ]


def test_a_record_that_came_since_the_index_was_read_is_looked_up(world: World) -> None:
    """By its id, in one request."""
    world.settle(world.organization())
    organization = world.link("cw:organization:1").itglue_id
    server = world.person("configuration_types", name="Server")
    number = world.person("configurations", name="new", organization_id=organization, configuration_type_id=server)
    world.configure(configurations='create = "never"\n')
    world.put(world.device("1"))

    refused = linking.take(
        world.engine, [Given("cw:configuration:1", "configurations", "configurations", number)]
    )  # fmt: skip

    assert refused == [None]
    assert [each.itglue_id for each in linking.given(world.engine.db)] == [organization, number]
