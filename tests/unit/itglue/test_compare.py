"""What counts as taken, and what as dropped."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.itglue.compare import contradicts, not_taken


@pytest.mark.parametrize(
    ("name", "sent", "got"),
    [
        ("model_id", "12", 12),
        ("model_id", 12, "12"),
        ("order", 3, 3.0),
        ("order", "3", 3),
        ("archived", None, False),
        ("archived", True, True),
        ("notes", "", None),
        ("notes", "a\r\nb\n", "a\nb"),
        ("name", " A ", "A"),
        ("warranty_expires_at", "2027-01-31", "2027-01-31T00:00:00.000Z"),
        ("last_seen_at", "2027-01-31T10:00:00Z", "2027-01-31T11:00:00.000+01:00"),
        ("mac_address", "aa:bb:cc:dd:ee:ff", "AA-BB-CC-DD-EE-FF"),
        ("primary_ip", "2001:DB8::0001", "2001:db8::1"),
        ("quick_notes", "x" * 400, "x" * 250),
        ("contact_emails", [], None),
        (
            "contact_phones",
            [{"value": "+1 (555) 010-20", "label_name": "Work"}, {"value": "7", "label_name": "Home"}],
            [{"value": "7", "label-name": "Home"}, {"value": "155501020", "label-name": "Work", "primary": True}],
        ),
        ("contact_emails", [{"value": "Ada@Lumen.Test"}], [{"value": "ada@lumen.test", "label_name": "Work"}]),
    ],
)
def test_what_it_glue_writes_its_own_way_is_taken(name: str, sent: Any, got: Any) -> None:
    """No difference."""
    assert not_taken({name: sent}, {name: got, "created_at": "2026-03-02T10:11:12.000Z"}) == {}


@pytest.mark.parametrize(
    ("name", "sent", "got"),
    [
        ("serial_number", "007", "7"),
        ("serial_number", "5CG9", None),
        ("serial_number", None, "5CG9"),
        ("name", "Acme", "ACME"),
        ("archived", True, False),
        ("archived", True, None),
        ("warranty_expires_at", "2027-01-31", "2027-01-30"),
        ("notes", "x" * 400, "x" * 250),
        ("model_id", "12", 13),
        ("contact_emails", [{"value": "ada@lumen.test"}], []),
        ("contact_emails", [{"value": "a@b.test"}], [{"value": "a@b.test"}, {"value": "c@d.test"}]),
        ("contact_emails", [{"value": "a@b.test", "primary": True}], [{"value": "a@b.test", "primary": False}]),
    ],
)
def test_what_came_back_otherwise_is_not_taken(name: str, sent: Any, got: Any) -> None:
    """It is told with what stands there."""
    assert not_taken({name: sent, "hostname": "h"}, {name: got, "hostname": "h"}) == {name: got}


def test_an_attribute_that_is_missing_from_the_answer_was_dropped() -> None:
    """Unless nothing was sent, or the reference does not know it to be shown."""
    sent = {"id": 5, "asset_tag": "7", "position": None, "mitp_end_of_life_date": "2030-01-01"}

    assert not_taken(sent, {}) == {"asset_tag": None}


def test_traits_are_compared_key_by_key() -> None:
    """A tag that was sent as ids comes back as records; a key that vanished is named."""
    sent = {
        "traits": {
            "title": "SLA",
            "devices": ["7", 8],
            "owner": 5,
            "limit": 3,
            "sites": [],
            "gone-key": "x",
            "one": [1],
        }
    }
    got = {
        "traits": {
            "title": "SLA",
            "devices": {"type": "Configurations", "values": [{"id": 8, "name": "b"}, {"id": "7"}]},
            "owner": {"type": "Contacts", "values": [{"id": 5}]},
            "limit": 3.0,
            "sites": {"type": "Locations", "values": []},
            "one": {"type": "Contacts", "values": [{"id": 2}]},
        }
    }

    assert not_taken(sent, got) == {"traits.gone-key": None, "traits.one": got["traits"]["one"]}


def test_a_dropped_value_does_not_contradict_but_another_does() -> None:
    """The record may still be ours."""
    assert not contradicts({"name": "A", "asset_tag": "7"}, {"name": "A", "asset_tag": None})
    assert contradicts({"name": "A", "asset_tag": "7"}, {"name": "A", "asset_tag": "8"})
    assert contradicts({"name": "A", "asset_tag": None}, {"name": "A", "asset_tag": "8"})


VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers(1, 9), max_size=3)


@given(st.dictionaries(st.text(max_size=5).filter(lambda name: name != "traits"), VALUES))
def test_what_comes_back_as_sent_is_taken(attributes: dict[str, Any]) -> None:
    """Whatever it is."""
    assert not_taken(attributes, attributes) == {}
    assert not_taken({"traits": attributes}, {"traits": attributes}) == {}
