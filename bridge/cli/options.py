"""Options that every command has, and what they open."""

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

if TYPE_CHECKING:
    from bridge.engine import Engine
    from bridge.settings import Settings
    from bridge.store.database import Database

SettingsFile = Annotated[
    Path, typer.Option("--settings", "-s", metavar="FILE", help="The settings file.", show_default=True)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]
DEFAULT = Path("bridge.toml")
Command = TypeVar("Command", bound=Callable[..., Any])


def command(app: typer.Typer, name: str | None = None) -> Callable[[Command], Command]:
    """Make a function a command; the frame makes its docstring its help."""
    return app.command(name)


def person() -> str:
    """Name the person at the keyboard, for the journal and for decisions."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user without a name
        return f"uid {os.getuid()}"


def settings_of(path: Path) -> "Settings":
    """Read the settings."""
    from bridge import app

    return app.settings_of(path)


@contextmanager
def database_of(settings: "Settings") -> Iterator["Database"]:
    """Open the store, for commands that call nobody."""
    from bridge import app
    from bridge.errors import SettingsError

    try:
        db = app.database_of(settings)
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError("B135", f"the data folder {settings.data_folder} cannot be used: {reason}") from error
    try:
        yield db
    finally:
        db.close()


@contextmanager
def engine_of(settings: "Settings", command: str) -> Iterator["Engine"]:
    """Give a working engine to a command that a person runs."""
    from bridge import app, restored
    from bridge.mapping.problems import raise_all

    raise_all(settings.missing())
    with app.engine_of(settings, who=f"{command} by {person()}") as engine:
        restored.put_back(engine)
        yield engine
