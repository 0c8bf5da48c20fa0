"""Small worlds typed in by hand: how they are run, and how they are judged."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from simulators.oracle.judged import Judged
from tests.faults import quiet, tenants
from tests.faults.harness import Proof, proof
from tests.faults.kinds import TICKET
from tests.faults.place import Place
from tests.faults.times import SHORT, Times
from tests.faults.verdict import holds
from tests.faults.world import Bill, World

# Short, and still unhurried where several worlds share two cores.
STEADY = replace(
    SHORT, write_window=3.0, list_lag=4.0, deadline=1.5, intend_age=1.0, lease=4.0, backoff_min=0.2, backoff_max=2.0,
    sweep=0.5, poll=1.0,
)  # fmt: skip

_NOTES = "notes-for-technicians"


@contextmanager
def small(place: Place, *, times: Times = STEADY, mapping: str = tenants.ALL_KINDS) -> Iterator[Proof]:
    """Give a proof on empty simulators, with every kind on."""
    with proof("--empty", shape=place.shape, bill=Bill(mapping=mapping, times=times), say=place.say) as run:
        yield run


def names(world: World, resource: str = "configurations") -> Counter[str]:
    """Count the records of IT Glue by name."""
    return Counter(
        record["now"]["attributes"]["name"] for record in world.itglue.get(f"/records/{resource}") if record["now"]
    )


def note(world: World, text: str) -> None:
    """Let a person fill in, in each ticket's asset, the trait that no block writes."""
    for record in TICKET.records(world):
        body = {"attributes": {"traits": {_NOTES: text}}}
        world.itglue.person("PATCH", f"flexible_assets/{record['id']}", body)


def notes(world: World) -> Counter[str]:
    """Count what stands there."""
    return Counter(str(record["now"]["attributes"]["traits"].get(_NOTES, "")) for record in TICKET.records(world))


def ended(run: Proof, judged: Judged = tenants.JUDGED, *, held: dict[str, int] | None = None) -> int:
    """Assert what must be so at the end of every proof; give the number of writes that were judged."""
    found = quiet.held(run.world.database)
    assert found == (held or {}), found
    report = holds(run.world, judged)
    while run.services:
        run.stop()
    for process in run.world.processes.started:
        process.end()
    run.idle()
    run.clean()
    return report.judged["writes"]
