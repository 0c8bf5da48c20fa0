"""Two simulators for all tests of this folder, and a fresh folder for each."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from tests.integration.cli.workplace import Sides, Workplace, sides


@pytest.fixture(scope="session")
def started() -> Iterator[Sides]:
    """Run the simulators once; nothing here writes to them."""
    with sides() as both:
        yield both


@pytest.fixture
def both(started: Sides) -> Iterator[Sides]:
    """Give the simulators, free of what earlier tests ordered."""
    yield started
    started.reset()


@pytest.fixture
def empty(
    both: Sides, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workplace]:
    """Give a folder without settings."""
    monkeypatch.chdir(tmp_path)
    yield Workplace(tmp_path, both, capsys)
    structlog.reset_defaults()


@pytest.fixture
def place(empty: Workplace) -> Workplace:
    """Give a folder with settings."""
    empty.ready()
    return empty


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sides, Path]]:
    """Run simulators of their own, with a store whose every target has been decided and written once.

    writes.json holds the writes that IT Glue was asked for.
    """
    folder = tmp_path_factory.mktemp("written")
    with sides() as both:
        pattern = Workplace(folder, both, None)
        pattern.ready()
        pattern.drain()
        writes = [one for one in both.itglue.get("/requests") if one["method"] in {"POST", "PATCH"}]
        (folder / "writes.json").write_text(json.dumps(writes))
        yield both, folder


@pytest.fixture
def drained(
    written: tuple[Sides, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workplace]:
    """Give a copy of the decided store; what a test changes at the simulators it has to change back."""
    both, pattern = written
    for name in ("bridge.toml", ".env", "writes.json"):
        shutil.copy(pattern / name, tmp_path / name)
    (tmp_path / "data").mkdir()
    shutil.copy(pattern / "data" / "bridge.db", tmp_path / "data" / "bridge.db")
    monkeypatch.chdir(tmp_path)
    yield Workplace(tmp_path, both, capsys)
    structlog.reset_defaults()
    both.reset()
