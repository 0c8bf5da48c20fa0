"""`glue-bridge resume`: let what a person paused be written again."""

import typer

from bridge.cli import output, shapes
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, database_of, person, settings_of
from bridge.cli.pause import What, Why, line, said, scopes_of, told


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(resume)


def resume(what: What = "all", why: Why = None, as_json: Json = False, settings: SettingsFile = DEFAULT) -> int:
    """End a pause that a person made: what waited is due at once.

    It ends the pause of exactly what is named; others that stand are listed. What a side's failure paused ends by
    itself.

    For example:
      glue-bridge resume
      glue-bridge resume "Acme Ltd" --why "migration done"

    JSON: {"resumed": ["all"], "paused": [{"what", "since", "until", "by", "why"}]}: what still stands
    """
    from bridge.store import hand_pauses

    configured = settings_of(settings)
    with database_of(configured) as db, db.write() as connection:
        scopes = scopes_of(configured, connection, what)
        ended = hand_pauses.resume(db, connection, scopes, by=person(), why=(why or "").strip())
        left = told(db, connection)
    if as_json:
        resumed = ["all" if each == hand_pauses.ALL else each for each in ended]
        output.emit(shapes.Resumed(resumed=resumed, paused=left))
        return 0
    for each in ended:
        output.say(f"{said(each)} is not paused any more.")
    if not ended:
        output.say("Nothing of this was paused.")
    for standing in left:
        output.say(line(standing))
    return 0
