"""A worker stands still past its lease, another takes over, and the first one wakes."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from bridge.store.schema import targets
from tests.faults import tenants
from tests.faults.harness import Proof
from tests.faults.place import Place
from tests.faults.processes import Running
from tests.faults.small import STEADY, ended, names, small
from tests.faults.steps import Steps
from tests.faults.unsupervised import unsupervised

# Where it stands still: around the intent, between the last check and the first byte, around the answer.
STOPS = ("before intend", "after intend", "before send", "after check", "after send", "after answer")
_DEVICES = 12
_CLAIMED = sa.select(targets.c.id).where(targets.c.block == "configurations", targets.c.owner.is_not(None)).limit(1)


def frozen(place: Place) -> str:
    """Freeze one of two workers at each step, of creates and of updates; give what was found."""
    with small(place) as run, unsupervised(run) as queue, Steps() as steps:
        world = run.world
        sleeper = world.processes.child("backfill", queue, steps)
        company = tenants.company(world, "Kraken")
        made: list[int] = []
        for stop in STOPS:
            # Once the answer is entered nobody has them in his hands any more.
            reached = steps.at(stop, when=lambda _pid: _in_hand(run)) if stop != STOPS[-1] else steps.at(stop)
            batch = [tenants.device(world, company, f"{stop.upper()} {number}") for number in range(_DEVICES)]
            made += batch
            assert reached.wait(30) == sleeper.pid
            with _still(run, sleeper, queue):
                time.sleep(STEADY.lease + 1)
            reached.go()
            _settled(run)
            assert [names(world)[f"{stop.upper()} {number}"] for number in range(_DEVICES)] == [1] * _DEVICES, stop
            run.say(f"stood still {stop} of a POST")
        for round_, stop in enumerate(STOPS):
            reached = steps.at(stop)
            _change(run, made[:_DEVICES], f"OLD{round_}")
            assert reached.wait(30) == sleeper.pid
            with _still(run, sleeper, queue):
                _change(run, made[:_DEVICES], f"NEW{round_}")
                time.sleep(STEADY.lease + 1)
            reached.go()
            _settled(run)
            run.say(f"stood still {stop} of a PATCH")
        assert sleeper.process.poll() is None
        assert set(names(world).values()) == {1}
        writes = ended(run)
        return f"{2 * len(STOPS)} times past its lease, {len(made)} devices, none twice; {writes} records written"


def _in_hand(run: Proof) -> bool:
    """Tell whether a worker has devices in its hands."""
    with run.world.database.read() as connection:
        return bool(connection.execute(_CLAIMED).first())


@contextmanager
def _still(run: Proof, sleeper: Running, queue: str) -> Iterator[None]:
    """Freeze a worker, and let another one work meanwhile."""
    os.kill(sleeper.pid, signal.SIGSTOP)
    other = run.world.processes.child("backfill", queue)
    try:
        yield
    finally:
        os.kill(sleeper.pid, signal.SIGCONT)
        other.end()


def _change(run: Proof, devices: list[int], value: str) -> None:
    for device in devices:
        run.world.source.person("PATCH", f"company/configurations/{device}", {"serialNumber": f"{value}-{device}"})


def _settled(run: Proof) -> None:
    run.settled(first=True)
