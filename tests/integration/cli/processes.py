"""Commands as processes of their own: how far they are, and what is left of them."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.integration.cli.workplace import Workplace

COMPANIES = "company/companies"


def hanging(place: Workplace, begin: Callable[[], "subprocess.Popen[str]"]) -> "subprocess.Popen[str]":
    """Begin a command, and give it once the source has its question about companies, which it answers after 20 s."""
    psa = place.sides.psa
    psa.fault({"delay": 20}, path=COMPANIES)
    asked = len(psa.get("/requests"))
    process = begin()
    ends_at = time.monotonic() + 30
    while not any(COMPANIES in each["path"] for each in psa.get("/requests")[asked:]):
        assert time.monotonic() < ends_at
        time.sleep(0.02)
    return process


def running_on(folder: Path) -> str:
    """Give the command lines of processes that work in a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = each.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return "\n".join(found)
