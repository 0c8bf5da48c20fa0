"""One heap for all threads of a process."""

import ctypes
from contextlib import suppress

_ARENA_MAX = -8  # M_ARENA_MAX of mallopt(3)


def share() -> None:
    """Have the threads that are yet to begin use one heap.

    glibc gives each thread one of its own, and what each of many threads held at its worst moment stays with the process.
    Other C libraries do not, or have no such setting.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
