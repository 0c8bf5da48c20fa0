"""The schema: what the migrations make is what the code expects, on both shapes."""

from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bridge.errors import SettingsError
from bridge.store.database import Database
from bridge.store.migrate import HEAD, config, upgrade
from bridge.store.schema import metadata, targets


def _described(db: Database) -> dict[str, Any]:
    """Describe every table as the database itself does."""
    seen = sa.inspect(db.engine)
    described: dict[str, Any] = {}
    for table in seen.get_table_names():
        if table == "alembic_version":
            continue
        described[table] = {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], str(column["default"]).strip("()'"))
                for column in seen.get_columns(table)
            },
            "key": seen.get_pk_constraint(table)["constrained_columns"],
            "unique": sorted(tuple(each["column_names"]) for each in seen.get_unique_constraints(table)),
            "foreign": sorted((tuple(each["constrained_columns"]), each["referred_table"])
                              for each in seen.get_foreign_keys(table)),
            "indexes": sorted((str(each["name"]), tuple(map(str, each["column_names"])), bool(each["unique"]))
                              for each in seen.get_indexes(table)),
        }  # fmt: skip
    described["definitions"] = _definitions(db)
    return described


def _definitions(db: Database) -> dict[str, str]:
    """Give every index as the database would make it, conditions included."""
    statement = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    if db.is_sqlite:
        statement = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    with db.read() as connection:
        return {row[0]: row[1] for row in connection.execute(sa.text(statement)) if "alembic" not in row[0]}


def test_the_migrations_make_the_schema_of_the_code(fresh: Database) -> None:
    """Alembic finds nothing to do, and a database made from the code's tables describes itself alike."""
    with fresh.read() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    migrated = _described(fresh)
    if fresh.is_sqlite:
        other = Database("sqlite://")
        metadata.create_all(other.engine)
        made = _described(other)
        other.close()
    else:
        with fresh.engine.begin() as connection:
            metadata.drop_all(connection)
            metadata.create_all(connection)
        made = _described(fresh)

    assert differences == []
    assert migrated == made


def test_partial_indexes_hold_only_what_they_are_for(fresh: Database) -> None:
    """The index of due targets leaves out the settled, the unique one of links leaves out those that own nothing."""
    text = _definitions(fresh)

    assert "due_at IS NOT NULL" in text["targets_due"].partition("WHERE")[2]
    assert "owns" in text["links_owner"].partition("WHERE")[2]
    assert "UNIQUE" in text["links_owner"]


def test_upgrading_twice_changes_nothing(fresh: Database) -> None:
    """A database of this release is left alone."""
    with fresh.write() as connection:
        connection.execute(sa.insert(targets).values(block="organizations", anchor="cw:organization:1"))

    upgrade(fresh)

    with fresh.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(targets)).scalar() == 1


def test_a_database_of_a_later_release_is_refused(fresh: Database) -> None:
    """An older bridge must not write into tables that it does not know."""
    with fresh.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SettingsError, match="later release"):
        upgrade(fresh)


def test_two_processes_may_upgrade_at_once(shape: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Both come upon an empty database in the same moment: both find the schema there afterwards."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if shape == "postgresql":
        url = request.getfixturevalue("postgres_server").empty()
    opened = [Database(url) for _ in range(3)]

    threads = [Thread(target=upgrade, args=(each,)) for each in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    described = [_described(each) for each in opened]
    assert "targets" in described[0]
    assert described[0] == described[1] == described[2]
    for each in opened:
        each.close()


def test_the_head_is_the_last_revision() -> None:
    """A database that says so is not looked at further."""
    assert ScriptDirectory.from_config(config()).get_current_head() == HEAD
