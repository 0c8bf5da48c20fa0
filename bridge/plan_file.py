"""A saved plan: a header with what it was made from, then one line per target."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from bridge.errors import SettingsError
from bridge.plan_pass import Line, dump, parse

FORMAT = "glue-bridge plan 1"


@dataclass(frozen=True, slots=True)
class Header:
    """What a plan was made from: the digest of the settings, the store, and when; `undo` is the run that it undoes."""

    settings: str
    store: str
    made_at: str
    undo: int | None = None


class PlanWriter:
    """Writes a plan line by line; the file appears under its name only when it is whole."""

    def __init__(self, path: Path, header: Header) -> None:
        self.path = path
        try:
            if path.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
            self._partial = path.with_name(path.name + ".partial")
            if path.exists() and not path.is_file():
                # The file takes the place of what is there: as root, of /dev/null for the whole machine.
                raise OSError(errno.EINVAL, "it is a device or a pipe")
            # It names customers and what they have: for its owner alone, like the data folder.
            self._file = os.fdopen(os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        except OSError as error:
            raise self._unwritten(error) from error
        self._write(orjson.dumps({"format": FORMAT, **asdict(header)}))

    def add(self, line: Line) -> None:
        """Write a line."""
        self._write(dump(line))

    def finish(self, summary: dict[str, Any]) -> None:
        """Write the end, and put the file in its place."""
        self._write(orjson.dumps({"end": summary}))
        try:
            self._file.close()
            self._partial.replace(self.path)
        except OSError as error:
            raise self._given_up(error) from error

    def _write(self, line: bytes) -> None:
        try:
            self._file.write(line + b"\n")
        except OSError as error:
            raise self._given_up(error) from error

    def _given_up(self, error: OSError) -> SettingsError:
        with suppress(OSError):
            self._file.close()
        self._partial.unlink(missing_ok=True)
        return self._unwritten(error)

    def _unwritten(self, error: OSError) -> SettingsError:
        return SettingsError("B411", f"{self.path} cannot be written: {error.strerror}; name another file")


def read_header(path: Path) -> Header:
    """Read a plan's header; raise SettingsError B411 for what is no whole plan."""
    try:
        with path.open("rb") as file:
            first = orjson.loads(file.readline())
            file.seek(0, 2)
            size = file.tell()
            file.seek(max(0, size - 65_536))
            last = orjson.loads(file.read().splitlines()[-1])
        if first["format"] != FORMAT or "end" not in last:
            raise ValueError("not whole")
        return Header(first["settings"], first["store"], first["made_at"], first.get("undo"))
    except OSError as error:
        raise SettingsError("B411", f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise SettingsError("B411", f"{path} is no whole plan: make one with glue-bridge plan -o {path}") from error


def read_lines(path: Path) -> Iterator[Line]:
    """Read a plan's lines, one at a time; raise SettingsError B411 at one that is none."""
    with path.open("rb") as file:
        next(file)
        for number, text in enumerate(file, 2):
            if not text.startswith(b'{"end"'):
                try:
                    yield parse(text)
                except (ValueError, KeyError, TypeError) as error:
                    reason = f"line {number} is none of a plan: make one with glue-bridge plan -o {path}"
                    raise SettingsError("B411", f"{path}: {reason}") from error


def batches(lines: Iterable[Line], size: int = 500) -> Iterator[list[Line]]:
    """Cut lines into lists."""
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
