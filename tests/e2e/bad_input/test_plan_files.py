"""Plan files that cannot be applied: nothing of them is written, and what was read stays."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.bad_input.said import one_error
from tests.e2e.safety.unattended import DEVICES, Scene


@pytest.fixture
def plan(place: Scene) -> Iterator[Path]:
    """Give a plan with one change, which is written at the end."""
    place.change(DEVICES, 1, tagNumber="PLANNED")
    file = place.world.folder / "one.plan"
    place.command("plan", "-o", str(file), code=2)
    yield file
    assert place.ledger.since() == []
    place.world.settle()
    place.change(DEVICES, 1, tagNumber=None)
    place.unattended()
    place.ledger.since()


def test_a_plan_of_other_settings_is_refused(place: Scene, plan: Path) -> None:
    """It is not what was reviewed any more."""
    place.world.settle(mapping=place.world.bill.mapping + "[configurations]\nonce = ['name']\n")

    one_error(place.command("apply", str(plan)), "B412", str(plan), "glue-bridge plan -o")


def test_a_plan_of_another_database_is_refused(place: Scene, plan: Path) -> None:
    """Its targets have other numbers: the same number may be another customer's device."""
    header, rest = plan.read_bytes().split(b"\n", 1)
    store = header.split(b'"store":"')[1].split(b'"')[0]
    plan.write_bytes(header.replace(store, b"0" * len(store)) + b"\n" + rest)

    one_error(place.command("apply", str(plan)), "B413", str(plan), "glue-bridge plan -o")


@pytest.mark.parametrize("damage", ["cut", "half a line", "no plan", "empty", "a line that is none", "missing"])
def test_a_damaged_plan_is_refused_as_a_whole(place: Scene, plan: Path, damage: str) -> None:
    """However it was damaged: not even the lines before the damage are written."""
    lines = plan.read_bytes().splitlines(keepends=True)
    damaged = {
        "cut": b"".join(lines[:-1]), "half a line": b"".join(lines)[:-20], "no plan": b"name,verb\nAcme,pin\n", "empty": b"",
        "a line that is none": b"".join([*lines[:-2], b'{"target": 1}\n', *lines[-2:]]),
    }  # fmt: skip
    if damage == "missing":
        plan.unlink()
    else:
        plan.write_bytes(damaged[damage])

    one_error(place.command("apply", str(plan)), "B411", str(plan))


def test_a_plan_that_cannot_be_saved_is_an_error_and_leaves_no_half_file(place: Scene, tmp_path: Path) -> None:
    """A folder that is not there, one that stands in the way, and what is no file: it would be replaced."""
    one_error(place.command("plan", "-o", str(tmp_path / "nowhere" / "a.plan")), "B411", "nowhere")
    (tmp_path / "a.plan").mkdir()
    one_error(place.command("plan", "-o", str(tmp_path / "a.plan")), "B411", "a.plan")
    os.mkfifo(tmp_path / "pipe")
    one_error(place.command("plan", "-o", str(tmp_path / "pipe")), "B411", "it is a device or a pipe")

    assert sorted(each.name for each in tmp_path.iterdir()) == ["a.plan", "pipe"]
    assert (tmp_path / "pipe").is_fifo()


def test_a_plan_that_finds_no_room_is_an_error_and_leaves_no_half_file(place: Scene, tmp_path: Path) -> None:
    """It names the plan's own file: the data folder's disk has room."""
    (tmp_path / "a.plan.partial").symlink_to("/dev/full")

    one_error(place.command("plan", "-o", str(tmp_path / "a.plan")), "B411", "a.plan", "No space left on device")

    assert list(tmp_path.iterdir()) == []


def test_what_changed_since_the_plan_is_refused_one_by_one(place: Scene, plan: Path) -> None:
    """The device has changed again since: its line is refused with why, and exit code 1 says that nothing was written."""
    place.change(DEVICES, 1, tagNumber="LATER")
    place.command("plan", code=2)

    said = place.command("apply", str(plan), code=1)

    assert "refused cw:configuration:1 PC 0: changed since the plan (run plan again)" in said.out
