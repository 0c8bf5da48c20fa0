"""The quota's proof: four processes, one wipe, and the server's own log as judge."""

import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

from redis import Redis

from tests.integration.itglue.simulator import Simulator

WORKER = Path(__file__).with_name("quota_worker.py")
SECONDS = 10.0
REQUESTS = 300


def rolling_maximum(at: list[float], seconds: float) -> int:
    """Count the most that stand in any window of that length."""
    most = start = 0
    for end, moment in enumerate(at):
        while at[start] < moment - seconds:
            start += 1
        most = max(most, end - start + 1)
    return most


def test_four_processes_use_the_quota_and_never_exceed_it(simulator: Simulator, redis: Redis, valkey: Path) -> None:
    """300 per 10 s, Redis' data lost midway: no 429, never more than 300 in any 10 s, and over 90 % of it used."""
    simulator.switch(limit={"requests": REQUESTS, "seconds": SECONDS, "window": "rolling"})
    arguments = [simulator.url, simulator.key, str(valkey), str(REQUESTS), str(SECONDS)]
    workers = [
        subprocess.Popen([sys.executable, str(WORKER), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
    before = len(simulator.requests())

    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(b"go\n")
        worker.stdin.flush()
    time.sleep(11)
    redis.flushall()
    time.sleep(8.5)
    done = [worker.communicate()[0] for worker in workers]

    log = simulator.requests()[before:]
    at = [datetime.fromisoformat(each["at"]).timestamp() for each in log]
    steady = [moment for moment in at if 1 <= moment - at[0] < 19]
    used = len(steady) / 18 * SECONDS / REQUESTS
    sys.stdout.write(f"most in any window: {rolling_maximum(at, SECONDS)}, used {used:.1%}, done {done}\n")
    assert {each["status"] for each in log} == {200}
    assert rolling_maximum(at, SECONDS) <= REQUESTS
    assert used > 0.9
    assert [worker.returncode for worker in workers] == [0] * 4
