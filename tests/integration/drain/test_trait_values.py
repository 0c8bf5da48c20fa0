"""Values that fields cannot take are held before anything is sent; text of any kind arrives clean, and comes to rest."""

import pytest

from bridge.refresh import refresh
from tests.integration.drain.world import World

BLOCK = """
[[flexible_assets]]
type = "PSA Ticket"
from = "cw.tickets"
fields = [
  { name = "Ticket", kind = "Text", value = "#{{ number }} {{ title }}", title = true, required = true },
  { name = "Owner", kind = "Text", value = "{{ custom['Owner'] }}", required = true },
  { name = "State", kind = "Select", options = ["New", "R&D <b>"], value = "{{ status }}" },
  { name = "Body", kind = "Textbox", value = "<p>{{ custom['Body'] }}</p>" },
  { name = "Loose", kind = "Textbox", value = "<b onclick='x()'>{{ title }}</b><script>x()</script>" },
  { name = "Remarks", kind = "Text", value = "{{ custom['Remarks'] }}" },
]
"""
OWNED = {"Owner": "Ann", "Body": None, "Remarks": None}
MOST = 65_536 - len("<p></p>")
DIRTY = " \x00<i>a</i>\x1b[31m & \u200bb\u202e\r\nc\t\u2028d\ufeff\x7f"


@pytest.fixture
def office(world: World) -> World:
    """Give a world with the block and one organization."""
    world.configure(assets=BLOCK)
    world.settle(world.organization())
    return world


def test_what_no_field_takes_is_held_with_its_fix_and_the_rest_is_written(office: World) -> None:
    """A text of more than 64 KB once it is HTML, and a required field without a value: nothing is refused by IT Glue."""
    bad = {
        "2": ({**OWNED, "Body": "x" * (MOST + 1)}, 'field "Body" is 65537 bytes, IT Glue takes 65536'),
        "3": ({**OWNED, "Body": "<" * 20_000}, 'field "Body" is 80007 bytes, IT Glue takes 65536'),
        "4": ({**OWNED, "Owner": None}, 'field "Owner" is required and has no value'),
        "5": ({**OWNED, "Owner": " \u200b\n"}, 'field "Owner" is required and has no value'),
    }

    office.settle(
        office.ticket("1", custom={**OWNED, "Body": "x" * MOST}),
        *(office.ticket(number, custom=custom) for number, (custom, _) in bad.items()),
    )

    for number, (_, says) in bad.items():
        assert office.state(f"cw:ticket:{number}") == ("held", "bad_value")
        assert says in office.target(f"cw:ticket:{number}").reason
    [made] = office.records("flexible_assets")
    assert len(made["traits"]["body"]) == 65_536
    assert {str(one["status"]) for one in office.sent("POST", path="flexible_assets")} == {"201"}


def test_a_field_that_it_glue_requires_holds_what_has_no_value_for_it(office: World) -> None:
    """The file does not require it: a person has said so in IT Glue since. Once it has a value it is written."""
    office.settle(office.ticket("1", custom={**OWNED, "Remarks": "x"}))
    field = office.record("flexible_asset_fields", "Remarks")
    office.edit("flexible_asset_fields", field["id"], required=True)
    refresh(office.engine, "flexible_asset_types", lane="backfill")

    office.settle(office.ticket("2", custom=OWNED), office.ticket("3", custom={**OWNED, "Remarks": "y"}))
    held, reason = office.state("cw:ticket:2"), office.target("cw:ticket:2").reason
    office.settle(office.ticket("2", custom={**OWNED, "Remarks": "z"}))

    assert held == ("held", "bad_value")
    assert reason == 'field "Remarks" is required and has no value: give it one, or let it be blank in IT Glue'
    assert {one["traits"]["remarks"] for one in office.records("flexible_assets")} == {"x", "y", "z"}
    assert "422" not in {str(one["status"]) for one in office.sent("POST", "PATCH")}


def test_control_characters_and_html_in_every_kind_of_text(office: World) -> None:
    """Text is one clean line, an option is found all the same, HTML shows a value's tags as text and none that acts.

    What was written is what is read: planning again writes nothing.
    """
    ticket = office.ticket(
        "1", title=DIRTY, status="\x00R&D\u200b <b>\n", custom={"Owner": DIRTY, "Body": DIRTY, "Remarks": "\x00\u200b"}
    )
    office.settle(ticket)
    [made] = office.records("flexible_assets")
    written = office.writes()

    office.touch("cw:ticket:1")
    office.drain()

    clean = "<i>a</i>[31m & b  c  d"
    shown = clean.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    lines = shown.replace("b  c  d", "b<br>c\t<br>d")
    assert made["traits"] == {
        "ticket": f"#1 {clean}",
        "owner": clean,
        "state": "R&D <b>",
        "body": f"<p> {lines}</p>",
        "loose": f"<b>{shown}</b>",
        "bridge-ref": "cw:ticket:1",
    }
    assert office.writes() == written
    assert office.state("cw:ticket:1") == ("settled", None)
