"""Two workers need a manufacturer, a model, a type of flexible assets and a location that IT Glue does not have."""

from collections import Counter

from tests.faults import tenants
from tests.faults.place import Place
from tests.faults.small import ended, names, small
from tests.faults.unsupervised import unsupervised
from tests.faults.world import World

_ROUNDS = 4
_CUSTOMERS = 6
_WORKERS = 2


def one_name(place: Place) -> str:
    """Give devices and tickets of several customers something new at once; each is made once."""
    with small(place) as run, unsupervised(run) as queue:
        world = run.world
        companies = [tenants.company(world, f"Customer {number}") for number in range(_CUSTOMERS)]
        for company in companies:
            tenants.device(world, company, f"FIRST-{company}")
        workers = [world.processes.child("backfill", queue, threads=3) for _ in range(_WORKERS)]
        run.settled(first=True)
        assert not _fields(world)
        for number in range(_ROUNDS):
            maker = tenants.lookup(world, "procurement/manufacturers", f"Maker {number}")
            for company in companies:
                site = tenants.site(world, company, f"Site {number} of {company}")
                words = {"manufacturer": maker, "modelNumber": f"Model {number}", "site": {"id": site}}
                devices = [
                    tenants.device(world, company, f"NEW-{number}-{company}-{place_}", **words) for place_ in "AB"
                ]
                # Both ready blocks are needed for the first time, by all customers.
                tenants.ticket(world, company, f"Ticket {number}", devices=devices, site={"id": site})
        run.settled(first=True)
        makers, models = names(world, "manufacturers"), names(world, "models")
        assert makers == {f"Maker {number}": 1 for number in range(_ROUNDS)}, makers
        assert models == {f"Model {number}": 1 for number in range(_ROUNDS)}, models
        types, fields = names(world, "flexible_asset_types"), _fields(world)
        assert types == {block.type: 1 for block in tenants.JUDGED.assets}, types
        assert set(fields.values()) == {1}, fields
        sites = names(world, "locations")
        assert (len(sites), set(sites.values())) == (_ROUNDS * _CUSTOMERS, {1}), sites
        busy = [worker for worker in workers if worker.process.poll() is None]
        assert len(busy) == _WORKERS
        writes = ended(run)
        return (
            f"{_ROUNDS} manufacturers and models, {len(types)} types of {len(fields)} fields and {len(sites)} locations for "
            f"{_WORKERS} workers, each made once; {writes} records written"
        )


def _fields(world: World) -> Counter[tuple[int, str]]:
    """Count the fields of flexible asset types by their type and name."""
    rows = [
        record["now"]["attributes"] for record in world.itglue.get("/records/flexible_asset_fields") if record["now"]
    ]
    return Counter((row["flexible-asset-type-id"], row["name"]) for row in rows)
