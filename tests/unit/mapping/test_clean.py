"""Values are brought to the form that IT Glue takes, or said to be bad."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.mapping import clean
from bridge.mapping.clean import Bad


@hypothesis.settings(deadline=None)
@given(st.text())
def test_a_line_holds_nothing_that_cannot_be_seen_and_is_clean_at_once(value: str) -> None:
    """Cleaning twice changes nothing, and what is left can be printed."""
    once = clean.one_line(value)

    assert once.isprintable() or any(ord(each) > 0xE000 for each in once)  # private use characters are kept
    assert once == once.strip()
    assert clean.one_line(once) == once


@hypothesis.settings(deadline=None)
@given(st.text())
def test_long_text_keeps_its_line_breaks(value: str) -> None:
    """Every kind of line break becomes one, and cleaning twice changes nothing."""
    once = clean.many_lines(value)

    assert "\r" not in once
    assert clean.many_lines(once) == once
    assert clean.many_lines(f"a\r\n{value}\rb").count("\n") >= 2


def test_pasted_characters_without_width_are_dropped() -> None:
    """Zero width blanks, marks of direction and a byte order mark come along with pasted names."""
    assert clean.text("\ufeffAcme\u200b \u200eLtd\x00\u00a0") == "Acme Ltd"


def test_a_text_over_the_limit_is_bad_and_never_cut() -> None:
    """A cut name could be another record's."""
    assert clean.text("x" * 255) == "x" * 255
    assert clean.text("x" * 256) == Bad("is 256 characters, IT Glue takes 255")


def test_long_text_is_measured_in_bytes() -> None:
    """64 KB of UTF-8, not 65,536 characters."""
    assert isinstance(clean.lines("ä" * 32_769), Bad)
    assert clean.lines("ä" * 32_768) == "ä" * 32_768


@hypothesis.settings(deadline=None)
@given(st.binary(min_size=6, max_size=6), st.sampled_from([":", "-", ".", " ", ""]), st.booleans())
def test_a_mac_address_has_one_form_however_it_is_written(value: bytes, between: str, upper: bool) -> None:
    """Any separator, either case: always AA-BB-CC-DD-EE-FF."""
    pairs = [f"{each:02X}" if upper else f"{each:02x}" for each in value]

    assert clean.mac(between.join(pairs)) == "-".join(pairs).upper()
    assert clean.mac(".".join(pairs[at] + pairs[at + 1] for at in (0, 2, 4))) == "-".join(pairs).upper()
    assert clean.mac("".join(pairs[:3]) + "-" + "".join(pairs[3:])) == "-".join(pairs).upper()


@pytest.mark.parametrize(
    "value",
    [
        "00:11:22:33:44:55 00:11:22:33:44:56",
        "001122334455001122334456",
        "00:11:22:33:44",
        "00:11-22:33:44:55",
        "00:11:22:33:44:5g",
        "n/a",
        "\u0660\u0660:11:22:33:44:55",
    ],
)
def test_what_is_not_one_mac_address_is_bad(value: str) -> None:
    """Joined, short, mixed or made of other digits: nothing is guessed."""
    assert isinstance(clean.mac(value), Bad)


@hypothesis.settings(deadline=None)
@given(st.ip_addresses())
def test_every_address_is_valid_as_it_is_written(value: object) -> None:
    """IPv4 and IPv6 stay as the source wrote them."""
    assert clean.ip(f" {value} ") == str(value)


@pytest.mark.parametrize(
    "value", ["10.0.0.1/24", "10.0.0.1, 10.0.0.2", "256.1.1.1", "010.0.0.1", "fe80::1%eth0", "dhcp"]
)
def test_what_is_not_one_address_is_bad(value: str) -> None:
    """A network, a list, a name, or an address that means something on its own host alone."""
    assert isinstance(clean.ip(value), Bad)


@hypothesis.settings(deadline=None)
@given(st.datetimes(timezones=st.just(ZoneInfo("UTC"))))
def test_a_date_is_the_day_in_the_sources_zone(value: datetime) -> None:
    """A time is shifted to the zone before its day is taken, midnight UTC excepted."""
    zone = ZoneInfo("America/New_York")
    if value.year in (1, 9999):
        return
    expected = value.date() if not any(value.timetuple()[3:6]) else value.astimezone(zone).date()

    assert clean.day(value.isoformat().replace("+00:00", "Z"), zone) == expected.isoformat()


def test_midnight_utc_is_a_date_and_is_never_shifted() -> None:
    """ConnectWise writes its date-only fields so; shifted, every warranty would end a day early in America."""
    zone = ZoneInfo("America/New_York")

    assert clean.day("2027-01-31T00:00:00Z", zone) == "2027-01-31"
    assert clean.day("2027-01-31T02:00:00Z", zone) == "2027-01-30"
    assert clean.day("2027-01-31", zone) == "2027-01-31"


@pytest.mark.parametrize("value", ["31.01.2027", "2027-02-30", "soon", "20270"])
def test_what_is_not_a_date_is_bad(value: str) -> None:
    """No format is guessed: 01/02 is January to some and February to others."""
    assert isinstance(clean.day(value), Bad)


def test_plain_text_is_escaped_for_notes() -> None:
    """IT Glue shows notes as HTML: unescaped, `<none>` would vanish and lines would run together."""
    assert clean.html_of_plain("gateway <none>\r\nA & B") == "gateway &lt;none&gt;<br>A &amp; B"


@hypothesis.settings(deadline=None)
@given(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.text())))
def test_no_form_raises_whatever_the_value(value: object) -> None:
    """A value of a form that nobody thought of is good, bad or blank, never a crash."""
    for form in (clean.text, clean.lines, clean.html, clean.mac, clean.ip, clean.day, clean.flag, clean.html_of_plain):
        given_back = form(value)
        assert given_back is None or isinstance(given_back, str | bool | Bad)
        assert given_back != ""


def test_lone_surrogates_never_reach_json() -> None:
    """Half a character cannot be sent."""
    sent = clean.text("a\ud800b")

    assert isinstance(sent, str)
    assert re.fullmatch("ab", sent)
