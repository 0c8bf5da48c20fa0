"""A bulk is refused as a whole while its good rows are stored."""

from tests.faults import quiet, tenants
from tests.faults.place import Place
from tests.faults.scenarios.history import refresh
from tests.faults.small import ended, names, small
from tests.faults.world import World


def partial_bulk(place: Place, *, devices: int = 60) -> str:
    """Let a technician delete a type that stands in the next request; give what was found."""
    with small(place) as run:
        world = run.world
        world.itglue.set(bulk="partial")
        company = tenants.company(world, "Kraken")
        first = [tenants.device(world, company, f"OLD-{number:03}") for number in range(devices)]
        printer = tenants.lookup(world, "company/configurations/types", "Printer")
        # Nothing has it yet, so that it can be deleted; the bridge has read it.
        world.itglue.person("POST", "configuration_types", {"attributes": {"name": "Printer"}})
        run.start()
        run.settled(first=True)

        _delete(world, "configuration_types", "Printer")
        run.say("a type is deleted in IT Glue")
        for number in range(devices):
            words = {"type": printer} if number % 20 == 0 else {}
            tenants.device(world, company, f"NEW-{number:03}", **words)
        for number, device in enumerate(first):
            world.source.person("PATCH", f"company/configurations/{device}", {"serialNumber": f"5CG{number:05}X"})
        run.settled(bulk_refused=True, first=True)
        refused = [request for request in run.writes() if request["status"] == 422]
        assert refused, "nothing was refused"
        made = names(world)
        twice = [name for name, number in made.items() if number > 1]
        assert not twice, twice
        assert sum(made[f"NEW-{number:03}"] for number in range(devices)) >= devices - 3

        refresh(world)
        run.settled(bulk_refused=True)
        made = names(world)
        assert all(made[f"NEW-{number:03}"] == 1 for number in range(devices)), quiet.held(world.database)
        writes = ended(run)
        return f"{len(refused)} refusals, {devices} devices made and {devices} changed, none twice; {writes} records"


def _delete(world: World, resource: str, name: str) -> None:
    for record in world.itglue.get(f"/records/{resource}"):
        if record["now"] and record["now"]["attributes"]["name"] == name:
            world.itglue.person("DELETE", f"{resource}/{record['id']}")
