"""IT Glue's own sync pushes edits and creates back to the PSA: ten rounds beside it make no record and no write."""

from dataclasses import replace

from tests.faults import quiet
from tests.faults.harness import proof
from tests.faults.place import Place
from tests.faults.scenarios.history import JUDGED, refresh
from tests.faults.small import STEADY
from tests.faults.verdict import holds
from tests.faults.world import ALL_KINDS, Bill, World

_ROUNDS = 10
_PSA = ("company/companies", "company/contacts", "company/configurations", "service/tickets", "project/tickets")
_SYNCED = ("organizations", "locations", "contacts", "configurations")


def two_way(place: Place) -> str:
    """Live beside a two-way sync for ten rounds of polls and reads of IT Glue; give what was found.

    Flexible assets are no kind of the native sync: they are made beside it, in the beginning.
    """
    bill = Bill(mapping=ALL_KINDS, times=STEADY)
    with proof("--provider", "10x150", "--seed", str(place.seed), shape=place.shape, bill=bill, say=place.say) as run:
        world = run.world
        world.itglue.set(two_way=world.source.line["control"])
        counted = _counted(world)
        run.start()
        run.settled(reading=60, first=True)
        first = len(run.writes())
        assert _counted(world) == counted, "records were made beside a live sync"
        assets = _records(world, "flexible_assets")
        changed = _changes(world)
        for number in range(_ROUNDS):
            quiet.all_read(world.database, 60)
            refresh(world)
            run.settled(first=True)
            assert len(run.writes()) == first, run.writes()[first:][:3]
            assert _counted(world) == counted
            assert _changes(world) == changed, "the round has changed records"
            run.say(f"round {number + 1}: no record, no write")
        report = holds(world, replace(JUDGED, organizations=replace(JUDGED.organizations, create="ask")))
        run.stop()
        run.idle()
        run.clean()
        return (
            f"{_ROUNDS} rounds beside {assets} assets, no record of a synced kind made, none written after the first "
            f"{report.judged['writes']}"
        )


def _records(world: World, resource: str) -> int:
    return sum(record["now"] is not None for record in world.itglue.get(f"/records/{resource}"))


def _counted(world: World) -> list[int]:
    psa = [sum(record["now"] is not None for record in world.source.get(f"/records/{path}")) for path in _PSA]
    return psa + [_records(world, resource) for resource in _SYNCED]


def _changes(world: World) -> list[int]:
    psa = [sum(len(record["history"]) for record in world.source.get(f"/records/{path}")) for path in _PSA]
    resources = (*_SYNCED, "flexible_assets")
    return psa + [sum(len(each["history"]) for each in world.itglue.get(f"/records/{name}")) for name in resources]
