"""A small world that was synced once, shared by all tests of this folder; each leaves it as it was."""

from collections.abc import Iterator

import pytest

from tests.e2e.safety.unattended import Desk, Scene, scene

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


@pytest.fixture
def place(synced: Scene) -> Iterator[Scene]:
    """Give the world; afterwards its settings are right again, nothing was written, and it goes on."""
    environment = synced.world.folder / ".env"
    text = environment.read_text()
    yield synced
    environment.write_text(text)
    synced.world.itglue.reset()
    synced.world.source.reset()
    synced.world.settle(mapping=MAPPING, rollout='["*"]', extra="", itglue="")
    synced.goes_on()
    assert synced.ledger.since() == []
    assert synced.held() == {}
