"""A gateway gives up on a POST of 200 devices of one name that is carried out later, and lists lag."""

import time
from dataclasses import replace

from tests.faults import quiet, tenants
from tests.faults.place import Place
from tests.faults.processes import Running
from tests.faults.small import STEADY, ended, names, small
from tests.faults.unsupervised import unsupervised

# Three clean answers to 50 rows, then three to 100: the seventh request has 200.
_NTH = 7
_ROWS = 200
_DEVICES = 3 * 50 + 3 * 100 + _ROWS
_NAME = "WORKSTATION"
# A request that lay unsent too long counts as none, and makes the next ones smaller.
_TIMES = replace(STEADY, write_window=6.0, list_lag=8.0, intend_age=3.0, deadline=2.5, lease=8.0)
_LATE, _LAG = _TIMES.write_window * 0.8, _TIMES.list_lag * 0.8


def lost_answer(place: Place, *, marker: bool = True, devices: int = _DEVICES) -> str:
    """Lose the answer of one large POST; give what was found."""
    mapping = tenants.MAPPING + ("" if marker else "[configurations]\nmarker = false\n")
    with small(place, mapping=mapping, times=_TIMES) as run:
        world = run.world
        kraken = tenants.organization(world, "Kraken")
        made = time.monotonic()
        company = tenants.company(world, "Kraken")
        for number in range(devices):
            tenants.device(world, company, _NAME, serialNumber=None if number % 2 else f"5CG{number:05}X")
        time.sleep(max(0.0, made + 2 * _LAG - time.monotonic()))  # until lists show the organization
        world.itglue.set(list_lag_seconds=_LAG)
        world.itglue.fault(
            {"status": 504, "write_delay": _LATE}, method="POST", nth=[_NTH],
            path=f"organizations/{kraken}/relationships/configurations",
        )  # fmt: skip
        # One worker of one thread, so that all requests count for its pace.
        with unsupervised(run) as queue:
            worker = world.processes.child("backfill", queue)
            run.settled(first=True)
            assert _unknown(worker) == [_ROWS]
            assert names(world)[_NAME] == devices
            assert quiet.states(world.database, "configurations") == {"settled": devices}
            writes = ended(run)
        assert names(world)[_NAME] == devices
        return (
            f"{devices} of one name, none twice, {_ROWS} of them made {_LATE:g} s after a 504; {writes} records written"
        )


def _unknown(worker: Running) -> list[int]:
    """Give the sizes of the requests whose answers were lost."""
    return [event["targets"] for event in worker.events() if event.get("event") == "write.unknown"]
