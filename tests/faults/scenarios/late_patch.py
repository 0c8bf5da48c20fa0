"""A PATCH whose answer was lost is carried out after a newer one."""

import time
from itertools import pairwise

from tests.faults import tenants
from tests.faults.patience import until
from tests.faults.place import Place
from tests.faults.small import STEADY, ended, small

_DEVICES = 10


def late_patch(place: Place) -> str:
    """Let older values land last; they are noticed and repaired within E and a sweep; give how long they stood."""
    with small(place) as run:
        world = run.world
        company = tenants.company(world, "Kraken")
        devices = [tenants.device(world, company, f"KRK-{n:03}", serialNumber=f"A-{n:03}") for n in range(_DEVICES)]
        run.start()
        run.settled(first=True)

        world.itglue.fault(
            {"status": 504, "write_delay": STEADY.write_window * 0.85}, method="PATCH", path="configurations", nth=[1]
        )
        for word in ("B", "C"):
            for number, device in enumerate(devices):
                words = {"serialNumber": f"{word}-{number:03}", "tagNumber": word}
                world.source.person("PATCH", f"company/configurations/{device}", words)
            until(lambda: run.last_write().get("method") == "PATCH", 20, "the first PATCH")
        run.settled(first=True)
        time.sleep(STEADY.write_window)
        run.settled()

        late = [_landings(record["history"]) for record in world.itglue.get("/records/configurations")]
        late = [serials for serials in late if _stale(serials)]
        assert late, "no older value landed after a newer one"
        writes = ended(run)
        return f"{len(late)} older values landed last and were repaired; {writes} records written"


def _landings(history: list[dict[str, object]]) -> list[str]:
    """Give the serial numbers that a record has had, in their order."""
    found: list[str] = []
    for event in history:
        after = event["after"]
        serial = after.get("attributes", after).get("serial-number") if isinstance(after, dict) else None
        if isinstance(serial, str) and (not found or found[-1] != serial):
            found.append(serial)
    return found


def _stale(serials: list[str]) -> bool:
    """Tell whether an older value came after a newer one."""
    return any(later < earlier for earlier, later in pairwise(serials))
