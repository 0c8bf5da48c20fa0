"""Whether a wished value and the one IT Glue holds are the same, in whatever form each side writes it."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from unicodedata import normalize

from bridge.matching.keys import mac_digits

_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?")
_NOT_DIALLED = re.compile(r"[^0-9A-Za-z+*#]")


def is_empty(value: Any) -> bool:
    """Tell whether a value says nothing: None, blank text, an empty list, a tag without records. False is a value."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    if isinstance(value, Mapping) and "values" in value:
        return not value["values"]
    return isinstance(value, (list, tuple, dict)) and not value


def same(attribute: str, one: Any, other: Any) -> bool:
    """Compare two values of an attribute as IT Glue would show them; a value in neither form of it compares as text.

    Ids compare as text (numbers in answers, digits elsewhere), MAC and IP addresses as addresses, dates by their day,
    phone numbers without separators, tags as sets of ids, lists of e-mails and phones without order and by what the
    wish (`other`) names of each.
    """
    if one == other:
        return True
    if is_empty(one) or is_empty(other):
        # IT Glue shows an unset yes-or-no as null or as false.
        return is_empty(one) and is_empty(other) if one is not False and other is not False else not (one or other)
    if isinstance(one, bool) or isinstance(other, bool):
        return False
    if isinstance(one, (list, tuple, Mapping)) or isinstance(other, (list, tuple, Mapping)):
        return _same_lists(attribute, one, other)
    form = form_of(attribute)
    return form(_text(one)) == form(_text(other))


@lru_cache(maxsize=4096)
def form_of(attribute: str) -> Callable[[str], str]:
    """Choose, by its name, how an attribute's values are brought into one form."""
    if attribute == "mac_address":
        return lambda text: mac_digits(text) or text
    if attribute in ("primary_ip", "default_gateway"):
        return _address
    if attribute in ("phone", "fax", "contact_phones"):
        return lambda text: _NOT_DIALLED.sub("", text)
    if attribute.endswith(("_at", "_date")) or attribute.startswith("traits."):
        return lambda text: text[:10] if _DATE.fullmatch(text) else text
    return str


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        return text


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text if text.isascii() else normalize("NFC", text)


def _same_lists(attribute: str, one: Any, other: Any) -> bool:
    wished = _members(other)
    if wished and all(isinstance(member, Mapping) and "id" not in member for member in wished):
        held = _members(one)
        words = {word for member in wished for word in member}
        return _rows(attribute, held, words) == _rows(attribute, wished, words)
    return _ids(one) == _ids(other)


def _members(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping):
        value = value.get("values", [value])
    return value if isinstance(value, (list, tuple)) else [value]


def _ids(value: Any) -> set[str]:
    """Give the ids of a tag in its read or write shape; one whose record is gone has none (api/itglue.md 5.9)."""
    ids = (member.get("id") if isinstance(member, Mapping) else member for member in _members(value))
    return {_text(one) for one in ids if one is not None}


def _rows(attribute: str, members: Sequence[Any], words: set[str]) -> list[tuple[tuple[str, str], ...]]:
    rows = []
    form = form_of(attribute)
    for member in members:
        row = (
            {str(word).replace("-", "_"): value for word, value in member.items()}
            if isinstance(member, Mapping)
            else {}
        )
        pairs = ((word, row.get(word.replace("-", "_"))) for word in words)
        rows.append(
            tuple(
                sorted(
                    (word, form(_text(value)) if word == "value" else _text(value))
                    for word, value in pairs
                    if not is_empty(value) and value is not False
                )
            )
        )
    return sorted(rows)
