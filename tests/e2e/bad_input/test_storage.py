"""A database that cannot be used or written: one message, nothing sent, and everything goes on once there is room."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
from redis.exceptions import RedisError

from bridge.queue.embedded import start_or_join
from tests.e2e.bad_input.said import one_error
from tests.e2e.safety.ledger import Change
from tests.e2e.safety.unattended import DEVICES, Scene


@pytest.fixture
def other(place: Scene) -> Iterator[Path]:
    """Let the settings name a data folder beside the right one, which is not there yet."""
    path = place.world.path
    path.write_text(path.read_text().replace('data = "data"', 'data = "other"'))
    folder = place.world.folder / "other"
    yield folder
    if folder.is_dir():
        shutil.rmtree(folder)
    else:
        folder.unlink(missing_ok=True)


@pytest.fixture
def small(other: Path, place: Scene) -> Iterator[Path]:
    """Let that folder be a small disk of its own, with the store of what was synced."""
    other.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(other)], capture_output=True, check=False
    ).returncode:
        pytest.skip("only where a file system can be mounted")
    try:
        with place.world.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(place.world.data / "bridge.db", other / "bridge.db")
        yield other
    finally:
        subprocess.run(["umount", "-l", str(other)], check=True)


@pytest.fixture
def queue(other: Path) -> Iterator[Path]:
    """Let the queue's folder be a small disk, beside a database that has room."""
    folder = other / "queue"
    folder.mkdir(parents=True)
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], capture_output=True, check=False
    ).returncode:
        pytest.skip("only where a file system can be mounted")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("words", [("plan",), ("status",), ("run",), ("held",)], ids=" ".join)
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    place: Scene, other: Path, words: tuple[str, ...]
) -> None:
    """Somebody's notes in the place of the database, then a folder."""
    other.mkdir()
    (other / "bridge.db").write_bytes(b"the notes of somebody" * 100)
    one_error(place.command(*words), "B135", "not a database")
    assert (other / "bridge.db").read_bytes() == b"the notes of somebody" * 100
    (other / "bridge.db").unlink()
    (other / "bridge.db").mkdir()

    one_error(place.command(*words), "B135", "bridge.db")


@pytest.mark.parametrize("words", [("plan",), ("status",), ("run",), ("held",)], ids=" ".join)
def test_a_file_in_the_place_of_the_data_folder_is_refused(place: Scene, other: Path, words: tuple[str, ...]) -> None:
    """It is left alone."""
    other.write_text("a file")

    one_error(place.command(*words), "B135", "other")

    assert other.read_text() == "a file"


def test_a_data_folder_that_is_read_only_is_one_error(place: Scene, small: Path) -> None:
    """As after a fault of its disk."""
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)

    for words in (("status",), ("plan",), ("apply", "--yes"), ("run",)):
        one_error(place.command(*words), "B135", str(small), "a mount that is read-only")


def test_a_full_disk_sends_nothing_and_loses_nothing(place: Scene, small: Path) -> None:
    """The change is at its source: with the disk full the apply is one error, and once there is room it is written."""
    place.change(DEVICES, 3, tagNumber="FULL")
    with start_or_join(small):
        with _full(small):
            said = place.command("apply", "--yes")
        unwritten = place.ledger.since()

        place.command("apply", "--yes", code=2)
    place.world.settle()
    place.unattended("refresh")  # what the other store wrote

    one_error(said, "B137", "Make room on the disk")
    assert unwritten == []
    assert place.ledger.since() == [Change("configurations", "PC 2", "update", "api", {"asset-tag": "FULL"})]


@pytest.mark.parametrize("words", [("match",), ("plan",), ("apply", "--yes"), ("run",)], ids=" ".join)
def test_a_queue_server_that_has_no_room_to_start_says_that_the_disk_is_full(
    place: Scene, queue: Path, words: tuple[str, ...]
) -> None:
    """Not that there is no Redis: that would send a person to the wrong place."""
    with _full(queue):
        one_error(place.command(*words), "B137", "No space left on device", "Make room on the disk")
        said = place.command("check")

    assert said.code == 1
    assert "ERROR  B137 " in said.out
    assert "ERROR  B14" not in said.out


def test_a_queue_server_whose_disk_fills_up_says_so_and_goes_on_once_there_is_room(place: Scene, queue: Path) -> None:
    """It lives and refuses writes: nobody kills it, and the requests that it grants go out again by themselves."""
    with start_or_join(queue.parent) as address:
        client = address.client()
        started = client.info("server")["process_id"]
        with _full(queue):
            _refuses(client)
            said = place.command("match")

        place.command("match", code=0)
        assert client.info("server")["process_id"] == started
        client.close()

    one_error(said, "B137", "No space left on device", "Make room on the disk")


def _refuses(client: Any) -> None:
    """Write until the server cannot store what it is told."""
    ends_at = monotonic() + 20.0
    while monotonic() < ends_at:
        try:
            client.set("filler", "x" * 5000)
        except RedisError:
            return
        Event().wait(0.05)
    pytest.fail("the server takes writes without storing them")


@contextmanager
def _full(folder: Path) -> Iterator[None]:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"\0" * 4096):
            pass
    yield
    filler.unlink()
