"""The doorbell and its workers, with real processes and a real Valkey, on both shapes."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bridge.queue.address import RedisAddress
from bridge.queue.broker import waiting_key
from bridge.queue.doorbell import Doorbell
from tests.integration.queue.servers import Embedded, Operators, Server
from tests.integration.queue.waiting import lines, until


@pytest.fixture(params=[Embedded, Operators], ids=["one box", "several machines"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """Start a server of the test's own."""
    begun = request.param(tmp_path / "data")
    yield begun
    begun.close()


@pytest.fixture
def address(server: Server) -> RedisAddress:
    """Give its address."""
    return server.address


@pytest.fixture
def doorbell(address: RedisAddress) -> Iterator[Doorbell]:
    """Ring on that server."""
    made = Doorbell(address)
    yield made
    made.close()


class Worker:
    """A worker process and what it writes."""

    def __init__(self, address: RedisAddress, folder: Path, lanes: str, threads: int) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        arguments = [address.url, lanes, str(threads), str(folder)]
        command = [sys.executable, "-m", "tests.integration.queue.a_worker", *arguments]
        with (folder / "log").open("a") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def told(self, order: str) -> "Worker":
        (self.folder / "order").write_text(order)
        return self

    def let_go(self) -> None:
        (self.folder / "order").unlink()

    def drains(self) -> list[str]:
        return [line.split()[0] for line in lines(self.folder / "drains")]

    def finished(self) -> list[str]:
        return [line.split()[0] for line in lines(self.folder / "finished")]

    def log(self) -> str:
        return (self.folder / "log").read_text()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(10)


class Workers:
    """The workers of a test."""

    def __init__(self, address: RedisAddress, folder: Path) -> None:
        self._address = address
        self._folder = folder
        self._begun: list[Worker] = []

    def start(self, name: str = "worker", lanes: str = "live,backfill", threads: int = 1) -> Worker:
        worker = Worker(self._address, self._folder / name, lanes, threads)
        self._begun.append(worker)
        until(lambda: lines(worker.folder / "ready"))
        return worker

    def kill(self) -> None:
        for worker in self._begun:
            worker.process.kill()
            worker.process.wait()


@pytest.fixture
def workers(address: RedisAddress, tmp_path: Path) -> Iterator[Workers]:
    """Start workers, which end with the test."""
    begun = Workers(address, tmp_path)
    yield begun
    begun.kill()


def waiting(address: RedisAddress, lane: str) -> int:
    """Count the messages that wait."""
    client = address.client()
    try:
        return int(client.llen(waiting_key(lane)))
    finally:
        client.close()


def test_a_ring_drains_the_lane(doorbell: Doorbell, workers: Workers) -> None:
    """Each lane by the workers that take it."""
    live, both = workers.start("live", "live"), workers.start("both")

    doorbell.ring("backfill")
    until(lambda: both.finished() == ["backfill"])
    doorbell.ring("live")
    until(lambda: "live" in live.finished() + both.finished())

    assert "backfill" not in live.drains()


def test_rings_do_not_pile_up(address: RedisAddress, doorbell: Doorbell, workers: Workers) -> None:
    """A message that waits says all that another could say."""
    for _ in range(5):
        doorbell.ring("live")
    doorbell.ring("backfill")

    assert waiting(address, "live") == 1
    worker = workers.start()
    until(lambda: sorted(worker.finished()) == ["backfill", "live"])


def test_a_killed_workers_lane_is_drained_by_another_and_a_busy_ones_is_not(
    address: RedisAddress, doorbell: Doorbell, workers: Workers
) -> None:
    """The next ring is answered at once; the lost message comes back as well, after 5 s of silence.

    A worker whose threads are all busy asks for no message, and is not taken for dead all the same.
    """
    busy = workers.start("busy", "live").told("wait")
    doorbell.ring("live")
    until(busy.drains)
    doorbell.ring("live")
    until(lambda: waiting(address, "live") == 0)
    killed = workers.start("killed", "backfill").told("wait")
    doorbell.ring("backfill")
    until(killed.drains)
    killed.end(signal.SIGKILL)
    idle = workers.start("idle")

    doorbell.ring("backfill")
    until(lambda: idle.finished() == ["backfill"], 3)
    until(lambda: idle.finished() == ["backfill", "backfill"], 15)

    with pytest.raises(AssertionError):
        until(lambda: "live" in idle.drains(), 0.5)
    busy.let_go()
    until(lambda: busy.finished() == ["live", "live"])


def test_sigterm_lets_running_drains_finish(doorbell: Doorbell, workers: Workers) -> None:
    """And takes no further one up."""
    worker = workers.start().told("wait")
    doorbell.ring("live")
    until(worker.drains)

    worker.process.send_signal(signal.SIGTERM)
    doorbell.ring("backfill")
    with pytest.raises(subprocess.TimeoutExpired):
        worker.process.wait(0.5)
    worker.let_go()

    assert worker.process.wait(10) == 0
    assert worker.finished() == ["live"]


def test_workers_outlive_a_valkey_that_dies_and_is_wiped(server: Server, doorbell: Doorbell, workers: Workers) -> None:
    """Rings meanwhile are lost; the first one afterwards is answered, and both sides say once what happened."""
    worker = workers.start().told("wait")
    doorbell.ring("live")
    until(worker.drains)

    with server.lost(), capture_logs() as logs:
        doorbell.ring("live")
        doorbell.ring("live")
        until(lambda: "queue.lost" in worker.log())
        worker.let_go()
        until(worker.finished)
    until(lambda: "queue.recovered" in worker.log())
    with capture_logs() as afterwards:
        doorbell.ring("live")
    until(lambda: worker.finished() == ["live", "live"])

    assert [entry["event"] for entry in logs if entry["event"].startswith("doorbell")] == ["doorbell.lost"]
    assert [entry["event"] for entry in afterwards] == ["doorbell.recovered"]
    assert worker.log().count("queue.lost") == 1
    assert "Traceback" not in worker.log()


def test_sigterm_ends_a_worker_that_has_no_valkey(server: Server, workers: Workers, doorbell: Doorbell) -> None:
    """The drain finishes, and that its message cannot be acknowledged holds nobody up."""
    worker = workers.start().told("wait")
    doorbell.ring("live")
    until(worker.drains)

    with server.lost():
        worker.let_go()

        assert worker.end() == 0
    assert worker.finished() == ["live"]


def test_a_drain_that_fails_is_logged_and_not_tried_again(doorbell: Doorbell, workers: Workers) -> None:
    """The sweep rings for what is still due."""
    worker = workers.start().told("fail")
    doorbell.ring("live")
    until(lambda: "this drain was told to fail" in worker.log())
    worker.let_go()

    doorbell.ring("backfill")

    until(lambda: worker.finished() == ["backfill"])
    assert worker.drains() == ["live", "backfill"]
    assert worker.log().count("drain.failed") == 1
    assert worker.log().count("RuntimeError: this drain was told to fail") == 1


def test_a_valkey_that_hangs_costs_the_ringer_half_a_second(server: Server, doorbell: Doorbell) -> None:
    """The web server rings while a webhook waits for its answer."""
    doorbell.ring("live")
    rung = threading.Thread(target=doorbell.ring, args=("live",))

    with server.hanging():
        rung.start()
        rung.join(0.9)
        waits = rung.is_alive()
    rung.join()

    assert not waits
