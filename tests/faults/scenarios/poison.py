"""A record that kills whoever works on it is held `kills_worker`; all others of its batch are written."""

import sqlalchemy as sa

from bridge.store.schema import targets
from tests.faults import quiet, tenants
from tests.faults.harness import Proof, proof
from tests.faults.kinds import DEVICE, KINDS, Kind
from tests.faults.steps import Reached
from tests.faults.world import Bill, Shape

DEATHS = 5


def poison(
    shape: Shape | None = None, *, kind: Kind = DEVICE, records: int = 24, place: int = 0, mapping: bool = False
) -> str:
    """Kill every process that has claimed one certain record, or that maps it; give what was found, in words."""
    with proof("--empty", shape=shape, bill=Bill(mapping=tenants.ALL_KINDS)) as run:
        company = tenants.company(run.world, "Kraken")
        for other in KINDS:
            if other is not kind:
                other.make(run.world, company, "OTHER")
        made = [kind.make(run.world, company, f"KRK-{number:03}") for number in range(records)]
        poisoned = kind.ref(made[place])

        def has_it(pid: int) -> bool:
            return _owner(run, poisoned) == pid

        def death() -> Reached:
            if mapping:
                return run.steps.at(f"map {poisoned}", kill=True)
            return run.steps.at("before settle", kill=True, when=has_it)

        # The bridge holds it at its fifth start, so it is never worked on a fifth time.
        deaths = [death()]
        run.start()
        for number in range(1, DEATHS):
            deaths[-1].wait(30)
            if number < DEATHS - 1:
                deaths.append(death())
        run.settled()

        assert quiet.held(run.world.database) == {"kills_worker": 1}
        assert quiet.states(run.world.database, kind.block) == {"settled": records - 1, "held": 1}
        assert len(kind.records(run.world)) == records - 1
        assert all(len(other.records(run.world)) == 1 for other in KINDS if other is not kind)
        run.stop()
        run.clean()
        return f"{len(deaths)} deaths, {records - 1} of its batch written"


def _owner(run: Proof, anchor: str) -> int | None:
    """Give the process that has claimed a target; owners are host:pid:thread."""
    with run.world.database.read() as connection:
        owner = connection.execute(sa.select(targets.c.owner).where(targets.c.anchor == anchor)).scalar()
    return int(owner.rsplit(":", 2)[1]) if owner else None
