"""What `apply` says of a run, and the exit code that says it to scripts."""

import pytest

from bridge.apply_run import Applied
from bridge.cli.apply import report


@pytest.mark.parametrize(
    ("counts", "total", "held", "writes", "code"),
    [
        ({"held": 3, "equal": 9}, 0, 3, 0, 0),  # a few wait for a person, as every day
        ({"held": 3, "equal": 9}, 3, 0, 0, 1),  # what was planned came to nothing
        ({"held": 3, "equal": 9}, 3, 3, 0, 0),  # what was planned is done already
        ({"held": 3, "excluded": 2}, 0, 3, 0, 1),  # nothing is as it should be
        ({"held": 3, "written": 1}, 4, 3, 1, 2),
        ({"excluded": 2}, 0, 0, 0, 0),
    ],
)
def test_a_run_that_ends_with_all_held_is_no_success(
    counts: dict[str, int], total: int, held: int, writes: int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its exit code is 1, and its last line says that nothing was written."""
    applied = Applied(1, {"written": 0, "held": 0, **counts}, writes=writes)
    found = report(applied, [], total=total, held=held, as_json=False)

    assert found == code
    assert ("nothing was written" in capsys.readouterr().out) == (code == 1)
