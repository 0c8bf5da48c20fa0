"""Text as people typed it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.connectwise.text import line, mac_addresses, only_mac_address, prose

FIRST, SECOND = "00-1A-2B-3C-4D-5E", "AA-BB-CC-DD-EE-FF"


@pytest.mark.parametrize(
    "text",
    [
        "00:1a:2b:3c:4d:5e",
        "00-1A-2B-3C-4D-5E",
        "001a.2b3c.4d5e",
        "001a2b-3c4d5e",
        "001A2B3C4D5E",
        "00 1A 2B 3C 4D 5E",
        "001A2B3C4D5E;",
        "00:1a:2b:3c:4d:5e, 00-1A-2B-3C-4D-5E",
    ],
)
def test_one_address_in_any_writing_is_the_address(text: str) -> None:
    """Monitoring tools and people write one address in many ways."""
    assert mac_addresses(text) == [FIRST]
    assert only_mac_address(text) == FIRST


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("001A2B3C4D5EAABBCCDDEEFF", [FIRST, SECOND]),
        ("001A2B3C4D5E/AABBCCDDEEFF", [FIRST, SECOND]),
        ("00:1a:2b:3c:4d:5e aa:bb:cc:dd:ee:ff", [FIRST, SECOND]),
        ("00:1a:2b:3c:4d:5e,AA:BB:C", [FIRST]),  # cut at 25 characters
        ("00:1a:2b:3c:4d:5e (wifi)", [FIRST]),
        ("00:1a:2b:3c:4d:5e:6f:70", []),
        ("00:1a:2b:3c:4d", []),
        ("n/a", []),
        ("", []),
    ],
)
def test_a_joined_or_broken_address_is_not_taken_for_one(text: str, addresses: list[str]) -> None:
    """IT Glue's own sync skips a field that is not a single address; so do we."""
    assert mac_addresses(text) == addresses
    assert only_mac_address(text) is None


@given(st.text(max_size=40))
def test_whatever_stands_there_every_address_found_is_well_formed(text: str) -> None:
    """The search never raises, and never makes an address up."""
    for address in mac_addresses(text):
        assert len(address) == 17
        assert all(part.isalnum() and len(part) == 2 for part in address.split("-"))


def test_what_cannot_be_seen_does_not_make_two_names() -> None:
    """Marks without width and no-break spaces come along when names are pasted (api/connectwise.md 5.1)."""
    assert line("\ufeffAcme\u00a0Ltd\u200e ") == "Acme Ltd"
    assert line("\u200b \u00a0") is None
    assert line(42) is None


def test_longer_text_keeps_its_lines_and_blanks() -> None:
    """Notes are people's own; only what shows nothing at all counts as absent."""
    assert prose("  a\nb\n") == "  a\nb\n"
    assert prose("\u200b\n") is None
