"""Patience: a wait is measured in the time of a machine that has a core for everybody who wants one."""

import os
import time
from collections.abc import Callable

_POLL = 0.1


class Patience:
    """Counts the seconds that a wait has taken, fewer while more processes want to run than there are cores."""

    def __init__(self) -> None:
        self._seen_at = time.monotonic()
        self._spent = 0.0

    def spent(self) -> float:
        """Give how long it has been; ask often, for what has passed is weighed by how crowded it is now."""
        now = time.monotonic()
        self._spent += (now - self._seen_at) / _crowd()
        self._seen_at = now
        return self._spent


def until(truth: Callable[[], bool], seconds: float, what: str) -> float:
    """Wait until it is true; give how long that took by the clock, raise TimeoutError where patience is over."""
    began, patience = time.monotonic(), Patience()
    while not truth():
        if patience.spent() > seconds:
            raise TimeoutError(f"not within {seconds:g} s ({time.monotonic() - began:.0f} s by the clock): {what}")
        time.sleep(_POLL)
    return time.monotonic() - began


def _crowd() -> float:
    """Give how many processes there are for each core; at least one."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
