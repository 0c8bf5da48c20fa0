"""A gateway gives up on a POST of 200 devices of one name that is carried out later, and lists lag."""

from dataclasses import replace

from tests.faults import quiet, tenants
from tests.faults.place import Place
from tests.faults.small import STEADY, ended, names, small
from tests.faults.unsupervised import unsupervised

# As many clean answers as it takes until a request has 200 rows.
_BEFORE = 24
# A request that lay unsent too long counts as none, and makes the next ones smaller.
_TIMES = replace(STEADY, write_window=6.0, list_lag=8.0, intend_age=3.0, deadline=2.5, lease=8.0)
_NAME = "WORKSTATION"


def lost_answer(place: Place, *, marker: bool = True, devices: int = 200) -> str:
    """Lose the answer of one large POST; give what was found."""
    mapping = tenants.MAPPING + ("" if marker else "[configurations]\nmarker = false\n")
    # One worker of one thread, so that the large request comes once it has had enough clean answers.
    with small(place, mapping=mapping, times=_TIMES) as run, unsupervised(run) as queue:
        world = run.world
        for number in range(_BEFORE):
            tenants.organization(world, f"Before {number}")
            company = tenants.company(world, f"Before {number}")
            tenants.device(world, company, f"BEFORE-{number}")
        company = tenants.company(world, "Kraken")
        for number in range(devices):
            tenants.device(world, company, _NAME, serialNumber=None if number % 2 else f"5CG{number:05}X")
        kraken = tenants.organization(world, "Kraken")
        late = _TIMES.write_window * 0.8
        world.itglue.set(list_lag_seconds=_TIMES.list_lag * 0.8)
        world.itglue.fault(
            {"status": 504, "write_delay": late}, method="POST", nth=[1],
            path=f"organizations/{kraken}/relationships/configurations",
        )  # fmt: skip
        worker = world.processes.child("backfill", queue)
        run.settled(first=True)

        lost = [event["targets"] for event in worker.events() if event.get("event") == "write.unknown"]
        assert lost == [devices], lost
        assert names(world)[_NAME] == devices
        assert quiet.states(world.database, "configurations") == {"settled": devices + _BEFORE}
        writes = ended(run)
        assert names(world)[_NAME] == devices
        return f"{devices} of one name, none twice, carried out {late:g} s after the 504; {writes} records written"
