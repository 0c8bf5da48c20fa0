"""I5 for every run: what a run counts is judged against both histories, and a run that lies is found out."""

from typing import Any

import pytest

from simulators.oracle.judged import TRAPS
from tests.oracle.scene import Scene
from tests.oracle.verdict import is_said, judged

COUNTS = {"seen": 2, "written": 2, "equal": 0, "held": 0, "excluded": 0, "gone": 0, "open": 0}


def run(number: int, since: float, until: float | None, kind: str = "poll", **counts: int) -> dict[str, Any]:
    """Tell of a run of configurations as the bridge does."""
    return {"id": number, "kind": kind, "scope": "cw:configuration", "started_at": since, "ended_at": until,
            "outcome": None if until is None else "finished", "counts": {**COUNTS, **counts}}  # fmt: skip


@pytest.fixture
def busy() -> Scene:
    """Give two devices that were made between seconds 11 and 12, one of which changed its name at 30."""
    scene = Scene(TRAPS)
    for device in ("1", "2"):
        scene.device(5, device, name=f"PC {device}", serialNumber=f"S-{device}")
        scene.make(11, device, f"50{device}")
    scene.device(30, "1", name="PC 3")
    scene.copy(31, "1")
    return scene


HONEST = [run(1, 10, 13), run(2, 20, 21, seen=0, written=0), run(3, 29, 33, seen=1, written=1)]


def test_honest_runs_hold(busy: Scene) -> None:
    """Each says what it saw and wrote; their times may be as `status --json` tells them."""
    assert judged(busy, runs=HONEST).holds
    told = [{**HONEST[0], "started_at": "1970-01-01T00:00:10Z", "ended_at": "1970-01-01T00:00:13+00:00"}, *HONEST[1:]]
    assert judged(busy, runs=told).holds


@pytest.mark.parametrize(
    ("place", "lie", "words"),
    [
        (0, run(1, 10, 13, seen=3), ("run 1 (poll cw:configuration)", "seen 3 is not")),
        (0, run(1, 10, 13, seen=9, equal=7), ("run 1", "says seen 9, and there were 4 targets")),
        (0, run(1, 10, 13, seen=1, written=1), ("reads of cw:configuration say seen 2 in all, and the source had 3",)),
        (0, run(1, 10, 13, written=1, open=1), ("a finished run left 1 open",)),
        (0, run(1, 10, 13, seen=3, written=3), ("run 1", "says written 3, and in its time were 2")),
        (1, run(2, 20, 21, seen=1, written=1), ("run 2", "says written 1, and in its time were 0")),
    ],
)
def test_a_run_that_lies_is_found_out(busy: Scene, place: int, lie: dict[str, Any], words: tuple[str, ...]) -> None:
    """By its own sum, by what the source had, by what IT Glue's history shows of its time."""
    busy.device(5, "3", type={"id": 9, "name": "Spare"})
    runs = [run(1, 10, 13, seen=3, excluded=1), *HONEST[1:]]
    assert judged(busy, runs=runs).holds, judged(busy, runs=runs).table()
    runs[place] = lie

    is_said(judged(busy, runs=runs), "I5", *words)


def test_a_run_may_settle_what_was_written_shortly_before_it(busy: Scene) -> None:
    """An answer was lost: E and V later the next run finds the record."""
    runs = [*HONEST[:2], run(3, 33, 36, seen=1, written=1)]
    is_said(judged(busy, runs=runs), "I5", "says written 1, and in its time were 0")

    assert judged(busy, runs=runs, late=5).holds


def test_what_a_dead_process_wrote_may_be_equal_in_the_next_run(busy: Scene) -> None:
    """As often as one died."""
    runs = [*HONEST[:2], run(3, 29, 33, seen=1, written=0, equal=1)]

    assert judged(busy, runs=runs, died=1).holds
    runs[0] = run(1, 10, 13, written=0, equal=2)
    is_said(judged(busy, runs=runs, died=9), "I5", "all runs say written 0, and 2 records were")
    runs[2] = HONEST[2]
    is_said(judged(busy, runs=runs), "I5", "all runs say written 1, and 2 records were")
