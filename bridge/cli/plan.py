"""`glue-bridge plan`: what would be written, before anything is."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli import output, planning, progress
from bridge.cli.finding import planned_ref
from bridge.cli.labels import Labels
from bridge.cli.options import DEFAULT, Json, SettingsFile, engine_of, settings_of
from bridge.errors import SettingsError

if TYPE_CHECKING:
    from bridge.plan_pass import Line

Out = Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Save the plan, for apply FILE.")]
Refresh = Annotated[bool, typer.Option("--refresh", help="Read IT Glue anew first, to see what people changed there.")]
All = Annotated[bool, typer.Option("--all", help="Show every target, not only the first ones; held ones too.")]
Only = Annotated[str | None, typer.Option("--ref", metavar="REF", help="Show one target only.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plan")(plan)


def plan(
    settings: SettingsFile = DEFAULT,
    out: Out = None,
    refresh: Refresh = False,
    all_lines: All = False,
    ref: Only = None,
    as_json: Json = False,
) -> int:
    """Read the PSA, compare it with IT Glue, and show what would be written. Nothing is.

    For example: glue-bridge plan -o first.plan && glue-bridge apply first.plan

    JSON: {"lines": [{"ref", "block", "word", "rollout", "name", "code", "reason", "plan", …}], "summary": {"blocks",
      "held", "rollout", "everyone"}, "problems"}, one line of text for each target

    Exit code 2: apply would write something; 0: it would not. What is outside the rollout is shown, and never counts.
    1: an error, or nothing to write while IT Glue lacks a name of the settings (B113).
    """
    from bridge import restored
    from bridge.plan_file import Header, PlanWriter

    configured = settings_of(settings)
    if ref is not None:
        planned_ref(configured, ref)  # before anything is read
    with engine_of(configured, "plan") as engine, progress.of(engine):
        planning.read_new(engine, configured.data_folder, refresh_index=refresh)
        lacking = planning.lacking(engine, configured)
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        writer = (
            PlanWriter(out, Header(configured.digest, restored.store_id(engine), made_at)) if out is not None else None
        )
        shown = _Shown(as_json=as_json, all_lines=all_lines, ref=ref)

        def on_line(line: "Line") -> None:
            if writer is not None:
                writer.add(line)
            shown.add(line)

        summary = planning.each_line(engine, on_line)
        numbers = summary.as_json(engine)
        if writer is not None:
            writer.finish(numbers)
        if ref is not None and not shown.found:
            raise SettingsError("B401", f"{ref} is not known: write source:kind:id of a record that the PSA shows")
        if as_json:
            shown.listing.end(summary=numbers, problems=[each.as_json() for each in lacking])
        else:
            # Of one record the numbers of all others say nothing.
            shown.finish(lambda: summary.show(engine) if ref is None else None, planning.labels_of(engine))
            if out is not None:
                output.say(f"Saved as {out}. Write it with: glue-bridge apply {out}")
    writes = summary.inside.writes or summary.inside.made if ref is None else shown.writes
    return 2 if writes else 1 if lacking else 0


class _Shown:
    """Prints lines as they come: JSON for scripts, the first ones for people, after the summary."""

    def __init__(self, *, as_json: bool, all_lines: bool, ref: str | None) -> None:
        self.writes = 0
        self.found = False
        self.listing = output.Listing("lines")
        self._as_json = as_json
        self._all = all_lines
        self._ref = ref
        self._kept: list[Any] = []
        self._left = 0

    def add(self, line: "Line") -> None:
        """Take one line."""
        from bridge.plan_pass import dump

        if self._ref is not None and line.ref != self._ref:
            return
        self.found = True
        self.writes += line.writes and line.rollout
        if self._as_json:
            self.listing.add(dump(line))
        elif self._ref is not None or line.writes or (self._all and line.word != "equal"):
            if len(self._kept) < planning.SHOWN or self._all:
                self._kept.append(line)
            else:
                self._left += 1

    def finish(self, show_summary: Any, labels: Labels) -> None:
        """Print the summary, then what was kept of the lines."""
        show_summary()
        for line in self._kept:
            planning.show_line(line, labels)
        if self._left:
            output.say(f"  … and {self._left:,} more: --all shows them, --json gives them to a script")
