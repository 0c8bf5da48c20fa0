"""The simulator of IT Glue as a process, and a client on a real Valkey."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis import Redis

from bridge.itglue.client import ITGlue
from bridge.quota import Quota, Window
from tests.integration.itglue.simulator import Account, Simulator
from tests.valkey import start_valkey, stop_valkey


@pytest.fixture(scope="session")
def started() -> Iterator[Simulator]:
    """Run one simulator for all tests of this folder."""
    simulator = Simulator()
    yield simulator
    simulator.stop()


@pytest.fixture
def simulator(started: Simulator) -> Iterator[Simulator]:
    """Give the simulator, free of the faults of earlier tests."""
    yield started
    started.calm()


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run a Valkey and give its socket."""
    process, socket = start_valkey(tmp_path_factory.mktemp("valkey"))
    yield socket
    stop_valkey(process)
    shutil.rmtree(socket.parent)


@pytest.fixture
def redis(valkey: Path) -> Iterator[Redis]:
    """Give an empty Valkey."""
    client = Redis(unix_socket_path=str(valkey))
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def connect(simulator: Simulator, redis: Redis) -> Iterator[Callable[..., ITGlue]]:
    """Make clients with a quota that never stands in the way."""
    made: list[ITGlue] = []

    def make(*, key: str = simulator.key, url: str = simulator.url, deadline: float = 5.0, **more: Any) -> ITGlue:
        quota = Quota(redis, "test", [Window(100_000, 10)], share=0.0, deadline=deadline)
        made.append(ITGlue(url, SecretStr(key), quota, deadline=deadline, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def itglue(connect: Callable[..., ITGlue]) -> ITGlue:
    """Give a client."""
    return connect()


@pytest.fixture
def account(itglue: ITGlue, simulator: Simulator) -> Account:
    """Give an organization of its own to a test."""
    return Account(itglue, simulator)
