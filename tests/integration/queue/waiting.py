"""Waits for what other processes do."""

import time
from collections.abc import Callable
from pathlib import Path


def until(happened: Callable[[], object], seconds: float = 10.0) -> float:
    """Look until it happened, and give the seconds that took; fail after `seconds`."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < seconds, f"not within {seconds:g} s"
        time.sleep(0.005)
    return time.monotonic() - began


def lines(path: Path) -> list[str]:
    """Read the whole lines of a file that another process writes."""
    text = path.read_text() if path.exists() else ""
    return text.split("\n")[:-1]
