"""Suggested documentation: a ticket's asset gets its tags, what changes in IT Glue changes them, nothing is written twice."""

from typing import Any

import pytest

from bridge import suggested
from bridge.refresh import refresh
from tests.integration.drain.world import World

TICKET = "cw:ticket:7"
ASSETS = """
[[flexible_assets]]
type = "PSA Ticket"
from = "cw.tickets"
fields = [
  {{ name = "Ticket", kind = "Text", value = "#{{{{ number }}}} {{{{ title }}}}", title = true }},
  {{ name = "Suggested", kind = "Tag", tags = "Documents", suggest = "first" }},
  {{ name = "More", kind = "Tag", tags = "Documents", suggest = "more" }},
  {more}
]
[[suggestions]]
name   = "printing"
when   = {{ ticket.title = ["print", "paper jam"] }}
show   = "Documents"
titled = ["printer", "printing"]
{rules}
"""
KINDS = """{ name = "Runbooks", kind = "Tag", tags = "FlexibleAssetType: Runbook", suggest = "first" },
  { name = "Checklists", kind = "Tag", tags = "Checklists", suggest = "first" },"""
RULES = """
[[suggestions]]
when = { device.type = "Server" }
show = "FlexibleAssetType: Runbook"
[[suggestions]]
when = { organization.types = "Gold" }
show = "Checklists"
"""


def assets(more: str = "", rules: str = "") -> str:
    """Give the block with its rules."""
    return ASSETS.format(more=more, rules=rules)


def tags(world: World, field: str = "suggested", title: str = "") -> list[str]:
    """Give the ids that a ticket's asset shows in a field, in their order."""
    [one] = [one for one in world.records("flexible_assets") if title in str(one["name"]) and "#" in str(one["name"])]
    value = one["traits"].get(field)
    return [str(each["id"] if isinstance(each, dict) else each) for each in _members(value)]


def _members(value: Any) -> list[Any]:
    return list(value["values"] if isinstance(value, dict) else value or [])


def note(world: World, organization: str, name: str = "Printing", kind: str = "documents", **more: Any) -> str:
    """Let a person write something down."""
    return world.person(kind, organization_id=int(organization), name=name, **more)


def read(world: World, *kinds: str) -> None:
    """Read what is suggested anew, as happens nightly, and work until nothing is open."""
    for kind in kinds or ("documents",):
        if kind in suggested.kinds(world.engine):
            suggested.read(world.engine, kind, lane="backfill")
        else:
            refresh(world.engine, kind, lane="backfill")
    world.drain()


@pytest.fixture
def acme(world: World) -> tuple[World, str]:
    """Give a world with an organization in IT Glue, and its id there."""
    world.configure(assets=assets())
    world.settle(world.organization("1", "Acme Ltd"), world.organization("2", "Bolt Ltd"))
    return world, world.record("organizations", "Acme Ltd")["id"]


def test_a_ticket_shows_what_its_words_choose(acme: tuple[World, str]) -> None:
    """Of its own organization, by exact words of ticket and item, without what is restricted or archived."""
    world, org = acme
    fits = note(world, org, "How to set up a PRINTER")
    note(world, org, "Print-outs"), note(world, org, "Printer keys", restricted=True)
    note(world, org, "Printing, old", archived=True)
    note(world, world.record("organizations", "Bolt Ltd")["id"], "Printing at Bolt")

    world.settle(world.ticket("7", title="Cannot print?"), world.ticket("8", title="Printer is off"))

    assert tags(world, title="#7") == [fits]
    assert tags(world, title="#8") == []
    assert tags(world, "more", "#7") == []
    assert world.journal(TICKET) == [("create", "written")]


def test_nothing_is_written_twice(acme: tuple[World, str]) -> None:
    """Neither by planning again, nor by reading again, nor by a change that chooses the same."""
    world, org = acme
    first, second = note(world, org), note(world, org, "Printer")
    world.settle(world.ticket("7", title="print"))
    before = world.writes()

    world.touch(TICKET)
    world.drain()
    read(world)
    world.edit("documents", first, name="Printing, again")  # another order of the same five
    note(world, org, "Mail")
    read(world)

    assert world.writes() == before
    assert sorted(tags(world)) == sorted([first, second])


def test_what_is_restricted_leaves_and_what_comes_is_shown(acme: tuple[World, str]) -> None:
    """Each once IT Glue has been read again; only tickets of that organization are looked at."""
    world, org = acme
    first, second = note(world, org), note(world, org, "Printer")
    world.settle(world.ticket("7", title="print"), world.ticket("9", "2", title="print"))
    other = world.target("cw:ticket:9").seq

    world.edit("documents", first, restricted=True)
    read(world)
    assert tags(world, title="#7") == [second]

    world.edit("documents", second, restricted=True)
    read(world)
    assert tags(world, title="#7") == []

    world.edit("documents", first, restricted=False)
    read(world)
    assert tags(world, title="#7") == [first]
    assert world.target("cw:ticket:9").seq == other
    assert world.journal(TICKET) == [("create", "written"), *3 * [("update", "written")]]


