"""A gateway gives up on a POST of many records of one name that is carried out later, and lists lag."""

import time
from dataclasses import replace

from simulators.oracle.blocks import AssetBlock, Field
from tests.faults import quiet, tenants
from tests.faults.harness import Proof
from tests.faults.kinds import CONTACT, SITE, TICKET, Kind
from tests.faults.place import Place
from tests.faults.processes import Running
from tests.faults.small import STEADY, ended, names, small
from tests.faults.unsupervised import unsupervised

# Three clean answers to 50 rows, then three to 100: the seventh request has 200.
_NTH = 7
_ROWS = 200
_DEVICES = 3 * 50 + 3 * 100 + _ROWS
_NAME = "WORKSTATION"
# Of the other kinds the first request is lost, which has 50 rows.
_FIRST, _RECORDS = 50, 60
# A request that lay unsent too long counts as none, and makes the next ones smaller.
_TIMES = replace(STEADY, write_window=6.0, list_lag=8.0, intend_age=3.0, deadline=2.5, lease=8.0)
_LATE, _LAG = _TIMES.write_window * 0.8, _TIMES.list_lag * 0.8
# The ready blocks number their titles: here assets of one name are wanted.
_CASES = """
[[flexible_assets]]
type = "Case"
from = "cw.tickets"
fields = [{ name = "Title", kind = "Text", value = "{{ title }}", title = true }]
"""
_JUDGED = replace(
    tenants.JUDGED,
    assets=(AssetBlock(name="case", type="Case", fields=(Field("Title", "Text", lambda w: w["title"], title=True),)),),
)


def lost_answer(place: Place, *, marker: bool = True, devices: int = _DEVICES) -> str:
    """Lose the answer of one large POST of devices, and of one of each other kind; give what was found."""
    mapping = tenants.MAPPING + ("" if marker else "[configurations]\nmarker = false\n") + _CASES
    with small(place, mapping=mapping, times=_TIMES) as run:
        world = run.world
        kraken = tenants.organization(world, "Kraken")
        made = time.monotonic()
        company = tenants.company(world, "Kraken")
        for number in range(devices):
            tenants.device(world, company, _NAME, serialNumber=None if number % 2 else f"5CG{number:05}X")
        time.sleep(max(0.0, made + 2 * _LAG - time.monotonic()))  # until lists show the organization
        world.itglue.set(list_lag_seconds=_LAG)
        with unsupervised(run) as queue:
            _lose(run, kraken, "configurations", _NTH)
            assert _unknown(_settled(run, queue)) == [_ROWS]
            assert names(world)[_NAME] == devices
            assert quiet.states(world.database, "configurations") == {"settled": devices}
            run.say(f"{devices} devices of one name")
            for kind in (SITE, CONTACT, TICKET):
                _others(run, queue, kind, kraken, company)
            writes = ended(run, _JUDGED)
        assert names(world)[_NAME] == devices
        return (
            f"{devices} of one name, none twice, {_ROWS} of them made {_LATE:g} s after a 504; the same of {_RECORDS} of "
            f"each other kind; {writes} records written"
        )


def _others(run: Proof, queue: str, kind: Kind, organization: int, company: int) -> None:
    """Lose the first POST of a kind, by a worker whose pace is that of a beginning."""
    if kind is TICKET:  # the type is made first, and its answer is not the one that is lost
        kind.make(run.world, company, "FIRST")
        _settled(run, queue)
    before = len(kind.records(run.world))
    _lose(run, organization, kind.resource, 1)
    for _ in range(_RECORDS):
        kind.make(run.world, company, _NAME)
    assert _unknown(_settled(run, queue)) == [_FIRST], kind.resource
    assert len(kind.records(run.world)) == before + _RECORDS, kind.resource
    run.say(f"{_RECORDS} {kind.resource} of one name")


def _lose(run: Proof, organization: int, resource: str, nth: int) -> None:
    run.world.itglue.fault(
        {"status": 504, "write_delay": _LATE}, method="POST", nth=[nth],
        path=f"organizations/{organization}/relationships/{resource}",
    )  # fmt: skip


def _settled(run: Proof, queue: str) -> Running:
    """Let one worker of one thread work, so that all requests count for its pace, until nothing is open."""
    worker = run.world.processes.child("backfill", queue)
    run.settled(first=True)
    worker.end()
    return worker


def _unknown(worker: Running) -> list[int]:
    """Give the sizes of the requests whose answers were lost."""
    return [event["targets"] for event in worker.events() if event.get("event") == "write.unknown"]
