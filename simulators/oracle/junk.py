"""What records are recognised by, and the serial numbers and MAC addresses that identify nothing (PROTOCOLS 5)."""

from collections.abc import Callable, Iterable
from typing import Any

from .story import Row
from .text import folded, mac

_JUNK = {
    "to be filled by o.e.m.",
    "to be filled by oem",
    "system serial number",
    "default string",
    "123456789",
    "1234567890",
    "none",
    "n/a",
    "na",
    "unknown",
    "not specified",
    "not available",
    "serial",
    "-",
}


def serial_key(value: str | None) -> str | None:
    """Give what a serial number is matched by, None for junk."""
    key = folded(value)
    return None if not key.strip("0 -.") or key in _JUNK else key


def mac_key(value: str | None) -> str | None:
    """Give what a MAC address is matched by, None for what is no single address, and for zeros."""
    found = mac(value)
    return found if isinstance(found, str) and found.strip("0-F") else None


def name_key(value: str | None) -> str | None:
    """Give what a name is matched by."""
    return folded(value) or None


Read = Callable[[Row], frozenset[str]]


def one(key: str | None) -> frozenset[str]:
    """Give a key as the only one of its record."""
    return frozenset() if key is None else frozenset({key})


def _full_name(first: str, last: str) -> Read:
    return lambda row: one(name_key(f"{row.get(first) or ''} {row.get(last) or ''}"))


def _at(name: str, read: Callable[[Any], str | None]) -> Read:
    return lambda row: one(read(row.get(name)))


def _source_emails(row: Row) -> frozenset[str]:
    items = row.get("communicationItems") or ()
    return _emails([item for item in items if item.get("communicationType") == "Email"])


def _emails(items: Iterable[Row] | None) -> frozenset[str]:
    return frozenset(folded(each.get("value")) for each in items or ()) - {""}


KEYS: dict[str, dict[str, tuple[Read, Read]]] = {
    "configuration": {
        "serial_number": (_at("serialNumber", serial_key), _at("serial-number", serial_key)),
        "mac_address": (_at("macAddress", mac_key), _at("mac-address", mac_key)),
        "name": (_at("name", name_key), _at("name", name_key)),
    },
    "location": {"name": (_at("name", name_key), _at("name", name_key))},
    "contact": {
        "email": (_source_emails, lambda row: _emails(row.get("contact-emails"))),
        "name": (_full_name("firstName", "lastName"), _full_name("first-name", "last-name")),
    },
}
"""Per kind and word of `match`: how the keys are read from a record of the source, and from one of IT Glue."""
