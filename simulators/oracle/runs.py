"""I5, for every run: what it counts against what the source had and what IT Glue's history shows of its time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from .accounting import does_not_add_up
from .convergence import WRITES
from .fold import Fold
from .judged import Judged
from .story import seconds
from .versions import CLOCKS
from .world import World


@dataclass(frozen=True, slots=True)
class Run:
    """One run as the bridge tells of it; times in seconds since the epoch, `ended_at` None while it goes on."""

    name: str
    kind: str
    scope: str
    started_at: float
    ended_at: float | None
    is_finished: bool
    counts: Mapping[str, int]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        """Read a run of `status --json`; times may be seconds too."""
        return cls(
            f"run {told['id']} ({told['kind']} {told['scope']})",
            told["kind"],
            told["scope"],
            _moment(told["started_at"]),
            None if told["ended_at"] is None else _moment(told["ended_at"]),
            told["outcome"] == "finished",
            told["counts"],
        )


def lying_runs(
    world: World, judged: Judged, fold: Fold, told: Iterable[Mapping[str, Any]], *, late: float, died: int = 0
) -> list[str]:
    """List the runs whose counts contradict both histories; `told` are all of them, as in `status --json`.

    `late` is how long before a run a write may have been done that is settled in it: E and V. A process that died may have
    written what the next one finds equal: so `died` times the rows of a request may have no run that says so. What is
    written between runs, because somebody changed IT Glue or a wait was over, belongs to none.
    """
    runs = sorted((Run.of(each) for each in told), key=lambda run: run.started_at)
    if not runs:
        return []
    writes = _writes(world, fold)
    found = [f"{run.name}: {said}" for run in runs for said in _adds_up(run)]
    births = _births(fold)
    for run in runs:
        until = world.now if run.ended_at is None else run.ended_at
        records = {record for moment, record in writes if run.started_at - late - CLOCKS <= moment <= until + CLOCKS}
        if run.counts["written"] > len(records):
            found.append(f"{run.name}: says written {run.counts['written']}, and in its time were {len(records)}")
        targets = sum(born <= until + CLOCKS for born in births)
        if run.counts["seen"] > targets:
            found.append(f"{run.name}: says seen {run.counts['seen']}, and there were {targets} targets")
    found += _unseen(world, judged, fold, runs)
    rows = max(
        (request.get("rows") or 1 for request in world.requests["itglue"] if request["method"] in WRITES), default=1
    )
    records = {record for _, record in writes}
    said = sum(run.counts["written"] for run in runs)
    if records and (not said or said + died * rows < len(records)):
        found.append(f"all runs say written {said}, and {len(records)} records were")
    return found


def _adds_up(run: Run) -> list[str]:
    return does_not_add_up(run.counts, finished=run.is_finished)


def _writes(world: World, fold: Fold) -> list[tuple[float, tuple[str, str]]]:
    """Give when API clients wrote which records that stand for something at the source, names aside."""
    return sorted(
        (event.at, (kind, life.id))
        for kind in fold.versions.kinds
        for life in fold.versions.records(kind).values()
        for event in life.events
        if event.by == "api" and event.verb != "delete"
    )


def _births(fold: Fold) -> list[float]:
    return [
        fold.versions.anchors(kind)[source_id].born.at
        for kind in fold.versions.kinds
        for source_id in fold.versions.anchors(kind)
    ]


def _unseen(world: World, judged: Judged, fold: Fold, runs: Sequence[Run]) -> Iterator[str]:
    """Yield the kinds of which fewer were seen than the source had all the time until a read of them was whole."""
    for kind in ("organization", "contact", "configuration"):
        reads = [run for run in runs if run.kind in {"poll", "snapshot"} and run.scope == f"{judged.source}:{kind}"]
        first = next((run for run in reads if run.is_finished and run.ended_at is not None), None)
        if kind not in fold.versions.kinds or first is None or first.ended_at is None:
            continue
        since = reads[0].started_at - CLOCKS
        there = sum(
            life.born.at < since and life.at(since) is not None and life.at(first.ended_at + CLOCKS) is not None
            for life in world.source(kind).values()
        )
        seen = sum(run.counts["seen"] for run in reads)
        if seen < there:
            yield f"reads of {judged.source}:{kind} say seen {seen} in all, and the source had {there}"


def _moment(told: float | str) -> float:
    return seconds(told) if isinstance(told, str) else told
