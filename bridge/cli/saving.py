"""Saving the file that a command was asked for: whole under its name, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from bridge.cli.failures import CommandError, Problem, code_of_system, fail


def refuse_existing(path: Path) -> None:
    """Raise B405 where something is there already."""
    if path.exists():
        raise fail("B405", f"{path} is there already: move it away, or name another file")


def unsaved(path: Path, error: OSError) -> CommandError:
    """Give the error of a file that could not be saved, of which nothing is left."""
    code = code_of_system(error)
    remedy = (
        "make room on its disk" if code == "B137" else "write into a folder that is there and that you may write to"
    )
    said = f"{path} cannot be written: {error.strerror}. Nothing of it was saved: {remedy}, or name another file"
    return CommandError(Problem(code, said, str(path)))


@contextmanager
def saved(path: Path, *, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Give a text to write; it appears under its name once all of it is on the disk, for its owner alone.

    Raises CommandError: B405 where something is there already, B137 where the disk is full, B135 for any other reason.
    """
    refuse_existing(path)
    partial = path.with_name(path.name + ".partial")
    try:
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(handle, "w", encoding=encoding, newline="") as text:
                yield text
                text.flush()
                os.fsync(text.fileno())
            partial.replace(path)
        except BaseException:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise unsaved(path, error) from error
