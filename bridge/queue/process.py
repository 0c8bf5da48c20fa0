"""Tells one process from a later one of the same number."""

import subprocess
from pathlib import Path

_PROC = Path("/proc/self/stat").exists()


def started(pid: int) -> str | None:
    """Give the mark of the process's beginning, the same as long as it lives; None where there is none, or a zombie."""
    if not _PROC:
        return _ps(pid, "lstart=")
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()  # the name may hold blanks
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]  # proc(5): state is field 3, starttime 22


def command(pid: int) -> str:
    """Give the process's command line, words apart by blanks; empty where there is no such process."""
    if not _PROC:
        return _ps(pid, "command=") or ""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="surrogateescape")
    except OSError:
        return ""


def _ps(pid: int, column: str) -> str | None:
    shown = subprocess.run(["ps", "-o", column, "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None