def test_five_are_shown_and_thirty_more_the_last_updated_first(acme: tuple[World, str]) -> None:
    """And what is updated moves up."""
    world, org = acme
    made = [note(world, org, f"Printer {number}") for number in range(40)]
    for each in made:
        world.edit("documents", each, name=f"Printer {each}")
    order = made[::-1]

    world.settle(world.ticket("7", title="print"))

    assert (tags(world), tags(world, "more")) == (order[:5], order[5:35])

    world.edit("documents", order[20], name="Printer, moved")
    read(world)

    assert set(tags(world)) == {order[20], *order[:4]}
    assert set(tags(world, "more")) == set(order[4:35]) - {order[20]}


def test_devices_and_the_organization_decide_too(world: World) -> None:
    """Of each kind its own; a change of the device or of the customer changes what its tickets show."""
    world.configure(assets=assets(KINDS, RULES))
    world.settle(world.organization("1", "Acme Ltd"), world.device("1", type="Printer"))
    org = world.record("organizations", "Acme Ltd")["id"]
    runbook = world.person("flexible_asset_types", name="Runbook", enabled=True)
    field = {"name": "Name", "kind": "Text", "order": 1, "use_for_title": True, "show_in_list": True}
    world.person("flexible_asset_fields", flexible_asset_type_id=int(runbook), **field)
    refresh(world.engine, "flexible_asset_types", lane="backfill")
    book = world.person("flexible_assets", organization_id=int(org), flexible_asset_type_id=int(runbook),
                        traits={"name": "Rebuild a server"})  # fmt: skip
    checklist = note(world, org, "Monthly", "checklists")

    world.settle(world.ticket("7", configurations=[{"id": "1", "name": "device 1"}]))
    assert (tags(world, "runbooks"), tags(world, "checklists")) == ([], [])

    world.settle(world.device("1", type="Server"))
    assert (tags(world, "runbooks"), tags(world, "checklists")) == ([book], [])

    world.settle(world.organization("1", "Acme Ltd", types=["Client", "gold"]))
    assert (tags(world, "runbooks"), tags(world, "checklists")) == ([book], [checklist])


def test_shared_organizations_come_after_the_own(world: World) -> None:
    """Theirs are shown to all who the rule fits; a change there concerns all."""
    world.configure(assets=assets().rstrip() + '\nshared = ["Kraken"]\n')
    world.settle(world.organization("1", "Acme Ltd"), world.organization("2", "Kraken"))
    own = note(world, world.record("organizations", "Acme Ltd")["id"])
    shared = note(world, world.record("organizations", "Kraken")["id"])

    world.settle(world.ticket("7", title="print"))
    read(world)
    assert tags(world) == [own, shared]

    world.edit("documents", shared, restricted=True)
    read(world)
    assert tags(world) == [own]


def test_a_closed_ticket_keeps_what_it_showed(acme: tuple[World, str]) -> None:
    """Nobody looks for documentation there: it costs no write."""
    world, org = acme
    first = note(world, org)
    world.settle(world.ticket("7", title="print"))
    world.settle(world.ticket("7", title="print", open=False))
    before = world.writes()

    world.edit("documents", first, restricted=True)
    read(world)

    assert tags(world) == [first]
    assert world.writes() == before


def test_what_cannot_be_read_takes_nothing_away(acme: tuple[World, str]) -> None:
    """IT Glue refuses documents: the ticket is written all the same, and what it shows is left as it is."""
    world, org = acme
    first = note(world, org)
    world.fault({"status": 404}, path=f"/organizations/{org}/relationships/documents")
    world.settle(world.ticket("7", title="print"))
    assert tags(world) == []
    assert "have not been read yet" in str(world.target(TICKET).notes)

    world.calm()
    read(world)
    assert tags(world) == [first]


def test_a_change_of_the_rules_stays_under_the_stop(acme: tuple[World, str]) -> None:
    """And so does a change of an item: neither rewrites everyone unattended; what is past the count is held."""
    world, org = acme
    first = note(world, org)
    world.settle(*(world.ticket(str(number), title="print") for number in range(1, 6)))
    world.configure(stops="[stops]\nupdates = { hour = 2 }\nnames = { hour = 1000, day = 1000 }\n")

    second = note(world, org, "Printer")
    read(world)

    shown = [tags(world, title=f"#{number} ") for number in range(1, 6)]
    held = [world.state(f"cw:ticket:{number}") for number in range(1, 6)]
    assert sorted(map(len, shown)) == [1, 1, 1, 2, 2]
    assert {each for one in shown for each in one} == {first, second}
    assert sorted(code or "" for _, code in held) == ["", "", *3 * ["stop_updates"]]
