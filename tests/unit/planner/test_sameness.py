from typing import Any

import pytest

from bridge.planning.sameness import is_empty, same


@pytest.mark.parametrize(
    ("attribute", "held", "wished"),
    [
        ("name", "PC1", " PC1 "),
        ("serial_number", None, ""),
        ("serial_number", "  ", None),
        ("location_id", 77, "77"),
        ("location_id", "1694461951918297", 1694461951918297),
        ("mac_address", "d8:9d:67:01:02:03", "D8-9D-67-01-02-03"),
        ("warranty_expires_at", "2027-01-31T00:00:00.000Z", "2027-01-31"),
        ("purchased_at", "2027-01-31", "2027-01-31"),
        ("primary_ip", "2001:db8:0:0:0:0:0:1", "2001:DB8::1"),
        ("primary_ip", "10.0.0.1 ", "10.0.0.1"),
        ("notes", "one\r\ntwo\r\n", "one\ntwo"),
        ("notes", "Cafe\u0301", "Caf\u00e9"),
        ("phone", "5551234567", "(555) 123-4567"),
        ("restricted", None, False),
        ("restricted", False, None),
        ("traits.due", "2026-10-31", "2026-10-31T00:00:00Z"),
        ("traits.count", 5, 5.0),
        ("traits.count", "5", 5),
        ("traits.devices", {"type": "Configurations", "values": [{"id": 55, "name": "a"}, {"id": 56}]}, ["56", 55]),
        ("traits.devices", {"type": "Configurations", "values": [{"id": 55}]}, 55),
        ("traits.devices", {"type": "Configurations", "values": [{"id": 55}, {"name": "deleted"}]}, [55]),
        ("traits.devices", {"type": "Configurations", "values": []}, []),
        ("traits.devices", None, []),
        (
            "contact_phones",
            [
                {
                    "value": "5551234",
                    "label-name": "Work",
                    "formatted-value": "555-1234",
                    "primary": True,
                    "extension": None,
                }
            ],
            [{"value": "555-1234", "label_name": "Work", "extension": ""}],
        ),
        (
            "contact_emails",
            [{"value": "b@x.example", "label-name": "Work"}, {"value": "a@x.example", "label-name": "Home"}],
            [{"value": "a@x.example", "label_name": "Home"}, {"value": "b@x.example", "label_name": "Work"}],
        ),
    ],
)
def test_one_value_in_two_forms_is_no_difference(attribute: str, held: Any, wished: Any) -> None:
    """IT Glue shows values in forms of its own; writing them again would never end."""
    assert same(attribute, held, wished)


@pytest.mark.parametrize(
    ("attribute", "held", "wished"),
    [
        ("name", "PC1", "pc1"),
        ("serial_number", "S1", None),
        ("serial_number", None, "S1"),
        ("location_id", 77, 78),
        ("mac_address", "D8-9D-67-01-02-03", "D8-9D-67-01-02-04"),
        ("mac_address", "D8-9D-67-01-02", "D8-9D-67-01-03"),
        ("warranty_expires_at", "2027-01-31", "2027-02-01"),
        ("primary_ip", "10.0.0.1", "10.0.0.2"),
        ("primary_ip", "DHCP", "10.0.0.2"),
        ("restricted", True, False),
        ("restricted", False, "x"),
        ("phone", "5551234567", "5551234568"),
        ("traits.devices", {"values": [{"id": 55}]}, [55, 56]),
        ("traits.devices", {"values": [{"id": 55}]}, None),
        ("traits.done", False, True),
        ("contact_phones", [{"value": "5551234", "label-name": "Work"}], [{"value": "5551234", "label_name": "Home"}]),
        ("contact_phones", [{"value": "5551234", "label-name": "Work"}], []),
    ],
)
def test_two_values_are_a_difference(attribute: str, held: Any, wished: Any) -> None:
    """Nothing that a person would see as a change is taken for a form."""
    assert not same(attribute, held, wished)


@pytest.mark.parametrize("value", [None, "", " \n", [], {}, {"type": "Contacts", "values": []}])
def test_what_says_nothing_is_empty(value: Any) -> None:
    """An empty source value never overwrites."""
    assert is_empty(value)


@pytest.mark.parametrize("value", [0, False, "0", [1], {"type": "Contacts", "values": [{"id": 1}]}, {"id": 3}])
def test_zero_and_no_are_values(value: Any) -> None:
    """They say something."""
    assert not is_empty(value)
