"""A newer version is read between the plan and the settling of an older one: of a record, of what a summary is about."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from simulators.oracle.examples import OPEN_TICKETS
from tests.faults import quiet, tenants
from tests.faults.harness import Proof
from tests.faults.kinds import DEVICE
from tests.faults.place import Place
from tests.faults.processes import Running
from tests.faults.small import ended, names, small
from tests.faults.steps import Steps
from tests.faults.unsupervised import unsupervised
from tests.faults.world import PER_ORGANIZATION, World

STOPS = ("before intend", "after intend", "before send", "after check", "after send", "after answer")
_DEVICES = 10
_TICKETS = 3
# The summary is the only asset, so that it is the one at whose steps the worker is met.
_MAPPING = tenants.MAPPING + PER_ORGANIZATION
_JUDGED = replace(tenants.JUDGED, assets=(OPEN_TICKETS,))


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is overtaken: `make` makes it in the PSA, `change` changes it, `stands` tells whether IT Glue shows that."""

    name: str
    make: Callable[[], None]
    change: Callable[[str], None]
    stands: Callable[[str], bool]


def newer(place: Place) -> str:
    """Let each step of creates and of updates be overtaken by a newer version; give what was found."""
    with small(place, mapping=_MAPPING) as run, unsupervised(run) as queue, Steps() as steps:
        world = run.world
        company = tenants.company(world, "Kraken")
        tenants.device(world, company, "FIRST")
        tenants.ticket(world, company, "FIRST")
        worker = world.processes.child("backfill", queue, steps)
        run.settled(first=True)
        for number, stop in enumerate(STOPS):
            # A customer without a ticket has no summary yet.
            other = tenants.company(world, f"Customer {number}")
            run.settled(first=True)
            for subject in (_devices(world, company, number), _summary(world, other)):
                _overtake(run, worker, steps, stop, subject)
                run.say(f"{subject.name} overtaken {stop}")
        assert set(names(world).values()) == {1}
        assert len(names(world, "flexible_assets")) == 1 + len(STOPS)
        writes = ended(run, _JUDGED)
        return f"{4 * len(STOPS)} times overtaken, the newest stands; {writes} records written"


def _overtake(run: Proof, worker: Running, steps: Steps, stop: str, subject: _Subject) -> None:
    reached = steps.at(stop)
    subject.make()
    for word in ("OLD", "NEW"):
        assert reached.wait(30) == worker.pid
        subject.change(word)
        quiet.all_read(run.world.database, 30)
        reached.go()
        if word == "OLD":
            run.settled(first=True)
            assert subject.stands("OLD"), f"{stop} of a POST of {subject.name}"
            reached = steps.at(stop)
            subject.change("BETWEEN")
    run.settled(first=True)
    assert subject.stands("NEW"), f"{stop} of a PATCH of {subject.name}"


def _devices(world: World, company: int, number: int) -> _Subject:
    made: list[str] = []

    def change(word: str) -> None:
        for path in made:
            DEVICE.change(world, path, f"{word}{number}")

    return _Subject(
        "devices",
        lambda: made.extend(DEVICE.make(world, company, f"KRK-{number}-{n}") for n in range(_DEVICES)),
        change,
        lambda word: DEVICE.values(world)[f"{word}{number}"] == _DEVICES,
    )


def _summary(world: World, company: int) -> _Subject:
    made: list[int] = []

    def change(word: str) -> None:
        for each in made:
            world.source.person("PATCH", f"service/tickets/{each}", {"summary": f"{word} of {company}"})

    def stands(word: str) -> bool:
        tables = [
            record["now"]["attributes"]["traits"]["tickets"] for record in world.itglue.get("/records/flexible_assets")
        ]
        found = [table for table in tables if f" of {company}<" in table]
        return len(found) == 1 and found[0].count(f"{word} of {company}<") == _TICKETS

    def make() -> None:
        made.extend(tenants.ticket(world, company, f"FIRST of {company}") for _ in range(_TICKETS))

    return _Subject("a summary", make, change, stands)
