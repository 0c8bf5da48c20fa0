"""The forms of values that the mapping reference gives: text, notes, addresses, dates, names."""

import html
import ipaddress
import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo


class Skip:
    """Stands for a value that IT Glue would refuse: it is skipped, the attribute keeps what it holds."""

    def __repr__(self) -> str:
        return "SKIP"


class Anything:
    """Stands for a value that nothing decides: whatever IT Glue holds is right."""

    def __repr__(self) -> str:
        return "ANY"


SKIP: Final = Skip()
ANY: Final = Anything()

_LINE: Final = 255
_NOTES_BYTES: Final = 64 * 1024
_LINE_BREAK: Final = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_MAC: Final = re.compile(r"[0-9A-F]{2}([-:. ]?)(?:[0-9A-F]{2}\1){4}[0-9A-F]{2}|(?:[0-9A-F]{4}[-:. ]){2}[0-9A-F]{4}")


def folded(name: str | None) -> str:
    """Fold a name as two spellings of one name are equal: NFKC, case-folded, blanks collapsed."""
    return " ".join(unicodedata.normalize("NFKC", name or "").casefold().split())


def cleaned(value: object) -> str | None:
    """Drop control characters and characters without width, cut blanks at both ends; None where nothing is left.

    Line breaks stay.
    """
    if value is None:
        return None
    text = _LINE_BREAK.sub("\n", str(value))
    kept = "".join(letter for letter in text if letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cf"})
    return kept.strip() or None


def line(value: object) -> str | None:
    """Clean an attribute of one line: a line break becomes a blank."""
    text = cleaned(value)
    return None if text is None else text.replace("\n", " ")


def short_line(value: object) -> str | Skip | None:
    """Clean an attribute that takes up to 255 characters."""
    text = line(value)
    return SKIP if text is not None and len(text) > _LINE else text


def mac(value: object) -> str | Skip | None:
    """Write one valid address as `AA-BB-CC-DD-EE-FF`; what is joined or invalid is skipped."""
    text = line(value)
    if text is None:
        return None
    if not _MAC.fullmatch(text.upper()):
        return SKIP
    digits = re.sub("[^0-9A-F]", "", text.upper())
    return "-".join(digits[place : place + 2] for place in range(0, 12, 2))


def ip(value: object) -> str | Skip | None:
    """Take one IPv4 or IPv6 address as written."""
    text = line(value)
    if text is None:
        return None
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return SKIP
    return text


def day(value: object, zone: str) -> str | Skip | None:
    """Give the day of a date or a time in the source's zone; midnight UTC is a date and is never shifted."""
    text = line(value)
    if text is None:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text).isoformat()
        moment = datetime.fromisoformat(text)
    except ValueError:
        return SKIP
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if (moment.hour, moment.minute, moment.second, moment.microsecond) != (0, 0, 0, 0):
        moment = moment.astimezone(ZoneInfo(zone))
    return moment.date().isoformat()


def notes(value: object) -> str | Skip | None:
    """Write the source's text as HTML: escaped, line breaks as `<br>`."""
    text = cleaned(value)
    if text is None:
        return None
    written = html.escape(text, quote=False).replace("\n", "<br>")
    return SKIP if len(written.encode()) > _NOTES_BYTES else written
