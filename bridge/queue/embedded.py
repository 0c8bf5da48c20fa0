"""The embedded queue server of a data folder, shared by every process that works on it.

`queue/` in the data folder holds three locks, which the kernel gives back when a process dies:

- `lock`: held while anybody starts, joins, leaves or revives the server; its text names the server's pid, the mark of
  its beginning and its socket.
- `users`: held, shared, by every process that uses the server. Whoever leaves last stops it, no matter who started it,
  so `apply` may start it, `run` may join, and `apply` may end. Whoever finds no other user begins afresh: a server that
  still runs then is the survivor of a killed service, and is stopped and started again on the same file.
- `alive`: held by the server itself, which inherits it, so that two servers never write one file.

Each user watches the server and revives it on the same socket.
"""

import os
import threading
import time
from pathlib import Path

import structlog

from bridge.errors import SettingsError
from bridge.flock import open_lock, try_lock, within
from bridge.queue.address import RedisAddress
from bridge.queue.valkey import FULL, ValkeyServer

log = structlog.get_logger(__name__)


def start_or_join(
    data_dir: Path, url: str | None = None, *, watch: float = 1.0, patience: float = 10.0
) -> RedisAddress:
    """Give the address of the queue server: the operator's at `url`, else the data folder's own, which then runs.

    Close the address at the end. Our own server is looked at every `watch` seconds, started anew where it died, and
    killed and started anew where it has not answered for `patience` seconds. Raises SettingsError B141 where it cannot
    run, B137 where the disk is full, B142 where `url` is not understood.
    """
    if url is not None:
        return RedisAddress(url)
    try:
        return _Use(data_dir, watch, patience).address
    except OSError as error:
        if error.errno in FULL:
            raise SettingsError("B137", f"{data_dir}: {error.strerror}") from error
        raise SettingsError("B141", f"the queue server cannot use the data folder {data_dir}: {error}") from error


class _Use:
    """One process's use of the data folder's server."""

    def __init__(self, data_dir: Path, watch: float, patience: float) -> None:
        self._watch = watch
        self._patience = patience
        self._server = ValkeyServer(data_dir.resolve() / "queue")
        self._users = open_lock(self._server.folder / "users")
        try:
            with self._server.locked():
                # Turning the lock from alone to shared is not atomic; all who look at it hold `lock`.
                if try_lock(self._users):
                    self._server.stop()
                try_lock(self._users, shared=True)
                if not within(patience, lambda: self._server.answers() or not self._server.alive()):
                    self._server.stop()
                if not self._server.alive():
                    self._server.start()
                known = self._server.known()
                assert known is not None
                self.address = RedisAddress(known.url, self._leave)
        except BaseException:
            os.close(self._users)
            raise
        self._left = threading.Event()
        self._watcher = threading.Thread(target=self._look_after, name="queue-watch", daemon=True)
        self._watcher.start()

    def _leave(self) -> None:
        self._left.set()
        self._watcher.join()
        try:
            with self._server.locked():
                if try_lock(self._users):
                    self._server.stop()
        finally:
            os.close(self._users)

    def _look_after(self) -> None:
        answered_at = time.monotonic()
        lost = False
        while not self._left.wait(self._watch):
            if self._server.answers():
                answered_at = time.monotonic()
            elif not self._server.alive() or time.monotonic() - answered_at > self._patience:
                try:
                    self._revive()
                    lost = False
                except (SettingsError, OSError) as error:
                    if not lost:
                        log.warning("queue.start_failed", error=str(error))
                    lost = True
                answered_at = time.monotonic()

    def _revive(self) -> None:
        with self._server.locked():
            if not self._server.answers():
                self._server.stop()
                self._server.start()
                log.warning("queue.revived")
