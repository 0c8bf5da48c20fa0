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

from bridge.cli.demo.pen import Pen
from bridge.cli.demo.verdict import pronounce
from simulators.oracle.judge import INVARIANTS as JUDGED
from simulators.oracle.judge import Report

SIZE = "12x60"
INVARIANTS = ("no lost update", "no duplicate", "no stale overwrite", "convergence", "accounting")
COMMANDS = (
    "check", "match --csv-in match.csv", "plan -o first.plan", "apply first.plan", "plan --refresh -o second.plan",
    "apply second.plan", "plan -o third.plan", "apply third.plan", "run &", "plan --refresh", "status",
)  # fmt: skip


PATIENCE = 280.0  # it takes less than a minute on a machine that does nothing else


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


def test_the_demo_shows_the_whole_main_job_and_finds_what_is_spoiled(folder: Path) -> None:
    """It types the commands of the first day, kills the workers, and all five invariants hold.

    Then a record is made twice, in earnest: the same judge finds it, and the exit code says so. Neither a folder nor a
    process stays behind.
    """
    code, said = _demo(folder, "--spoil")

    lines = said.splitlines()
    broken = next((place for place, line in enumerate(lines) if "Somebody makes a record twice" in line), None)
    assert broken is not None, said[-6000:]
    good, spoiled = lines[:broken], lines[broken:]
    assert [command for command in COMMANDS if f"$ glue-bridge {command}" not in good] == []
    for name in INVARIANTS:
        assert any(name in line and "holds" in line for line in good), name
    assert any(line.startswith("All five invariants hold.") for line in good)
    assert any('ok  "Open tickets of ' in line and line.endswith(" in its table") for line in good)
    assert any('ok  "#7' in line and " is tagged with " in line for line in good)
    assert any("fits: ticket.title has" in line for line in good)
    assert any(" tags what the rules suggest" in line and ", and 0 tags" not in line for line in good)
    assert any("never shown, though IT Glue has them" in line for line in good)
    assert any("its site" in line and "in IT Glue after" in line for line in good)
    assert any("turns out to be" in line and "in IT Glue after" in line for line in good)
    assert "SIGKILL to live-1" in said
    assert "\x1b" not in said  # no colours and no bars in a log
    assert code == 1
    assert any("no duplicate" in line and "BROKEN" in line for line in spoiled)
    assert any("accounting" in line and "holds" in line for line in spoiled)
    assert any(line.startswith("Not all invariants hold.") for line in spoiled)
    assert list(folder.iterdir()) == []
    assert _left_behind(folder) == []


@pytest.mark.parametrize("broken", [None, *JUDGED])
def test_the_exit_code_is_0_only_where_everything_holds(broken: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    """One violation of anything that is judged is enough."""
    report = Report({name: ["something"] if name == broken else [] for name in JUDGED})

    code = pronounce(Pen(), report)

    assert code == (0 if broken is None else 1)
    assert ("All five invariants hold." in capsys.readouterr().out) == (broken is None)
