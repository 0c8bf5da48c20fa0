"""Keeps the service's processes alive until a signal ends them."""

import math
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from types import FrameType

import structlog

from bridge.supervise.child import Child, KeptChild
from bridge.supervise.status import ServiceStatus, remove_status, write_status

log = structlog.get_logger(__name__)


class Supervisor:
    """Keeps one process per child; every child has to call `heartbeat.beat` (seconds everywhere).

    A child that ends is started again after a pause that doubles from `backoff[0]` to `backoff[1]`, and begins anew
    once the child lived for `healthy`. A child from which no heartbeat came for `lease` is killed; before its first one
    it has `startup`, if that is longer. At the end children have `grace` to finish what they do.
    """

    def __init__(
        self,
        children: Sequence[Child],
        lease: float,
        *,
        data_dir: Path,
        grace: float = 60.0,
        startup: float = 30.0,
        backoff: tuple[float, float] = (0.1, 30.0),
        healthy: float = 60.0,
    ) -> None:
        self._kept = [KeptChild(child, lease, max(lease, startup), backoff, healthy) for child in children]
        self._grace = grace
        self._data_dir = data_dir
        self._signals: list[int] = []
        self._selector = DefaultSelector()
        self._started_at = datetime.now(UTC)
        self._shown: ServiceStatus | None = None

    def run(self) -> int:
        """Keep the children alive until SIGTERM or SIGINT; give 0, or 1 where one had to be killed at the end.

        Called in the main thread: children on Linux die with the thread that started them. While it stops, SIGINT
        (Ctrl-C a second time) kills at once.
        """
        reader, writer = os.pipe()
        os.set_blocking(writer, False)

        def heard(number: int, frame: FrameType | None) -> None:
            self._signals.append(number)
            with suppress(BlockingIOError):
                os.write(writer, b"\0")

        before = {number: signal.signal(number, heard) for number in (signal.SIGTERM, signal.SIGINT)}
        self._selector.register(reader, EVENT_READ)
        try:
            while not self._signals:
                for each in self._kept:
                    each.look(self._selector)
                self._show()
                self._wait(min((each.due_at for each in self._kept), default=math.inf))
            return self._stop()
        finally:
            for each in self._kept:
                each.abandon(self._selector)
            for number, handler in before.items():
                signal.signal(number, handler)
            self._selector.close()
            os.close(reader)
            os.close(writer)
            remove_status(self._data_dir)

    def _stop(self) -> int:
        log.info("service.stopping", signal=signal.Signals(self._signals[0]).name, grace=self._grace)
        until = time.monotonic() + self._grace
        heard = len(self._signals)
        for each in self._kept:
            each.ask_to_end()
        while any(each.process for each in self._kept):
            now = time.monotonic()
            if signal.SIGINT in self._signals[heard:]:
                until = now
            for each in self._kept:
                each.look(self._selector, start=False)
                if now >= until:
                    each.kill("grace is over")
            self._show()
            self._wait(min((min(until, each.due_at) for each in self._kept if each.process), default=now))
        killed = [each.child.name for each in self._kept if each.killed]
        log.info("service.stopped", killed=killed)
        return 1 if killed else 0

    def _wait(self, until: float) -> None:
        """Wait for a signal, a heartbeat, the end of a child, or `until`; at most a second, in case an end is not seen."""
        asked_at = time.monotonic()
        ready = self._selector.select(min(max(until - asked_at, 0), 1))
        stood_still = time.monotonic() - asked_at > 2  # Ctrl-Z; what the children sent meanwhile is old or lost
        for key, _ in ready:
            if key.data is None:
                os.read(key.fd, 64)
            else:
                key.data.hear(self._selector)
        for each in self._kept if stood_still else ():
            each.excuse()

    def _show(self) -> None:
        status = ServiceStatus(os.getpid(), self._started_at, tuple(each.status() for each in self._kept))
        if status != self._shown:
            write_status(self._data_dir, status)
            self._shown = status
