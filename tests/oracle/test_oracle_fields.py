"""The oracle's own reading of sites, contacts and fields, against the examples of docs/mapping.md."""

from typing import Any

import pytest

from simulators.oracle import assets, customers, markup
from simulators.oracle.blocks import AssetBlock, Field
from simulators.oracle.examples import OPEN_TICKETS, PSA_TICKET
from simulators.oracle.geography import Geography
from simulators.oracle.judged import Judged
from simulators.oracle.references import Reference
from simulators.oracle.text import SKIP
from simulators.oracle.words import contact_words, location_words, ticket_words
from tests.oracle.full_scene import PERSON, SITE, FullScene

COMPANY = {"id": 311, "name": "Acme Ltd"}
TICKET: dict[str, Any] = {
    "id": 7, "summary": "Printer <jams>", "company": COMPANY, "status": {"id": 1, "name": "New"},
    "_info": {"dateEntered": "1970-01-01T00:00:10Z"},
}  # fmt: skip
DAY = 86_400.0


def ticket(now: float = 1000.0, **fields: Any) -> dict[str, Any]:
    """Give a ticket's words."""
    return ticket_words(TICKET | fields, "cw", [{"id": 9, "name": "KRK-1"}], now)


@pytest.mark.parametrize(
    ("kind", "value", "becomes"),
    [
        ("Text", "#7 Printer\non fire", "#7 Printer on fire"),
        ("Text", "x" * 256, "bad_value"),
        ("Text", " \u200b", None),
        ("Textbox", "<p>a</p>", "<p>a</p>"),
        ("Textbox", "é" * 33_000, "bad_value"),
        ("Number", 2.5, 3),
        ("Number", "many", "bad_value"),
        ("Percent", "50", 50),
        ("Date", "2026-05-01T22:30:00Z", "2026-05-01"),
        ("Date", "31.10.2026", "bad_value"),
        ("Checkbox", "no", False),
        ("Checkbox", "perhaps", "bad_value"),
        ("Select", "low", "Low"),
        ("Select", "Odd", "bad_value"),
        ("Tag", {"id": "9", "name": "KRK-1"}, (Reference("configuration", "9"),)),
        ("Tag", [], None),
    ],
)
def test_each_kind_of_field_has_its_form(kind: str, value: Any, becomes: Any) -> None:
    """What IT Glue would refuse holds the asset."""
    tags = "configuration" if kind == "Tag" else ""
    block = AssetBlock(name="a", fields=(Field("F", kind, lambda _: value, tags=tags, options=("Low", "High")),))

    mapped = assets.asset(ticket(), None, block, Judged())

    assert (mapped.code or mapped.wanted["F"]) == becomes


def test_a_required_field_without_a_value_holds() -> None:
    """And one without a `value` is left to people."""
    block = AssetBlock(name="a", fields=(Field("F", "Text", lambda _: None, required=True), Field("G", "Text")))

    mapped = assets.asset(ticket(), None, block, Judged())

    assert mapped.code == "bad_value"
    assert "G" not in mapped.wanted


@pytest.mark.parametrize(
    ("country", "region", "found"),
    [
        ("United Kingdom", "England", ("234", "73")),
        ("gb", "ENG", ("234", "73")),
        (None, "England", (None, "73")),
        ("GB", "Yorkshire", ("234", SKIP)),
        ("Atlantis", "England", (SKIP, SKIP)),
        (None, None, (None, None)),
    ],
)
def test_countries_and_regions_are_found_by_name_or_code(country: str | None, region: str | None, found: Any) -> None:
    """A region in its country; without one, where only one country has it."""
    site = SITE | {
        "id": 5,
        "company": COMPANY,
        "country": country and {"id": 2, "name": country},
        "stateReference": region and {"id": 1, "identifier": "?", "name": region},
    }
    mapped = customers.location(location_words(site, "cw"), None, Judged(), Geography(FullScene().world()))

    read = tuple(
        min(each) if isinstance(each, frozenset) else each for each in map(mapped.wanted.get, ("country", "region"))
    )
    assert read == found


@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        (["(0113) 496-0000 x12"], (("01134960000", "12"),)),
        (["+44 7700 900151"], (("447700900151", None),)),
        (["ask Jo"], SKIP),
        ([], None),
    ],
)
def test_numbers_are_digits_with_their_extension_apart(numbers: list[str], found: Any) -> None:
    """A list in which nothing is a number is skipped."""
    items = [
        {"id": 1, "type": {"id": 2, "name": "Direct"}, "value": number, "communicationType": "Phone"}
        for number in numbers
    ]
    mapped = customers.contact(contact_words({**PERSON, "id": 4, "communicationItems": items}, "cw"), None, Judged())

    assert mapped.wanted["phones"] == found


def test_html_is_compared_as_a_reader_sees_it() -> None:
    """Spelling, blanks and where links lead do not matter; texts and tags do."""
    assert markup.parts("<P>a &amp;  b<br/></p>") == markup.parts("<p>a & b<br>\n</p>")
    assert markup.parts('<td><a href="https://psa.test/7">7</a></td>') == markup.parts("<td>7</td>")
    assert markup.parts("<p>a</p>") != markup.parts("<p>b</p>")
    assert markup.parts("<b>a</b>") != markup.parts("<p>a</p>")


def test_the_ready_blocks_read_tickets_as_their_files_say() -> None:
    """A table of the open ones, escaped; an asset for each, gone after 30 days, excluded after 60."""
    summary = assets.asset(
        {"id": "311", "name": "Acme Ltd", "tickets": [ticket(3 * DAY)]}, None, OPEN_TICKETS, Judged()
    )
    assert summary.wanted["Count"] == 1
    assert (
        "<tr><td>7</td><td>Printer &lt;jams&gt;</td><td>New</td><td></td><td>2</td></tr>" in summary.wanted["Tickets"]
    )

    closed = {"closedFlag": True, "closedDate": "1970-01-01T00:00:00Z"}
    assert assets.asset(ticket(), None, PSA_TICKET, Judged()).wanted["Ticket"] == "#7 Printer <jams>"
    assert [assets.asset(ticket(day * DAY, **closed), None, PSA_TICKET, Judged()).gone for day in (29, 31)] == [
        False,
        True,
    ]
    assert assets.asset(ticket(61 * DAY, **closed), None, PSA_TICKET, Judged()).rule == "only"
