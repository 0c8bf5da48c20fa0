"""How a child shows its supervisor that its work goes on.

Each thread that called `beat` is expected to call it again, until it calls `rest`. The child reports the time of the
one that has been silent longest, so a thread that hangs is seen although others work. Reports go through a socket that
the child inherits (BRIDGE_HEARTBEAT_FD); its end says that the supervisor is dead, and ends the child. Without that
variable everything here does nothing. Times are `time.monotonic`, which is one clock for all processes of a machine.
"""

import ctypes
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress

VARIABLE = "BRIDGE_HEARTBEAT_FD"
SHORTEST = 0.05  # between two reports, in seconds
_PR_SET_PDEATHSIG = 1  # prctl(2)


def attach() -> None:
    """Tie this process to its supervisor; the first `beat` does it too, but only then dies with it."""
    global _reporter  # noqa: PLW0603 - a process has one supervisor
    if _reporter is not None or VARIABLE not in os.environ:
        return
    with _lock:
        if _reporter is None and VARIABLE in os.environ:
            _reporter = _Reporter(int(os.environ.pop(VARIABLE)))  # not for programs that this one starts


def beat() -> None:
    """Say that this thread's work goes on."""
    attach()
    if _reporter is not None:
        _reporter.beat()


def rest() -> None:
    """Say that this thread has nothing to do, and will be silent."""
    if _reporter is not None:
        _reporter.rest()


class _Reporter:
    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        self._beats: dict[int, float] = {}
        self._lock = threading.Lock()
        self._reported_at = 0.0
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        threading.Thread(target=self._die_with_supervisor, name="supervisor-watch", daemon=True).start()

    def beat(self) -> None:
        now = time.monotonic()
        with self._lock:
            self._beats[threading.get_ident()] = now
            if now - self._reported_at < SHORTEST:
                return
            self._reported_at = now
            try:
                self._socket.send(b"%.3f\n" % min(self._beats.values()), socket.MSG_DONTWAIT)
            except OSError:
                return  # a supervisor that stands still gets the next one

    def rest(self) -> None:
        with self._lock:
            self._beats.pop(threading.get_ident(), None)

    def _die_with_supervisor(self) -> None:
        # Elsewhere than on Linux the only sign of its death, and there the only one if it died before prctl.
        with suppress(OSError):  # its end is a reset where reports were left unread
            while self._socket.recv(1):
                pass
        os.kill(os.getpid(), signal.SIGKILL)


_reporter: _Reporter | None = None
_lock = threading.Lock()
