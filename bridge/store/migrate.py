"""Brings a database to the schema of this release."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bridge.errors import SettingsError
from bridge.store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0002"  # the last revision below migrations/versions
LOCK = 2
_VERSION = sa.table("alembic_version", sa.column("version_num"))


def config() -> "Config":
    """Give Alembic's configuration."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return made


def upgrade(db: Database) -> None:
    """Apply what is missing; raise SettingsError for a database of a later release."""
    current = _revision(db)
    if current == HEAD:
        return
    # Needed on the first start and after an upgrade alone, and every command would wait for it.
    from alembic import command
    from alembic.script import ScriptDirectory

    made = config()
    script = ScriptDirectory.from_config(made)
    if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
        raise SettingsError(
            "B136", f"the database was written by a later release (schema {current}): upgrade the bridge"
        )
    with db.write() as connection:
        db.lock(connection, LOCK)
        made.attributes["connection"] = connection
        command.upgrade(made, "head")


def _revision(db: Database) -> str | None:
    with db.read() as connection:
        if not sa.inspect(connection).has_table(_VERSION.name):
            return None
        return connection.execute(sa.select(_VERSION.c.version_num)).scalar()
