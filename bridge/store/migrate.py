"""Brings a database to the schema of this release."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bridge.errors import SettingsError
from bridge.store.database import Database

LOCK = 2


def config() -> Config:
    """Give Alembic's configuration."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return made


def upgrade(db: Database) -> None:
    """Apply what is missing; raise SettingsError for a database of a later release."""
    made = config()
    script = ScriptDirectory.from_config(made)
    with db.read() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == script.get_current_head():
        return
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise SettingsError(
            "B136", f"the database was written by a later release (schema {current}): upgrade the bridge"
        )
    with db.write() as connection:
        db.lock(connection, LOCK)
        made.attributes["connection"] = connection
        command.upgrade(made, "head")
