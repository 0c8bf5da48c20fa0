"""The keys by which a source record and an IT Glue record are found to be the same thing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from unicodedata import normalize

from bridge.marker import find_marker
from bridge.matching.junk import is_junk_mac, is_junk_serial, reduced
from bridge.records import Ref

# Stands on one record only, or says nothing (a shared mailbox): never matched where several source records carry it.
UNIQUE = frozenset({"serial_number", "mac_address", "email"})
# The trait that flexible assets of ours carry; IT Glue makes the name-key from "Bridge ref".
REF_TRAITS = ("bridge-ref", "bridge_ref")

_SEPARATORS = re.compile(r"[-:.\s]")
_HEX = re.compile(r"[0-9A-F]{12}")
# IT Glue's adapter records and its filter spell one PSA in several ways (api/itglue.md 6). ConnectWise Automate is an
# RMM and no spelling of the PSA.
_ADAPTERS = {
    "manage": "connectwise",
    "connectwisemanage": "connectwise",
    "connectwisepsa": "connectwise",
    "cwmanage": "connectwise",
    "autotaskpsa": "autotask",
    "dattoautotask": "autotask",
}


def normalise_name(name: str) -> str:
    """Fold what never tells two names apart: width and ligatures (NFKC), case, the number of blanks."""
    if name.isascii():
        return " ".join(name.lower().split())
    return " ".join(normalize("NFKC", normalize("NFKC", name).casefold()).split())


def serial_key(value: object) -> str | None:
    """Give a serial number as it is compared, None for junk."""
    text = _text(value)
    if not text or is_junk_serial(text):
        return None
    return " ".join(text.upper().split())


def mac_digits(value: object) -> str | None:
    """Give the twelve hex digits of exactly one MAC address, in any usual form; None for anything else."""
    text = _SEPARATORS.sub("", _text(value)).upper()
    return text if _HEX.fullmatch(text) else None


def mac_key(value: object) -> str | None:
    """Give a MAC address as it is compared: twelve hex digits; None for junk and for what is not one address."""
    digits = mac_digits(value)
    return None if digits is None or is_junk_mac(digits) else digits


def email_key(value: object) -> str | None:
    """Give an e-mail address, or a row that holds one, as it is compared; None for what is none."""
    text = _text(value.get("value") if isinstance(value, Mapping) else value)
    return text.casefold() if "@" in text else None


def adapter_word(adapter_type: str) -> str:
    """Give the one word for a PSA under its several spellings, `connectwise` or `autotask` for those we read."""
    word = reduced(adapter_type)
    return _ADAPTERS.get(word, word)


def record_keys(ref: Ref, words: Mapping[str, Any], adapter: str | None = None) -> dict[str, tuple[str, ...]]:
    """Give the keys of a source record, junk left out.

    `adapter` is the source's type where it is the one that IT Glue's own sync is connected to (`native = true`), else
    None: a PSA id known to IT Glue says nothing about the records of any other instance.
    """
    keys: dict[str, tuple[str, ...]] = {"marker": (str(ref),)}
    if adapter is not None:
        keys["psa_id"] = (f"{adapter_word(adapter)}:{ref.id}",)
    if ref.kind == "configuration":
        _put(keys, "serial_number", (serial_key(words.get("serial_number")),))
        macs = (words.get("mac_address"), *(words.get("mac_addresses") or ()))
        _put(keys, "mac_address", map(mac_key, macs))
    if ref.kind == "contact":
        _put(keys, "email", map(email_key, words.get("emails") or ()))
    _put(keys, "name", (_name_key(words),))
    return keys


def record_remarks(ref: Ref, words: Mapping[str, Any]) -> tuple[str, ...]:
    """Say which values of a source record are no keys though they look like one."""
    if ref.kind != "configuration":
        return ()
    remarks = []
    serial = _text(words.get("serial_number"))
    if serial and serial_key(serial) is None:
        remarks.append(f'serial "{serial}" is a junk value')
    mac = _text(words.get("mac_address"))
    if mac and mac_key(mac) is None:
        remarks.append(f'MAC "{mac}" is {"no single address" if mac_digits(mac) is None else "a junk value"}')
    return tuple(remarks)


def marker_in(attributes: Mapping[str, Any]) -> Ref | None:
    """Give the record that an IT Glue record says it is of, in its notes or its `Bridge ref`; None where it says none."""
    traits = attributes.get("traits")
    mark = next((traits[key] for key in REF_TRAITS if traits.get(key)), None) if isinstance(traits, Mapping) else None
    notes = attributes.get("notes")
    return find_marker(_text(mark)) if mark else find_marker(notes if isinstance(notes, str) else None)


def asset_keys(attributes: Mapping[str, Any], adapters: Sequence[tuple[str, str]] = ()) -> list[tuple[str, str]]:
    """Give the keys of an IT Glue record (key, value), junk left out, each pair once.

    `attributes` carry underscored words; `adapters` are its adapter records: the adapter's type and the PSA's id.
    """
    keys: dict[str, tuple[str, ...]] = {}
    marker = marker_in(attributes)
    _put(keys, "marker", (str(marker) if marker else None,))
    _put(keys, "psa_id", (f"{adapter_word(kind)}:{_text(remote)}" for kind, remote in adapters if _text(remote)))
    _put(keys, "serial_number", (serial_key(attributes.get("serial_number")),))
    _put(keys, "mac_address", (mac_key(attributes.get("mac_address")),))
    _put(keys, "email", map(email_key, attributes.get("contact_emails") or ()))
    _put(keys, "name", (_name_key(attributes),))
    return [(key, value) for key, values in keys.items() for value in values]


def _put(keys: dict[str, tuple[str, ...]], key: str, values: Iterable[str | None]) -> None:
    found = tuple(dict.fromkeys(value for value in values if value))
    if found:
        keys[key] = found


def _name_key(words: Mapping[str, Any]) -> str | None:
    name = words.get("name") or f"{words.get('first_name') or ''} {words.get('last_name') or ''}"
    return normalise_name(str(name)) or None


def _text(value: object) -> str:
    return "" if value is None else normalize("NFKC", str(value)).strip()
