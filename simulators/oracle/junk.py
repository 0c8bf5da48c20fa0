"""Serial numbers and MAC addresses that identify nothing (PROTOCOLS 5)."""

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


KEYS = {
    "serial_number": ("serialNumber", "serial-number", serial_key),
    "mac_address": ("macAddress", "mac-address", mac_key),
    "name": ("name", "name", name_key),
}
"""Per word of `match`: ConnectWise's field, IT Glue's attribute, and how a value is read."""
