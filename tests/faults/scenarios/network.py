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
from tests.faults.kinds import CONTACT, DEVICE, SITE, TICKET
from tests.faults.patience import Patience
from tests.faults.place import Place
from tests.faults.small import STEADY, ended, names, small

_RECORDS = {SITE: 20, CONTACT: 20, DEVICE: 60, TICKET: 20}
_HELD = 90.0


def network(place: Place, *, seconds: float = _HELD) -> str:
    """Hold the network in the midst of creates and updates; nothing is spent, held or doubled by it."""
    with small(place) as run:
        world = run.world
        company = tenants.company(world, "Kraken")
        made = {
            kind: [kind.make(world, company, f"KRK-{n:03}") for n in range(each)] for kind, each in _RECORDS.items()
        }
        run.start()
        run.settled(first=True)

        for kind, paths in made.items():
            for number, path in enumerate(paths):
                kind.change(world, path, "B")
                kind.make(world, company, f"NEW-{number:03}")
        written = len(run.writes())
        with _held():
            run.say(f"the network stands still after {written} writes")
            attempts = 0
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                attempts = max(attempts, _attempts(run))
                time.sleep(1)
            assert quiet.held(world.database) == {}
        patience = Patience()
        run.settled(first=True)
        spent = patience.spent()
        allowed = STEADY.quiet_within() + 30  # and the time that reading takes
        assert spent < allowed, f"quiet only {spent:.0f} s after the network was back"
        assert attempts == 0, f"{attempts} attempts were spent"
        for kind, each in _RECORDS.items():
            assert len(kind.records(world)) == 2 * each, kind.resource
            assert kind.values(world)["B"] == each, kind.resource
            assert set(names(world, kind.resource).values()) == {1}
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
