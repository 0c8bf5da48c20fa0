"""The database is put back as it was yesterday, over changes that were written since."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from tests.faults import tenants
from tests.faults.harness import Proof
from tests.faults.kinds import KINDS, Kind
from tests.faults.place import Place
from tests.faults.small import ended, names, note, notes, small

_RECORDS = 20
_NOTE = "Ask for Jo."


def restored(place: Place) -> str:
    """Restore between a change there and back, and over creates, of each kind; give what was found."""
    with small(place) as run:
        world = run.world
        company = tenants.company(world, "Kraken")
        made = {kind: _several(run, kind, company, "KRK") for kind in KINDS}
        _change(run, made, "A")
        run.start()
        run.settled(first=True)
        run.stop()
        put_back = _backup(run, place)

        run.start()
        other = tenants.company(world, "Leviathan")
        for kind in KINDS:
            _several(run, kind, company, "NEW")
            _several(run, kind, other, "LEV")
        _change(run, made, "B")
        run.settled(first=True)
        assert _of(run, "B") == len(KINDS) * _RECORDS
        note(world, _NOTE)
        run.stop()
        # There and back: the source says again what the old links say was written.
        _change(run, made, "A")
        world.close_database()
        put_back()
        run.say("yesterday's database is put back")

        run.start()
        run.settled(first=True)
        assert any(event.get("event") == "store.restored" for event in run.services[0].events())
        assert _of(run, "A") == len(KINDS) * _RECORDS
        for kind in KINDS:
            assert len(kind.records(world)) == 3 * _RECORDS, kind.resource
            assert set(names(world, kind.resource).values()) == {1}, kind.resource
        assert set(names(world, "organizations").values()) == {1}
        assert notes(world) == {_NOTE: 3 * _RECORDS}
        writes = ended(run)
        return (
            f"{_RECORDS} of each kind changed there and back, {2 * _RECORDS} made since and none twice; "
            f"{writes} records written"
        )


def _several(run: Proof, kind: Kind, company: int, prefix: str) -> list[str]:
    return [kind.make(run.world, company, f"{prefix}-{number:03}") for number in range(_RECORDS)]


def _change(run: Proof, made: dict[Kind, list[str]], value: str) -> None:
    for kind, paths in made.items():
        for path in paths:
            kind.change(run.world, path, value)


def _of(run: Proof, value: str) -> int:
    """Count the records of IT Glue that have a value."""
    return sum(kind.values(run.world)[value] for kind in KINDS)


def _backup(run: Proof, place: Place) -> Callable[[], None]:
    """Copy the database of a stopped service; give what puts it back."""
    world = run.world
    world.close_database()
    if place.server is None or world.shape.database is None:
        return _file(world.data / "bridge.db")
    return _server(place.server.url("postgres"), world.shape.database)


def _file(database: Path) -> Callable[[], None]:
    copy = database.with_name("yesterday.db")
    with sqlite3.connect(database) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    source.close()
    target.close()

    def put_back() -> None:
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
        shutil.copy(copy, database)

    return put_back


def _server(admin: str, url: str) -> Callable[[], None]:
    name = url.partition("?")[0].rpartition("/")[2]
    copy = f"{name}_yesterday"

    def do(statement: str, *identifiers: str) -> None:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, identifiers)))

    do("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", copy, name)

    def put_back() -> None:
        do("DROP DATABASE {} WITH (FORCE)", name)
        do("ALTER DATABASE {} RENAME TO {}", copy, name)

    return put_back
