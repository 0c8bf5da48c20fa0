"""What befalls the queue server: it stands still, dies with its data, or loses them."""

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import Popen
from typing import Self
from urllib.parse import quote, unquote

from redis import Redis

from tests.faults.steps import kill
from tests.faults.world import World
from tests.valkey import start_valkey, stop_valkey


def embedded(world: World) -> tuple[int, str]:
    """Give the pid of the data folder's own server and its socket."""
    known = json.loads((world.data / "queue" / "lock").read_text())
    return int(known["pid"]), unquote(known["socket"])


@contextmanager
def standing_still(pid: int) -> Iterator[None]:
    """Stop a server for as long as the context is open."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        # One box has killed a server that did not answer for so long, and started another.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def wipe(socket: str) -> None:
    """Make it forget everything."""
    client = Redis(unix_socket_path=socket)
    client.flushall()
    client.close()


def kill_with_data(world: World) -> None:
    """Kill the data folder's server and take its file away, as a lost disk would."""
    pid, _ = embedded(world)
    kill(pid)
    shutil.rmtree(world.data / "queue" / "data", ignore_errors=True)


def stand_still(world: World, seconds: float) -> None:
    """Let the data folder's server stand still for so long."""
    with standing_still(embedded(world)[0]):
        time.sleep(seconds)


def wipe_embedded(world: World) -> None:
    """Make the data folder's server forget everything."""
    wipe(embedded(world)[1])


class External:
    """A server of its own, as an operator of several machines runs; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: Popen[bytes]
        self._process, self.socket = start_valkey(folder)

    @property
    def url(self) -> str:
        """Give its address."""
        return f"unix://{quote(str(self.socket))}"

    def stand_still(self, seconds: float) -> None:
        """Stand still for so long."""
        with standing_still(self._process.pid):
            time.sleep(seconds)

    def die(self) -> None:
        """Die with its data, and be started afresh at the same address."""
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
        self._process, fresh = start_valkey(self._folder)
        self.socket.unlink(missing_ok=True)
        self.socket.symlink_to(fresh)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        stop_valkey(self._process)
