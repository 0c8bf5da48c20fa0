"""What `plan` and `apply` share: reading what is new, computing the plan, and showing it."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.cli import output, shapes
from bridge.cli.labels import Labels, shown
from bridge.cli.pause import line as pause_line
from bridge.cli.pause import told as paused_by_hand

if TYPE_CHECKING:
    from bridge.cli.checks.found import Found
    from bridge.desired import Name
    from bridge.engine import Engine
    from bridge.plan_pass import Cost, Line
    from bridge.settings import Settings

COLUMNS = ("create", "adopt", "update", "archive", "restore", "equal", "held", "excluded", "gone", "waiting")
SHOWN = 40  # lines of a plan on a terminal, unless all are asked for


def read_new(engine: "Engine", data_folder: Path, *, refresh_index: bool) -> None:
    """Poll every source once, and read IT Glue where it has not been read, or all of it anew."""
    from bridge import poll, refresh, suggested
    from bridge.cli.failures import side
    from bridge.cli.reading import poll_sources
    from bridge.store import runs, taking_up
    from bridge.supervise.lock import service_pid

    taking_up.take_up(engine.db, engine.mirror.added)
    poll_sources(engine)
    while poll.fetch_due(engine):
        pass
    with side("itglue"):
        if refresh_index:
            for kind in refresh.kinds_read(engine):
                refresh.refresh(engine, kind, lane="backfill")
            for kind in suggested.kinds(engine):
                suggested.read(engine, kind, lane="backfill")
        else:
            refresh.ensure_known(engine, lane="backfill")
            suggested.ensure_read(engine, lane="backfill")
    if service_pid(data_folder) is None:  # nobody drains what was read: its runs end as planned
        runs.end_finished(engine.db, planned=True)


def lacking(engine: "Engine", settings: "Settings") -> list["Found"]:
    """Say which names of the settings IT Glue lacks: what they hold would look like the fault of its records."""
    from bridge.cli.checks.names import in_index

    found = in_index(settings, engine)
    for each in found:
        output.finding(each.level, each.code or "", each.text, to=sys.stderr)
    return found


@dataclass(slots=True)
class Summary:
    """The numbers of a plan: per block and word, what it costs inside the rollout and for everyone, stops it passes."""

    inside: "Cost"
    everyone: "Cost"
    blocks: dict[str, dict[str, int]] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
    stops: dict[str, int] = field(default_factory=dict)
    organizations: int = 0
    paused: list[shapes.Pause] = field(default_factory=list)

    def add(self, line: "Line") -> None:
        """Count one line."""
        counts = self.blocks.get(line.block)
        if counts is None:
            counts = self.blocks[line.block] = dict.fromkeys(COLUMNS, 0)
        counts[line.word] += 1
        if line.code:
            self.held[line.code] = self.held.get(line.code, 0) + 1
        self.everyone.add(line)
        if line.rollout:
            self.inside.add(line)
            if line.stop:
                self.stops[line.stop] = self.stops.get(line.stop, 0) + 1
            if line.block == "organizations" and line.word not in {"excluded", "gone"}:
                self.organizations += 1

    def as_json(self, engine: "Engine") -> dict[str, Any]:
        """Give the summary for scripts."""
        return {
            "blocks": {name: {"seen": sum(counts.values()), **counts} for name, counts in self.blocks.items()},
            "held": self.held,
            "paused": self.paused,
            "rollout": {
                "organizations": self.organizations, "writes": self.inside.writes, "requests": self.inside.requests,
                "names": len(self.inside.made),
                "minutes": round(minutes(engine, self.inside.requests), 1), "stops_passed": self.stops,
            },
            "everyone": {
                "writes": self.everyone.writes, "requests": self.everyone.requests,
                "minutes": round(minutes(engine, self.everyone.requests), 1),
            },
        }  # fmt: skip

    def show(self, engine: "Engine") -> None:
        """Print the summary as people read it."""
        used = [word for word in COLUMNS if any(counts[word] for counts in self.blocks.values())]
        rows = [["", "seen", *used]]
        for block, counts in self.blocks.items():
            rows.append([block, output.number(sum(counts.values())), *(output.number(counts[word]) for word in used)])
        output.table(rows, right=tuple(range(1, len(used) + 2)))
        if self.held:
            parts = sorted(self.held.items(), key=lambda item: (-item[1], item[0]))
            output.say("  held: " + ", ".join(f"{output.number(number)} {code}" for code, number in parts))
        output.say(
            f"In rollout ({output.count(self.organizations, 'organization')}): {output.count(self.inside.writes, 'write')}, "
            f"{output.count(self.inside.requests, 'request')}, {_time(minutes(engine, self.inside.requests))}. "
            f"Everyone: {output.count(self.everyone.writes, 'write')}, about "
            f"{output.count(self.everyone.requests, 'request')}, {_time(minutes(engine, self.everyone.requests))} "
            "at your quota."
        )
        if made := self.inside.made:
            output.say(f"Made first: {_made(made)}.")
        if waits := self.everyone.writes - self.inside.writes:
            output.say(
                f"Outside the rollout {'waits' if waits == 1 else 'wait'} {output.count(waits, 'write')}: neither apply nor "
                "the service writes there before [rollout] names the organization."
            )
        for pause in self.paused:
            output.say(pause_line(pause))
        passed = {code: number for code, number in self.stops.items() if number > most(engine, code)}
        if passed:
            said = ", ".join(f"{code} ({output.number(number)})" for code, number in sorted(passed.items()))
            output.say(
                f"Applying this plan as reviewed passes the stops {said}: their counts hold what nobody reviewed."
            )


def summary() -> Summary:
    """Give an empty summary."""
    from bridge.plan_pass import Cost

    return Summary(Cost(), Cost())


def most(engine: "Engine", code: str) -> int:
    """Give the count at which a stop holds what nobody reviewed, in an hour."""
    stops = engine.stops
    return {
        "stop_creates": stops.creates_hour, "stop_archives": stops.archives_hour,
        "stop_emptied": stops.emptied_hour, "stop_updates": stops.updates_hour,
    }.get(code, 0)  # fmt: skip


def minutes(engine: "Engine", requests: int) -> float:
    """Give how long so many requests take at our share of the quota."""
    spacing = max(each.spacing for each in engine.itglue.quota.budgets)
    return requests * spacing / 60


def _made(names: "Sequence[Name]") -> str:
    """Say what is made before the records: types and fields by name, of all else how many."""
    from bridge.drain.evaluate import singular

    said: list[str] = []
    fields_of: dict[str, list[str]] = {}
    others: dict[str, int] = {}
    for name in names:
        if name.kind == "flexible_asset_types":
            said.append(f'the flexible asset type "{name.name}" with its fields')
        elif name.kind == "flexible_asset_fields" and name.parent is not None:
            fields_of.setdefault(name.parent.name, []).append(f'"{name.name}"')
        else:
            others[name.kind] = others.get(name.kind, 0) + 1
    for above, names_of in fields_of.items():
        said.append(f'the field{"s" * (len(names_of) > 1)} {", ".join(names_of)} of "{above}"')
    said += [output.count(number, singular(kind), kind.replace("_", " ")) for kind, number in others.items()]
    return "; ".join(said)


def _time(number: float) -> str:
    if number < 1:
        return "under a minute"
    return f"{number:.0f} min" if number < 90 else f"{number / 60:.1f} h"


def labels_of(engine: "Engine") -> Labels:
    """Give every name that the index knows."""
    from bridge.cli import labels

    with engine.db.read() as connection:
        return labels.of(connection)


SIGNS = {"create": "+", "adopt": "~", "update": "~", "archive": "-", "restore": "^", "held": "!"}


def show_line(line: "Line", labels: Labels | None = None) -> None:
    """Print one target: what would be done and why, then each field old to new with its owner."""
    plan = line.plan or {}
    sign = SIGNS.get(line.word, " ")
    goal = f" -> {plan['itglue_id']}" if plan.get("itglue_id") else ""
    outside = "" if line.rollout else "   (outside the rollout)"
    output.say(f"  {sign} {line.ref} {line.name}{goal}  {_why(line, plan)}{outside}")
    for word, one in (plan.get("fields") or {}).items():
        old, new = shown(word, one["old"], labels), shown(word, one["new"], labels)
        output.say(f"      {word:<24} {old} -> {new}   {one['why']}" if line.word != "create" else
                   f"      {word:<24} {new}   {one['why']}")  # fmt: skip
    for word, why in (plan.get("kept") or {}).items():
        output.say(f"      {word:<24} (kept, IT Glue's)   {why}")
    for word, text in line.notes.items():
        if word in (plan.get("kept") or {}):
            continue
        output.say(f"      {word:<24} {text}")


def _why(line: "Line", plan: dict[str, Any]) -> str:
    if line.word == "adopt":
        by = {"psa_id": "PSA id", "serial_number": "serial", "mac_address": "MAC"}.get(plan["by"], plan["by"])
        shown = f" {plan['value']}" if plan.get("value") and plan["by"] != "psa_id" else ""
        return f"adopt: {by}{shown}"
    if line.word == "held":
        return f"held {line.code}: {line.reason}"
    if line.reason:
        return f"{line.word}: {line.reason}"
    return line.word


def each_line(engine: "Engine", on_line: Callable[["Line"], None]) -> Summary:
    """Compute the plan, handing each line on; memory does not grow with it."""
    from bridge.plan_pass import plan_all

    made = summary()
    with engine.db.read() as connection:
        made.paused = paused_by_hand(engine.db, connection)
    for line in plan_all(engine):
        made.add(line)
        on_line(line)
    return made
