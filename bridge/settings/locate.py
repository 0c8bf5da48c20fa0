"""Where each key of a TOML text stands: a scanner of text that tomllib has already found valid."""

import re
from bisect import bisect_right
from collections.abc import Iterator

Path = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:[^"\\\n]|\\.)*"|' r"'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}\n#]+")
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)")
_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b"}


def locate(text: str) -> dict[Path, int]:
    """Give the line, from 1, of every table, key and array element of a valid TOML text."""
    lines: dict[Path, int] = {}
    for path, line in _Scanner(text).scan():
        lines.setdefault(path, line)
    return lines


def _unescaped(found: re.Match[str]) -> str:
    code = found[1]
    return chr(int(code[1:], 16)) if code[0] in "uU" else _ESCAPES.get(code, code)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.breaks = [found.start() for found in re.finditer("\n", text)]
        self.counts: dict[Path, int] = {}

    def scan(self) -> Iterator[tuple[Path, int]]:
        table: Path = ()
        self.skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                line = self.line()
                table = self.header()
                # A header stands for the tables above it too, where they have none of their own.
                for length in range(1, len(table) + 1):
                    yield table[:length], line
            else:
                yield from self.pair(table)
            self.skip(_BLANK)

    def line(self) -> int:
        return bisect_right(self.breaks, self.at - 1) + 1

    def skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found[0] if found else ""

    def header(self) -> Path:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        keys = self.keys()
        self.at += 2 if many else 1
        path: Path = ()
        for key in keys[:-1]:
            path = self.inside((*path, key))
        last = (*path, keys[-1])
        if not many:
            return self.inside(last)
        self.counts[last] = self.counts.get(last, -1) + 1
        return (*last, self.counts[last])

    def inside(self, path: Path) -> Path:
        return (*path, self.counts[path]) if path in self.counts else path

    def keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self.skip(_SPACE)
            if self.text[self.at] in "\"'":
                quoted = self.skip(_STRING)
                inner = quoted[1:-1]
                keys.append(_ESCAPE.sub(_unescaped, inner) if quoted[0] == '"' else inner)
            else:
                keys.append(self.skip(_BARE))
            self.skip(_SPACE)
            if self.text[self.at] != ".":
                return keys
            self.at += 1

    def pair(self, table: Path) -> Iterator[tuple[Path, int]]:
        line = self.line()
        path = (*table, *self.keys())
        for length in range(len(table) + 1, len(path) + 1):
            yield path[:length], line
        self.at += 1  # the equals sign
        self.skip(_SPACE)
        yield from self.value(path)

    def value(self, path: Path) -> Iterator[tuple[Path, int]]:
        opening = self.text[self.at]
        if opening == "[":
            yield from self.items(path)
        elif opening == "{":
            yield from self.members(path)
        else:
            self.skip(_STRING if opening in "\"'" else _SCALAR)

    def items(self, path: Path) -> Iterator[tuple[Path, int]]:
        self.at += 1
        number = 0
        while True:
            self.skip(_BLANK)
            if self.text[self.at] == "]":
                break
            if self.text[self.at] == ",":
                self.at += 1
                continue
            yield (*path, number), self.line()
            yield from self.value((*path, number))
            number += 1
        self.at += 1

    def members(self, path: Path) -> Iterator[tuple[Path, int]]:
        self.at += 1
        while True:
            self.skip(_BLANK)
            if self.text[self.at] == "}":
                break
            if self.text[self.at] == ",":
                self.at += 1
                continue
            yield from self.pair(path)
        self.at += 1
