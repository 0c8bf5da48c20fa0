"""An IT Glue of its own for each test, one Valkey for all."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from bridge.store.database import Database
from bridge.times import Times
from tests.integration.drain.world import QUICK, RESOURCES, TIMES, World
from tests.simulators.running import Running, running
from tests.valkey import start_valkey, stop_valkey


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """Give a client of the server that holds the quotas."""
    process, socket = start_valkey(tmp_path_factory.mktemp("valkey"))
    client = Redis(unix_socket_path=str(socket), socket_timeout=5)
    yield client
    client.close()
    stop_valkey(process)
    shutil.rmtree(socket.parent)


@pytest.fixture(scope="module")
def itglue_process() -> Iterator[Running]:
    """Run a simulator for the tests of a file: it keeps the history of every record, which makes its answers grow."""
    with running("itglue", "--port", "0", "--empty", "--limits", "off") as simulator:
        yield simulator


@pytest.fixture
def itglue(itglue_process: Running) -> Running:
    """Give the account, emptied by hand of what other tests have left."""
    simulator = itglue_process
    simulator.reset()
    simulator.control.delete("/requests").raise_for_status()
    for state in ("on", "disconnected"):  # records of the native sync can only be deleted once it is gone
        simulator.control.post("/native_sync", json={"state": state}).raise_for_status()
    for resource in RESOURCES:
        for one in simulator.get(f"/records/{resource}"):
            if one["now"] is not None:
                simulator.control.delete(f"/records/{resource}/{one['id']}").raise_for_status()
    return simulator


@pytest.fixture
def psa() -> Iterator[Running]:
    """Give a ConnectWise of its own."""
    with running("connectwise", "--port", "0", "--empty", "--limits", "off") as simulator:
        yield simulator


Make = Callable[..., World]


@pytest.fixture
def make(
    tmp_path: Path, open_database: Callable[[], Database], itglue: Running, redis: Redis
) -> Iterator[Callable[..., World]]:
    """Give a way to make the test's world with times of its own."""
    made: list[World] = []

    def build(times: Times = TIMES, connectwise: Running | None = None) -> World:
        made.append(World(tmp_path, open_database, itglue, redis, connectwise=connectwise, times=times))
        return made[-1]

    yield build
    for world in made:
        world.close()


@pytest.fixture
def world(make: Make) -> World:
    """Give a world in which no list lags."""
    return make(QUICK)
