"""How much of the quota worker processes use while there is work, and whether they ever use one request more."""

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from time import monotonic, sleep

from benchmarks.figure import Figure
from benchmarks.stage import FailedError, Stage, seconds_of, serving, stage
from bridge.queue.doorbell import Doorbell
from bridge.queue.embedded import start_or_join

REQUESTS, WINDOW, WINDOWS = 3000, 60.0, 4
ALLOWED = REQUESTS * 7 // 10
LEAST = 95.0
# An organization is a request of its own; more of them than four windows and the time to start can take.
_ORGANIZATIONS = 10_000
_MOST = 1_000_000
_REST = f"""[organizations]
create = "yes"
[stops]
creates = {{ hour = {_MOST}, day = {_MOST} }}
names = {{ hour = {_MOST}, day = {_MOST} }}
"""


def one() -> Iterator[Figure]:
    """Let one worker process make organizations for four windows."""
    return _used(1)


def four() -> Iterator[Figure]:
    """Let four worker processes do it."""
    return _used(4)


def _used(processes: int) -> Iterator[Figure]:
    with stage("all_new", companies=_ORGANIZATIONS, devices=_ORGANIZATIONS) as here:
        here.itglue.call("POST", "/switches", {"limit": {"requests": REQUESTS, "seconds": WINDOW, "window": "rolling"}})
        quota = f'quota = {{ requests = {REQUESTS}, per = "{WINDOW:g}s", keep_for_others = "30%" }}'
        here.configure(itglue=quota, rest=_REST)
        here.bridge("plan")
        sleep(WINDOW)  # what the plan has read is in no window of the measurement
        here.itglue.forget()
        _work(here, processes)
        log = here.itglue.requests()
    refused = [entry for entry in log if entry["status"] != 201 and entry["method"] != "GET"]
    if refused:
        raise FailedError(f"{len(refused)} requests were not answered with 201, the first with {refused[0]}")
    at = sorted(seconds_of(entry) for entry in log)
    most = rolling(at, WINDOW)
    mean = len([time for time in at if time < at[0] + WINDOWS * WINDOW]) / WINDOWS
    print(
        f"    at most {most:,} in {WINDOW:g} s, {mean:,.0f} in the mean of {WINDOWS} windows; {ALLOWED:,} are allowed"
    )
    name = f"quota_use_{processes}"
    yield Figure.of(name, most / ALLOWED * 100, "% of what is allowed", ">=", LEAST, also=most <= ALLOWED)


def _work(here: Stage, processes: int) -> None:
    with start_or_join(here.folder / "data") as address:
        command = [sys.executable, "-m", "bridge.child", "backfill", "--settings", str(here.settings)]
        workers = [here.start(*command, "--queue", address.url) for _ in range(processes)]
        with serving(workers):
            doorbell = Doorbell(address)
            ends = monotonic() + WINDOWS * WINDOW + 5.0
            while monotonic() < ends:
                for _ in range(processes):
                    doorbell.ring("backfill")
                sleep(1.0)
                if any(worker.poll() is not None for worker in workers):
                    raise FailedError((here.folder / "output.log").read_text()[-3000:])
            doorbell.close()


def rolling(at: Sequence[float], seconds: float) -> int:
    """Give the most of these sorted times that lie in any window of this length."""
    return max((bisect_right(at, time + seconds) - place for place, time in enumerate(at)), default=0)
