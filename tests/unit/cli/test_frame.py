"""The command frame."""

import pytest
import typer
from typer.main import get_command

from bridge.cli import frame


def groups(app: typer.Typer) -> int:
    """Count the groups of commands, with all below them."""
    return sum(1 + groups(each.typer_instance) for each in app.registered_groups if each.typer_instance is not None)


def test_made_again_the_application_has_grown_by_nothing() -> None:
    """Groups that were added to what an earlier one holds made every further command of a process slower."""
    first = groups(frame.application())

    assert first > 0
    assert groups(frame.application()) == first


def commands() -> list[tuple[str, ...]]:
    """Name every command and every command below one."""
    found: list[tuple[str, ...]] = []
    root = get_command(frame.application())
    for name, command in root.commands.items():  # type: ignore[attr-defined]  # the root is a group
        found.append((name,))
        found += [(name, inner) for inner in getattr(command, "commands", {})]
    return found


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_help_helps(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Each command says what it does, with an example on a line of its own, and ends with 0."""
    code = frame.run([*words, "--help"])

    shown = capsys.readouterr().out
    assert code == 0
    assert "For example:" in shown
    assert f"glue-bridge {words[0]}" in shown.split("For example:")[1]


def test_commands_are_listed_in_the_order_in_which_they_are_met(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with a whole sentence."""
    frame.run(["--help"])

    listed = [line.split()[0] for line in capsys.readouterr().out.partition("Commands:")[2].splitlines()
              if line.startswith("  ") and not line.startswith("   ")]  # fmt: skip
    assert listed == list(frame.COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["plam"], "No such command 'plam'"),
        (["status", "--jsn"], "No such option: --jsn"),
        (["explain"], "Missing argument 'REF'"),
        (["held", "pin", "cw:configuration:1"], "Missing argument 'ID'"),
        (["query", "cw", "/a", "--limit", "none"], "valid integer"),
    ],
)
def test_a_command_line_that_is_not_understood_is_an_error(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 1, since 2 means changes; one line that names the way to help."""
    code = frame.run(arguments)

    err = capsys.readouterr().err
    assert code == 1
    assert err.startswith("ERROR  B400     ")
    assert said in err
    assert "--help" in err
    assert err.count("\n") == 1


def test_a_fault_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no error that a user can cause, and has to be seen."""
    monkeypatch.setattr("bridge.cli.options.settings_of", lambda _path: 1 / 0)
    monkeypatch.setattr("bridge.cli.status.settings_of", lambda _path: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        frame.run(["status"])
