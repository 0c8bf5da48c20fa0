"""The ready blocks of examples/, as they stand, against IT Glue."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bridge import restored
from bridge.drain import verify
from tests.integration.drain.world import World

EXAMPLES = Path(__file__).parents[3] / "examples"


def ago(days: int) -> str:
    """Give the time of so many days ago, as records carry it."""
    return (datetime.now(UTC) - timedelta(days=days, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def use(world: World, name: str) -> None:
    """Let the settings hold a ready block."""
    world.configure(assets=(EXAMPLES / f"{name}.toml").read_text(encoding="utf-8").strip())


def assets(world: World) -> list[dict[str, Any]]:
    """Give the assets in the order of their names."""
    return sorted(world.records("flexible_assets"), key=lambda one: str(one["name"]))


def test_open_tickets_are_a_table_for_each_organization(world: World) -> None:
    """Number, title, status, priority and age, each linked to the PSA; a title is text whatever it holds."""
    use(world, "open-tickets")
    world.settle(
        world.organization("1", "Acme"),
        world.ticket("8", title="Mail <down>", priority="High", age_days=ago(3), url="https://psa.test/8"),
        world.ticket("7", title="Printer", priority=None, age_days=ago(0), url=None),
        world.ticket("9", open=False, closed_days=ago(1)),
    )

    [one] = assets(world)
    assert one["name"] == "Open tickets of Acme"
    assert one["traits"]["count"] == 2
    assert "".join(one["traits"]["tickets"].split("\n")) == (
        "<table><thead><tr><th>No.</th><th>Title</th><th>Status</th><th>Priority</th><th>Days</th></tr></thead><tbody>"
        "<tr><td>7</td><td>Printer</td><td>New</td><td></td><td>0</td></tr>"
        '<tr><td><a href="https://psa.test/8">8</a></td><td>Mail &lt;down&gt;</td><td>New</td><td>High</td><td>3</td></tr>'
        "</tbody></table>"
    )

    world.settle(world.ticket("8", open=False), world.ticket("7", open=False))

    [one] = assets(world)
    assert (one["traits"]["count"], one["traits"]["tickets"]) == (0, "<p>None.</p>")


def test_a_hundred_open_tickets_fit(world: World) -> None:
    """More are counted, so that no organization is held for having too many."""
    use(world, "open-tickets")
    tickets = [
        world.ticket(str(number), title="ä" * 255, url=f"https://psa.test/{'x' * 60}{number}")
        for number in range(1, 131)
    ]
    world.settle(world.organization("1", "Acme"), *tickets)

    [one] = assets(world)
    assert one["traits"]["count"] == 130
    assert one["traits"]["tickets"].endswith("<p>and 30 more</p>")


def test_a_ticket_is_tagged_with_its_devices_and_archived_once_it_is_long_closed(world: World) -> None:
    """Closing changes it, the grace archives it, and what was long closed before is never made."""
    use(world, "psa-ticket")
    device: dict[str, Any] = {"configurations": [{"id": "1", "name": "device 1"}], "created_at": ago(50)}
    world.settle(
        world.organization("1", "Acme"), world.device("1"), world.ticket("7", **device),
        world.ticket("8", open=False, closed_days=ago(35)), world.ticket("9", open=False, closed_days=ago(99)),
    )  # fmt: skip
    [one] = assets(world)
    assert one["name"] == "#7 ticket 7"
    assert [each["name"] for each in one["traits"]["devices"]["values"]] == ["device 1"]
    assert world.state("cw:ticket:8") == ("gone", None)
    assert world.target("cw:ticket:9").rule.endswith("psa-ticket.only")

    world.settle(world.ticket("7", open=False, closed_days=ago(29), **device))
    assert (assets(world)[0]["traits"]["open"], assets(world)[0]["archived"]) == (False, False)

    world.settle(world.ticket("7", open=False, closed_days=ago(31), **device))
    assert assets(world)[0]["archived"] is True
    assert assets(world)[0]["traits"]["devices"]["values"]

    world.settle(world.ticket("7", **device))
    assert (assets(world)[0]["traits"]["open"], assets(world)[0]["archived"]) == (True, False)


def test_a_restored_store_knows_the_fields_of_assets_again(world: World) -> None:
    """Fields are read with their types: what stayed unknown would be worked on again at each sweep, for ever."""
    use(world, "psa-ticket")
    world.settle(world.organization(), world.ticket("7"))
    restored.started(world.engine, world.folder, silence=3600.0)
    writes = world.writes()

    assert restored.started(world.engine, world.folder, silence=0.0) is not None
    verify.raise_due(world.engine)
    world.drain()

    assert verify.raise_due(world.engine) == 0
    assert world.writes() == writes
