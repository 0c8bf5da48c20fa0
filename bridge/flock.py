"""File locks, which the kernel gives back when their process dies."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path


def open_lock(path: Path) -> int:
    """Open a lock file, made where it is missing; not inherited by other programs unless passed to them."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(file: int, *, shared: bool = False) -> bool:
    """Take the lock, alone or with others, without waiting; False where it is held."""
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def within(seconds: float, happened: Callable[[], bool], *, every: float = 0.01) -> bool:
    """Look every so many seconds until it has happened or the time is over; say which."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            return False
        time.sleep(every)
    return True
