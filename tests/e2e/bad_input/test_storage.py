"""A database that cannot be used or written: one message, nothing sent, and everything goes on once there is room."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

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


@contextmanager
def _full(folder: Path) -> Iterator[None]:
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(b"\0" * 4096):
            pass
    yield
    filler.unlink()
