"""Counting requests in a rolling or fixed window."""

from collections import deque
from typing import Literal


class Window:
    """Allow so many requests in so many seconds."""

    def __init__(self, requests: int, seconds: float, kind: Literal["rolling", "fixed"]) -> None:
        self.requests = requests
        self.seconds = seconds
        self.kind = kind
        self._taken: deque[float] = deque()
        self._begun: float | None = None

    def take(self, now: float) -> float | None:
        """Count a request; or, when none is left, return the seconds until one is. A refused one is not counted."""
        horizon = now - self.seconds if self.kind == "rolling" else self._opened(now)
        while self._taken and (self._taken[0] <= horizon if self.kind == "rolling" else self._taken[0] < horizon):
            self._taken.popleft()
        if len(self._taken) >= self.requests:
            if self.kind == "fixed":
                return horizon + self.seconds - now
            return self._taken[0] + self.seconds - now if self._taken else self.seconds
        self._taken.append(now)
        return None

    def _opened(self, now: float) -> float:
        # Fixed windows follow one another from the first request on, so that a fresh one is whole.
        if self._begun is None:
            self._begun = now
        self._begun += (now - self._begun) // self.seconds * self.seconds
        return self._begun


def window_value(value: object) -> dict[str, object]:
    """Check a switch value `{"requests": n, "seconds": s, "window": "rolling" or "fixed"}`."""
    wanted = 'an object {"requests": a number from 0, "seconds": a number above 0, "window": "rolling" or "fixed"}'
    if not isinstance(value, dict) or not set(value) <= {"requests", "seconds", "window"}:
        raise ValueError(wanted)
    full = {"window": "rolling", **value}
    requests, seconds = full.get("requests"), full.get("seconds")
    if isinstance(requests, bool) or not isinstance(requests, int) or requests < 0:
        raise ValueError(wanted)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        raise ValueError(wanted)
    if full["window"] not in {"rolling", "fixed"}:
        raise ValueError(wanted)
    return full
