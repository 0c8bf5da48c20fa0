"""What records are recognised by, and the serial numbers and MAC addresses that identify nothing (PROTOCOLS 5)."""

from collections.abc import Callable
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


def email_key(value: Any) -> str | None:
    """Give what an e-mail address is matched by: the primary one of a list, else its first."""
    listed = sorted(value or (), key=lambda each: not (each.get("primary") or each.get("defaultFlag")))
    return folded(listed[0].get("value")) or None if listed else None


def _full_name(first: str, last: str) -> Callable[[Row], str | None]:
    return lambda row: name_key(f"{row.get(first) or ''} {row.get(last) or ''}")


def _at(name: str, read: Callable[[Any], str | None]) -> Callable[[Row], str | None]:
    return lambda row: read(row.get(name))


def _emails(row: Row) -> str | None:
    items = row.get("communicationItems") or ()
    return email_key([item for item in items if item.get("communicationType") == "Email"])


Read = Callable[[Row], str | None]

KEYS: dict[str, dict[str, tuple[Read, Read]]] = {
    "configuration": {
        "serial_number": (_at("serialNumber", serial_key), _at("serial-number", serial_key)),
        "mac_address": (_at("macAddress", mac_key), _at("mac-address", mac_key)),
        "name": (_at("name", name_key), _at("name", name_key)),
    },
    "location": {"name": (_at("name", name_key), _at("name", name_key))},
    "contact": {
        "email": (_emails, _at("contact-emails", email_key)),
        "name": (_full_name("firstName", "lastName"), _full_name("first-name", "last-name")),
    },
}
"""Per kind and word of `match`: how a key is read from a record of the source, and from one of IT Glue."""
