"""Files that commands are asked for: whole, or not there, with a message that names the file and the remedy."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli.workplace import Workplace

COMMANDS = {
    "match": ("match", "--csv-out"),
    "links": ("links", "export"),
    "backup": ("backup",),
    "plan": ("plan", "-o"),
}
FULL = "No space left on device"


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Path]:
    """Give the folder of a disk on which nothing more can be written, though a name can be made."""
    folder = tmp_path / "full"
    folder.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)]
    if subprocess.run(mounted, capture_output=True, check=False).returncode:
        pytest.skip("only where a file system can be mounted")
    try:
        with pytest.raises(OSError, match=FULL):
            (folder / "filler").write_bytes(b"x" * 2**20)
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_full_disk_leaves_no_half_file(drained: Workplace, full: Path, name: str) -> None:
    """One message, with the file and what to do; nothing stands under its name, or beside it."""
    file = full / "out.csv"

    said = drained.run(*COMMANDS[name], str(file))

    assert said.code == 1
    assert said.err.startswith(f"ERROR  {'B411' if name == 'plan' else 'B137'}     {file} cannot be written: {FULL}")
    assert said.err.rstrip().endswith("name another file")
    assert said.err.count("\n") == 1
    assert [each.name for each in full.iterdir()] == ["filler"]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_that_is_not_there(drained: Workplace, name: str) -> None:
    """Named as it was written, not by a name of ours beside it."""
    said = drained.run(*COMMANDS[name], "nowhere/out.csv")

    assert said.code == 1
    assert said.err.startswith(
        f"ERROR  {'B411' if name == 'plan' else 'B135'}     nowhere/out.csv cannot be written: No such file or directory"
    )
    assert said.err.rstrip().endswith("name another file")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_folder_in_the_place_of_the_file(drained: Workplace, name: str) -> None:
    """Said as such by every command."""
    said = drained.run(*COMMANDS[name], ".")

    assert said.code == 1
    assert said.err[7:11] == ("B411" if name == "plan" else "B405")


@pytest.mark.parametrize("words", [("journal", "--csv"), ("journal", "--json"), ("status",)], ids=" ".join)
def test_an_output_that_goes_to_a_full_disk(drained: Workplace, words: tuple[str, ...]) -> None:
    """`glue-bridge journal --csv > file`: one line on standard error, and an exit code."""
    with Path("/dev/full").open("w") as out:
        process = drained.start(*words, stdout=out, stderr=subprocess.PIPE)
        _, said = process.communicate(timeout=30)

    assert process.returncode == 1
    assert said.startswith(f"ERROR  B137     what this prints cannot be written where it goes: {FULL}")
    assert said.count("\n") == 1
