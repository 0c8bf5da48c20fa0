"""How much of the quota worker processes use while there is work, and whether they ever use one request more."""

import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import closing
from time import monotonic, sleep

import sqlalchemy as sa

from benchmarks.figure import Figure
from benchmarks.stage import FailedError, Stage, seconds_of, serving, stage
from bridge import app
from bridge.queue.doorbell import Doorbell
from bridge.queue.embedded import start_or_join
from bridge.store.schema import targets

REQUESTS, WINDOW, WINDOWS = 3000, 60.0, 4
ALLOWED = REQUESTS * 7 // 10
LEAST = 95.0
_MOST = 1_000_000
_REST = f"""[stops]
creates = {{ hour = {_MOST}, day = {_MOST} }}
names = {{ hour = {_MOST}, day = {_MOST} }}
"""


def one() -> Iterator[Figure]:
    """Let one worker process write for four windows."""
    return _used(1)


def four() -> Iterator[Figure]:
    """Let four worker processes do it."""
    return _used(4)


def _used(processes: int) -> Iterator[Figure]:
    with stage("first_sync") as here:
        here.itglue.call("POST", "/switches", {"limit": {"requests": REQUESTS, "seconds": WINDOW, "window": "rolling"}})
        quota = f'quota = {{ requests = {REQUESTS}, per = "{WINDOW:g}s", keep_for_others = "30%" }}'
        here.configure(itglue=quota, rest=_REST)
        here.bridge("plan")
        _one_by_one(here)
        sleep(WINDOW)  # what the plan has read is in no window of the measurement
        here.itglue.forget()
        _work(here, processes)
        log = here.itglue.requests()
    refused = [entry for entry in log if entry["status"] not in {200, 201}]
    if refused:
        raise FailedError(f"{len(refused)} requests were refused, the first with {refused[0]}")
    at = sorted(seconds_of(entry) for entry in log)
    # Names are few, and models wait for their manufacturers: there is work for everyone once records are written.
    first = min(seconds_of(entry) for entry in log if entry["path"].endswith("configurations"))
    windows = [first + number * WINDOW for number in range(WINDOWS)]
    used = [sum(begin <= time < begin + WINDOW for time in at) for begin in windows]
    most = rolling(at, WINDOW)
    print(f"    {used} in {WINDOW:g} s each, at most {most:,} in any; {ALLOWED:,} are allowed")
    value = sum(used) / WINDOWS / ALLOWED * 100
    yield Figure.of(f"quota_use_{processes}", value, "% of what is allowed", ">=", LEAST, also=most <= ALLOWED)


def _one_by_one(here: Stage) -> None:
    """Have each record written by a request of its own, as after a bulk that was refused: four windows are 8,400."""
    with closing(app.database_of(app.settings_of(here.settings))) as db, db.write() as connection:
        connection.execute(sa.update(targets).where(targets.c.block == "configurations").values(bulk=1))


def _work(here: Stage, processes: int) -> None:
    with start_or_join(here.folder / "data") as address:
        command = [sys.executable, "-m", "bridge.child", "backfill", "--settings", str(here.settings)]
        workers = [here.start(*command, "--queue", address.url) for _ in range(processes)]
        with serving(workers):
            doorbell = Doorbell(address)
            ends = monotonic() + WINDOWS * WINDOW + 15.0
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
