"""Values of flexible asset fields, kind by kind, in the shape that IT Glue takes (api/itglue.md 5.8, 5.9)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from bridge.mapping import clean
from bridge.mapping.attributes import HTML_BYTES
from bridge.mapping.clean import Bad
from bridge.mapping.sanitise import sanitise
from bridge.records import Ref

TITLES = ("Text", "Select", "Date")
"""Kinds that can make an asset's title."""
UNSAFE = ("Upload", "Password")
"""Kinds whose value cannot be written back, so that every write of the asset would delete it."""
VALUELESS = ("Header",)
TAGS = {
    "Configurations": "configuration",
    "Contacts": "contact",
    "Locations": "location",
    "Organizations": "organization",
}
"""Tag types whose records the bridge syncs, with the kind of a Ref that becomes such a tag."""
TAGS_BY_ID = (
    "AccountsUsers", "ChecklistTemplates", "Checklists", "Documents", "Domains", "SslCertificates", "Tickets",
)  # fmt: skip
"""Tag types whose records are named by IT Glue's id alone."""
ASSET_TAG = "FlexibleAssetType:"
_MOST = Decimal(10) ** 15  # beyond, a JSON number loses digits


def text(value: Any) -> str | Bad | None:
    """Give one line of at most 255 characters."""
    given = clean.text(value)
    return Bad(f"{given.text}: shorten it, for example with | truncate(200)") if isinstance(given, Bad) else given


def textbox(value: Any) -> str | Bad | None:
    """Give HTML of at most 64 KB that holds allowed tags alone; a value's own text was escaped before."""
    written = clean.plain(value)
    if written is None:
        return None
    # A lone surrogate is no character that JSON can carry; the parser would keep one that stands as &#xD800;.
    safe = clean.many_lines(sanitise(clean.many_lines(written)))
    size = len(safe.encode())
    if size > HTML_BYTES:
        return Bad(f"is {size} bytes, IT Glue takes {HTML_BYTES}: show fewer records, or less of each")
    return safe or None


def number(value: Any, decimals: int = 0) -> int | float | Bad | None:
    """Give a number rounded to the field's decimals, half away from zero."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return Bad(f"{value} is no number")
    written = value if isinstance(value, int | float) else (clean.plain(value) or "").strip()
    if written == "":
        return None
    try:
        exact = Decimal(str(written))
    except InvalidOperation:
        return Bad(f'"{written}" is no number')
    if not exact.is_finite() or abs(exact) >= _MOST:
        return Bad(f"{written} is no number that IT Glue could hold")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return int(rounded) if decimals == 0 else float(rounded) + 0.0


def day(value: Any, zone: tzinfo = UTC) -> str | Bad | None:
    """Give a date, `yyyy-mm-dd`; a time falls on the day that it has in the zone."""
    return clean.day(value, zone)


def checkbox(value: Any) -> bool | Bad | None:
    """Give a yes or no."""
    return clean.flag(value)


def select(value: Any, options: Sequence[str]) -> str | Bad | None:
    """Give the option that a text names; one that differs in case alone is that option in its own spelling."""
    written = clean.plain(value)
    written = clean.one_line(written) if written is not None else None
    if not written or written in options:
        return written or None
    folded = [option for option in options if option.casefold() == written.casefold()]
    if len(folded) == 1:
        return folded[0]
    known = ", ".join(f'"{option}"' for option in options[:10]) or "none"
    return Bad(f'"{written[:60]}" is no option; options are {known}: add it to the field, or map it to one of them')


def members(value: Any) -> tuple[Any, ...] | Bad | None:
    """Give what a tag names: IT Glue ids as digits, references as they are, the text of a Ref as that, each once."""
    listed: Iterable[Any] = value if isinstance(value, list | tuple) else [value]
    found: list[Any] = []
    for each in listed:
        # First of all: a reference whose name the source does not tell is an empty text.
        if getattr(each, "id", None) is not None and getattr(each, "kind", None):
            found.append(each)
        elif each is None or each == "":
            continue
        elif isinstance(each, int) and not isinstance(each, bool) and each > 0:
            found.append(str(each))
        elif isinstance(each, str) and each.strip().isascii() and each.strip().isdigit():
            found.append(each.strip())
        elif isinstance(each, str) and (ref := _ref(each)) is not None:
            found.append(ref)
        else:
            shown = str(clean.plain(each))[:60]
            return Bad(f'"{shown}" is neither a reference of the record nor an id of IT Glue')
    return tuple(found) or None


def _ref(text: str) -> Ref | None:
    try:
        return Ref.parse(text)
    except ValueError:
        return None


def tag_type(word: str) -> str | None:
    """Give a tag type as IT Glue spells it; None for one that does not exist or that holds passwords."""
    if word.startswith(ASSET_TAG):
        rest = word.removeprefix(ASSET_TAG).strip()
        return f"{ASSET_TAG} {rest}" if rest else None
    return next((each for each in (*TAGS, *TAGS_BY_ID) if each.casefold() == word.strip().casefold()), None)


FORMS: Mapping[str, Callable[[Any], Any]] = {"Text": text, "Textbox": textbox, "Checkbox": checkbox, "Tag": members}
"""The kinds whose form depends on nothing but the value."""


def options_of(default_value: str | None) -> tuple[str, ...]:
    """Read the options of a Select field, one per line (api/itglue.md 5.8)."""
    return tuple(line.strip() for line in (default_value or "").splitlines() if line.strip())
