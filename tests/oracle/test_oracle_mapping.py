"""The oracle's own reading of the mapping, against the examples of docs/mapping.md and MAPPING."""

from dataclasses import replace
from typing import Any

import pytest

from simulators.oracle import desired, junk, marker, text
from simulators.oracle.judged import TRAPS, Judged
from simulators.oracle.text import SKIP
from simulators.oracle.valuemaps import Action, lines
from simulators.oracle.words import configuration_words, organization_words

SYSTEMS = {"windows 11": "Windows 11"}


def device(**fields: Any) -> dict[str, Any]:
    """Give a configuration's words."""
    whole = {"id": 1, "type": {"id": 2, "name": "Server"}, "status": {"id": 1, "name": "Active"}, "name": "A",
             "company": {"id": 311, "name": "Acme Ltd"}}  # fmt: skip
    return configuration_words(whole | fields, "cw")


def company(**fields: Any) -> dict[str, Any]:
    """Give a company's words."""
    whole = {"id": 311, "name": "Acme Ltd", "identifier": "ACME", "status": {"id": 1, "name": "Active"},
             "types": [{"id": 4, "name": "Client"}]}  # fmt: skip
    return organization_words(whole | fields, "cw")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("aabb.ccdd.eeff", "AA-BB-CC-DD-EE-FF"),
        ("aa bb cc dd ee ff", "AA-BB-CC-DD-EE-FF"),
        (" aabbccddeeff\u200b", "AA-BB-CC-DD-EE-FF"),
        ("00:11:22:33:44:55, 00:11:22:33:44:56", SKIP),
        ("00:11:22:33:44", SKIP),
        ("n/a", SKIP),
        (" ", None),
        (None, None),
    ],
)
def test_a_mac_address_is_one_valid_address_or_skipped(written: str | None, read: object) -> None:
    """Joined or invalid ones are skipped and said."""
    assert text.mac(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [("fe80::12", "fe80::12"), (" 10.0.0.7 ", "10.0.0.7"), ("10.0.0.1/24", SKIP), ("DHCP", SKIP), ("", None)],
)
def test_an_address_is_taken_as_written_or_skipped(written: str, read: object) -> None:
    """A range or a name is none."""
    assert text.ip(written) == read


@pytest.mark.parametrize(
    ("written", "zone", "read"),
    [
        ("2027-01-31T00:00:00Z", "America/New_York", "2027-01-31"),
        ("2026-03-01T22:15:00Z", "UTC", "2026-03-01"),
        ("2026-03-01T22:15:00Z", "Europe/Athens", "2026-03-02"),
        ("2025-11-03", "Europe/Athens", "2025-11-03"),
        ("soon", "UTC", SKIP),
    ],
)
def test_a_date_falls_in_the_sources_zone_but_midnight_utc_is_a_date(written: str, zone: str, read: object) -> None:
    """ConnectWise writes dates as midnight UTC."""
    assert text.day(written, zone) == read


def test_notes_are_escaped_and_their_line_breaks_kept() -> None:
    """IT Glue shows notes as HTML."""
    assert text.notes("Rack 4\r\nA & B <x>") == "Rack 4<br>A &amp; B &lt;x&gt;"


def test_text_loses_what_has_no_width_and_a_line_break_in_a_line() -> None:
    """Strings can hold invisible characters from pasting; one of nothing else is absent."""
    assert text.line(" Acme Ltd\u200b") == "Acme Ltd"
    assert text.line("two\nlines") == "two lines"
    assert text.line("\ufeff \u200b") is None


def test_names_are_equal_folded() -> None:
    """NFKC, case and blanks do not make two names."""
    assert text.folded("  DELL   Inc") == text.folded("\uff24ell inc")


