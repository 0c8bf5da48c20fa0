"""The simulator's clock: real time plus what the control API has advanced."""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache


class Clock:
    """Tell the time and run what is due."""

    def __init__(self) -> None:
        # Monotonic underneath: a step of the machine's clock must not move the vendor's windows.
        self._base = time.time() - time.monotonic()
        self._held: float | None = None
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._timer: asyncio.TimerHandle | None = None

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._base + time.monotonic() if self._held is None else self._held

    def stamp(self) -> str:
        """Now as RFC 3339 in UTC with microseconds."""
        return rfc3339(self.now())

    def at(self, due: float, call: Callable[[], None]) -> None:
        """Run `call` once when the clock reaches `due`; at once if it has."""
        heapq.heappush(self._due, (due, next(self._order), call))
        self._arm()

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has moved by so many seconds."""
        if seconds <= 0:
            return
        woken = asyncio.get_running_loop().create_future()
        self.at(self.now() + seconds, lambda: None if woken.done() else woken.set_result(None))
        await woken

    def advance(self, seconds: float) -> None:
        """Move the clock; what falls due on the way runs in order, each at its own time."""
        goal = self.now() + seconds
        self._run_until(goal)
        self._base += goal - self.now()
        self._arm()

    def _run_until(self, goal: float) -> None:
        while self._due and self._due[0][0] <= goal:
            due, _, call = heapq.heappop(self._due)
            self._held = max(due, self._held or due)
            try:
                call()
            finally:
                self._held = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._due:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(0.0, self._due[0][0] - self.now()), self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._run_until(self.now())
        self._arm()


@lru_cache(maxsize=8)
def http_date(second: int) -> str:
    """Second since the epoch as the `Date` header has it."""
    return formatdate(second, usegmt=True)


def rfc3339(seconds: float) -> str:
    """Seconds since the epoch as RFC 3339 in UTC, always with microseconds, so that texts sort as times."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
