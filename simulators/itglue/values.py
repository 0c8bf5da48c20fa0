"""The forms of attribute values, as the API checks them and as a person's hand may leave them."""

import ipaddress
import re
from typing import Any

from simulators.itglue.schema import Attribute
from simulators.itglue.stamps import is_date

_LINE = 255
_MAC_LENGTH = 17
_MAC = re.compile(
    r"[0-9a-f]{2}([-:])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|[0-9a-f]{12}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_MOST = 10**18
"""Longer numbers than any id are read as this one, so that they stay numbers everywhere."""
_TRUE = ("true", "1")
_FALSE = ("false", "0")


class InvalidValueError(Exception):
    """A value of the wrong form; the message is the detail of the 422."""


def number_of(text: str) -> int | None:
    """Read digits, however many; None if there is anything else."""
    if not (text.isascii() and text.isdecimal()):
        return None
    digits = text.lstrip("0") or "0"
    return min(int(digits), _MOST) if len(digits) <= len(str(_MOST)) else _MOST


def identifier(value: Any) -> int | None:
    """Read an id sent as a number or as a digit string; None if it is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value > 0 else None
    return number_of(value) if isinstance(value, str) else None


def boolean(value: Any) -> bool | None:
    """Read true, false, 1 or 0, also as a string; None if it is something else."""
    word = str(value).lower() if isinstance(value, bool | int | str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def checked(attribute: Attribute, value: Any, *, by_person: bool = False) -> Any:
    """Return the value to store, None for an empty one; a person's text is taken as it is."""
    if value is None or value == "":
        return None
    match attribute.kind:
        case "raw":
            return value
        case "integer":
            if value in (0, "0") and not isinstance(value, bool):
                return 0
            if (number := identifier(value)) is None:
                raise InvalidValueError("is not a number")
            return number
        case "reference":
            if (number := identifier(value)) is None:
                raise InvalidValueError("is not a number")
            return number
        case "flag":
            if (truth := boolean(value)) is None:
                raise InvalidValueError("is not a boolean")
            return truth
        case "date":
            if not isinstance(value, str) or not is_date(value):
                raise InvalidValueError("is not a valid date")
            return value
        case "emails" | "phones":
            return _entries(attribute, value, by_person=by_person)
        case _:
            text = _text(value)
            if not by_person:
                _check_form(attribute, text)
            return text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise InvalidValueError("is not a string")


def _check_form(attribute: Attribute, text: str) -> None:
    match attribute.kind:
        case "line" if len(text) > _LINE:
            raise InvalidValueError(f"is too long (maximum is {_LINE} characters)")
        case "mac" if len(text) > _MAC_LENGTH:
            raise InvalidValueError(f"is too long (maximum is {_MAC_LENGTH} characters)")
        case "mac" if not _MAC.fullmatch(text):
            raise InvalidValueError("is not a valid MAC address")
        case "ip":
            try:
                ipaddress.ip_address(text)
            except ValueError:
                raise InvalidValueError("is not a valid IP address") from None


def _entries(attribute: Attribute, value: Any, *, by_person: bool) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise InvalidValueError("is not a list")
    return [_entry(attribute, {str(k).replace("_", "-"): v for k, v in entry.items()}, by_person) for entry in value]


def _entry(attribute: Attribute, entry: dict[str, Any], by_person: bool) -> dict[str, Any]:
    text, label = entry.get("value"), entry.get("label-name")
    if not text or not isinstance(text, str | int) or not label:
        raise InvalidValueError("value and label-name can't be blank")
    primary = boolean(entry.get("primary", False)) or False
    if attribute.kind == "emails":
        if not by_person and not _EMAIL.fullmatch(str(text)):
            raise InvalidValueError("is not a valid email address")
        return {"primary": primary, "value": str(text), "label-name": str(label)}
    digits = re.sub(r"[^\d+]", "", str(text))
    label_type = entry.get("label-type", "phone")
    if label_type not in ("phone", "fax"):
        raise InvalidValueError("label-type is not phone or fax")
    return {
        "primary": primary,
        "value": digits,
        "formatted-value": digits,
        "extension": entry.get("extension"),
        "label-name": str(label),
        "label-type": label_type,
    }
