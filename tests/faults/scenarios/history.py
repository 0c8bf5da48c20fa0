"""A history of numbered changes with kills at every crash point, judged by I1 to I5."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from bridge.store.schema import targets
from simulators.oracle.examples import OPEN_TICKETS, PSA_TICKET
from simulators.oracle.judged import FURTHER, SYNCED, TRAPS, Judged
from tests.faults import quiet
from tests.faults.harness import Proof, post, proof
from tests.faults.steps import CRASH_POINTS, Reached
from tests.faults.verdict import holds_throughout
from tests.faults.world import ALL_KINDS, Bill, Shape, World
from tests.history.history import History

# Organizations that are not there are made too, so that more can go wrong.
SETTINGS = ALL_KINDS.replace("[configurations]", 'create = "yes"\n[configurations]')
JUDGED: Judged = replace(
    TRAPS, organizations=replace(TRAPS.organizations, create="yes"), enabled=SYNCED | FURTHER,
    assets=(PSA_TICKET, OPEN_TICKETS),
)  # fmt: skip
OWNED = frozenset(each.name for block in JUDGED.assets for each in block.fields if each.value is not None)
Trouble = Callable[[World], None]
# Seconds between the changes that go on until every crash point is met: work for the bridge, and time to do it.
_TRICKLE = 0.25


@dataclass(slots=True)
class Kills:
    """Crash points to be met one after the other; `on_creates` of them only while devices are being made."""

    points: Sequence[str]
    on_creates: frozenset[str] = frozenset()
    _awaited: Reached | None = None
    _done: int = 0

    def look(self, run: Proof) -> None:
        """Note a kill that happened, and await the next."""
        if self._awaited is not None and self._awaited.happened:
            pid = self._awaited.wait(1)
            run.say(f"killed {pid} {self._awaited.step}")
            self._awaited = None
            self._done += 1
        if self._awaited is None and self._done < len(self.points):
            point = self.points[self._done]
            creating = point in self.on_creates
            self._awaited = run.steps.at(
                point, 1 if creating else 2, kill=True, when=(lambda pid: creates(run, pid)) if creating else _any
            )

    @property
    def over(self) -> bool:
        """Tell whether all have happened."""
        return self._done == len(self.points)


def _any(_pid: int) -> bool:
    return True


def creates(run: Proof, pid: int) -> bool:
    """Tell whether a process has devices in its hands whose making is intended and not answered yet."""
    with run.world.database.read() as connection:
        owners = connection.execute(
            sa.select(targets.c.owner).where(
                targets.c.block == "configurations", targets.c.state == "creating", targets.c.owner.is_not(None)
            )
        ).scalars()
        return any(int(owner.rsplit(":", 2)[1]) == pid for owner in owners)


def history(
    *,
    changes: int,
    kills: Kills,
    provider: str = "20x300",
    seed: int = 7,
    shape: Shape | None = None,
    troubles: dict[int, Trouble] | None = None,
    pace: float = 0.008,
    bill: Bill | None = None,
    limit: tuple[int, float] = (600, 10),
    reading: float = 30.0,
    say: Callable[[str], None] = lambda _text: None,
) -> str:
    """Live through a history; give what it came to, in words.

    The provider is adopted while IT Glue's own sync is on, then that is disconnected. `troubles` befall the world once
    so many changes are done; `reading` are the seconds that a round of polls may take.
    At the end IT Glue is read anew, as it is every night, to see what
    technicians changed, and the PSA, as it is every week: linking a ticket to a device, or merging a company that is
    restored at once, moves no change stamp.
    """
    chosen = bill or Bill(mapping=SETTINGS)
    with ExitStack() as stack:
        run = stack.enter_context(
            proof("--provider", provider, "--seed", str(seed), shape=shape, bill=chosen, limit=limit, say=say)
        )
        world = run.world
        run.start()
        run.settled(reading=2 * reading, first=True)
        adopted_at = world.itglue.get("/clock")["now"]
        post(world.itglue.control, "/native_sync", {"state": "disconnected"})
        refresh(world)
        # What referred to something that was not there yet was held until now, and is adopted before it is changed.
        run.settled(reading=reading)
        moments = (moment(adopted_at), moment(world.itglue.get("/clock")["now"]))
        say("adopted; the native sync is disconnected")
        edits = History(
            seed, world.source.control, world.itglue.control, creates="yes", further=True, blocks=(PSA_TICKET.name,),
            owned=OWNED,
        )  # fmt: skip
        began = time.monotonic()
        pending = dict(troubles or {})
        while len(edits.changes) < changes or not kills.over:
            kills.look(run)
            edits.apply(1)
            for number in [number for number in pending if number <= len(edits.changes)]:
                pending.pop(number)(world)
            time.sleep(pace if len(edits.changes) < changes else _TRICKLE)
            assert len(edits.changes) < 3 * changes, f"of {kills.points} not all were reached"
        spent = time.monotonic() - began
        # What a technician deleted refuses the whole request that it stands in.
        after = run.settled(bulk_refused=True, reading=reading)
        refresh(world)
        after = max(after, run.settled(bulk_refused=True, reading=reading))
        quiet.all_read(world.database, 2 * reading, what="ids", cycles=2)
        quiet.week_over(world.database, 2 * reading)
        run.settled(reading=reading)
        report = holds_throughout(world, replace(JUDGED, moments=moments))
        run.stop()
        run.idle()
        run.clean()
        return (
            f"{len(edits.changes)} changes in {spent:.0f} s, {len(kills.points)} kills, quiet {after:.1f} s later; "
            f"{report.judged['writes']} records written"
        )


def refresh(world: World) -> None:
    """Read IT Glue anew beside the service, as a person does with `plan --refresh`."""
    done = world.processes.command("plan", "--refresh", "--json")
    assert done.code in (0, 2), done.err


def moment(stamp: str) -> float:
    """Give a simulator's time in seconds since 1970."""
    return datetime.fromisoformat(stamp).timestamp()


def all_points() -> Kills:
    """Give one kill at each crash point, those around a POST while devices are being made."""
    first = ("after intend", "after send", "after answer")
    rest = tuple(point for point in CRASH_POINTS if point not in first)
    return Kills((*first, *rest), frozenset({"after intend", "after send"}))
