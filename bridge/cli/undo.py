"""`glue-bridge undo`: take back what a run wrote."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli import output, planning, progress, shapes
from bridge.cli.apply import Yes, carry_out, confirmed, report
from bridge.cli.failures import fail, side
from bridge.cli.labels import Labels
from bridge.cli.options import DEFAULT, Json, SettingsFile, engine_of, settings_of
from bridge.cli.plan import Out
from bridge.cli.reading import probe_now
from bridge.store.pauses import ITGLUE

if TYPE_CHECKING:
    from bridge.plan_pass import Line

Run = Annotated[int, typer.Argument(metavar="RUN", help="The number of a run: status and journal name it.", min=1)]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("undo")(undo)


def undo(
    run: Run, settings: SettingsFile = DEFAULT, out: Out = None, yes: Yes = False, as_json: Json = False
) -> int:  # fmt: skip
    """Put back what a run wrote to IT Glue: old values, archived what it made, restored what it archived.

    For example:
      glue-bridge undo 17
      glue-bridge undo 17 -o undo.plan && glue-bridge apply undo.plan

    It reads those records again, shows what it would write, and asks. A record that somebody has changed since is
    refused as a whole, as is what IT Glue cannot archive: it is listed, for you to decide. What is undone stays so
    until the record, the mapping or a decision changes; glue-bridge held new REF takes a record in again. An undo can be
    undone itself.

    JSON: {"run", "counts", "paused", "refused": [{"ref", "why"}], "problems": []}; run is null where nothing was written

    Exit code 2: something was written; 0: there was nothing to undo; 1: all was refused.
    """
    from bridge import restored, undo_run
    from bridge.plan_file import Header, PlanWriter

    configured = settings_of(settings)
    with engine_of(configured, "undo") as engine:
        if not undo_run.exists(engine, run):
            raise fail("B414", f"there is no run {run}: glue-bridge journal names those that wrote something")
        probe_now(engine, [ITGLUE])
        with progress.of(engine), side(ITGLUE):
            lines = list(undo_run.plan(engine, run))
        writes = [line for line in lines if line.writes]
        refused = [(line, line.reason or "") for line in lines if line.word == undo_run.REFUSED]
        if not as_json:
            _show(run, lines, planning.labels_of(engine))
        if out is not None:
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            writer = PlanWriter(out, Header(configured.digest, restored.store_id(engine), made_at, run))
            for line in lines:
                writer.add(line)
            writer.finish({"undo": run, "writes": len(writes), "refused": len(refused)})
            if as_json:
                _emit(refused)
            else:
                output.say(f"Saved as {out}. Write it with: glue-bridge apply {out}")
            return 2 if writes else 1 if refused else 0
        if not writes:
            if as_json:
                _emit(refused)
            return 1 if refused else 0
        if not yes and not confirmed(len(writes), f"glue-bridge undo {run} -o FILE"):
            return 1
        applied = undo_run.begin(engine, run, writes, reviewed=not yes)
        applied.refused = [*refused, *applied.refused]
        carry_out(engine, applied, total=len(writes))
        code = report(applied, [], total=len(writes), held=0, as_json=as_json)
        if not as_json:
            if yes and applied.counts.get("held"):
                output.say(
                    f"  What a stop held, a reviewed plan writes: glue-bridge undo {run} -o FILE, read it, apply FILE"
                )
            output.say("What is undone stays so until the record, the mapping or a decision changes.")
    return code


def _emit(refused: "list[tuple[Line, str]]") -> None:
    said = [shapes.Refused(ref=line.ref, why=why) for line, why in refused]
    output.emit(shapes.Apply(run=None, counts={}, paused=0, refused=said, problems=[]))


def _show(run: int, lines: "list[Line]", labels: Labels) -> None:
    from bridge.undo_run import REFUSED

    writes = [line for line in lines if line.writes]
    already = sum(1 for line in lines if line.word == "equal")
    refused = [line for line in lines if line.word == REFUSED]
    output.say(
        f"Undoing run {run}: {output.count(len(writes), 'record')} to put back, {output.number(already)} as before "
        f"already, {output.number(len(refused))} refused."
    )
    for line in writes[: planning.SHOWN]:
        planning.show_line(line, labels)
    if len(writes) > planning.SHOWN:
        output.say(f"  … and {len(writes) - planning.SHOWN:,} more: -o FILE saves them all")
    for line in refused[: planning.SHOWN]:
        output.say(f"  refused {line.ref} {line.name}: {line.reason}")
    if len(refused) > planning.SHOWN:
        output.say(f"  … and {len(refused) - planning.SHOWN:,} more refused")
