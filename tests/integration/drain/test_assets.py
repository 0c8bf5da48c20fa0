"""Flexible assets: the type is made, assets are made from records, and what is not ours survives every write."""

from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from bridge.cli.choosing import refusal_of_pin
from bridge.plan_pass import Cost, dump, parse, plan_all
from bridge.refresh import refresh
from bridge.schedule import wanted
from bridge.store.schema import assets, links, targets
from tests.integration.drain.conftest import Make
from tests.integration.drain.test_undoing import apply, undo
from tests.integration.drain.world import World

TICKET = "cw:ticket:7"
BLOCK = """
[[flexible_assets]]
type = "PSA Ticket"
from = "cw.tickets"
gone = "archive"
fields = [
  {{ name = "Ticket", kind = "Text", value = "#{{{{ number }}}} {{{{ title }}}}", title = true, required = true }},
  {{ name = "State", kind = "Select", options = ["New", "Done"], value = "{{{{ status }}}}" }},
  {{ name = "Body", kind = "Textbox", value = "<p>{{{{ title }}}}</p>" }},
  {{ name = "Age", kind = "Number", decimals = 1, value = "{{{{ custom['Hours'] }}}}" }},
  {{ name = "Share", kind = "Percent", value = "{{{{ custom['Share'] }}}}" }},
  {{ name = "Open?", kind = "Checkbox", value = "{{{{ open }}}}" }},
  {{ name = "Due", kind = "Date", value = "{{{{ custom['Due'] }}}}" }},
  {{ name = "Devices", kind = "Tag", tags = "Configurations", value = "{{{{ configurations }}}}" }},
  {{ name = "Remarks", kind = "Textbox" }},
  {more}
]
"""


def block(more: str = "") -> str:
    """Give the block, with further fields."""
    return BLOCK.format(more=more)


def asset(world: World) -> dict[str, Any]:
    """Give the one asset that is there."""
    found = world.records("flexible_assets")
    assert len(found) == 1, found
    return {**found[0], "traits": {key: _plain(value) for key, value in found[0]["traits"].items()}}


def _plain(value: Any) -> Any:
    return [each["id"] for each in value["values"]] if isinstance(value, dict) else value


@pytest.fixture
def made(world: World) -> World:
    """Give a world with one ticket, its device and the asset made of it."""
    world.configure(assets=block())
    words: dict[str, Any] = {
        "configurations": [{"id": "1", "name": "device 1"}],
        "custom": {"Hours": "2.25", "Share": 50, "Due": "2026-05-01"},
    }
    world.settle(world.organization(), world.device("1"), world.ticket("7", **words))
    return world


def test_the_type_and_the_assets_are_made(made: World) -> None:
    """A type comes with all its fields, an asset with every trait in its write shape, its device as a tag."""
    device = made.record("configurations", "device 1")

    found = asset(made)

    assert [one["name"] for one in made.records("flexible_asset_types")] == ["PSA Ticket"]
    assert len(made.records("flexible_asset_fields")) == 10
    assert found["traits"] == {
        "ticket": "#7 ticket 7", "state": "New", "body": "<p>ticket 7</p>", "age": 2.3, "share": 50, "open": True,
        "due": "2026-05-01", "devices": [int(device["id"])], "bridge-ref": TICKET,
    }  # fmt: skip
    assert made.state(TICKET) == ("settled", None)
    assert made.journal(TICKET) == [("create", "written")]


def test_a_device_that_the_psa_names_by_its_id_alone_is_tagged(made: World) -> None:
    """A ticket's devices are listed by deviceIdentifier, which many have not (api/connectwise.md 5.6)."""
    made.settle(
        made.device("2"), made.ticket("7", configurations=[{"id": "1", "name": None}, {"id": "2", "name": None}])
    )

    devices = [int(made.record("configurations", name)["id"]) for name in ("device 1", "device 2")]
    assert sorted(asset(made)["traits"]["devices"]) == sorted(devices)


def test_the_assets_of_a_type_are_read_nightly(made: World) -> None:
    """So is what their type looks like: each type is a kind of its own, known once it is there."""
    kinds = {kind for side, kind, what in wanted(made.engine) if (side, what) == ("itglue", "refresh")}

    assert {"flexible_asset_types", f"flexible_assets:{asset(made)['flexible_asset_type_id']}"} <= kinds
    assert ("cw", "ticket", "poll") in wanted(made.engine)


