"""`glue-bridge schema`: what may stand in bridge.toml, for editors."""

import typer

from bridge.cli import output
from bridge.cli.options import command


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(schema)


def schema() -> int:
    """Print the JSON Schema of bridge.toml, with which an editor completes keys and marks mistakes as you type.

    It is looser than the bridge itself: whether names exist, conditions fit and tables agree is for glue-bridge check.

    For example: glue-bridge schema > bridge.schema.json
    """
    from bridge import app
    from bridge.settings.file import schema as schema_of

    output.emit(schema_of(app.source_models()))
    return 0
