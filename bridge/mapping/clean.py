"""Values in the form that IT Glue takes; what it would refuse comes back as `Bad`."""

import ipaddress
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from typing import Any, TypeVar
from unicodedata import category

from bridge.mapping.attributes import HTML_BYTES, TEXT

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Bad:
    """A value that IT Glue would refuse; `text` says why."""

    text: str


class Memo(dict[K, V]):
    """Remember what a pure function gave, forgetting all at `most` entries."""

    def __init__(self, function: Callable[[K], V], most: int = 10_000) -> None:
        super().__init__()
        self._function = function
        self._most = most

    def __missing__(self, key: K) -> V:
        if len(self) >= self._most:
            self.clear()
        value = self[key] = self._function(key)
        return value


def one_line(value: str) -> str:
    """Drop control and invisible characters, make line breaks blanks, trim.

    Pasted text carries U+200B, U+200E, U+FEFF and the like (api/connectwise.md 5.1).
    """
    if value.isprintable():
        return value.strip()
    return "".join(_line_character(each) for each in value).strip()


def many_lines(value: str) -> str:
    """Drop control and invisible characters but line breaks and tabs, trim; every kind of line break becomes one."""
    if value.isprintable():
        return value.strip()
    return "".join(each if each in "\n\t" else _prose_character(each) for each in with_plain_breaks(value)).strip()


def with_plain_breaks(value: str) -> str:
    """Make every kind of line break one line feed."""
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n\n")


def _prose_character(character: str) -> str:
    """Keep the blanks of a longer text as they were typed, no-break spaces too."""
    return character if category(character) == "Zs" else _line_character(character)


def _line_character(character: str) -> str:
    if character.isspace():
        return " "
    # Cc control, Cf format (zero width, direction marks), Cs lone surrogates, which JSON cannot carry, Cn unassigned
    return "" if category(character) in ("Cc", "Cf", "Cs", "Cn") else character


def plain(value: Any) -> str | None:
    """Write a value as text: of a reference its name, of an e-mail or phone its value, of a flag Yes or No.

    A list is joined by commas.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, Mapping):
        return plain(value["value"] if "value" in value else value.get("name"))
    if isinstance(value, list | tuple):
        return ", ".join(each for each in map(plain, value) if each)
    return str(value)


def text(value: Any, limit: int = TEXT) -> str | Bad | None:
    """Give one line of text; None for blank."""
    written = plain(value)
    if written is None:
        return None
    written = one_line(written)
    if len(written) > limit:
        return Bad(f"is {len(written)} characters, IT Glue takes {limit}")
    return written or None


def lines(value: Any) -> str | Bad | None:
    """Give text with its line breaks; None for blank."""
    written = plain(value)
    if written is None:
        return None
    written = many_lines(written)
    if len(written.encode()) > HTML_BYTES:
        return Bad(f"is {len(written.encode())} bytes, IT Glue takes {HTML_BYTES}")
    return written or None


def escaped(written: str) -> str:
    """Write plain text for a control that shows HTML: `&`, `<`, `>` escaped, line breaks as `<br>`."""
    safe = written.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return safe.replace("\n", "<br>")


def html(value: Any) -> str | Bad | None:
    """Give HTML whose inserted values were escaped before; None for blank."""
    return lines(value)


def html_of_plain(value: Any) -> str | Bad | None:
    """Give a word's plain text as HTML; None for blank."""
    written = plain(value)
    if written is None:
        return None
    return lines(escaped(many_lines(written)))


_PAIRS = re.compile(r"([0-9A-F]{2})([-:. ]?)([0-9A-F]{2})\2([0-9A-F]{2})\2([0-9A-F]{2})\2([0-9A-F]{2})\2([0-9A-F]{2})")
_HALVES = re.compile(r"([0-9A-F]{6})[-:. ]([0-9A-F]{6})")
_QUADS = re.compile(r"([0-9A-F]{2})([0-9A-F]{2})([-:.])([0-9A-F]{2})([0-9A-F]{2})\3([0-9A-F]{2})([0-9A-F]{2})")


def mac(value: Any) -> str | Bad | None:
    """Give one MAC address as `AA-BB-CC-DD-EE-FF`; a joined or invalid one is Bad."""
    written = text(value, 10_000)
    if not isinstance(written, str):
        return written
    upper = written.upper()
    if found := _HALVES.fullmatch(upper):
        upper = found[1] + found[2]
    if found := _PAIRS.fullmatch(upper):
        one, _, *rest = found.groups()
        return "-".join((one, *rest))
    if found := _QUADS.fullmatch(upper):
        one, two, _, *rest = found.groups()
        return "-".join((one, two, *rest))
    return Bad(f"{_shown(written)} is not one MAC address")


_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}", re.ASCII)


def ip(value: Any) -> str | Bad | None:
    """Give one IPv4 or IPv6 address as it was written; a range, a list or one with a zone is Bad."""
    written = text(value, 10_000)
    if not isinstance(written, str) or _IPV4.fullmatch(written):
        return written
    # A zone (fe80::1%eth0) means something on its own host alone.
    if ":" in written and "%" not in written:
        try:
            ipaddress.IPv6Address(written)
        except ValueError:
            pass
        else:
            return written
    return Bad(f"{_shown(written)} is not an IP address")


def day(value: Any, zone: tzinfo = UTC) -> str | Bad | None:
    """Give the date part, `yyyy-mm-dd`, of a date or of a time seen from `zone`.

    A time of exactly midnight UTC is a date: that is how ConnectWise writes its date-only fields
    (api/connectwise.md 5.1), and shifting it would move every warranty by a day.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo is None else value.astimezone(zone)).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    written = text(value, 10_000)
    if not isinstance(written, str):
        return written
    try:
        if len(written) == 10:
            return date.fromisoformat(written).isoformat()
        moment = datetime.fromisoformat(written)
    except ValueError:
        return Bad(f"{_shown(written)} is not a date")
    if moment.tzinfo is None or (moment.utcoffset() == UTC.utcoffset(None) and not any(moment.timetuple()[3:6])):
        return moment.date().isoformat()
    return moment.astimezone(zone).date().isoformat()


def flag(value: Any) -> bool | Bad | None:
    """Give a yes or no; text may say true, yes, 1, false, no, 0."""
    if value is None or isinstance(value, bool):
        return value
    word = (plain(value) or "").strip().casefold()
    if not word:
        return None
    if word in ("true", "yes", "1"):
        return True
    if word in ("false", "no", "0"):
        return False
    return Bad(f"{_shown(word)} is neither yes nor no")


def _shown(written: str) -> str:
    return f'"{written}"' if len(written) <= 60 else f'"{written[:57]}…"'
