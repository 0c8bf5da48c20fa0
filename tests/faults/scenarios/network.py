"""The network to both sides stands still for 90 seconds while there is work."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bridge.store.schema import targets
from tests.faults import quiet, tenants
from tests.faults.harness import Proof
from tests.faults.place import Place
from tests.faults.small import STEADY, ended, names, small

_DEVICES = 60
_HELD = 90.0


def network(place: Place, *, seconds: float = _HELD) -> str:
    """Hold the network in the midst of creates and updates; nothing is spent, held or doubled by it."""
    with small(place) as run:
        world = run.world
        company = tenants.company(world, "Kraken")
        devices = [tenants.device(world, company, f"KRK-{n:03}", serialNumber=f"A-{n:03}") for n in range(_DEVICES)]
        run.start()
        run.settled(first=True)

        for number, device in enumerate(devices):
            world.source.person("PATCH", f"company/configurations/{device}", {"serialNumber": f"B-{number:03}"})
            tenants.device(world, company, f"NEW-{number:03}")
        written = len(run.writes())
        with _held():
            run.say(f"the network stands still after {written} writes")
            attempts = 0
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                attempts = max(attempts, _attempts(run))
                time.sleep(1)
            assert quiet.held(world.database) == {}
        began = time.monotonic()
        run.settled(first=True)
        spent = time.monotonic() - began
        allowed = STEADY.quiet_within() + 30  # and the time that reading takes
        assert spent < allowed, f"quiet only {spent:.0f} s after the network was back"
        assert attempts == 0, f"{attempts} attempts were spent"
        assert set(names(world).values()) == {1}
        assert len(names(world)) == 2 * _DEVICES
        writes = ended(run)
        return (
            f"held for {seconds:g} s, quiet {spent:.1f} s later, no attempt spent, none twice; {writes} records written"
        )


def _attempts(run: Proof) -> int:
    with run.world.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.max(targets.c.attempts))).scalar() or 0)


@contextmanager
def _held() -> Iterator[None]:
    """Stop both simulators, so that connections are taken, and nothing is read or answered."""
    pids = [pid for pid in _children() if b"simulators" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert len(pids) == 2, pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _children() -> list[int]:
    threads = Path(f"/proc/{os.getpid()}/task").iterdir()
    return [int(pid) for thread in threads for pid in (thread / "children").read_text().split()]
