"""The real service, nobody watching, over a source that turns empty and comes back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.e2e.safety.ledger import Change
from tests.e2e.safety.unattended import COMPANIES, DEVICES, QUICK, Desk, Scene, scene
from tests.faults import quiet
from tests.faults.patience import until

MAPPING = '[organizations]\ncreate = "yes"\n[configurations]\ngone = "archive"\n'
DEVICE_COUNT = 12


@pytest.fixture(scope="module")
def made() -> Iterator[Scene]:
    """Give a customer with twelve devices, synced by a reviewed plan."""
    with scene(mapping=MAPPING, times=replace(QUICK, id_snapshot=0.5, poll=0.3)) as made:
        desk = Desk(made.world)
        customer = desk.company("Acme")
        for number in range(DEVICE_COUNT):
            desk.device(customer, f"PC {number:02}", serialNumber=f"SN-{number:04}-X")
        made.reviewed()
        made.ledger.since()
        yield made


def test_an_empty_source_stops_the_service_from_nothing_but_its_records(made: Scene) -> None:
    """All are held while the lists are empty; back again, they settle, and the next change is written. One second `run` is refused."""
    world, database = made.world, made.world.database
    service = world.processes.service()
    try:
        until(lambda: quiet.has_streams(database), 20, "the service polls")
        for path in (COMPANIES, DEVICES):
            world.source.fault({"status": 200, "headers": {"link": ""}, "body": "[]"}, path=f"{path}$")
            world.source.fault({"status": 200, "body": '{"count": 0}'}, path=f"{path}/count$")
        until(lambda: made.held() == {"shape_changed": DEVICE_COUNT + 1}, 20, "all are held")
        quiet.all_read(database, 20, what="ids")
        changed = made.ledger.since()
        second = world.processes.command("run", "--settings", "bridge.toml")
        world.source.reset()
        until(lambda: made.held() == {}, 20, "none is held")
        made.change(DEVICES, 1, tagNumber="AGAIN")
        written: list[Change] = []

        def is_written() -> bool:
            written.extend(made.ledger.since())
            return bool(written)

        until(is_written, 20, "the change is written")
    finally:
        code = service.end()

    assert changed == []
    assert written == [Change("configurations", "PC 00", "update", "api", {"asset-tag": "AGAIN"})]
    assert code == 0
    assert (second.code, second.err.count("\n")) == (1, 1)
    assert f"B140     a service (pid {service.pid}) already runs on" in second.err
