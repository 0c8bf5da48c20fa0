"""When what IT Glue shows is what is wanted, by the form of the value."""

import re
from collections.abc import Callable
from typing import Any

from . import markup
from .text import folded, mac


def agree(form: str, wanted: Any, held: Any) -> bool:
    """Say whether a value that is shown (None for nothing) is the one that is wanted (None for nothing)."""
    if form == "marker":  # what was adopted carries none
        return held is None or (wanted is not None and names(held, wanted))
    if wanted is None or held is None:
        return not wanted and not held
    return _BY_FORM[form](wanted, held)


def names(held: Any, ref: str) -> bool:
    """Say whether a text names a Ref."""
    return re.search(rf"(?<![\w:./-]){re.escape(ref)}(?![\w:])", str(held)) is not None


def phone(number: Any) -> str:
    """Give the digits of a telephone number: IT Glue keeps no separators (api/itglue.md 5.6)."""
    return re.sub(r"\D", "", str(number or ""))


def _phones(wanted: Any, held: Any) -> bool:
    shown = [(phone(each["value"]), each.get("extension") or None) for each in held if each.get("label-type") != "fax"]
    return sorted(shown, key=str) == sorted(wanted, key=str)


_BY_FORM: dict[str, Callable[[Any, Any], bool]] = {
    "value": lambda wanted, held: bool(wanted == held),
    # Two spellings of one name are one name.
    "name": lambda wanted, held: folded(wanted) == folded(held),
    # api/itglue.md 8: shown with `-` and with `:`
    "mac": lambda wanted, held: bool(mac(held) == wanted),
    "reference": lambda wanted, held: str(held) in wanted,
    "tags": lambda wanted, held: frozenset(held) == wanted,
    "phones": _phones,
    "emails": lambda wanted, held: {each["value"].casefold() for each in held} == {each.casefold() for each in wanted},
    "html": lambda wanted, held: markup.parts(wanted) == markup.parts(held),
}
