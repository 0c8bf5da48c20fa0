"""How commands print: aligned lines for people, JSON for scripts, times and numbers in one form."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson
import typer

_LEVELS = {"ok": ("ok", None), "warn": ("WARN", "yellow"), "error": ("ERROR", "red")}
_INDENT = 16


class OutputError(OSError):
    """Standard output cannot be written where it goes; whoever has closed it has seen enough, and is no such error."""


class Out:
    """Standard output, for what writes to a file."""

    def write(self, text: str) -> None:
        """Write a text; raise OutputError where it has no room."""
        with _told():
            sys.stdout.write(text)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(error.errno, error.strerror) from error


def say(text: str = "") -> None:
    """Print what was asked for."""
    Out().write(text + "\n")


def flush() -> None:
    """Print what is still in the buffer."""
    with _told():
        sys.stdout.flush()


def give_up() -> None:
    """Print nothing more: what is still in the buffer must not fail at the end of the process."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def note(text: str) -> None:
    """Print what happens beside it, to standard error."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def emit(value: Mapping[str, Any]) -> None:
    """Print JSON for a script: one object, as `shapes` lists them."""
    say(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS).decode())


class Listing:
    """Prints one such object whose first key holds a list of any length: an element to a line, as they come."""

    def __init__(self, key: str) -> None:
        self._head = f'{{"{key}": ['
        self._begun = False

    def add(self, element: bytes) -> None:
        """Print an element, which is JSON."""
        Out().write(f"{',' if self._begun else self._head}\n{element.decode()}")
        self._begun = True

    def end(self, **rest: Any) -> None:
        """Print the other keys."""
        said = orjson.dumps(rest).decode()[1:]
        say(f"{'' if self._begun else self._head}\n]{', ' if rest else ''}{said}")


def finding(level: str, label: str, text: str, *, to: TextIO | None = None) -> None:
    """Print one finding: its level, what it is about or its number, what was found; wrapped on a terminal only."""
    out = to or sys.stdout
    word, color = _LEVELS[level]
    head = f"{styled(f'{word:<6}', color, out)} {label:<8} "
    # The label of a source may be longer than its column.
    room = width(out) - _INDENT
    body = textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) if room > 20 else [text]
    out.write(head + ("\n" + " " * _INDENT).join(body or [""]) + "\n")


def width(out: TextIO | None = None) -> int:
    """Give the columns of the terminal, 0 where there is none."""
    stream = out or sys.stdout
    return shutil.get_terminal_size((120, 24)).columns if stream.isatty() else 0


def styled(text: str, color: str | None, out: TextIO | None = None) -> str:
    """Give a text in a colour, on a terminal that shows colours."""
    stream = out or sys.stdout
    if color is None or not stream.isatty() or os.environ.get("NO_COLOR"):
        return text
    return typer.style(text, fg=color, bold=True)


def table(rows: Iterable[Sequence[str]], *, indent: int = 2, right: Sequence[int] = ()) -> None:
    """Print rows in columns, the columns named in `right` with their ends aligned."""
    kept = [list(row) for row in rows]
    if not kept:
        return
    widths = [max(len(row[at]) for row in kept if at < len(row)) for at in range(max(map(len, kept)))]
    for row in kept:
        cells = [
            each.rjust(widths[at]) if at in right else each.ljust(widths[at]) if at < len(row) - 1 else each
            for at, each in enumerate(row)
        ]
        say(" " * indent + "  ".join(cells).rstrip())


def number(value: float) -> str:
    """Write a number with separators."""
    return f"{value:,.0f}"


def count(value: int, word: str, plural: str | None = None) -> str:
    """Write how many there are of something."""
    return f"{value:,} {word if value == 1 else plural or word + 's'}"


def moment(at: float | None) -> str:
    """Write a time for people, in their zone; the day only where it is not today."""
    if at is None:
        return "never"
    local = datetime.fromtimestamp(at, UTC).astimezone()
    today = datetime.now(UTC).astimezone().date()
    return f"{local:%H:%M:%S}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"


def iso(at: float | None) -> str | None:
    """Write a time for scripts: RFC 3339, UTC."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(text: str | None) -> float | None:
    """Read such a time, or a source's, back; None where it is none."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def span(length: float) -> str:
    """Write a length of time, in its largest unit."""
    if length < 90:
        return f"{max(length, 0):.0f} s"
    if length < 5400:
        return f"{length / 60:.0f} min"
    if length < 172_800:
        return f"{length / 3600:.0f} h"
    return f"{length / 86_400:.0f} days"


def value(one: Any, longest: int = 60) -> str:
    """Write a value of a record on one line."""
    if one is None or one == "":
        return "(empty)"
    if isinstance(one, bool):
        return "true" if one else "false"
    text = one if isinstance(one, str) else orjson.dumps(one).decode()
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text of somebody else's for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t"} else text
