"""A small world that was synced once, shared by all tests of this folder; each leaves it as it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.e2e.safety.unattended import QUICK, Desk, Scene, scene

MAPPING = '[organizations]\ncreate = "yes"\n'


@pytest.fixture(scope="session")
def synced() -> Iterator[Scene]:
    """Give a customer with five devices, synced by a reviewed plan."""
    with scene(mapping=MAPPING) as made:
        desk = Desk(made.world)
        customer = desk.company("Acme")
        for number in range(5):
            desk.device(customer, f"PC {number}", serialNumber=f"SN-{number:04}-X")
        made.reviewed()
        made.unattended()
        made.ledger.since()
        yield made


@contextmanager
def _right_again(scene: Scene) -> Iterator[None]:
    """Put settings and secrets back."""
    environment = scene.world.folder / ".env"
    text = environment.read_text()
    yield
    environment.write_text(text)
    scene.world.settle(mapping=MAPPING, rollout='["*"]', times=QUICK)


@pytest.fixture
def refused(synced: Scene) -> Iterator[Scene]:
    """Give the world to a test in which nothing gets as far as either side."""
    with _right_again(synced):
        yield synced
    assert synced.ledger.since() == []


@pytest.fixture
def place(synced: Scene) -> Iterator[Scene]:
    """Give the world; afterwards it is right again, nothing was written, and it goes on."""
    with _right_again(synced):
        yield synced
    synced.world.itglue.reset()
    synced.world.source.reset()
    synced.goes_on()
    assert synced.ledger.since() == []
    assert synced.held() == {}
