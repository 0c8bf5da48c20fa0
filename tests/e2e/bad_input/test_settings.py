"""Settings that cannot be used: every command and the service refuse them with file, line, cause and remedy."""

import pytest

from tests.e2e.bad_input.said import one_error
from tests.e2e.safety.unattended import Scene

COMMANDS = (("plan",), ("apply", "--yes"), ("match",), ("run",))
each_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


@each_command
@pytest.mark.parametrize(
    ("old", "new", "number", "said"),
    [
        ('mode = "apply"', 'mode = "apply"\norganisations = 1', "B101", 'unknown key organisations; nearest: "organizations"'),
        ('create = "yes"', 'create = "maybe"', "B104", "organizations.create"),
        ('keep_for_others = "30%"', 'keep_for_others = "99%"', "B130", "lower keep_for_others"),
        ('key = "env:ITGLUE_KEY"', 'key = "env:NO_SUCH_KEY"', "B102", "NO_SUCH_KEY is neither in the environment nor"),
        ('key = "env:ITGLUE_KEY"', 'key = "ITG.0123456789abcdef0123456789abcdef"', "B103", "itglue.key"),
        ("version = 1", "version = ", "B100", "bridge.toml"),
        ('create = "yes"', "create = 'yes'\nonly = \"statsu == 'Active'\"", "B122", '"status"'),
        ("deadline = 4", "deadline = 40", "B108", "intend_age + deadline"),
    ],
    ids=lambda value: value if str(value).startswith("B1") else "",
)  # fmt: skip
def test_what_cannot_be_used_is_named_with_its_line(
    refused: Scene, words: tuple[str, ...], old: str, new: str, number: str, said: str
) -> None:
    """One message; the secret that stood in clear text is not repeated in it."""
    path = refused.world.path
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))

    ended = refused.command(*words)

    one_error(ended, number, "bridge.toml:", said)
    assert "0123456789abcdef" not in ended.out + ended.err


@each_command
def test_two_sources_of_one_type_without_a_mark_are_refused(refused: Scene, words: tuple[str, ...]) -> None:
    """Instance 2 would adopt the devices of instance 1: no command works before it is said which one is native."""
    text = refused.world.path.read_text()
    start, end = text.index("[sources.cw]"), text.index("[rollout]")
    one = text[start:end].replace("native = true\n", "")
    refused.world.path.write_text(text[:start] + one + one.replace("[sources.cw]", "[sources.two]") + text[end:])

    one_error(refused.command(*words), "B107", "native = true")


@each_command
def test_settings_that_are_not_there_or_no_text_are_refused(refused: Scene, words: tuple[str, ...]) -> None:
    """No file, a folder, bytes that are no UTF-8."""
    path = refused.world.path
    path.unlink()
    one_error(refused.command(*words), "B100", "bridge.toml")
    path.mkdir()
    one_error(refused.command(*words), "B100", "bridge.toml")
    path.rmdir()
    path.write_bytes(b'version = 1\nkey = "\xff\xfe"\n')
    one_error(refused.command(*words), "B100", "bridge.toml")


def test_a_rollout_that_names_nobody_writes_nothing(place: Scene) -> None:
    """A typo in the rollout leaves everyone out; `check` names the entry with its line."""
    place.world.settle(rollout='["Acmee"]')

    place.unattended()
    said = place.command("check")

    assert place.ledger.since() == []
    assert said.code == 1
    assert "B129" in said.out
    assert "Acmee" in said.out
