"""`glue-bridge mapping`: the mapping in effect, and where each line of it comes from."""

from pathlib import Path
from typing import Annotated

import typer

from bridge.cli import output, shapes
from bridge.cli.failures import fail
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, settings_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(mapping)


def mapping(
    action: Annotated[str | None, typer.Argument(metavar="[rename|retire]", help="What became of a block.")] = None,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="The block, and its new name.")] = None,
    block: Annotated[str | None, typer.Option(metavar="NAME", help="Only this block, such as configurations.")] = None,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Print the mapping in effect, and where each line of it comes from; or say what became of a block.

    Each block with its overrides: the key, what it says, and the line of bridge.toml or the built-in mapping.

    A block of flexible assets that has assets in IT Glue cannot just vanish from the file: rename gives its assets to
    the block that it has become, retire lets them stay as they are. A retired block that comes back goes on with them.

    For example:
      glue-bridge mapping --block configurations
      glue-bridge mapping rename psa-ticket tickets
      glue-bridge mapping retire psa-ticket

    JSON: {"lines": [{"block", "key", "text", "where"}]}
    """
    from bridge.mapping.blocks import compile_mapping
    from bridge.mapping.problems import nearest

    if action is not None:
        return _became(action, names or [], settings)
    compiled = compile_mapping(settings_of(settings))
    rows = list(compiled.explain_rows())
    if block is not None:
        names = [each.id for each in compiled.blocks]
        if block not in names:
            raise fail("B400", f'there is no block "{block}"{nearest(block, names)}')
        rows = [row for row in rows if row.block == block or row.block.startswith(f"{block} (")]
    if as_json:
        lines = [{"block": row.block, "key": row.key, "text": row.text, "where": row.where} for row in rows]
        output.emit(shapes.MappingLines(lines=lines))
        return 0
    shown = ""
    for name in dict.fromkeys(row.block for row in rows):
        output.say(f"{shown}{name}")
        shown = "\n"
        output.table([row.key, row.text, row.where] for row in rows if row.block == name)
    return 0


def _became(action: str, names: list[str], settings: Path) -> int:
    from bridge import app
    from bridge.mapping.blocks import compile_mapping
    from bridge.mapping.problems import nearest
    from bridge.store import taking_up

    wanted = {"rename": 2, "retire": 1}.get(action)
    if wanted is None:
        raise fail("B400", f'no action "{action}"{nearest(action, ("rename", "retire"))}')
    if len(names) != wanted:
        raise fail("B400", "write rename OLD NEW" if action == "rename" else "write retire NAME")
    read = settings_of(settings)
    known = [each.id for each in compile_mapping(read).blocks]
    db = app.database_of(read)
    try:
        with db.read() as connection:
            gone = taking_up.vanished(connection, known)
        if names[0] not in gone:
            raise fail("B400", f'"{names[0]}" is no block that has vanished{nearest(names[0], gone)}')
        if action == "retire":
            output.say(f"{output.count(taking_up.retire(db, names[0]), 'asset')} of {names[0]} stay as they are")
            return 0
        if names[1] not in known:
            raise fail("B400", f'the file has no block "{names[1]}"{nearest(names[1], known)}')
        try:
            moved = taking_up.rename(db, *names)
        except ValueError as error:
            raise fail("B400", str(error)) from error
        output.say(f"{output.count(moved, 'record')} of {names[0]} belong to {names[1]}")
    finally:
        db.close()
    return 0
