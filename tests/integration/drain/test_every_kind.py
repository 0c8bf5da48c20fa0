"""Undo and pause of every kind of record: organizations, sites, contacts, devices, assets of records, and summaries."""

from typing import Any

import pytest

from bridge import plan_pass, undo_run
from bridge.plan_pass import Line
from bridge.store import targets as target_rows
from bridge.store.schema import targets
from tests.integration.drain.test_pausing import pause, resume
from tests.integration.drain.test_undoing import apply, undo
from tests.integration.drain.world import World

ASSETS = """
[[flexible_assets]]
type = "PSA Ticket"
from = "cw.tickets"
gone = "archive"
fields = [{ name = "Ticket", kind = "Text", value = "#{{ number }}", title = true },
          { name = "Body", kind = "Textbox", value = "<p>{{ title }}</p>" }]
[[flexible_assets]]
type = "Open tickets"
from = "cw.tickets"
per = "organization"
fields = [{ name = "Title", kind = "Text", value = "Tickets of {{ ref }}", title = true },
          { name = "Body", kind = "Textbox", value = "{% for t in tickets %}<p>{{ t.title }}</p>{% endfor %}" }]
[[flexible_assets]]
type = "Device tickets"
from = "cw.tickets"
per = "configuration"
fields = [{ name = "Title", kind = "Text", value = "Tickets of {{ ref }}", title = true },
          { name = "Body", kind = "Textbox", value = "{% for t in tickets %}<p>{{ t.title }}</p>{% endfor %}" }]
"""
ORGANIZATION, SITE, PERSON, DEVICE, TICKET = (
    "cw:organization:1", "cw:location:5", "cw:contact:6", "cw:configuration:7", "cw:ticket:8",
)  # fmt: skip
KINDS = {
    "organizations": ORGANIZATION, "locations": SITE, "contacts": PERSON, "configurations": DEVICE,
    "psa-ticket": TICKET, "open-tickets": ORGANIZATION, "device-tickets": DEVICE,
}  # fmt: skip
ARCHIVED = {"configurations", "psa-ticket", "open-tickets", "device-tickets"}  # nothing else has an archive
EVERYTHING = frozenset(KINDS)


def put(world: World, word: str) -> None:
    """Let the source show one record of each kind, with a word that shows in IT Glue in each."""
    world.put(
        world.organization(identifier=word),
        world.site("5", city=word),
        world.contact("6", title=word),
        world.device("7", asset_tag=word),
        world.ticket("8", title=word, configurations=[{"id": "7", "name": "device 7"}]),
    )


def shown(world: World) -> dict[str, Any]:
    """Give by block the word that IT Glue shows of its record; None of what is archived."""
    [organization], [site], [person], [device] = (
        world.records(kind) for kind in ("organizations", "locations", "contacts", "configurations")
    )
    found = {"organizations": organization["short_name"], "locations": site["city"], "contacts": person["title"],
             "configurations": None if device["archived"] else device["asset_tag"]}  # fmt: skip
    names = {"#8": "psa-ticket", f"Tickets of {ORGANIZATION}": "open-tickets", f"Tickets of {DEVICE}": "device-tickets"}
    for one in world.records("flexible_assets"):
        body = one["traits"].get("body") or ""
        found[names[one["name"]]] = None if one["archived"] else body.removeprefix("<p>").removesuffix("</p>")
    return found


def all_of(word: str | None) -> dict[str, str | None]:
    """Give what IT Glue shows where each kind has this word."""
    return dict.fromkeys(KINDS, word)


def lines(world: World, run: int) -> dict[str, Line]:
    """Give the plan of an undo, by block."""
    return {line.block: line for line in undo_run.plan(world.engine, run) if line.block in KINDS}


def touched(world: World) -> int:
    """Make everything due, work, and give how much that wrote."""
    before = world.writes()
    for block, ref in KINDS.items():
        with world.engine.db.write() as connection:
            mine = (targets.c.block == block) & (targets.c.anchor == ref)
            target_rows.touch(connection, mine, now=world.engine.db.now(connection), lane="backfill")
    world.drain()
    return world.writes() - before


