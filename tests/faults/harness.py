"""One proof from beginning to end: a world, its processes and their crash points, the quiet end and the judgement."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults import quiet
from tests.faults.patience import until
from tests.faults.processes import Running
from tests.faults.steps import Steps
from tests.faults.world import Bill, Shape, World, world

WRITES = ("POST", "PATCH", "DELETE")
# Events that say the bridge met a fault of its own.
FAULTS = ("drain.bug", "scheduler.bug", "supervisor.bug")


@dataclass(slots=True)
class Proof:
    """A world with the service on it; `say` is told how far it is."""

    world: World
    steps: Steps
    say: Callable[[str], None] = lambda _text: None
    services: list[Running] = field(default_factory=list)

    def start(self) -> Running:
        """Start the service, and wait until its scheduler works."""
        service = self.world.processes.service(self.steps)
        self.services.append(service)

        def works() -> bool:
            assert service.process.poll() is None, service.log.read_text()
            return "child.started" in service.log.read_text()

        until(works, 30, "the service starts")
        until(lambda: quiet.has_streams(self.world.database), 30, "the scheduler works")
        return service

    def stop(self) -> None:
        """End the service as an operator does. With short leases a busy machine may kill a child that is just ending."""
        self.services.pop().end()

    def settled(self, *, bulk_refused: bool = False, reading: float = 30.0, first: bool = False) -> float:
        """Wait for the quiet end within what I5 allows; give how long it took once all was read.

        The first time there is more to write than those times are about; and short times do not shorten the work, so
        that a busy machine gets more of them.
        """
        quiet.all_read(self.world.database, reading)
        times = self.world.bill.times
        allowed = times.quiet_within(bulk_refused=bulk_refused) + times.work
        return quiet.finished(self.world.database, allowed * (10 if first else 1))

    def writes(self) -> list[dict[str, Any]]:
        """Give every writing request that IT Glue has seen."""
        return [request for request in self.world.itglue.get("/requests") if request["method"] in WRITES]

    def last_write(self) -> dict[str, Any]:
        """Give the last writing request that IT Glue has answered."""
        return next(iter(reversed(self.writes())), {})

    def clean(self) -> None:
        """Assert that no process met a fault of its own, no call was one that must never be made, and no quota was passed."""
        for process in self.world.processes.started:
            found = [event for event in process.events() if event.get("event") in FAULTS or "Traceback" in str(event)]
            assert not found, found[:3]
        for simulator in (self.world.itglue, self.world.source):
            assert simulator.get("/violations") == []

    def idle(self) -> None:
        """Assert that reading everything anew and applying changes nothing (I4)."""
        before = len(self.writes())
        planned = self.world.processes.command("plan", "--refresh", "--json")
        assert planned.code == 0, f"{planned.err}\n" + "\n".join(
            line for line in planned.out.splitlines() if '"word":"equal"' not in line and '"word":"held"' not in line
            and '"word":"excluded"' not in line
        )  # fmt: skip
        applied = self.world.processes.command("apply", "--yes", "--json")
        assert applied.code == 0, applied.out + applied.err
        after = self.writes()
        assert len(after) == before, after[before:]


def tail(process: Running, lines: int = 30) -> str:
    """Give the last lines of a log, without the runs that went well."""
    told = [line for line in process.log.read_text(errors="replace").splitlines() if "run.finished" not in line]
    return "\n".join(told[-lines:])


@contextmanager
def proof(
    *arguments: str,
    shape: Shape | None = None,
    bill: Bill | None = None,
    limit: tuple[int, float] | None = (600, 10),
    say: Callable[[str], None] = lambda _text: None,
) -> Iterator[Proof]:
    """Give a proof on simulators started with these arguments; everything is ended at the end."""
    with Steps() as steps, world(*arguments, shape=shape, bill=bill, limit=limit) as made:
        try:
            yield Proof(made, steps, say)
        except BaseException as error:
            for process in made.processes.started:
                error.add_note(f"--- {process.log.name}\n{tail(process)}")
            raise
        finally:
            steps.forget()


def post(control: httpx.Client, path: str, body: Any) -> None:
    """Do a control call that has no answer to look at."""
    control.post(path, json=body).raise_for_status()