def test_the_first_line_that_fits_decides() -> None:
    """Names compare but for case; several company types are tried line by line, !same takes the lowest id."""
    types = lines("Client, Managed -> Customer", "Toner -> !skip", '"" -> Unknown', "* -> !same")

    assert types(["managed"]) == "Customer"
    assert types(["Vendor", "Managed"]) == "Customer"
    assert types(["Vendor", "Partner"]) == "Vendor"
    assert types(["Toner"]) is Action.SKIP
    assert types([None]) == "Unknown"
    assert lines("Active -> Active")(["Broken"]) is Action.HOLD
    assert lines((["A, Inc"], "B"))(["a, inc"]) == "B"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"company": None, "type": None}, "no_organization"),
        ({"type": None, "status": None}, "no_type"),
        ({"status": {}}, "no_status"),
        ({"name": " \u200b"}, "bad_value"),
        ({"serialNumber": "x" * 256}, "bad_value"),
        ({}, ""),
    ],
)
def test_of_several_holds_the_first_is_said(fields: dict[str, Any], code: str) -> None:
    """No organization, type, status, a value that IT Glue would refuse."""
    assert desired.configuration(device(**fields), None, Judged(), SYSTEMS).code == code


def test_an_exclusion_beats_every_hold() -> None:
    """What does not fit `only` is excluded, whatever else is wrong with it."""
    spare = device(type={"id": 32, "name": "Spare"}, status=None, company=None)

    assert desired.configuration(spare, None, TRAPS, SYSTEMS).rule == "only"
    assert desired.organization(company(types=[]), TRAPS).rule == "only"
    assert desired.organization(company(types=[]), Judged()).code == "no_type"


def test_a_system_that_it_glue_does_not_list_goes_to_the_notes() -> None:
    """By exact name, else operating_system_notes."""
    listed = desired.configuration(device(osType="Windows 11"), None, Judged(), SYSTEMS).wanted
    other = desired.configuration(device(osType="Haiku R1"), None, Judged(), SYSTEMS).wanted

    assert (listed["operating_system"], listed["operating_system_notes"]) == ("Windows 11", None)
    assert (other["operating_system"], other["operating_system_notes"]) == (None, "Haiku R1")


def test_a_model_needs_its_manufacturer() -> None:
    """Without one it is left out."""
    wanted = desired.configuration(device(modelNumber="R640"), None, Judged(), SYSTEMS).wanted

    assert wanted["model"] is None


def test_an_override_replaces_the_block_of_its_organizations() -> None:
    """Later wins; the organization itself and its configurations have blocks of their own."""
    plain = Judged()
    other = replace(plain.configurations, types=lines("* -> Managed by Acme"))
    judged = replace(plain, overrides=((frozenset({"Acme Ltd"}), None, other),))

    assert desired.configuration(device(), company(), judged, SYSTEMS).wanted["type"] == "Managed by Acme"
    assert desired.configuration(device(), company(name="Bolt"), judged, SYSTEMS).wanted["type"] == "Server"


@pytest.mark.parametrize(
    ("notes", "found", "before"),
    [
        ("Rack 4<br>A<br>cw:configuration:4711 https://x", "4711", "Rack 4<br>A"),
        ("cw:configuration:4711", "4711", ""),
        ("<p>Rack</p><p>https://x cw:configuration:4711</p>", "4711", "<p>Rack</p>"),
        ("see cw:configuration:4711<br>Rack", None, "see cw:configuration:4711<br>Rack"),
        ("cw2:configuration:4711", None, "cw2:configuration:4711"),
        (None, None, ""),
    ],
)
def test_the_marker_stands_in_the_last_line(notes: str | None, found: str | None, before: str) -> None:
    """What a person wrote above it may name another record."""
    assert marker.read(notes, "cw") == (found, before)


@pytest.mark.parametrize("serial", ["To be filled by O.E.M.", "default string", "123456789", "0000000", " ", None])
def test_junk_serial_numbers_identify_nothing(serial: str | None) -> None:
    """They stand on thousands of devices."""
    assert junk.serial_key(serial) is None
    assert junk.serial_key(" 5cg9120x") == junk.serial_key("5CG9120X")
