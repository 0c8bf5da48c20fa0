"""`glue-bridge apply`: write a plan, after a person has seen it."""

import sys
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
    bool,
    typer.Option(
        "--yes",
        "-y",
        help="Do not ask. Nobody has reviewed it then, unless it is a saved plan: the stops keep counting.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("apply")(apply)


def apply(plan: File = None, settings: SettingsFile = DEFAULT, yes: Yes = False, as_json: Json = False) -> int:
    """Write a plan to IT Glue, and wait until all of it is done.

    For example: glue-bridge apply first.plan

    With a plan file nothing is read from the PSA; what has changed since the plan is refused, one by one. Without one
    it plans, shows the plan and asks. Exit code 2: something was written; 0: there was nothing to write; 1: nothing
    could be written, or all was refused or held, or nothing was written while IT Glue lacks a name of the settings (B113).
    """
    from bridge import apply_run, restored

    configured = settings_of(settings)
    if plan is not None:
        _same_settings(configured, plan)  # before anything is opened
    with engine_of(configured, "apply") as engine:
        probe_now(engine, [ITGLUE])
        if plan is not None:
            total, outside, held = _numbers(plan)
            applied, lacking = _begin_file(engine, configured, plan)
        else:
            kept, summary, lacking = _plan_now(engine, configured, show=not as_json)
            if not kept:
                _nothing(lacking, as_json=as_json)
                return 1 if lacking else 0
            changes = summary.inside.writes or len(summary.inside.made)
            if changes and not yes and not confirmed(changes, "glue-bridge plan -o FILE"):
                return 1
            restored.command_writes(engine, configured.digest)
            applied = apply_run.begin(engine, iter(kept), reviewed=not yes, why="apply")
            total = summary.inside.writes
            outside = summary.everyone.writes - total
            held = sum(words.get("held", 0) for words in summary.blocks.values())
        carry_out(engine, applied, total=total)
        code = report(applied, lacking, total=total, held=held, as_json=as_json)
        if outside and not as_json:
            output.say(
                f"  outside [rollout]: {output.count(outside, 'change')} not written, before it names the organization"
            )
        return code


def _same_settings(configured: "Settings", plan: Path) -> None:
    from bridge.plan_file import read_header

    if read_header(plan).settings != configured.digest:
        raise SettingsError(
            "B412", f"{plan} was made with other settings: make it again with glue-bridge plan -o {plan}"
        )


def _numbers(plan: Path) -> tuple[int, int, int]:
    """Count the lines of a saved plan: writes inside the rollout, writes outside it, and what is held inside it."""
    from bridge.plan_file import read_lines

    total = outside = held = 0
    for line in read_lines(plan):
        total += line.writes and line.rollout
        outside += line.writes and not line.rollout
        held += line.word == "held" and line.rollout
    return total, outside, held


def _begin_file(engine: "Engine", configured: "Settings", plan: Path) -> "tuple[Applied, list[Found]]":
    """Enter a saved plan, of what is to be written or to be undone; give with it the names that IT Glue lacks.

    Nothing that is undone needs those.
    """
    from bridge import apply_run, restored, undo_run
    from bridge.plan_file import read_header, read_lines

    header = read_header(plan)
    if header.store != restored.store_id(engine):
        raise SettingsError(
            "B413", f"{plan} was made from another database: make it again with glue-bridge plan -o {plan}"
        )
    lines = (line for line in read_lines(plan) if line.rollout)
    restored.command_writes(engine, configured.digest)
    if header.undo is not None:
        return undo_run.begin(engine, header.undo, lines, reviewed=True), []
    lacking = planning.lacking(engine, configured)
    return apply_run.begin(engine, lines, reviewed=True, why=str(plan)), lacking


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


def confirmed(writes: int, instead: str) -> bool:
    """Ask whether so much is to be written; raise where nobody is there, and say what to do instead."""
    if not sys.stdin.isatty():
        raise SettingsError("B407", f"nobody is there to ask: use {instead} and apply FILE, or --yes")
    return typer.confirm(f"Write {output.count(writes, 'change')} to IT Glue?")


def _nothing(lacking: list["Found"], *, as_json: bool) -> None:
    if as_json:
        problems = [each.as_json() for each in lacking]
        output.emit(shapes.Apply(run=None, counts={}, paused=0, refused=[], problems=problems))
    else:
        output.say("Nothing to do.")


def carry_out(engine: "Engine", applied: "Applied", *, total: int) -> None:
    """Drain a run to its end; Ctrl-C and SIGTERM let what is under way end, and leave the rest open."""
    from bridge import apply_run

    stop = Event()
    with progress.of(engine, {"written": total}):
        try:
            apply_run.drain(engine, applied, stop, threads=engine.itglue.quota.threads)
        except BaseException as error:
            # What is left stays pending for the next apply or run.
            stop.set()
            apply_run.stopped(engine, applied)
            counts = applied.counts
            if not isinstance(error, Exception):  # a signal: an error says itself what it is
                output.note(
                    f"stopped: {counts.get('written', 0):,} written, {counts.get('open', 0):,} still open; what is open "
                    "goes on with the next apply or the service"
                )
            raise


def report(applied: "Applied", lacking: list["Found"], *, total: int, held: int, as_json: bool) -> int:
    """Say what a run did that was to write `total` records, and of which `held` were held before; give the exit code."""
    counts = applied.counts
    # A few that wait for a person are everyday; that what was planned is held instead, or that nothing is fine, is not.
    worse = counts.get("held", 0) > held if total else not counts.get("equal")
    stuck = bool(counts.get("held")) and not applied.writes and worse
    if as_json:
        refused = [shapes.Refused(ref=line.ref, why=why) for line, why in applied.refused]
        problems = [each.as_json() for each in lacking]
        output.emit(
            shapes.Apply(
                run=applied.run, counts=dict(counts), paused=applied.paused, refused=refused, problems=problems
            )
        )
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
        if applied.paused:
            output.say(f"  paused by hand: {output.number(applied.paused)} stay open, and are written once that ends")
        if counts.get("held"):
            nothing = "nothing was written, and what could be is held: " if stuck else "held: "
            output.say(f"  {nothing}see glue-bridge held")
    if applied.writes:
        return 2
    return 1 if applied.refused or applied.paused or lacking or stuck else 0
