"""A PATCH whose answer was lost is carried out after a newer one."""

import time
from functools import partial
from itertools import pairwise

from tests.faults import tenants
from tests.faults.harness import Proof
from tests.faults.kinds import KINDS
from tests.faults.patience import until
from tests.faults.place import Place
from tests.faults.small import STEADY, ended, note, notes, small

_RECORDS = 10
_NOTE = "Ask for Jo."


def late_patch(place: Place) -> str:
    """Let older values of each kind land last; they are noticed and repaired within E and a sweep.

    What a person had filled in before stands in an asset afterwards: the late write carries it too.
    """
    with small(place) as run:
        world = run.world
        company = tenants.company(world, "Kraken")
        made = {kind: [kind.make(world, company, f"KRK-{n:03}") for n in range(_RECORDS)] for kind in KINDS}
        for kind, paths in made.items():
            for path in paths:
                kind.change(world, path, "A")
        run.start()
        run.settled(first=True)
        note(world, _NOTE)

        for kind, paths in made.items():
            late = {"status": 504, "write_delay": STEADY.write_window * 0.85}
            fault = world.itglue.fault(late, method="PATCH", path=f"^{kind.resource}$", nth=[1])
            for word in ("B", "C"):
                for path in paths:
                    kind.change(world, path, word)
                until(partial(_hit, run, fault), 20, f"the first PATCH of {kind.resource}")
            run.settled(first=True)
        time.sleep(STEADY.write_window)
        run.settled()

        stale = {}
        for kind in KINDS:
            landed = [kind.landings(record) for record in kind.records(world)]
            stale[kind.resource] = sum(any(later < earlier for earlier, later in pairwise(each)) for each in landed)
            assert stale[kind.resource], f"no older value of {kind.resource} landed after a newer one: {landed}"
            assert kind.values(world) == {"C": _RECORDS}
        assert notes(world) == {_NOTE: _RECORDS}
        writes = ended(run)
        said = ", ".join(f"{number} {resource}" for resource, number in stale.items())
        return f"older values of {said} landed last and were repaired; {writes} records written"


def _hit(run: Proof, fault: int) -> bool:
    return any(request["fault"] == fault for request in run.writes())
