"""The judge: both control APIs in, a table of the five invariants out."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from . import world as worlds
from .accounting import does_not_add_up, held_against_fold
from .convergence import needless, writes_between
from .duplicates import duplicates
from .explained import unexplained
from .fold import Fold, fold
from .judged import SYNCED, Judged
from .lost import lost_updates, unarchived
from .parked import written_while_parked
from .runs import lying_runs
from .safety import unsafe
from .stale import stale_overwrites
from .suggested import missuggested
from .world import World

INVARIANTS: Final = {
    "I1": "no lost update",
    "I2": "no duplicate",
    "I3": "no stale overwrite",
    "I4": "convergence",
    "I5": "accounting",
    "safety": "nothing deleted, emptied or forbidden",
}


@dataclass(frozen=True)
class Report:
    """The violations of each invariant as sentences; all empty where everything holds."""

    violations: dict[str, list[str]]
    judged: dict[str, int] = field(default_factory=dict)
    """How much was judged: targets by state, records made, writes."""

    @property
    def holds(self) -> bool:
        """Whether no invariant is violated."""
        return not any(self.violations.values())

    def sentences(self) -> list[str]:
        """Give every violation with its invariant."""
        return [f"{name}: {sentence}" for name, several in self.violations.items() for sentence in several]

    def table(self, examples: int = 5) -> str:
        """Show a line per invariant, with the first violations below it."""
        rows = []
        for name, meaning in INVARIANTS.items():
            several = self.violations.get(name, [])
            rows.append(f"{name:<7}{meaning:<40}{'holds' if not several else f'{len(several)} violations'}")
            rows += [f"         {sentence}" for sentence in several[:examples]]
            if len(several) > examples:
                rows.append(f"         and {len(several) - examples} more")
        rows.append("judged " + ", ".join(f"{number:,} {what}" for what, number in self.judged.items()))
        return "\n".join(rows)


def judge(
    cw: httpx.Client | str,
    ig: httpx.Client | str,
    judged: Judged,
    *,
    repair_within: float = 66.0,
    noticed_within: float = 180_000.0,
    lag: float | None = None,
    held: Iterable[tuple[str, str]] | None = None,
    excluded: Iterable[tuple[str, str]] = (),
    counts: Mapping[str, Mapping[str, int]] | None = None,
    runs: Iterable[Mapping[str, Any]] = (),
    late: float = 0.0,
    died: int = 0,
    before: World | None = None,
) -> Report:
    """Read both control APIs (clients with their base URLs, or the URLs) and judge; see `judge_world`."""
    return judge_world(
        read(cw, ig, reads(judged)),
        judged,
        repair_within=repair_within,
        noticed_within=noticed_within,
        lag=lag,
        held=held,
        excluded=excluded,
        counts=counts,
        runs=runs,
        late=late,
        died=died,
        before=before,
    )


def judge_world(
    world: World,
    judged: Judged,
    *,
    repair_within: float = 66.0,
    noticed_within: float = 180_000.0,
    lag: float | None = None,
    held: Iterable[tuple[str, str]] | None = None,
    excluded: Iterable[tuple[str, str]] = (),
    counts: Mapping[str, Mapping[str, int]] | None = None,
    runs: Iterable[Mapping[str, Any]] = (),
    late: float = 0.0,
    died: int = 0,
    before: World | None = None,
) -> Report:
    """Judge a world by the five invariants.

    `repair_within` are the seconds in which a stale overwrite has to be repaired: E and one sweep. `noticed_within` are
    those in which a summary has to notice that a record left it: a deletion takes two nightly snapshots. `lag` as in
    `written_while_parked`; without it, writes on held and excluded targets are judged by content alone.
    `held` (ref, code) and `excluded` (ref, rule) are what the bridge says; without them that part of I5 is left out.
    `counts` are a finished run's counts by kind. `runs` are all runs as in `status --json`, judged against both histories;
    `late` and `died` as in `lying_runs`. `before` is an earlier reading since which nothing had to be written.
    """
    folded = fold(world, judged)
    accounts = [
        f"{kind}: {sentence}" for kind, numbers in (counts or {}).items() for sentence in does_not_add_up(numbers)
    ]
    accounts += lying_runs(world, judged, folded, runs, late=late, died=died)
    if held is not None:
        accounts += held_against_fold(held, excluded, folded)
    return Report(
        {
            "I1": [
                *lost_updates(world, judged, folded),
                *unarchived(world, folded),
                *unexplained(world, judged, folded, noticed_within=noticed_within),
                *missuggested(world, judged, folded),
                *([] if lag is None else written_while_parked(world, judged, folded, lag=lag)),
            ],
            "I2": duplicates(world, judged, folded),
            "I3": stale_overwrites(world, folded, repair_within=repair_within, noticed_within=noticed_within),
            "I4": [*needless(world), *([] if before is None else writes_between(before, world))],
            "I5": accounts,
            "safety": unsafe(world, judged, folded),
        },
        _numbers(world, folded),
    )


def reads(judged: Judged) -> frozenset[str]:
    """Name the source's further kinds that a judgement needs."""
    return (judged.enabled | {each for block in judged.assets for each in (block.kind, block.anchor)}) - SYNCED


def read(cw: httpx.Client | str, ig: httpx.Client | str, kinds: Collection[str] = ()) -> World:
    """Read the world from two control APIs, given as clients or as URLs, with further kinds of the source."""
    opened = [httpx.Client(base_url=side, timeout=60, verify=False) for side in (cw, ig) if isinstance(side, str)]  # noqa: S501
    try:
        fresh = iter(opened)
        clients = [next(fresh) if isinstance(side, str) else side for side in (cw, ig)]
        cw_client, ig_client = clients
        return worlds.read(cw_client, ig_client, kinds)
    finally:
        for client in opened:
            client.close()


def _numbers(world: World, folded: Fold) -> dict[str, int]:
    states: dict[str, int] = {}
    for outcome in folded.outcomes.values():
        states[outcome.state] = states.get(outcome.state, 0) + 1
    made = folded.links.made
    return {
        "targets": len(folded.outcomes),
        **dict(sorted(states.items())),
        "records made": sum(len(records) for kind in folded.versions.kinds for records in made.of(kind).values()),
        "writes": sum(
            event.by == "api" for lives in world.itglue.values() for life in lives.values() for event in life.events
        ),
    }
