"""The other side of `bridge/steps.py`: says who goes on at a crash point, who is killed there and who waits."""

import os
import queue
import signal
import socket
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.faults.patience import until

VARIABLE = "BRIDGE_STEPS_FD"
CRASH_POINTS = ("before intend", "after intend", "after send", "after answer", "before settle", "before watermark")
_FIONREAD = 0x541B
_PATIENCE = 5.0


@dataclass(slots=True)
class Reached:
    """A step somebody will reach: `wait` gives the process that did, `go` lets it go on where it was kept."""

    step: str
    nth: int
    kill: bool
    when: Callable[[int], bool]
    _pids: "queue.SimpleQueue[int]" = field(default_factory=queue.SimpleQueue)
    _leave: threading.Event = field(default_factory=threading.Event)

    def wait(self, seconds: float) -> int:
        """Wait until it is reached (and the process dead, where it is killed); raise TimeoutError where it is not."""
        until(lambda: self.happened, seconds, f"somebody reaches {self.step!r} as wanted")
        return self._pids.get()

    @property
    def happened(self) -> bool:
        """Tell whether it was reached and not waited for yet."""
        return not self._pids.empty()

    def go(self) -> None:
        """Let the process go on."""
        self._leave.set()


class Steps:
    """Listens to the processes that inherit `fd`; a context manager.

    Every step costs one round trip. The kernel names the sender of each message, so that several processes may share
    the socket; leave is given to one at a time, so that none takes another's. Where a process is kept at a step, the
    socket has to be its own, and the process single-threaded.
    """

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._ours.settimeout(0.05)
        self._lock = threading.Lock()
        self._awaited: list[Reached] = []
        self._ended = threading.Event()
        self.counts: Counter[str] = Counter()
        self._thread = threading.Thread(target=self._listen, name="steps", daemon=True)
        self._thread.start()

    @property
    def fd(self) -> int:
        """Give the descriptor that processes inherit, and read from BRIDGE_STEPS_FD."""
        return self._theirs.fileno()

    def at(
        self, step: str, nth: int = 1, *, kill: bool = False, when: Callable[[int], bool] = lambda _pid: True
    ) -> Reached:
        """Await the nth time, from now, that a step is reached: the process is kept there, or killed.

        Only a time counts at which `when` is true of the process.
        """
        reached = Reached(step, nth, kill, when)
        with self._lock:
            self._awaited.append(reached)
        return reached

    def forget(self) -> None:
        """Await nothing any more, and let go on whoever is kept."""
        with self._lock:
            awaited, self._awaited = self._awaited, []
        for each in awaited:
            each.go()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self.forget()
        self._thread.join()
        self._ours.close()
        self._theirs.close()

    def _listen(self) -> None:
        heard: deque[tuple[int, str]] = deque()
        while not self._ended.is_set():
            if not heard:
                heard.extend(self._hear())
                continue
            pid, step = heard.popleft()
            met = self._met(pid, step)
            if met is not None and met.kill:
                kill(pid)
                # What its other threads had said needs no leave any more.
                heard.extend(self._hear(seconds=0.0))
                heard = deque(each for each in heard if each[0] != pid)
                met._pids.put(pid)
                continue
            if met is not None:
                met._pids.put(pid)
                while not met._leave.wait(0.1) and not self._ended.is_set():
                    pass
            self._let_go(pid)

    def _hear(self, seconds: float = 0.05) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        self._ours.settimeout(seconds)
        try:
            while True:
                said, ancillary, _, _ = self._ours.recvmsg(100, socket.CMSG_SPACE(12))
                if not said:
                    return found
                pid = next(
                    struct.unpack("3i", data)[0] for _, kind, data in ancillary if kind == socket.SCM_CREDENTIALS
                )
                found.append((pid, said.decode().strip()))
                self._ours.settimeout(0.0)
        except (TimeoutError, BlockingIOError):
            return found

    def _met(self, pid: int, step: str) -> Reached | None:
        self.counts[step] += 1
        with self._lock:
            awaited = [each for each in self._awaited if each.step == step]
        for each in awaited:
            if each.when(pid):
                each.nth -= 1
                if each.nth <= 0:
                    with self._lock:
                        self._awaited.remove(each)
                    return each
        return None

    def _let_go(self, pid: int) -> None:
        self._ours.send(b".")
        until = time.monotonic() + _PATIENCE
        while _unread(self._theirs):
            if not alive(pid) or time.monotonic() > until:  # it died while it waited: its leave is nobody's
                self._theirs.recv(1)
                return
            time.sleep(0.0002)


def _unread(end: socket.socket) -> int:
    return int(struct.unpack("i", ioctl(end, _FIONREAD, b"\0\0\0\0"))[0])


def alive(pid: int) -> bool:
    """Tell whether a process runs: one that is dead and not reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


def kill(pid: int) -> None:
    """Kill a process as a power cut would, and wait until it is dead."""
    os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + _PATIENCE
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.001)
