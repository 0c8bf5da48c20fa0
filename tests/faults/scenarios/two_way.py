"""IT Glue's own sync pushes edits and creates back to the PSA: ten rounds beside it make no record and no write."""

from dataclasses import replace

from simulators.oracle.judged import TRAPS
from tests.faults import quiet
from tests.faults.harness import proof
from tests.faults.place import Place
from tests.faults.scenarios.history import refresh
from tests.faults.small import STEADY
from tests.faults.verdict import holds
from tests.faults.world import MAPPING, Bill, World

_ROUNDS = 10
_BOTH = (("itglue", "organizations"), ("itglue", "configurations"), ("source", "company/companies"),
         ("source", "company/configurations"))  # fmt: skip


def two_way(place: Place) -> str:
    """Live beside a two-way sync for ten rounds of polls and reads of IT Glue; give what was found."""
    bill = Bill(mapping=MAPPING, times=STEADY)
    with proof("--provider", "10x150", "--seed", str(place.seed), shape=place.shape, bill=bill, say=place.say) as run:
        world = run.world
        world.itglue.set(two_way=world.source.line["control"])
        counted = _counted(world)
        run.start()
        run.settled(reading=60, first=True)
        first = len(run.writes())
        assert _counted(world) == counted, "records were made beside a live sync"
        changed = _changes(world)
        for number in range(_ROUNDS):
            quiet.all_read(world.database, 60)
            refresh(world)
            run.settled(first=True)
            assert len(run.writes()) == first, run.writes()[first:][:3]
            assert _counted(world) == counted
            assert _changes(world) == changed, "the round has changed records"
            run.say(f"round {number + 1}: no record, no write")
        report = holds(world, replace(TRAPS, native_sync="auto"))
        run.stop()
        run.idle()
        run.clean()
        return f"{_ROUNDS} rounds, no record made, none written after the first {report.judged['writes']}"


def _counted(world: World) -> list[int]:
    return [sum(record["now"] is not None for record in getattr(world, side).get(f"/records/{kind}"))
            for side, kind in _BOTH]  # fmt: skip


def _changes(world: World) -> list[int]:
    return [sum(len(record["history"]) for record in getattr(world, side).get(f"/records/{kind}"))
            for side, kind in _BOTH]  # fmt: skip
