"""`glue-bridge pause`: let nothing be written for a while, of everything or of a part."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bridge.cli import output, shapes
from bridge.cli.failures import fail
from bridge.cli.finding import organizations_of, targets_of
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, database_of, person, settings_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

    from bridge.settings import Settings
    from bridge.store.database import Database
    from bridge.store.hand_pauses import Row

What = Annotated[
    str, typer.Argument(metavar="[all|SOURCE|ORG|REF]", help="Everything, a source, a customer, or one record.")
]
For = Annotated[str, typer.Option("--for", metavar="TIME", help="How long: 30m, 2h, 3d; at most 30 days.")]
Why = Annotated[str | None, typer.Option(metavar="TEXT", help="Why; status and journal show it.")]
LONGEST = 30 * 86_400.0


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(pause)


def pause(
    what: What = "all",
    length: For = "2h",
    why: Why = None,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Let nothing be written for a while: of everything, a source, a customer with all it has, or one record.

    It ends by itself. Until then what is paused is read and planned on, stays open, and is written afterwards. The
    service and a running apply keep to it from their next request on.

    For example:
      glue-bridge pause --why "IT Glue looks odd"
      glue-bridge pause "Acme Ltd" --for 3d --why "migration"
      glue-bridge pause cw:configuration:4711 --for 30m --why "on the phone with them"

    JSON: {"paused": [{"what", "since", "until", "by", "why"}]}: every pause that stands
    """
    if why is None or not why.strip():
        raise fail("B400", 'say why, for whoever wonders tonight: --why "…"')
    seconds = _seconds(length)
    from bridge.store import hand_pauses

    configured = settings_of(settings)
    with database_of(configured) as db, db.write() as connection:
        for each in scopes_of(configured, connection, what):
            until = hand_pauses.pause(db, connection, each, seconds=seconds, by=person(), why=why.strip())
            if not as_json:
                output.say(f"{said(each)} is paused until {output.moment(until)}: nothing of it is written.")
        standing = told(db, connection)
    if as_json:
        output.emit(shapes.Paused(paused=standing))
    return 0


def _seconds(text: str) -> float:
    from pydantic import TypeAdapter, ValidationError

    from bridge.mapping.durations import Seconds

    try:
        found = float(TypeAdapter(Seconds).validate_python(text))
    except ValidationError as error:
        raise fail("B400", f"--for: {error.errors()[0]['msg']}") from error
    if not 0 < found <= LONGEST:
        raise fail("B400", f"--for {text}: a pause ends by itself, after more than nothing and at most 30 days")
    return found


def scopes_of(settings: "Settings", connection: "Connection", text: str) -> list[str]:
    """Give what a person names as the store knows it; raise B401 for what is nothing of all that."""
    from bridge.store import hand_pauses, inspect

    block, wanted = inspect.of_block(text)
    if block is not None:
        raise fail("B401", f"a pause is of a record with all that is made of it: pause {wanted}")
    if wanted == "all":
        return [hand_pauses.ALL]
    if wanted in settings.sources:
        return [wanted]
    if wanted.startswith("names:"):
        raise fail("B401", f"{wanted} is a name of IT Glue: pause a record, a customer, a source, or all")
    if wanted.count(":") >= 2 and not inspect.organizations_named(connection, wanted):
        return [str(targets_of(settings, connection, wanted)[0].anchor)]
    return [str(each.ref) for each in organizations_of(connection, wanted)]


def said(what: str) -> str:
    """Name what is paused, for people."""
    from bridge.store import hand_pauses

    return "everything" if what == hand_pauses.ALL else what


def told(db: "Database", connection: "Connection") -> list[shapes.Pause]:
    """Give every pause by hand that stands, for scripts."""
    from bridge.store import hand_pauses

    return as_json_of(hand_pauses.standing(connection, now=db.now(connection)))


def as_json_of(rows: "Sequence[Row]") -> list[shapes.Pause]:
    """Give pauses for scripts."""
    from bridge.store import hand_pauses

    return [
        shapes.Pause(
            what="all" if row.what == hand_pauses.ALL else row.what, since=output.iso(row.since),
            until=output.iso(row.until), by=row.by, why=row.why,
        )
        for row in rows
    ]  # fmt: skip


def line(pause: "Mapping[str, Any]") -> str:
    """Say a pause in one line, the same in every command."""
    what = "everything" if pause["what"] == "all" else pause["what"]
    return f"PAUSED   {what} until {output.moment(output.seconds(pause['until']))} by {pause['by']}: {pause['why']}"
