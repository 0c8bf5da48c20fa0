"""One process of the service: started, listened to, killed where it hangs, started again."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from selectors import EVENT_READ, DefaultSelector

import structlog

from bridge.supervise.heartbeat import VARIABLE
from bridge.supervise.status import ChildStatus

_STEPS = "BRIDGE_STEPS_FD"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep alive; `env` comes on top of the supervisor's own."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


class KeptChild:
    """A child, and its process of the moment."""

    def __init__(
        self, child: Child, lease: float, startup: float, backoff: tuple[float, float], healthy: float
    ) -> None:
        self.child = child
        self.process: subprocess.Popen[bytes] | None = None
        self.due_at = 0.0
        self.killed = False
        self._lease = lease
        self._startup = startup
        self._backoff = backoff
        self._healthy = healthy
        self._pause = backoff[0]
        self._starts = 0
        self._began = 0.0
        self._began_at: datetime | None = None
        self._beat = 0.0
        self._socket: socket.socket | None = None

    def look(self, selector: DefaultSelector, *, start: bool = True) -> None:
        """Do what is due: take note of its end, kill it, start it; set `due_at` for the next look."""
        if self.process is not None and self.process.poll() is not None:
            self._ended(self.process, selector)
        now = time.monotonic()
        if self.process is None:
            if start and now >= self.due_at:
                self._start(selector)
            return
        if now >= self.due_at:
            self.kill(f"no heartbeat for {now - self._beat:.1f} s")

    def hear(self, selector: DefaultSelector) -> None:
        """Read the heartbeats that came."""
        assert self._socket is not None
        assert self.process is not None
        try:
            heard = self._socket.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            heard = b""
        if not heard:  # it ends, and can be taken note of in a moment; or it is killed for its silence
            self._close(selector)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.5)
            return
        lines = heard.split(b"\n")
        if len(lines) > 1:  # the last one may be half a line, and then gives a smaller number
            self._beat = max(self._beat, float(lines[-2]))
            self.due_at = self._beat + self._lease

    def excuse(self) -> None:
        """Give it another lease: nobody listened."""
        self.due_at = max(self.due_at, time.monotonic() + self._lease)

    def ask_to_end(self) -> None:
        """Send SIGTERM."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)

    def kill(self, reason: str) -> None:
        """Kill it, and all that it started."""
        self.due_at = time.monotonic() + 1.0
        if self.process is None or self.killed or self.process.poll() is not None:
            return
        self.killed = True
        log.warning("child.killed", name=self.child.name, pid=self.process.pid, reason=reason)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def abandon(self, selector: DefaultSelector) -> None:
        """Leave nothing behind, whatever happened to the supervisor."""
        if self.process is not None:
            self.kill("the supervisor ends")
            self.process.wait()
        self._close(selector)

    def status(self) -> ChildStatus:
        """Say where it stands."""
        pid = self.process.pid if self.process else None
        return ChildStatus(self.child.name, pid, self._began_at, max(self._starts - 1, 0))

    def _start(self, selector: DefaultSelector) -> None:
        ours, theirs = socket.socketpair()
        env = {**os.environ, **self.child.env, VARIABLE: str(theirs.fileno())}
        inherited = [theirs.fileno(), *([int(env[_STEPS])] if _STEPS in env else [])]
        with theirs:
            try:
                self.process = subprocess.Popen(
                    self.child.argv,
                    env=env,
                    stdin=subprocess.DEVNULL,
                    pass_fds=inherited,
                    process_group=0,  # Ctrl-C is for the supervisor alone
                )
            except OSError as error:
                ours.close()
                log.warning("child.start_failed", name=self.child.name, error=str(error))
                self._pause_before_start()
                return
        ours.setblocking(False)
        self._socket = ours
        selector.register(ours, EVENT_READ, self)
        self._starts += 1
        self.killed = False
        self._began = self._beat = time.monotonic()
        self._began_at = datetime.now(UTC)
        self.due_at = self._began + self._startup
        log.info("child.started", name=self.child.name, pid=self.process.pid, restarts=self._starts - 1)

    def _ended(self, process: subprocess.Popen[bytes], selector: DefaultSelector) -> None:
        self.process = None
        self._began_at = None
        self._close(selector)
        code = process.returncode
        how = {"signal": signal.strsignal(-code)} if code < 0 else {"code": code}
        log.info("child.ended", name=self.child.name, pid=process.pid, **how)
        if time.monotonic() - self._began >= self._healthy:
            self._pause = self._backoff[0]
        self._pause_before_start()

    def _pause_before_start(self) -> None:
        self.due_at = time.monotonic() + self._pause
        self._pause = min(self._pause * 2, self._backoff[1])

    def _close(self, selector: DefaultSelector) -> None:
        if self._socket is not None:
            selector.unregister(self._socket)
            self._socket.close()
            self._socket = None
