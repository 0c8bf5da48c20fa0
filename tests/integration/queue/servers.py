"""The queue server of both shapes: one box has its own, several machines an operator's, by URL with a password."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Protocol

from bridge.queue.address import RedisAddress
from bridge.queue.embedded import start_or_join
from bridge.queue.valkey import ValkeyServer
from tests.valkey import free_port, start_valkey_on, stop_valkey

PASSWORD = "a pass/word"


class Server(Protocol):
    """A queue server, and what can befall it."""

    address: RedisAddress

    @contextmanager
    def lost(self) -> Iterator[None]:
        """Let it be dead, its data too, for as long as the context is open."""

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Let it stand still for as long as the context is open."""


class Embedded:
    """That of a data folder, which its users revive."""

    def __init__(self, folder: Path) -> None:
        self._server = ValkeyServer(folder / "queue")
        self.address = start_or_join(folder, watch=0.1)

    @contextmanager
    def lost(self) -> Iterator[None]:
        with self._server.locked():  # nobody can revive it now
            self._server.stop()
            shutil.rmtree(self._server.folder / "data")
            yield

    @contextmanager
    def hanging(self) -> Iterator[None]:
        known = self._server.known()
        assert known is not None
        with _standing_still(known.pid):
            yield

    def close(self) -> None:
        self.address.close()


class Operators:
    """One that an operator runs, on a port and with a password."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: Popen[bytes] | None = None
        self._start()
        word = PASSWORD.replace(" ", "%20").replace("/", "%2F")
        self.address = start_or_join(folder / "none", f"redis://:{word}@127.0.0.1:{self._port}/0")

    @contextmanager
    def lost(self) -> Iterator[None]:
        self.close()
        shutil.rmtree(self._folder / "valkey")
        yield
        self._start()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        assert self._process is not None
        with _standing_still(self._process.pid):
            yield

    def close(self) -> None:
        if self._process is not None:
            stop_valkey(self._process)
            self._process = None

    def _start(self) -> None:
        self._process = start_valkey_on(self._port, PASSWORD, self._folder / "valkey")


@contextmanager
def _standing_still(pid: int) -> Iterator[None]:
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
