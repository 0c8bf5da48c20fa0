"""`glue-bridge mapping`: the mapping in effect, and where each line of it comes from."""

from typing import Annotated

import typer

from bridge.cli import output, shapes
from bridge.cli.failures import fail
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, settings_of


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(mapping)


def mapping(
    block: Annotated[str | None, typer.Option(metavar="NAME", help="Only this block, such as configurations.")] = None,
    as_json: Json = False,
    settings: SettingsFile = DEFAULT,
) -> int:
    """Print the mapping in effect, and where each line of it comes from.

    Each block with its overrides: the key, what it says, and the line of bridge.toml or the built-in mapping.

    For example:
      glue-bridge mapping --block configurations

    JSON: {"lines": [{"block", "key", "text", "where"}]}
    """
    from bridge.mapping.blocks import compile_mapping
    from bridge.mapping.problems import nearest

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
