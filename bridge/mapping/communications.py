"""E-mail addresses and telephone numbers of a contact, as IT Glue takes them (api/itglue.md 5.6)."""

import re
from collections.abc import Mapping
from typing import Any

from bridge.mapping.clean import Bad, one_line, plain

Rows = list[dict[str, Any]]

_LABEL = "Work"  # IT Glue takes none without a label
_EXTENSION = re.compile(r"\s*(?:x|ext\.?|extension)\s*(\d{1,10})\s*$", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_NOT_DIALLED = re.compile(r"[^0-9]")


def emails(value: Any) -> Rows | Bad | None:
    """Give addresses, the primary one marked; None for none."""
    rows: Rows = []
    for each in _members(value):
        address = _text(each)
        if address and all(address.casefold() != row["value"].casefold() for row in rows):
            rows.append({"value": address, "label-name": _label(each)})
    return _with_primary(rows, _members(value))


def no_address(rows: Any) -> str | None:
    """Give the first e-mail that nobody takes for an address (api/itglue.md 5.6), None for none; IT Glue judges the rest."""
    return next((str(row["value"]) for row in rows or () if not _ADDRESS.fullmatch(str(row["value"]))), None)


def phones(value: Any) -> Rows | Bad | None:
    """Give numbers as they are dialled, the primary one marked; None for none, Bad where none has a digit.

    IT Glue strips separators, so that a number with them would never come back as it was sent.
    """
    rows: Rows = []
    given = [each for each in _members(value) if _text(each)]
    for each in given:
        written = _text(each)
        found = _EXTENSION.search(written)
        bare = written[: found.start()] if found else written
        number = ("+" if bare.lstrip(" (").startswith("+") else "") + _NOT_DIALLED.sub("", bare)
        own = _NOT_DIALLED.sub("", str(each.get("extension") or "")) if isinstance(each, Mapping) else ""
        label = _label(each)
        row = {"value": number, "label-name": label, "label-type": "fax" if "fax" in label.casefold() else "phone"}
        if extension := own or (found[1] if found else ""):
            row["extension"] = extension
        if number.strip("+") and row not in rows:
            rows.append(row)
    if given and not rows:
        return Bad("holds no number")
    return _with_primary(rows, given)


def _members(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _text(member: Any) -> str:
    return one_line(plain(member) or "")


def _label(member: Any) -> str:
    return (one_line(plain(member.get("label")) or "") if isinstance(member, Mapping) else "") or _LABEL


def _with_primary(rows: Rows, given: list[Any]) -> Rows | None:
    """Mark exactly one: the source's own first default, else the first."""
    if not rows:
        return None
    default = next((each for each in given if isinstance(each, Mapping) and each.get("primary")), None)
    wanted = _text(default).casefold() if default is not None else ""
    first = next((row for row in rows if row["value"].casefold() == wanted), None)
    if first is None and wanted:
        digits = _NOT_DIALLED.sub("", _EXTENSION.sub("", wanted))
        first = next((row for row in rows if digits and row["value"].strip("+") == digits), None)
    (first or rows[0])["primary"] = True
    return rows
