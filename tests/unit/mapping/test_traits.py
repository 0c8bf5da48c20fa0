"""Values of flexible asset fields: what IT Glue takes, kind by kind, and what it would refuse."""

from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.mapping import traits
from bridge.mapping.clean import Bad
from bridge.mapping.expressions import Reference
from bridge.mapping.sanitise import ATTRIBUTES, SCHEMES, TAGS, sanitise
from bridge.records import Ref

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.text())
)  # fmt: skip
PIECES = st.sampled_from(
    ["<", ">", "&", '"', "'", "/", "<p>", "</p>", "<a href='", "javascript:", "https://x.test", "<script>", "</script>",
     "<b onclick=x>", "<img src=x onerror=y>", "<!--", "-->", "<![CDATA[", "&lt;", "&#x1b;", "&#0;", "\x00", "\x1b", "\u202e",
     "<td colspan=9>", "<svg/onload=1>", "<style>", "</style", "=", " ", "\n", "x"]
)  # fmt: skip
HTML = st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=12).map("".join)


class Seen(HTMLParser):
    """Notes every tag and attribute that a reader of HTML finds."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.wrong.append(tag)
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, ()) or (
                name == "href" and not (value or "").lower().startswith(SCHEMES)
            ):
                self.wrong.append(f"{tag} {name}={value}")
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        self.wrong.append(decl)


@given(HTML)
def test_nothing_but_what_is_allowed_comes_through(html: str) -> None:
    """Whatever stands in a text, a reader finds allowed tags and attributes alone, each closed."""
    seen = Seen(sanitise(html))

    assert seen.wrong == []
    assert seen.open == []


@given(HTML)
def test_doing_it_again_changes_nothing(html: str) -> None:
    """What IT Glue shows back is compared with what would be sent."""
    once = traits.textbox(html)

    assert traits.textbox(once) == once


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>a & b</p>", "<p>a &amp; b</p>"),
        ("<script>alert(1)</script>x", "x"),
        ('<a href="javascript:x">y</a>', "<a>y</a>"),
        ('<a href="https://psa.test/1" onclick="x">y</a>', '<a href="https://psa.test/1">y</a>'),
        ("<img src=x onerror=y>z", "z"),
        ("<table><tr><td>1", "<table><tr><td>1</td></tr></table>"),
        ("a > b", "a &gt; b"),
        ("</p>x", "x"),
    ],
)
def test_html_becomes_safe(html: str, safe: str) -> None:
    """Tags that are not allowed go, their text stays; scripts go with their text."""
    assert sanitise(html) == safe


@pytest.mark.parametrize(
    "form", [traits.text, traits.textbox, traits.number, traits.day, traits.checkbox, traits.members]
)
@given(value=ANYTHING)
def test_no_value_makes_a_form_fail(form: Callable[[Any], Any], value: Any) -> None:
    """A record may hold anything: a form gives a value that JSON carries, None or what is bad about it."""
    found = form(value)

    assert isinstance(found, Bad) or orjson.dumps(found)


@given(st.text())
def test_text_is_one_line_without_control_characters(value: str) -> None:
    """IT Glue takes 255 characters, else refuses the whole asset."""
    found = traits.text(value)

    if isinstance(found, Bad):
        assert "255" in found.text
    elif found is not None:
        assert len(found) <= 255
        assert found == found.strip() != ""
        assert not any(ord(character) < 32 for character in found)
        assert traits.text(found) == found


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9), st.integers(0, 4)
)
def test_a_number_keeps_the_decimals_of_its_field(value: Any, decimals: int) -> None:
    """Rounding again, also from its JSON text, gives the same."""
    found = traits.number(str(value), decimals)

    assert isinstance(found, int | float)
    assert abs(found - float(value)) <= 0.5 / 10**decimals + 1e-6
    assert traits.number(orjson.loads(orjson.dumps(found)), decimals) == found


@pytest.mark.parametrize(
    ("value", "decimals", "gives"),
    [("3.456", 2, 3.46), (2.5, 0, 3), (-2.5, 0, -3), ("", 0, None), (None, 0, None), (0, 0, 0), ("-0.0", 1, 0.0)],
)
def test_numbers(value: Any, decimals: int, gives: Any) -> None:
    """Half goes away from zero; blank is no value; zero is one."""
    assert traits.number(value, decimals) == gives


@pytest.mark.parametrize("value", ["many", "1,5", "nan", "inf", True, 10**20])
def test_what_is_no_number(value: Any) -> None:
    """A comma is no point, and a yes no one."""
    assert isinstance(traits.number(value), Bad)


def test_an_option_is_exact() -> None:
    """One that differs in case alone is the option; anything else names the options."""
    assert traits.select("open", ("Open", "Closed")) == "Open"
    assert traits.select(" Open ", ("Open", "OPEN")) == "Open"
    assert isinstance(traits.select("oPEN", ("Open", "OPEN")), Bad)
    found = traits.select("Broken", ("Open", "Closed"))
    assert isinstance(found, Bad)
    assert '"Open", "Closed"' in found.text


def test_dates() -> None:
    """A time falls on a day of the source's zone; what is no date is said."""
    assert traits.day(date(2026, 5, 1)) == "2026-05-01"
    assert traits.day("2026-05-01T22:30:00Z", ZoneInfo("Europe/Berlin")) == "2026-05-02"
    assert isinstance(traits.day("31.10.2026"), Bad)


def test_a_tag_takes_references_and_ids() -> None:
    """A reference stays one until it has an id in IT Glue; a name alone is neither."""
    device = Reference.of({"id": "9", "name": "KRK-1"}, "configuration")

    assert traits.members([device, 55, "56"]) == (device, "55", "56")
    assert traits.members("cw:configuration:7") == (Ref("cw", "configuration", "7"),)
    assert traits.members([]) is None
    assert isinstance(traits.members("KRK-1"), Bad)
    assert isinstance(traits.members(Reference.of("KRK-1", "configuration")), Bad)


def test_a_tag_takes_a_reference_whose_name_the_source_does_not_tell() -> None:
    """ConnectWise lists what a ticket is linked to by id alone: api/connectwise.md 5.6."""
    device = Reference.of({"id": "4006", "name": None}, "configuration")

    assert traits.members([device]) == (device,)
