"""The wheel carries everything that an installed bridge needs."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.tree import PRODUCT, ROOT


@pytest.fixture(scope="module")
def carried(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Build the wheel, and give its files; those of the distribution's own folder with their text."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name).decode() if ".dist-info/" in name else "" for name in archive.namelist()}


@pytest.mark.parametrize("top", PRODUCT)
def test_every_file_of_a_package_is_carried(top: str, carried: dict[str, str]) -> None:
    """Modules and data alike: the Lua script, junk values, migrations, marks of typing."""
    here = {
        str(path.relative_to(ROOT))
        for path in (ROOT / top).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
    }

    assert here - set(carried) == set()


@pytest.mark.parametrize(
    "name",
    ["bridge/quota.lua", "bridge/matching/junk_serials.txt", "bridge/matching/junk_macs.txt", "bridge/py.typed",
     "connectors/py.typed", "bridge/store/migrations/env.py", "bridge/store/migrations/script.py.mako",
     "simulators/__main__.py"],
)  # fmt: skip
def test_data_that_is_read_by_name_is_carried(name: str, carried: dict[str, str]) -> None:
    """What is opened while it runs would be missed only there."""
    assert name in carried


def test_it_carries_no_test_and_no_secret(carried: dict[str, str]) -> None:
    """Only the three packages and their description."""
    tops = {name.split("/")[0] for name in carried}

    assert {each for each in tops if not each.endswith(".dist-info")} == set(PRODUCT)


def test_it_installs_the_command(carried: dict[str, str]) -> None:
    """`glue-bridge` is the entry point."""
    [entries] = [text for name, text in carried.items() if name.endswith("entry_points.txt")]

    assert "glue-bridge = bridge.cli:main" in entries


def test_nothing_of_the_build_is_left_behind() -> None:
    """The build writes into its own folder."""
    assert not Path(ROOT / "dist").exists()
