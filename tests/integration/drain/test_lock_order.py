"""Whoever locks several targets does so in one order: on PostgreSQL nobody waits in a ring."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from threading import Event, Thread, Timer

import pytest
import sqlalchemy as sa

from bridge import apply_run, deciding
from bridge.drain.drain import Drain
from bridge.plan_pass import plan_all
from bridge.refresh import refresh
from bridge.store.schema import targets
from bridge.sweep import sweep
from tests.integration.drain.conftest import Make
from tests.integration.drain.world import QUICK, World

SECONDS = 8.0
ORGANIZATIONS, DEVICES = 6, 20


@pytest.fixture
def world(make: Make) -> World:
    """Give a world whose stops keep nothing back."""
    made = make(QUICK)
    most = "{ hour = 100000, day = 100000 }"
    made.configure(
        stops=f"[stops]\nnames = {most}\ncreates = {most}\nflaps = 100000\n",
    )
    return made


@pytest.fixture
def deadlocks(world: World) -> Iterator[list[str]]:
    """Collect every deadlock that the database breaks, also those after which the work is done again."""
    found: list[str] = []

    def heard(context: sa.engine.ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == "40P01":
            found.append(f"{context.statement}: {context.original_exception}")

    sa.event.listen(sa.engine.Engine, "handle_error", heard)
    yield found
    sa.event.remove(sa.engine.Engine, "handle_error", heard)


@pytest.mark.parametrize("shape", ["postgresql"])
def test_workers_reads_and_people_at_once_never_wait_in_a_ring(world: World, deadlocks: list[str]) -> None:
    """Six workers, a source that changes everything, a person, a sweep, an apply and reads of IT Glue, all at once."""
    ends, numbers, failed = Event(), count(), []

    def again(work: Callable[[], object], pause: float = 0.0) -> Thread:
        def loop() -> None:
            while not ends.wait(pause):
                try:
                    work()
                except sa.exc.OperationalError as error:
                    failed.append(str(error))

        return Thread(target=loop)

    def change() -> None:
        number = next(numbers)
        organizations = [str(1 + (number + each) % ORGANIZATIONS) for each in range(2)]
        world.put(
            *(world.organization(each, f"Acme {each}", status=f"Status {number % 5}") for each in organizations),
            *(
                world.device(
                    f"{each}{place:02}", each, name=f"D{number} {place}", type=f"Type {(number + place) % 7}",
                    manufacturer=f"Maker {(number + place) % 9}", model=f"Model {(number * 3 + place) % 11}",
                )
                for each in organizations
                for place in range(DEVICES)
            ),
        )  # fmt: skip

    def decide() -> None:
        with world.engine.db.write() as connection:
            ids = connection.execute(sa.select(targets.c.id).order_by(sa.func.random()).limit(100)).scalars().all()
            deciding.retry(world.engine.db, connection, ids)

    def apply() -> None:
        applied = apply_run.begin(applier, plan_all(applier), reviewed=True, why="test")
        stop = Event()
        ender = Timer(1.0, stop.set)
        ender.start()
        apply_run.drain(applier, applied, stop, threads=2)
        ender.join()

    applier, reader = world.another(), world.another()
    change()
    workers = [Drain(world.another(), stop=ends) for _ in range(6)]
    threads = [
        *(again(partial(worker, "live" if number % 2 else "backfill"), 0.01) for number, worker in enumerate(workers)),
        again(change, 0.05), again(decide, 0.1), again(apply), again(lambda: sweep(reader), 0.1),
        again(lambda: refresh(reader, "configurations", lane="backfill"), 0.3),
        again(lambda: refresh(reader, "models", lane="backfill"), 0.3),
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    Event().wait(SECONDS)
    ends.set()
    for thread in threads:
        thread.join()

    assert world.writes() > 20
    assert deadlocks == []
    assert failed == []
