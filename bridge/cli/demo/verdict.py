"""The verdict: the five invariants, computed from the simulators' own history by a judge that knows no line of ours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bridge.cli import output
from bridge.cli.demo import suggestions
from bridge.cli.demo.pen import Pen
from bridge.cli.demo.simulator import Simulator
from simulators.oracle.accounting import held_against_traps, parents_of, plain
from simulators.oracle.examples import OPEN_TICKETS, PSA_TICKET
from simulators.oracle.judge import INVARIANTS, Report, judge_world, read, reads
from simulators.oracle.judged import FURTHER, SYNCED, TRAPS, Decisions
from simulators.oracle.story import TRAIT, Lives
from simulators.oracle.world import World, clock

EXAMPLES = 3  # violations shown of each invariant
_TICKETS: Final = replace(PSA_TICKET, fields=(*PSA_TICKET.fields, *suggestions.FIELDS))
JUDGED: Final = replace(TRAPS, enabled=SYNCED | FURTHER, assets=(OPEN_TICKETS, _TICKETS), suggestions=suggestions.RULES)
"""The settings of the demo's bridge.toml, as the judge is told of them."""


@dataclass(slots=True)
class Evidence:
    """What the judge has to know beside the history.

    What a person decided, by refs without their source; `moments` at which all was written that was known, in seconds
    since the epoch; what the bridge says is held (ref, code) and excluded (ref, rule), and the counts of its runs; the
    moment, by IT Glue's clock, after which nothing had to be written.
    """

    pins: dict[str, str] = field(default_factory=dict)
    new: set[str] = field(default_factory=set)
    moments: list[float] = field(default_factory=list)
    held: Sequence[tuple[str, str]] = ()
    excluded: Sequence[tuple[str, str]] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    settled_at: float | None = None

    def hear(self, plan: Sequence[Mapping[str, Any]], status: Mapping[str, Any]) -> None:
        """Take what the bridge says of itself: the lines of `plan --json`, and `status --json`.

        A plan says of every target what becomes of it; what a refresh made due again is pending elsewhere.
        """
        self.held = [(_named(line), str(line["code"])) for line in plan if line.get("word") == "held"]
        self.excluded = [(_named(line), str(line["reason"])) for line in plan if line.get("word") == "excluded"]
        self.counts = {f"run {run['id']}": run["counts"] for run in status["runs"] if run["outcome"] == "finished"}

    @property
    def decided(self) -> set[str]:
        """Name what a person decided about."""
        return {*self.pins, *self.new}


def _named(line: Mapping[str, Any]) -> str:
    """Name a line of a plan as the judge does: what a block of assets makes by the block too."""
    is_asset = line["block"] in {block.name for block in JUDGED.assets}
    return f"{line['block']}/{line['ref']}" if is_asset else str(line["ref"])


def look(connectwise: Simulator, itglue: Simulator) -> World:
    """Read both sides as their control APIs show them."""
    world = read(connectwise.control, itglue.control, reads(JUDGED))
    further = [(trap["ref"], trap["code"]) for kind in sorted(FURTHER) for trap in connectwise.get(f"/traps/{kind}")]
    return replace(world, traps=(*world.traps, *further))


def now(itglue: Simulator) -> float:
    """Give IT Glue's clock, in seconds since the epoch."""
    return clock(itglue.control)


def judge(world: World, evidence: Evidence, *, repair_within: float) -> Report:
    """Judge the history."""
    decisions = Decisions(pins=evidence.pins, new=frozenset(evidence.new))
    report = judge_world(
        world, replace(JUDGED, decisions=decisions, moments=tuple(evidence.moments)), repair_within=repair_within,
        held=evidence.held, excluded=evidence.excluded, counts=evidence.counts,
        before=None if evidence.settled_at is None else _as_of(world, evidence.settled_at),
    )  # fmt: skip
    report.violations["I5"] += _against_traps(world, evidence)
    return report


def _as_of(world: World, moment: float) -> World:
    """Give what IT Glue's history was at a moment: it only ever grows, so that it need not have been read then."""

    def then(several: Lives) -> Lives:
        cut = (
            replace(life, events=tuple(event for event in life.events if event.at <= moment))
            for life in several.values()
        )
        return {life.id: life for life in cut if life.events}

    return replace(
        world, organizations=then(world.organizations), configurations=then(world.configurations),
        names={name: then(several) for name, several in world.names.items()},
        others={name: then(several) for name, several in world.others.items()},
    )  # fmt: skip


def _against_traps(world: World, evidence: Evidence) -> list[str]:
    """Compare what is held and excluded with what the simulators laid out, where no person has decided."""
    above = parents_of(world)
    decided = evidence.decided

    def untouched(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        return [
            (ref, code)
            for ref, code in pairs
            if "/" not in ref and plain(ref) not in decided and above.get(plain(ref)) not in decided
        ]

    return held_against_traps(untouched(evidence.held), untouched(evidence.excluded), untouched(world.traps), above)


def show(pen: Pen, world: World, evidence: Evidence, report: Report) -> None:
    """Print a line for each invariant with its numbers, and the first violations below it."""
    numbers = _numbers(world, evidence, report)
    for name, meaning in INVARIANTS.items():
        broken = report.violations[name]
        label = f"{name if name.startswith('I') else '':<4}{meaning:<40}"
        if not broken:
            pen.line(f"   {label}{output.styled('holds', 'green')}   {numbers[name]}")
            continue
        pen.line(f"   {label}{output.styled('BROKEN', 'red')}  {output.count(len(broken), 'violation')}")
        for sentence in broken[:EXAMPLES]:
            pen.say(f"      {sentence}")
        if len(broken) > EXAMPLES:
            pen.say(f"      and {len(broken) - EXAMPLES:,} more")


def pronounce(pen: Pen, report: Report) -> int:
    """Say whether everything holds; give the exit code, 0 only where it does."""
    if report.holds:
        pen.line(output.styled("All five invariants hold.", "green") + f"   [{pen.seconds:.0f} s]")
        return 0
    pen.line(output.styled("Not all invariants hold.", "red") + f"   [{pen.seconds:.0f} s]")
    return 1


def _numbers(world: World, evidence: Evidence, report: Report) -> dict[str, str]:
    judged = report.judged
    there = judged["targets"] - judged.get("held", 0) - judged.get("excluded", 0)
    held = sum(code != "parent_held" for _, code in evidence.held)
    began = world.first_write or 0.0
    changes = sum(
        event.at > began
        for lives in (world.companies, world.sites, world.people, world.devices, world.tickets)
        for life in lives.values()
        for event in life.events
    )
    assets = [life.now for life in world.others["flexible_assets"].values() if life.now is not None]
    tags = sum(len(row.get(f"{TRAIT}{key}") or ()) for row in assets for key in suggestions.KEYS)
    requests = {name: len(several) for name, several in world.requests.items()}
    return {
        "I1": f"{there:,} records show what the PSA says after {changes:,} changes there, and {tags:,} tags what the rules "
              "suggest",
        "I2": f"{judged['records made']:,} records made for {judged['targets']:,} targets, none twice",
        "I3": f"{judged['writes']:,} writes, no older version over a newer one",
        "I4": f"no write without a change, and none once the last of {changes:,} was in",
        "I5": f"{judged['targets']:,} seen = {there:,} in IT Glue + {judged.get('held', 0):,} held + "
              f"{judged.get('excluded', 0):,} excluded; {held:,} causes of holds, the seeded ones",
        "safety": f"{requests['itglue']:,} requests to IT Glue, none over the quota; {requests['connectwise']:,} to the "
                  "PSA, all reads",
    }  # fmt: skip
