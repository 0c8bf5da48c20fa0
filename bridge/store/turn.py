"""Whose turn it is to write into SQLite: threads and processes of one machine stand in line for it."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bridge.flock import open_lock, try_lock, within

_LOOK = 0.002
# After this long SQLite's own lock decides: whoever has the turn may be standing still outside any transaction.
_PATIENCE = 30.0


class Turn:
    """A turn of one database file, handed to those who wait in the order in which they came to the head of the line.

    SQLite has whoever finds its lock taken sleep, longer each time, so that a process that writes all the time keeps
    every other one out for seconds. Here a process first takes the head of the line and keeps it until it has the
    turn: whoever has just written finds it taken, and lets the other go first. Both are locks of the kernel, which a
    process that dies gives back.
    """

    def __init__(self, database: Path) -> None:
        self._thread = threading.Lock()
        self._paths = (Path(f"{database}-line"), Path(f"{database}-turn"))
        self._files: tuple[int, ...] = ()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn."""
        with self._thread:
            if not self._files:
                self._files = tuple(open_lock(path) for path in self._paths)
            line, turn = self._files
            until = time.monotonic() + _PATIENCE
            try:
                if within(_PATIENCE, lambda: try_lock(line), every=_LOOK):
                    within(until - time.monotonic(), lambda: try_lock(turn), every=_LOOK)
                    fcntl.flock(line, fcntl.LOCK_UN)
                yield
            finally:
                fcntl.flock(line, fcntl.LOCK_UN)
                fcntl.flock(turn, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the files."""
        with self._thread:
            for file in self._files:
                with suppress(OSError):
                    os.close(file)
            self._files = ()
