"""An answer against what was sent: IT Glue drops what it does not take, with a 200 (api/itglue.md 1.5)."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bridge.jsonapi import underscored

# Not in every read shape (api 5.4, 5.8): that one is missing there says nothing.
_UNSHOWN = frozenset({"id", "flexible_asset_fields", "mitp_device_expiration_date", "mitp_end_of_life_date"})
_ADDRESSES = frozenset({"primary_ip", "default_gateway", "ip_address"})
_CUT = 250  # quick_notes in lists (api 5.1)


def not_taken(sent: Mapping[str, Any], got: Mapping[str, Any]) -> dict[str, Any]:
    """Give the attributes that did not come back as they were sent, with what came back in their place.

    Attribute words have underscores on both sides; a member of `traits` is named `traits.<name-key>`, and may be sent by
    that name too. What IT Glue
    changes on its own is no difference: numbers as text, a date with a time, null for empty text, separators of phone
    and hardware numbers, a tag's ids shown as records.
    """
    missed: dict[str, Any] = {}
    for name, value in sent.items():
        if name == "traits":
            missed.update(_traits_not_taken(value or {}, got.get("traits") or {}))
        elif name.startswith("traits."):
            missed.update(_traits_not_taken({name.removeprefix("traits."): value}, got.get("traits") or {}))
        elif name in got:
            if not same(name, value, got[name]):
                missed[name] = got[name]
        elif name not in _UNSHOWN and not _blank(value):
            missed[name] = None
    return missed


def contradicts(sent: Mapping[str, Any], got: Mapping[str, Any]) -> bool:
    """Tell whether a record shows other values than were sent; one that lacks a value may only have dropped it."""
    return any(not _blank(value) for value in not_taken(sent, got).values())


def same(name: str, sent: Any, got: Any) -> bool:
    """Tell whether two values of an attribute are one to IT Glue."""
    if _blank(sent) or _blank(got):
        return (_blank(sent) and _blank(got)) or (sent in (None, False) and got in (None, False))
    if isinstance(sent, Mapping) and isinstance(got, Mapping):
        known = {underscored(str(key)): value for key, value in got.items()}
        return all(same(underscored(str(key)), value, known.get(underscored(str(key)))) for key, value in sent.items())
    if _is_list(sent) and _is_list(got):
        rest = list(got)
        for each in sent:
            found = next((i for i, other in enumerate(rest) if same(name, each, other)), None)
            if found is None:
                return False
            del rest[found]
        return not rest
    return _plain(name, sent) == _plain(name, got) or _only_cut(name, sent, got)


def _traits_not_taken(sent: Mapping[str, Any], got: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"traits.{key}": got.get(key)
        for key, value in sent.items()
        if not same(key, _ids(value, got.get(key)), _ids(got.get(key), got.get(key)))
    }


def _ids(value: Any, got: Any) -> Any:
    """Bring what was sent for a Tag (an id or ids) and what it is shown as to one form (api 5.9)."""
    if not (isinstance(got, Mapping) and _is_list(got.get("values"))):
        return value
    if value is got:
        return [str(each["id"]) for each in got["values"] if isinstance(each, Mapping) and each.get("id") is not None]
    return [str(each) for each in value] if _is_list(value) else [str(value)] if not _blank(value) else []


def _blank(value: Any) -> bool:
    return value is None or value == "" or (_is_list(value) and not value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _plain(name: str, value: Any) -> object:
    """Bring one value to the form in which equal ones are equal."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return _number(str(value))
    text = str(value).replace("\r\n", "\n").strip()
    if name in _ADDRESSES:
        return _address(text)
    if name == "mac_address":
        return re.sub(r"[^0-9a-f]", "", text.lower())
    if name in ("phone", "fax"):
        return re.sub(r"[^0-9a-z+*#]", "", text.lower())
    if name == "value":  # of a phone, whose separators are stripped, or an e-mail address
        return text.lower() if "@" in text else re.sub(r"[^0-9a-z]", "", text.lower())
    return _moment(text) or _number(text)


def _number(text: str) -> str:
    """Take 3.0 for 3, but not 007 for 7: a serial number is no number."""
    return re.sub(r"^(-?(?:0|[1-9]\d*))\.0+$", r"\1", text)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return text.lower()


def _moment(text: str) -> str | None:
    """Give a date, or a time that is a whole day, as a date; another time in UTC; None for what is neither."""
    if not re.match(r"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d|$)", text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return at.date().isoformat() if (at.hour, at.minute, at.second) == (0, 0, 0) else at.isoformat(timespec="seconds")


def _only_cut(name: str, sent: Any, got: Any) -> bool:
    return name == "quick_notes" and len(str(got)) >= _CUT and str(sent).startswith(str(got))
