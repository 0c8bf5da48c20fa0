"""A worker stands still past its lease, another takes over, and the first one wakes."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle

import sqlalchemy as sa

from bridge.store.schema import targets
from simulators.oracle.examples import PSA_TICKET
from tests.faults import tenants
from tests.faults.harness import Proof
from tests.faults.kinds import CONTACT, DEVICE, SITE, TICKET, Kind
from tests.faults.place import Place
from tests.faults.processes import Running
from tests.faults.small import STEADY, ended, names, note, notes, small
from tests.faults.steps import Reached, Steps
from tests.faults.unsupervised import unsupervised
from tests.faults.world import PER_TICKET

# Where it stands still: around the intent, between the last check and the first byte, around the answer.
STOPS = ("before intend", "after intend", "before send", "after check", "after send", "after answer")
_RECORDS = 12
# A summary would be met at the same steps.
_MAPPING = tenants.MAPPING + PER_TICKET
_JUDGED = replace(tenants.JUDGED, assets=(PSA_TICKET,))


def frozen(place: Place) -> str:
    """Freeze one of two workers at each step, of creates and of updates; give what was found.

    A worker holds the merged traits of assets from its read on. What a person fills in while it stands still survives,
    but for one place: nobody looks again between the last check and the first byte (docs/guarantees.md).
    """
    with small(place, mapping=_MAPPING) as run, unsupervised(run) as queue, Steps() as steps:
        world = run.world
        sleeper = world.processes.child("backfill", queue, steps)
        company = tenants.company(world, "Kraken")
        made = {kind: [kind.make(world, company, f"FIRST {n}") for n in range(_RECORDS)] for kind in (DEVICE, TICKET)}
        _settled(run)
        for kind, stop in zip(cycle((DEVICE, TICKET, CONTACT, SITE)), STOPS, strict=False):
            before = len(kind.records(world))
            reached = _at(run, steps, stop, kind)
            for number in range(_RECORDS):
                kind.make(world, company, f"{stop.upper()} {number}")
            assert reached.wait(30) == sleeper.pid
            with _still(run, sleeper, queue):
                time.sleep(STEADY.lease + 1)
            reached.go()
            _settled(run)
            assert len(kind.records(world)) == before + _RECORDS, stop
            assert set(names(world, kind.resource).values()) == {1}, stop
            run.say(f"stood still {stop} of a POST of {kind.resource}")
        kept = ""
        for kind, paths in made.items():
            for round_, stop in enumerate(STOPS):
                reached = _at(run, steps, stop, kind)
                _change(run, kind, paths, f"OLD{round_}")
                assert reached.wait(30) == sleeper.pid
                with _still(run, sleeper, queue):
                    if kind is TICKET and stop != "after check":
                        kept = f"Written while a worker stood still {stop}."
                        note(world, kept)
                    _change(run, kind, paths, f"NEW{round_}")
                    time.sleep(STEADY.lease + 1)
                reached.go()
                _settled(run)
                assert kind.values(world)[f"NEW{round_}"] == _RECORDS, stop
                if kept:
                    assert notes(world)[kept] == len(kind.records(world)), stop
                run.say(f"stood still {stop} of a PATCH of {kind.resource}")
        assert sleeper.process.poll() is None
        writes = ended(run, _JUDGED)
        return f"{3 * len(STOPS)} times past its lease, nothing made twice, nothing of a person's lost; {writes} records written"


def _at(run: Proof, steps: Steps, stop: str, kind: Kind) -> Reached:
    """Await a step of a worker that has records of a kind in its hands; once an answer is entered nobody has them."""
    return steps.at(stop, when=lambda _pid: _in_hand(run, kind)) if stop != STOPS[-1] else steps.at(stop)


def _in_hand(run: Proof, kind: Kind) -> bool:
    claimed = sa.select(targets.c.id).where(targets.c.block == kind.block, targets.c.owner.is_not(None)).limit(1)
    with run.world.database.read() as connection:
        return bool(connection.execute(claimed).first())


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


def _change(run: Proof, kind: Kind, paths: list[str], value: str) -> None:
    for path in paths:
        kind.change(run.world, path, value)


def _settled(run: Proof) -> None:
    run.settled(first=True)
