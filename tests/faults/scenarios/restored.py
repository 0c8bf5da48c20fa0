"""The database is put back as it was yesterday, over changes that were written since."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from tests.faults import tenants
from tests.faults.harness import Proof
from tests.faults.place import Place
from tests.faults.small import ended, names, small

_DEVICES = 20


def restored(place: Place) -> str:
    """Restore between a change there and back, and over creates; give what was found."""
    with small(place) as run:
        world = run.world
        company = tenants.company(world, "Kraken")
        devices = [tenants.device(world, company, f"KRK-{n:03}", serialNumber=f"A-{n:03}") for n in range(_DEVICES)]
        run.start()
        run.settled(first=True)
        run.stop()
        put_back = _backup(run, place)

        run.start()
        other = tenants.company(world, "Leviathan")
        since = [tenants.device(world, company, f"NEW-{number:03}") for number in range(_DEVICES)]
        since += [tenants.device(world, other, f"LEV-{number:03}") for number in range(_DEVICES)]
        _serials(run, devices, "B")
        run.settled(first=True)
        assert _written(run, "KRK") == {f"B-{number:03}" for number in range(_DEVICES)}
        run.stop()
        # There and back: the source says again what the old links say was written.
        _serials(run, devices, "A")
        world.close_database()
        put_back()
        run.say("yesterday's database is put back")

        run.start()
        run.settled(first=True)
        assert any(event.get("event") == "store.restored" for event in run.services[0].events())
        assert _written(run, "KRK") == {f"A-{number:03}" for number in range(_DEVICES)}
        assert set(names(world).values()) == {1}
        assert set(names(world, "organizations").values()) == {1}
        writes = ended(run)
        return f"{_DEVICES} changed there and back, {len(since)} made since and none twice; {writes} records written"


def _serials(run: Proof, devices: list[int], word: str) -> None:
    for number, device in enumerate(devices):
        serial = {"serialNumber": f"{word}-{number:03}"}
        run.world.source.person("PATCH", f"company/configurations/{device}", serial)


def _written(run: Proof, prefix: str) -> set[str]:
    """Give the serial numbers that IT Glue holds of devices whose names begin so."""
    found = (record["now"]["attributes"] for record in run.world.itglue.get("/records/configurations") if record["now"])
    return {attributes["serial-number"] for attributes in found if attributes["name"].startswith(prefix)}


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
