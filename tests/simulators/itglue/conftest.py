from collections.abc import Iterator

import httpx
import pytest

from tests.simulators.itglue.account import Account
from tests.simulators.running import Running, running


@pytest.fixture(scope="module")
def process(request: pytest.FixtureRequest) -> Iterator[Running]:
    """One simulator for a module; a module sets `ARGUMENTS` to start it otherwise."""
    arguments: tuple[str, ...] = getattr(request.module, "ARGUMENTS", ("--empty", "--limits", "off"))
    with running("itglue", *arguments) as simulator:
        yield simulator


@pytest.fixture
def simulator(process: Running) -> Iterator[Running]:
    """Give the module's simulator, without faults and with every switch at its default."""
    yield process
    process.reset()


@pytest.fixture
def account(simulator: Running) -> Iterator[Account]:
    """Give a client of the account that has its own organization and configuration type."""
    with httpx.Client(base_url=simulator.url, headers={"x-api-key": simulator.credentials["api_key"]}) as http:
        yield Account(http)
