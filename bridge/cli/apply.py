"""`glue-bridge apply`: write a plan, after a person has seen it."""

import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli import output, planning, progress, shapes
from bridge.cli.options import DEFAULT, Json, SettingsFile, engine_of, settings_of
from bridge.cli.reading import probe_now
from bridge.errors import SettingsError
from bridge.store.pauses import ITGLUE

if TYPE_CHECKING:
    from bridge.apply_run import Applied
    from bridge.cli.checks.found import Found
    from bridge.engine import Engine
    from bridge.plan_pass import Line
    from bridge.settings import Settings

File = Annotated[
    Path | None, typer.Argument(metavar="[PLAN]", help="A plan saved with plan -o; without one, plan now.")
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask. Without PLAN nobody has reviewed it: the stops keep counting.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("apply")(apply)


def apply(plan: File = None, settings: SettingsFile = DEFAULT, yes: Yes = False, as_json: Json = False) -> int:
    """Write a plan to IT Glue, and wait until all of it is done.

    For example: glue-bridge apply first.plan

    With a plan file nothing is read from the PSA; what has changed since the plan is refused, one by one. Without one
    it plans, shows the plan and asks. Exit code 2: something was written; 0: there was nothing to write; 1: nothing
    could be written, or all was refused, or nothing was written while IT Glue lacks a name of the settings (B113).
    """
    from bridge import restored

    configured = settings_of(settings)
    if plan is not None:
        _same_settings(configured, plan)  # before anything is opened
    with engine_of(configured, "apply") as engine:
        probe_now(engine, [ITGLUE])
        if plan is not None:
            lines, reviewed, total = _from_file(engine, configured, plan)
            lacking = planning.lacking(engine, configured)
        else:
            kept, summary, lacking = _plan_now(engine, configured, show=not as_json)
            if not kept:
                _nothing(lacking, as_json=as_json)
                return 1 if lacking else 0
            if summary.inside.writes and not yes and not _confirmed(summary):
                return 1
            lines, reviewed, total = iter(kept), not yes, summary.inside.writes
        restored.command_writes(engine, configured.digest)
        applied = _carry_out(engine, lines, reviewed=reviewed, why=str(plan or "apply"), total=total)
        return _report(applied, lacking, as_json=as_json)


def _same_settings(configured: "Settings", plan: Path) -> None:
    from bridge.plan_file import read_header

    if read_header(plan).settings != configured.digest:
        raise SettingsError(
            "B412", f"{plan} was made with other settings: make it again with glue-bridge plan -o {plan}"
        )


def _from_file(engine: "Engine", configured: "Settings", plan: Path) -> tuple[Iterator["Line"], bool, int]:
    from bridge import restored
    from bridge.plan_file import read_header, read_lines

    header = read_header(plan)
    if header.store != restored.store_id(engine):
        raise SettingsError(
            "B413", f"{plan} was made from another database: make it again with glue-bridge plan -o {plan}"
        )
    return (
        (line for line in read_lines(plan) if line.rollout),
        True,
        sum(1 for line in read_lines(plan) if line.rollout and line.writes),
    )


def _plan_now(engine: "Engine", configured: "Settings", *, show: bool) -> tuple[list["Line"], Any, list["Found"]]:
    kept: list[Line] = []

    def on_line(line: "Line") -> None:
        if line.rollout:
            kept.append(line)

    with progress.of(engine):
        planning.read_new(engine, configured.data_folder, refresh_index=False)
        lacking = planning.lacking(engine, configured)
        summary = planning.each_line(engine, on_line)
    if show:
        summary.show(engine)
        labels = planning.labels_of(engine)
        for line in [line for line in kept if line.writes][: planning.SHOWN]:
            planning.show_line(line, labels)
    return kept, summary, lacking


def _confirmed(summary: Any) -> bool:
    if not sys.stdin.isatty():
        raise SettingsError("B407", "nobody is there to ask: use glue-bridge plan -o FILE and apply FILE, or --yes")
    return typer.confirm(f"Write {output.count(summary.inside.writes, 'change')} to IT Glue?")


def _nothing(lacking: list["Found"], *, as_json: bool) -> None:
    if as_json:
        problems = [each.as_json() for each in lacking]
        output.emit(shapes.Apply(run=None, counts={}, refused=[], problems=problems))
    else:
        output.say("Nothing to do.")


def _carry_out(engine: "Engine", lines: Iterator["Line"], *, reviewed: bool, why: str, total: int) -> "Applied":
    from bridge import apply_run

    stop = Event()
    applied = apply_run.begin(engine, lines, reviewed=reviewed, why=why)
    with progress.of(engine, {"written": total}):
        try:
            apply_run.drain(engine, applied, stop, threads=engine.itglue.quota.threads)
        except BaseException as error:
            # Ctrl-C and SIGTERM too: what is under way ends, what is left stays pending for the next apply or run.
            stop.set()
            apply_run.stopped(engine, applied)
            counts = applied.counts
            if not isinstance(error, Exception):  # a signal: an error says itself what it is
                output.note(
                    f"stopped: {counts.get('written', 0):,} written, {counts.get('open', 0):,} still open; what is open "
                    "goes on with the next apply or the service"
                )
            raise
    return applied


def _report(applied: "Applied", lacking: list["Found"], *, as_json: bool) -> int:
    counts = applied.counts
    if as_json:
        refused = [{"ref": line.ref, "why": why} for line, why in applied.refused]
        problems = [each.as_json() for each in lacking]
        output.emit(shapes.Apply(run=applied.run, counts=dict(counts), refused=refused, problems=problems))
    else:
        shown = ", ".join(f"{counts[word]:,} {word}" for word in ("written", "equal", "held", "excluded", "gone", "open")
                          if counts.get(word) or word in {"written", "held"})  # fmt: skip
        names = counts.get("names") or {}
        made = f"; {names['written']:,} names made" if names.get("written") else ""
        output.say(f"{counts.get('seen', 0):,} seen: {shown}{made}   run {applied.run}")
        for line, why in applied.refused[:20]:
            output.say(f"  refused {line.ref} {line.name}: {why}")
        if len(applied.refused) > 20:
            output.say(f"  … and {len(applied.refused) - 20:,} more")
        if counts.get("held"):
            output.say("  held: see glue-bridge held")
    if applied.writes:
        return 2
    return 1 if applied.refused or lacking else 0
