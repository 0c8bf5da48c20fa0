"""A newer version is read between the plan and the settling of an older one."""

from tests.faults import quiet, tenants
from tests.faults.harness import Proof
from tests.faults.place import Place
from tests.faults.small import ended, names, small
from tests.faults.steps import Steps
from tests.faults.unsupervised import unsupervised

STOPS = ("before intend", "after intend", "before send", "after check", "after send", "after answer")
_DEVICES = 10


def newer(place: Place) -> str:
    """Let each step of creates and of updates be overtaken by a newer version; give what was found."""
    with small(place) as run, unsupervised(run) as queue, Steps() as steps:
        world = run.world
        company = tenants.company(world, "Kraken")
        tenants.device(world, company, "FIRST")
        worker = world.processes.child("backfill", queue, steps)
        run.settled(first=True)
        for place_, stop in enumerate(STOPS):
            reached = steps.at(stop)
            devices = [tenants.device(world, company, f"KRK-{place_}-{number}") for number in range(_DEVICES)]
            for word in ("OLD", "NEW"):
                assert reached.wait(30) == worker.pid
                _serials(run, devices, f"{word}{place_}")
                quiet.all_read(world.database, 30)
                reached.go()
                if word == "OLD":
                    run.settled(first=True)
                    assert _held(run, f"OLD{place_}") == _DEVICES, f"{stop} of a POST"
                    reached = steps.at(stop)
                    _serials(run, devices, f"BETWEEN{place_}")
            run.settled(first=True)
            assert _held(run, f"NEW{place_}") == _DEVICES, f"{stop} of a PATCH"
            run.say(f"overtaken {stop}")
        assert set(names(world).values()) == {1}
        writes = ended(run)
        return f"{2 * len(STOPS)} times overtaken, the newest stands; {writes} records written"


def _serials(run: Proof, devices: list[int], word: str) -> None:
    for device in devices:
        run.world.source.person("PATCH", f"company/configurations/{device}", {"serialNumber": f"{word}-{device}"})


def _held(run: Proof, word: str) -> int:
    """Count the devices of IT Glue whose serial number begins with a word."""
    found = (record["now"]["attributes"] for record in run.world.itglue.get("/records/configurations") if record["now"])
    return sum((attributes["serial-number"] or "").startswith(f"{word}-") for attributes in found)
