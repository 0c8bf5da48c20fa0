"""Two workers need a manufacturer and a model that IT Glue does not have."""

from tests.faults import tenants
from tests.faults.place import Place
from tests.faults.small import ended, names, small
from tests.faults.unsupervised import unsupervised

_ROUNDS = 4
_CUSTOMERS = 6
_WORKERS = 2


def one_name(place: Place) -> str:
    """Give devices of several customers a new manufacturer at once; each name is made once."""
    with small(place) as run, unsupervised(run) as queue:
        world = run.world
        companies = [tenants.company(world, f"Customer {number}") for number in range(_CUSTOMERS)]
        for company in companies:
            tenants.device(world, company, f"FIRST-{company}")
        workers = [world.processes.child("backfill", queue, threads=3) for _ in range(_WORKERS)]
        run.settled(first=True)
        for number in range(_ROUNDS):
            maker = tenants.lookup(world, "procurement/manufacturers", f"Maker {number}")
            for company in companies:
                words = {"manufacturer": maker, "modelNumber": f"Model {number}"}
                tenants.device(world, company, f"NEW-{number}-{company}", **words)
        run.settled(first=True)
        makers, models = names(world, "manufacturers"), names(world, "models")
        assert makers == {f"Maker {number}": 1 for number in range(_ROUNDS)}, makers
        assert models == {f"Model {number}": 1 for number in range(_ROUNDS)}, models
        busy = [worker for worker in workers if worker.process.poll() is None]
        assert len(busy) == _WORKERS
        writes = ended(run)
        return f"{_ROUNDS} manufacturers and models for {_WORKERS} workers, each made once; {writes} records written"
