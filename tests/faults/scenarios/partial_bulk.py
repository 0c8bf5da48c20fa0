"""A bulk is refused as a whole while its good rows are stored."""

from tests.faults import quiet, tenants
from tests.faults.harness import Proof
from tests.faults.kinds import CONTACT, TICKET
from tests.faults.place import Place
from tests.faults.scenarios.history import refresh
from tests.faults.small import ended, names, small
from tests.faults.world import World

_RECORDS = 60
_EVERY = 20  # so many is one bad row
_LOST_SITE, _LOST_DEVICE = "LOST SITE", "LOST DEVICE"


def partial_bulk(place: Place) -> str:
    """Let a technician delete what stands in the next requests: a type, a location, a device; give what was found."""
    with small(place) as run:
        world = run.world
        world.itglue.set(bulk="partial")
        company = tenants.company(world, "Kraken")
        first = [tenants.device(world, company, f"OLD-{number:03}") for number in range(_RECORDS)]
        printer = tenants.lookup(world, "company/configurations/types", "Printer")
        # Nothing has it yet, so that it can be deleted; the bridge has read it.
        world.itglue.person("POST", "configuration_types", {"attributes": {"name": "Printer"}})
        lost_site = tenants.site(world, company, _LOST_SITE)
        lost_device = tenants.device(world, company, _LOST_DEVICE)
        tenants.ticket(world, company, "FIRST")
        run.start()
        run.settled(first=True)

        _delete(world, "configuration_types", "Printer")
        run.say("a type is deleted in IT Glue")
        for number in range(_RECORDS):
            words = {"type": printer} if number % _EVERY == 0 else {}
            tenants.device(world, company, f"NEW-{number:03}", **words)
        for number, device in enumerate(first):
            world.source.person("PATCH", f"company/configurations/{device}", {"serialNumber": f"5CG{number:05}X"})
        run.settled(bulk_refused=True, first=True)
        assert _refused(run, "configurations"), "nothing was refused"
        made = names(world)
        assert set(made.values()) == {1}, made
        assert sum(made[f"NEW-{number:03}"] for number in range(_RECORDS)) >= _RECORDS - _RECORDS // _EVERY

        refresh(world)
        run.settled(bulk_refused=True)
        made = names(world)
        assert all(made[f"NEW-{number:03}"] == 1 for number in range(_RECORDS)), quiet.held(world.database)

        _delete(world, "locations", _LOST_SITE)
        _delete(world, "configurations", _LOST_DEVICE)
        run.say("a location and a device are deleted in IT Glue")
        for number in range(_RECORDS):
            bad = number % _EVERY == 0
            at = {"site": {"id": lost_site}} if bad else {}
            tenants.contact(world, company, f"NEW-{number:03}", **at)
            tenants.ticket(world, company, f"NEW-{number:03}", devices=[lost_device] if bad else [])
        run.settled(bulk_refused=True, first=True)
        refresh(world)
        run.settled(bulk_refused=True, first=True)
        for kind in (CONTACT, TICKET):
            assert _refused(run, kind.resource), f"nothing of {kind.resource} was refused"
            assert set(names(world, kind.resource).values()) == {1}, kind.resource
        # What refers to a record that a technician deleted is written without it.
        writes = ended(run, held={"target_gone": 2})
        refusals = {name: _refused(run, name) for name in ("configurations", CONTACT.resource, TICKET.resource)}
        return f"refusals: {refusals}; nothing made twice; {writes} records"


def _refused(run: Proof, resource: str) -> int:
    """Count the requests with records of a resource that were refused."""
    return sum(request["status"] == 422 and resource in request["path"] for request in run.writes())


def _delete(world: World, resource: str, name: str) -> None:
    for record in world.itglue.get(f"/records/{resource}"):
        if record["now"] and record["now"]["attributes"]["name"] == name:
            world.itglue.person("DELETE", f"{resource}/{record['id']}")
