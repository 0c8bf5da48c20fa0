"""`glue-bridge demo`, as somebody runs it who has just installed it."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

SIZE = "12x60"
INVARIANTS = ("no lost update", "no duplicate", "no stale overwrite", "convergence", "accounting")
COMMANDS = (
    "check", "match --csv-in match.csv", "plan -o first.plan", "apply first.plan", "plan --refresh -o second.plan",
    "apply second.plan", "plan -o third.plan", "apply third.plan", "run &", "plan --refresh", "status",
)  # fmt: skip


PATIENCE = 170.0  # it takes half a minute on a machine that does nothing else


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a short path: the queue server's socket lies below it, and its path has a limit."""
    made = Path(tempfile.mkdtemp(prefix="d-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def _demo(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the demo; give its exit code, and what it printed."""
    with subprocess.Popen(
        [sys.executable, "-m", "bridge", "demo", "--size", SIZE, *arguments], env=os.environ | {"TMPDIR": str(folder)},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as process:  # fmt: skip
        try:
            said, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.terminate()  # not killed: it would leave its simulators behind
    return process.returncode, said


def _left_behind(folder: Path) -> list[str]:
    """Name what still runs of a demo in a folder; Linux only."""
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if str(folder).encode() in environment.read_bytes():
                found.append((environment.parent / "cmdline").read_text().replace("\0", " "))
    return found


def test_the_demo_shows_the_whole_main_job_and_all_five_invariants_hold(folder: Path) -> None:
    """It types the commands of the first day, kills the workers, and leaves neither a folder nor a process behind."""
    code, said = _demo(folder)

    lines = said.splitlines()
    assert code == 0, said[-6000:]
    assert [command for command in COMMANDS if f"$ glue-bridge {command}" not in lines] == []
    for name in INVARIANTS:
        assert any(name in line and "holds" in line for line in lines), name
    assert any(line.startswith("All five invariants hold.") for line in lines)
    assert any('ok  "Open tickets of ' in line and line.endswith(" in its table") for line in lines)
    assert any('ok  "#7' in line and " is tagged with " in line for line in lines)
    assert any("its site" in line and "in IT Glue after" in line for line in lines)
    assert "SIGKILL to live-1" in said
    assert "\x1b" not in said  # no colours and no bars in a log
    assert list(folder.iterdir()) == []
    assert _left_behind(folder) == []


def test_the_demo_fails_where_a_record_is_there_twice(folder: Path) -> None:
    """A second record, made in earnest in the simulator, breaks the verdict and the exit code."""
    code, said = _demo(folder, "--spoil")

    lines = said.splitlines()
    assert code == 1, said[-6000:]
    assert any("no duplicate" in line and "BROKEN" in line for line in lines)
    assert any(line.startswith("Not all invariants hold.") for line in lines)
    assert list(folder.iterdir()) == []
