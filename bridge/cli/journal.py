"""`glue-bridge journal`: who wrote what to IT Glue, when, why, and over what."""

import csv
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import orjson
import typer

from bridge.cli import output
from bridge.cli.failures import fail
from bridge.cli.finding import REF_HELP, organizations_of, targets_of
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, database_of, settings_of

if TYPE_CHECKING:
    import sqlalchemy as sa
    from sqlalchemy.engine import Connection

    from bridge.settings import Settings
    from bridge.store.audit import Entry

Since = Annotated[str | None, typer.Option(metavar="TIME", help="From then on: 2h, 3d, 2026-11-24, 2026-11-24T08:00.")]
Until = Annotated[str | None, typer.Option(metavar="TIME", help="Before then, in the same forms.")]
Organization = Annotated[
    str | None, typer.Option(metavar="NAME|REF", help="Only this customer, with all that belongs to it.")
]
Only = Annotated[str | None, typer.Option("--ref", metavar="REF", help=REF_HELP)]
Run = Annotated[int | None, typer.Option(metavar="N", help="Only what this run wrote.", min=1)]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV, a row for each attribute.")]
COLUMNS = (
    "at", "run", "ref", "organization", "verb", "itglue_id", "attribute", "old", "new", "outcome", "who", "why",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(journal)


def journal(
    since: Since = None,
    until: Until = None,
    organization: Organization = None,
    ref: Only = None,
    run: Run = None,
    as_csv: Csv = False,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Print the journal, oldest first: each write to IT Glue with who, why, old and new values and outcome.

    What people did beside it stands there too: pauses, and what they imported. It goes back 400 days, or as far as
    [store] keep_journal says.

    For example:
      glue-bridge journal --since 2h
      glue-bridge journal --organization "Acme Ltd" --since 2026-11-01 --csv > acme.csv
      glue-bridge journal --run 17 --json

    JSON: {"entries": [{"id", "at", "run", "ref", "organization", "verb", "itglue_id", "before", "after", "outcome",
    "who", "why"}]}, one to a line; outcome is null while the answer is awaited, else written, refused, unknown (may have been carried
    out), resolved (was carried out, its answer lost), or done (a deed that writes nothing)
    """
    from bridge.store import audit

    if as_csv and as_json:
        raise fail("B400", "--csv or --json, not both")
    configured = settings_of(settings)
    with database_of(configured) as db:
        with db.read() as connection:
            where = _where(configured, connection, db.now(connection), since, until, organization, ref, run)
        found = audit.entries(db, where)
        if as_json:
            listing = output.Listing("entries")
            for entry in found:
                listing.add(orjson.dumps(_as_json(entry)))
            listing.end()
        elif as_csv:
            _print_csv(found)
        else:
            _print(found)
    return 0


def _where(
    configured: "Settings",
    connection: "Connection",
    now: float,
    since: str | None,
    until: str | None,
    organization: str | None,
    ref: str | None,
    run: int | None,
) -> "list[sa.ColumnElement[bool]]":
    import sqlalchemy as sa

    from bridge.store import inspect
    from bridge.store.schema import journal as rows
    from bridge.store.schema import targets

    where: list[sa.ColumnElement[bool]] = []
    if since is not None:
        where.append(rows.c.at >= _moment(since, now))
    if until is not None:
        where.append(rows.c.at < _moment(until, now))
    if organization is not None:
        ids = [each.target for each in organizations_of(connection, organization)]
        of_it = rows.c.target.in_(sa.select(targets.c.id).where(inspect.of_organization(ids)))
        where.append(of_it)
    if ref is not None:
        where.append(rows.c.target.in_([row.id for row in targets_of(configured, connection, ref)]))
    if run is not None:
        where.append(rows.c.run == run)
    return where


def _moment(text: str, now: float) -> float:
    """Read a time, or how long ago it was."""
    from pydantic_core import PydanticCustomError

    from bridge.mapping.durations import seconds

    try:
        return datetime.fromisoformat(text.strip()).astimezone().timestamp()
    except ValueError:
        pass
    try:
        return now - seconds(text)
    except PydanticCustomError as error:
        raise fail("B400", f"{text!r} is no time; write 2h, 3d, 2026-11-24 or 2026-11-24T08:00") from error


def _as_json(entry: "Entry") -> dict[str, Any]:
    return {
        "id": entry.id, "at": output.iso(entry.at), "run": entry.run, "ref": entry.ref,
        "organization": entry.organization, "verb": entry.verb, "itglue_id": entry.itglue_id,
        "before": entry.before, "after": entry.after, "outcome": entry.outcome, "who": entry.who, "why": entry.why,
    }  # fmt: skip


def _print_csv(found: "Iterable[Entry]") -> None:
    writer = csv.writer(output.Out(), lineterminator="\n")
    writer.writerow(COLUMNS)
    for entry in found:
        for attribute in entry.after or ("",):
            old, new = (_cell(side.get(attribute)) for side in (entry.before, entry.after))
            writer.writerow(
                [output.iso(entry.at), entry.run or "", entry.ref, output.harmless(entry.organization or ""), entry.verb,
                 entry.itglue_id or "", attribute, old, new, entry.outcome or "", entry.who, output.harmless(entry.why)]
            )  # fmt: skip


def _cell(value: Any) -> str:
    return "" if value is None else output.harmless(value if isinstance(value, str) else orjson.dumps(value).decode())


def _print(found: "Iterable[Entry]") -> None:
    entry = None
    for entry in found:
        where = f" -> {entry.itglue_id}" if entry.itglue_id else ""
        run = f"  run {entry.run}" if entry.run else ""
        of = f"  of {entry.organization}" if entry.organization and not entry.ref.endswith(entry.organization) else ""
        output.say(
            f"{output.moment(entry.at)}  {entry.verb} {entry.ref}{where}{of}  {entry.outcome or 'not answered yet'}"
            f"{run}  by {entry.who}{f' ({entry.why})' if entry.why else ''}"
        )
        made = entry.verb.startswith("create")
        rows = [
            [word, output.value(one) if made else f"{output.value(entry.before.get(word))} -> {output.value(one)}"]
            for word, one in entry.after.items()
        ]
        output.table(rows, indent=4)
    if entry is None:
        output.say("Nothing of this stands in the journal.")