def test_planning_again_writes_nothing(made: World) -> None:
    """What is read, in whatever shape, is what was written."""
    before = len(made.sent("GET", "POST", "PATCH"))

    made.touch(TICKET)
    made.drain()

    assert len(made.sent("GET", "POST", "PATCH")) == before


def test_what_a_person_filled_in_survives_an_update(made: World) -> None:
    """IT Glue deletes every trait that a PATCH leaves out: the asset is read, merged and written whole."""
    found = asset(made)
    made.edit("flexible_assets", found["id"], traits={**found["traits"], "remarks": "<b>call first</b>", "age": None})

    made.settle(made.ticket("7", status="Done", custom={"Due": "2026-06-01"}))

    assert asset(made)["traits"] == {
        "ticket": "#7 ticket 7", "state": "Done", "body": "<p>ticket 7</p>", "open": True, "due": "2026-06-01",
        "bridge-ref": TICKET, "remarks": "<b>call first</b>",
    }  # fmt: skip
    assert made.journal(TICKET)[-1] == ("update", "written")


def test_what_is_gone_is_archived_with_all_its_traits_and_comes_back(made: World) -> None:
    """Archiving writes nothing but the mark, and what comes back to the source is taken out of the archive."""
    before = asset(made)["traits"]

    made.lose(TICKET)
    made.drain()
    archived = asset(made)
    made.settle(made.ticket("7", configurations=[{"id": "1", "name": "device 1"}], custom={"Share": 50}))

    assert archived["archived"] is True
    assert archived["traits"] == before
    assert asset(made)["archived"] is False
    assert [verb for verb, _ in made.journal(TICKET)] == ["create", "archive", "restore"]


def test_an_asset_that_carries_our_mark_is_taken_for_ours(world: World) -> None:
    """A store that lost its links finds its assets again by their Bridge ref, whatever their titles are."""
    world.configure(assets=block())
    world.settle(world.organization(), world.ticket("7"))
    found = asset(world)
    world.edit("flexible_assets", found["id"], traits={**found["traits"], "ticket": "renamed"})
    with world.engine.db.write() as connection:
        connection.execute(sa.delete(links).where(links.c.itglue_id == found["id"]))
    refresh(world.engine, f"flexible_assets:{found['flexible_asset_type_id']}", lane="backfill")

    world.touch(TICKET)
    world.drain()

    assert asset(world)["traits"]["ticket"] == "#7 ticket 7"
    assert world.journal(TICKET)[-1] == ("adopt", "written")


def test_a_create_whose_answer_is_lost_is_not_made_again(world: World) -> None:
    """Types, fields and assets: each is found once it is quiet, by its name or its mark."""
    world.configure(assets=block())
    world.settle(world.organization())
    for path in ("flexible_asset_types", "flexible_assets"):
        world.fault({"status": 504, "after_write": True}, method="POST", path=path, nth=[1])

    world.settle(world.ticket("7"), world.ticket("8"))

    assert len(world.records("flexible_asset_types", dead=True)) == 1
    assert sorted(one["name"] for one in world.records("flexible_assets", dead=True)) == ["#7 ticket 7", "#8 ticket 8"]


def test_a_field_that_the_file_names_later_is_added(made: World) -> None:
    """The others stay, and so do their values."""
    made.configure(assets=block('{ name = "Board", kind = "Text", value = "{{ board }}" },'))

    made.touch(TICKET)
    made.drain()

    assert asset(made)["traits"]["board"] == "Help Desk"
    assert asset(made)["traits"]["ticket"] == "#7 ticket 7"
    assert len(made.records("flexible_asset_fields")) == 11