@pytest.fixture
def office(world: World) -> World:
    """Give a world in which one record of each kind is about to be made."""
    world.configure(assets=ASSETS)
    put(world, "ONE")
    return world


def test_what_a_run_changed_is_put_back_stays_so_and_comes_back(office: World) -> None:
    """Of every kind: undone, quiet, and undone again."""
    apply(office)
    put(office, "TWO")
    run = apply(office)
    written = shown(office)

    first = undo(office, run)
    undone, quiet = shown(office), touched(office)
    second = undo(office, first.run)

    assert written == all_of("TWO")
    assert (first.counts["written"], second.counts["written"], quiet) == (len(KINDS), len(KINDS), 0)
    assert undone == all_of("ONE")
    assert shown(office) == all_of("TWO")
    assert {line.word for line in plan_pass.plan_all(office.engine)} == {"equal"}


def test_what_a_run_made_is_archived_or_refused_with_its_number(office: World) -> None:
    """By kind: IT Glue archives configurations and flexible assets alone; the source's next change brings them back."""
    run = apply(office)

    planned = lines(office, run)
    undo(office, run)
    undone, quiet = shown(office), touched(office)
    put(office, "TWO")
    office.drain()

    assert {block for block, line in planned.items() if line.word == "archive"} == ARCHIVED
    refused = {block: line.reason for block, line in planned.items() if line.word == undo_run.REFUSED}
    assert set(refused) == EVERYTHING - ARCHIVED
    assert all(f"IT Glue archives no {block}" in (reason or "") for block, reason in refused.items())
    assert undone == all_of("ONE") | dict.fromkeys(ARCHIVED)
    assert quiet == 0
    assert shown(office) == all_of("TWO")


@pytest.mark.parametrize(
    ("what", "untouched"),
    [
        ("*", EVERYTHING),
        ("cw", EVERYTHING),
        (ORGANIZATION, EVERYTHING),
        (SITE, {"locations"}),
        (PERSON, {"contacts"}),
        (DEVICE, {"configurations", "device-tickets"}),
        (TICKET, {"psa-ticket"}),
    ],
)
def test_what_is_paused_keeps_its_old_word_until_it_is_resumed(
    office: World, what: str, untouched: frozenset[str]
) -> None:
    """All, a source, a customer with all it has, and a record of any kind with what stands for it."""
    office.drain()
    put(office, "TWO")

    pause(office, what)
    office.drain(until=lambda: len(office.open()) == len(untouched))
    office.once()
    paused = shown(office)
    ended = resume(office, what)
    office.drain()

    assert paused == all_of("TWO") | dict.fromkeys(untouched, "ONE")
    assert ended == [what]
    assert shown(office) == all_of("TWO")


def test_what_a_run_wrote_over_a_persons_records_is_theirs_again(world: World) -> None:
    """Adopted, by each kind's own key; undone, every old value is back."""
    mine = {"organization_id": world.person("organizations", name="Acme Ltd", short_name="OLD")}
    world.person("locations", name="site 5", city="OLD", **mine)
    world.person("contacts", first_name="Jo", last_name="Doe 6", title="OLD", **mine)
    server = world.person("configuration_types", name="Server")
    world.person("configurations", name="device 7", asset_tag="OLD", configuration_type_id=server, **mine)
    put(world, "NEW")
    run = apply(world)
    written = shown(world)

    undone = undo(world, run)
    there = shown(world)

    kinds = ("organizations", "locations", "contacts", "configurations")
    assert written == dict.fromkeys(kinds, "NEW")
    assert there == dict.fromkeys(kinds, "OLD")
    assert undone.counts["written"] == len(kinds)
    assert not [line for line in plan_pass.plan_all(world.engine) if line.writes]


def test_what_a_run_archived_is_restored(office: World) -> None:
    """A device and a ticket that left the source, by what `gone` did with them."""
    office.configure(configurations='gone = "archive after 0d"\n')
    office.drain()
    for ref in (DEVICE, TICKET):
        office.lose(ref)
    run = apply(office)
    archived = shown(office)

    undo(office, run)

    assert (archived["configurations"], archived["psa-ticket"]) == (None, None)
    assert (shown(office)["configurations"], shown(office)["psa-ticket"]) == ("ONE", "ONE")
    assert touched(office) == 0
