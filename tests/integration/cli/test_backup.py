"""`glue-bridge backup`."""

import os
import shutil
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bridge import restored
from bridge.store.backup import back_up
from bridge.store.database import Database
from bridge.store.schema import journal, links, meta, targets
from tests.integration.cli.workplace import Workplace

REF = "cw:configuration:4007"


def rows(file: Path, table: sa.Table) -> list[tuple[Any, ...]]:
    """Give a table of a database file."""
    db = Database(f"sqlite:///{file}")
    with db.read() as connection:
        found = [tuple(row) for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns))]
    db.close()
    return found


def test_a_backup_holds_everything_and_is_its_owners_alone(drained: Workplace) -> None:
    """Beside a mask that would let others read it; one file, with the larger of both counters of starts."""
    (drained.folder / "data" / "starts").write_text("41")
    mask = os.umask(0)
    try:
        told = drained.json("backup", "copy.db")
    finally:
        os.umask(mask)

    copy, store = drained.folder / "copy.db", drained.folder / "data" / "bridge.db"
    assert told == {"file": "copy.db", "bytes": copy.stat().st_size}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(each.name for each in drained.folder.glob("copy.db*")) == ["copy.db"]
    for table in (targets, links, journal):
        assert rows(copy, table) == rows(store, table)
    mine = dict(rows(copy, meta))
    assert mine.pop("backup").endswith("+00:00")
    assert mine.pop("starts") == "41"
    assert mine.items() <= dict(rows(store, meta)).items()


def test_a_file_that_is_there_is_not_overwritten(drained: Workplace) -> None:
    """Another backup, or the store itself."""
    said = drained.run("backup", "data/bridge.db")

    assert (said.code, said.err[7:11]) == (1, "B405")
    assert len(rows(drained.folder / "data" / "bridge.db", targets)) > 10


def test_a_folder_that_is_not_there_is_said(drained: Workplace) -> None:
    """By the system's words, without a traceback."""
    said = drained.run("backup", "nowhere/copy.db")

    assert (said.code, said.err[7:11]) == (1, "B135")
    assert "nowhere/copy.db" in said.err


def test_a_backup_beside_writers_is_of_one_moment(tmp_path: Path, sqlite_pattern: Path) -> None:
    """Two rows that are written in one transaction are both in it or neither, and nobody waits for it for long."""
    store = tmp_path / "bridge.db"
    shutil.copy(sqlite_pattern, store)
    db, other = Database(f"sqlite:///{store}"), Database(f"sqlite:///{store}")
    stop = threading.Event()

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with other.write() as connection:
                for name in ("one", "other"):
                    connection.execute(sa.insert(meta).values(name=f"{name} {number}", value="x" * 5000))

    worker = threading.Thread(target=work)
    worker.start()
    found = []
    for number in range(5):
        back_up(db, tmp_path / f"copy-{number}.db", starts=0)
        found.append([name for name, _ in rows(tmp_path / f"copy-{number}.db", meta)])
    stop.set()
    worker.join()
    db.close()
    other.close()

    for names in found:
        sides = [{name.split()[1] for name in names if name.startswith(f"{side} ")} for side in ("one", "other")]
        assert sides[0] == sides[1]
    assert len(found[-1]) > len(found[0])


@pytest.mark.parametrize("how", ["a command", "the service"])
def test_a_backup_put_back_is_noticed_in_a_fresh_folder(drained: Workplace, how: str) -> None:
    """Without the data folder's counter: nothing is believed, a record made since is found, none is made twice."""
    drained.run("backup", "copy.db")
    shutil.rmtree(drained.folder / "data")
    (drained.folder / "data").mkdir()
    shutil.move(drained.folder / "copy.db", drained.folder / "data" / "bridge.db")
    devices = len(drained.sides.itglue.get("/records/configurations"))

    with drained.engine() as engine:
        if how == "a command":
            first, second = restored.put_back(engine), restored.put_back(engine)
        else:
            first = restored.started(engine, drained.folder / "data", silence=3600.0)
            second = restored.started(engine, drained.folder / "data", silence=3600.0)
        with engine.db.read() as connection:
            states = set(connection.execute(sa.select(links.c.state).distinct()).scalars())
            read = engine.index.began_at(connection, "configurations")
    settled = drained.shows(REF)["link"]
    drained.drain()

    assert first is not None
    assert second is None
    assert states == {"unknown"}
    assert read <= 1.0
    assert drained.shows(REF)["state"] == "settled"
    assert drained.shows(REF)["link"] == {**settled, "state": "known"}
    assert len(drained.sides.itglue.get("/records/configurations")) == devices


def test_postgresql_is_told_what_to_use(drained: Workplace, request: pytest.FixtureRequest) -> None:
    """The exact command, without the password."""
    url = request.getfixturevalue("postgres_server").database()
    name = sa.make_url(url).database
    with (drained.folder / ".env").open("a") as file:
        file.write(f"BRIDGE_DATABASE={url}\nBRIDGE_REDIS=redis://localhost:6379/0\n")
    text = drained.file.read_text()
    drained.file.write_text(f'{text}\n[store]\ndatabase = "env:BRIDGE_DATABASE"\nredis = "env:BRIDGE_REDIS"\n')

    said = drained.run("backup", "copy.db")

    assert (said.code, said.err[7:11]) == (1, "B415")
    assert "pg_dump --format=custom --file=copy.db" in said.err
    assert said.err.strip().endswith(f" {name}")
    assert (sa.make_url(url).password or "no password") not in said.err
    assert not (drained.folder / "copy.db").exists()
