import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulators.connectwise.dataset import tenant
from tests.simulators.connectwise.entries import CALLBACKS
from tests.simulators.connectwise.psa import ROOT, Psa
from tests.simulators.connectwise.receiver import Receiver, receiving
from tests.simulators.running import Running, running


@pytest.fixture(scope="session")
def shared_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One simulator with the small tenant, whose records no test changes."""
    data: Path = tmp_path_factory.mktemp("tenant") / "tenant.json"
    data.write_text(json.dumps(tenant()))
    with running("connectwise", "--data", str(data), "--limits", "off") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def own_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One simulator of a module, with the small tenant to change."""
    data: Path = tmp_path_factory.mktemp("tenant") / "tenant.json"
    data.write_text(json.dumps(tenant()))
    with running("connectwise", "--data", str(data)) as simulator:
        yield simulator


@pytest.fixture
def psa(shared_process: Running) -> Iterator[Psa]:
    """Give a client of the small tenant, with every switch at its default."""
    client = Psa(shared_process)
    with client.http:
        yield client
    shared_process.reset()


@pytest.fixture
def own(own_process: Running) -> Iterator[Psa]:
    """Give a client of a tenant that the module may change."""
    client = Psa(own_process)
    with client.http:
        yield client
    own_process.reset()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver that takes all messages."""
    with receiving() as running:
        yield running


@pytest.fixture
def clean(own: Psa) -> Iterator[Psa]:
    """Give a tenant without callback entries, before and after."""
    yield own
    for number in own.ids(CALLBACKS):
        assert own.http.delete(f"{ROOT}/{CALLBACKS}/{number}").status_code == 204
