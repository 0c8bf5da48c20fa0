"""What a command has to say where it cannot go on: one message, with number, cause and remedy, and no traceback."""

from tests.faults.processes import Ended


def one_error(said: Ended, number: str, *words: str) -> None:
    """Assert that a command ended with exactly this error, which holds these words."""
    shown = f"exit code {said.code}\n{said.out}\n{said.err}"
    assert said.code == 1, shown
    assert "Traceback" not in said.out + said.err, shown
    lines = said.err.splitlines()
    # Neither events of the log nor lines that say how far a slow command is are errors.
    errors = [line for line in lines if not line.startswith(("{", "after "))]
    assert len(errors) == 1, shown
    assert errors[0].startswith(f"ERROR  {number} "), shown
    for word in words:
        assert word in said.err, shown
