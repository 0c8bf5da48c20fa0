"""What befalls the queue server: it stands still, dies with its data, or loses them."""

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from redis import Redis

from tests.faults.steps import kill
from tests.faults.world import World


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