def test_two_workers_make_one_type(make: Make) -> None:
    """Both need it at once; the second waits for what the first makes."""
    world = make()
    world.configure(assets=block())
    other = world.another()
    world.put(world.organization(), *(world.ticket(str(number)) for number in range(1, 30)))

    world.drain(world.engine, other)

    assert len(world.records("flexible_asset_types", dead=True)) == 1
    assert len(world.records("flexible_asset_fields", dead=True)) == 10
    assert len(world.records("flexible_assets", dead=True)) == 29
    assert len(world.sent("POST", path="relationships/flexible_assets")) <= 2


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("an option that does not exist", {"status": "Broken"}, "bad_value", 'options are "New", "Done"'),
    ("a title that is too long", {"title": "x" * 300}, "bad_value", "IT Glue takes 255"),
    ("no date", {"custom": {"Due": "31.10.2026"}}, "bad_value", 'field "Due"'),
    ("no number", {"custom": {"Hours": "many"}}, "bad_value", 'field "Age"'),
    ("a tag to a held record", {"configurations": [{"id": "9", "name": "held"}]}, "parent_held", "configuration"),
    ("a text that is too large", {"title": "x" * 200, "status": "y" * 300}, "bad_value", "State"),
]


@pytest.mark.parametrize(("words", "code", "says"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_bad_input_is_held_while_the_rest_is_written(made: World, words: dict[str, Any], code: str, says: str) -> None:
    """IT Glue would refuse the whole request, and name one failure only."""
    made.settle(made.device("9", type=None), made.ticket("8", **words), made.ticket("9"))

    held = made.target("cw:ticket:8")
    assert (held.state, held.code) == ("held", code)
    assert says in held.reason
    assert made.state("cw:ticket:9") == ("settled", None)
    assert "422" not in {str(one["status"]) for one in made.sent("POST", "PATCH")}


def test_html_and_control_characters_stay_text(made: World) -> None:
    """Tags come from the template alone."""
    made.settle(made.ticket("7", title="<script>alert(1)</script>\x00\x1b[31m\u202e & <b>"))

    found = asset(made)["traits"]
    assert found["body"] == "<p>&lt;script&gt;alert(1)&lt;/script&gt;[31m &amp; &lt;b&gt;</p>"
    assert found["ticket"] == "#7 <script>alert(1)</script>[31m & <b>"


@pytest.mark.parametrize(
    ("resource", "name", "change", "says"),
    [
        ("flexible_asset_types", "PSA Ticket", {"enabled": False}, "is disabled"),
        ("flexible_asset_fields", "State", {"name": "Condition"}, 'is called "Condition"'),
    ],
)
def test_what_a_person_changes_about_the_type_holds_its_assets(
    made: World, resource: str, name: str, change: dict[str, Any], says: str
) -> None:
    """A type that is disabled or a field that is renamed is held with the fix; what else there is goes on."""
    one = made.record(resource, name)
    made.edit(resource, one["id"], **change)
    refresh(made.engine, "flexible_asset_types", lane="backfill")
    made.put(made.ticket("7", title="other"), made.device("2"))
    planned = {line.ref: line for line in plan_all(made.engine) if line.block == "psa-ticket"}[TICKET]

    made.drain()

    assert (planned.word, planned.code) == ("held", "unsafe_type")
    assert says in str(planned.reason)
    with made.engine.db.read() as connection:
        held = connection.execute(sa.select(targets).where(targets.c.code == "unsafe_type")).one()
    assert says in held.reason
    assert made.state(TICKET) == ("held", "parent_held")
    assert made.state("cw:configuration:2") == ("settled", None)
    assert len(made.records(resource)) == (1 if resource == "flexible_asset_types" else 10)

    made.edit(resource, one["id"], **{word: one[word] for word in change})
    refresh(made.engine, "flexible_asset_types", lane="backfill")
    made.drain()

    assert made.state(TICKET) == ("settled", None)
    assert asset(made)["traits"]["ticket"] == "#7 other"


def test_a_field_made_required_by_hand_holds_what_has_no_value(made: World) -> None:
    """What has one is written."""
    one = made.record("flexible_asset_fields", "Remarks")
    made.edit("flexible_assets", asset(made)["id"], traits={**asset(made)["traits"], "remarks": "x"})
    made.edit("flexible_asset_fields", one["id"], required=True)
    refresh(made.engine, "flexible_asset_types", lane="backfill")
    refresh(made.engine, f"flexible_assets:{asset(made)['flexible_asset_type_id']}", lane="backfill")
    made.put(made.ticket("7", title="other"), made.ticket("8"))
    planned = {line.ref: (line.word, line.code, line.names) for line in plan_all(made.engine)}

    made.drain()

    assert planned[TICKET] == ("update", None, ())
    assert planned["cw:ticket:8"] == ("held", "bad_value", ())
    assert made.state(TICKET) == ("settled", None)
    assert made.state("cw:ticket:8") == ("held", "bad_value")
    assert 'field "Remarks" is required' in made.target("cw:ticket:8").reason


def test_an_option_added_by_hand_frees_what_it_held(made: World) -> None:
    """And one taken away holds what has it, while the rest goes on."""
    made.settle(made.ticket("8", status="Broken"))
    one = made.record("flexible_asset_fields", "State")
    assert made.state("cw:ticket:8") == ("held", "bad_value")
    made.configure(assets=made.assets.replace('"New", "Done"', '"New", "Done", "Broken"'))

    made.edit("flexible_asset_fields", one["id"], default_value="New\nBroken")
    refresh(made.engine, "flexible_asset_types", lane="backfill")
    made.settle(made.ticket("9", status="Done"))

    assert made.state("cw:ticket:8") == ("settled", None)
    assert made.state("cw:ticket:9") == ("held", "bad_value")
    assert 'options are "New", "Broken"' in made.target("cw:ticket:9").reason


def test_a_type_with_uploads_is_never_written(world: World) -> None:
    """IT Glue cannot take an upload back: every write would delete it."""
    fields = [
        {"order": 1, "name": "Ticket", "kind": "Text", "use-for-title": True, "show-in-list": True},
        {"order": 2, "name": "File", "kind": "Upload"},
    ]
    kind = world.itglue.person("POST", "flexible_asset_types", {"attributes": {"name": "PSA Ticket"}})
    for field in fields:
        world.itglue.person(
            "POST", "flexible_asset_fields", {"attributes": {**field, "flexible-asset-type-id": kind["id"]}}
        )
    world.configure(assets=block())

    world.settle(world.organization(), world.ticket("7"))

    assert world.state("flexible_asset_types||psa ticket") == ("held", "unsafe_type")
    assert world.state(TICKET) == ("held", "parent_held")
    assert world.sent("POST", path="flexible") == []


def test_a_plan_shows_what_would_be_made_and_counts_its_requests(world: World) -> None:
    """The type counts as there, as what is planned before it does; nothing is written."""
    world.settle(world.organization(), world.device("1"))
    world.configure(assets=block())
    world.put(world.ticket("7", configurations=[{"id": "1", "name": "device 1"}]), world.ticket("8", status="Broken"))
    before = world.writes()

    lines = {line.ref: line for line in plan_all(world.engine) if line.block == "psa-ticket"}
    cost = Cost()
    for line in lines.values():
        cost.add(parse(dump(line)))

    plan = lines[TICKET].plan or {"fields": {}}
    assert lines[TICKET].word == "create"
    assert plan["fields"]["traits.ticket"]["new"] == "#7 ticket 7"
    assert (lines["cw:ticket:8"].word, lines["cw:ticket:8"].code) == ("held", "bad_value")
    assert cost.writes == 1
    assert [name.name for name in cost.made] == ["PSA Ticket"]
    assert world.writes() == before

    world.drain()
    assert {f"traits.{key}" for key in asset(world)["traits"]} <= set(plan["fields"])


def test_what_is_corrected_in_the_file_is_looked_at_by_the_next_apply(made: World) -> None:
    """A value that is wrong otherwise is said anew; a field whose options were missing is made; nothing stays as it was."""
    bad = """{{ name = "Board", kind = "Select", {options}value = "{{{{ board | replace('Help Desk', '{value}') }}}}" }},"""

    said = []
    for options, value in (
        ("", "A"),
        ('options = ["A"], ', "B"),
        ('options = ["A"], ', "C"),
        ('options = ["A"], ', "A"),
    ):
        made.configure(assets=block(bad.format(options=options, value=value)))
        apply(made)
        again = next(line for line in plan_all(made.engine) if line.block == "psa-ticket")
        assert (again.code, again.reason) == (made.target(TICKET).code, made.target(TICKET).reason)
        said.append((made.target(TICKET).state, str(again.reason)))

    assert [state for state, _ in said] == ["held", "held", "held", "settled"]
    assert "has no options" in said[0][1]
    assert '"B"' in said[1][1]
    assert '"C"' in said[2][1]
    assert asset(made)["traits"]["board"] == "A"


@pytest.mark.parametrize("more", ["", '{ name = "Board", kind = "Text", value = "{{ board }}" },'], ids=["", "a field"])
def test_a_plan_of_an_asset_costs_what_it_promises(made: World, more: str) -> None:
    """Each asset is read and written, a field looked for, made and read; that a type is looked at again costs nothing."""
    kind = made.record("flexible_asset_types", "PSA Ticket")
    made.edit("flexible_asset_types", kind["id"], description="by hand")
    refresh(made.engine, "flexible_asset_types", lane="backfill")
    made.configure(assets=block(more))
    made.put(made.ticket("7", title="other"))
    cost = Cost()
    for line in plan_all(made.engine):
        cost.add(line)
    before = len(made.sent("GET", "POST", "PATCH"))

    apply(made)

    assert len(made.sent("GET", "POST", "PATCH")) - before == cost.requests == (5 if more else 2)
    assert [name.name for name in cost.made] == (["Board"] if more else [])


def test_a_pin_names_an_asset_that_is_there_and_free(made: World) -> None:
    """What a person pins a record to is looked up among the assets of all types."""
    made.settle(made.ticket("8", status="Broken"))
    own = asset(made)["id"]
    with made.engine.db.read() as connection:
        row = made.target("cw:ticket:8")
        assert (
            refusal_of_pin(connection, row, own) == f"{own} belongs to {TICKET} already: pin that one elsewhere first"
        )
        assert "IT Glue had no flexible asset 1 when it was read" in str(refusal_of_pin(connection, row, "1"))


def test_many_assets_cost_few_requests(world: World) -> None:
    """Made in bulk, at most 0.05 requests each; changed with one read each and one write for twenty, at most 1.1."""
    world.configure(assets=block(), stops="[stops]\ncreates = { hour = 1000, day = 1000 }\n")
    world.settle(world.organization(), world.ticket("1"))
    tickets = [world.ticket(str(number)) for number in range(2, 202)]

    before = len(world.sent("GET", "POST", "PATCH"))
    world.settle(*tickets)
    created = len(world.sent("GET", "POST", "PATCH")) - before
    world.settle(*(world.ticket(str(number), title="changed") for number in range(2, 202)))
    updated = len(world.sent("GET", "POST", "PATCH")) - before - created

    assert created / 200 <= 0.05
    assert updated / 200 <= 1.1
    assert {one["name"].split(" ", 1)[1] for one in world.records("flexible_assets")} == {"changed", "ticket 1"}


@pytest.mark.parametrize("deleted", [False, True], ids=["there", "deleted"])
def test_a_field_that_the_index_does_not_show_is_looked_up(made: World, deleted: bool) -> None:
    """Whoever made it may have died before it read the type again; one that is gone is held, and nothing goes in circles."""
    one, kind = made.record("flexible_asset_fields", "State"), made.record("flexible_asset_types", "PSA Ticket")
    if deleted:
        made.delete("flexible_asset_fields", one["id"])
    with made.engine.db.write() as connection:
        mine = (assets.c.kind == "flexible_asset_types") & (assets.c.itglue_id == kind["id"])
        shown = orjson.loads(connection.execute(sa.select(assets.c.attributes).where(mine)).scalar_one())
        shown["flexible_asset_fields"] = [each for each in shown["flexible_asset_fields"] if each["name"] != "State"]
        connection.execute(sa.update(assets).where(mine).values(attributes=orjson.dumps(shown).decode(), digest="old"))

    made.settle(made.ticket("7", status="Done"))

    assert made.state(TICKET) == (("held", "parent_held") if deleted else ("settled", None))
    assert asset(made)["traits"].get("state") == (None if deleted else "Done")
    assert len(made.records("flexible_asset_fields")) == (9 if deleted else 10)


def test_an_undone_run_gives_traits_their_old_values_and_keeps_the_rest(made: World) -> None:
    """A tag goes back to the records it named, what was emptied comes back, and a person's field stays."""
    before = asset(made)["traits"]
    made.put(made.ticket("7", title="other", custom={"Share": 60}))
    run = apply(made)
    assert {"devices", "due", "age"} & set(asset(made)["traits"]) == set()
    made.edit("flexible_assets", asset(made)["id"], traits={"remarks": "x"})

    undo(made, run)

    assert asset(made)["traits"] == {**before, "remarks": "x"}
