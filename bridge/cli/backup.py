"""`glue-bridge backup`: a copy of the store that can be put back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bridge.cli import output, shapes
from bridge.cli.failures import fail
from bridge.cli.options import DEFAULT, Json, SettingsFile, command, database_of, settings_of
from bridge.cli.saving import refuse_existing, unsaved

if TYPE_CHECKING:
    from bridge.settings import Settings

File = Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app)(backup)


def backup(file: File, as_json: Json = False, settings: SettingsFile = DEFAULT) -> int:
    """Copy the store of one box into a file, as it is at one moment; the service may run meanwhile.

    It holds links, decisions, journal and mirror, and customers' data with them: only you can read it. Secrets and
    bridge.toml are not in it. Put back as data/bridge.db it is noticed as a backup: nothing is believed that it says
    about IT Glue before both sides have been read. On PostgreSQL use pg_dump.

    For example: glue-bridge backup "/var/backups/bridge-$(date +%F).db"

    JSON: {"file", "bytes"}
    """
    from bridge import restored
    from bridge.store.backup import back_up

    found = settings_of(settings)
    with database_of(found) as db:
        if not db.is_sqlite:
            raise fail("B415", f"the store is PostgreSQL: {_pg_dump(found, file)}")
        refuse_existing(file)
        starts = restored.starts(found.data_folder)
        try:
            back_up(db, file, starts=starts)
        except OSError as error:
            raise unsaved(file, error) from error
    size = file.stat().st_size
    if as_json:
        output.emit(shapes.Backup(file=str(file), bytes=size))
    else:
        output.say(f"Saved as {file} ({output.number(size)} bytes). Keep bridge.toml and .env beside it.")
    return 0


def _pg_dump(settings: "Settings", file: Path) -> str:
    """Give the command, without the password."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.database_url)
    parts = [("host", url.host), ("port", url.port), ("username", url.username)]
    options = " ".join(f"--{name}={value}" for name, value in parts if value)
    return f"pg_dump --format=custom --file={file} {options} {url.database}"
