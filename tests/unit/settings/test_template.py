"""What init writes, and the examples, are files that work."""

import tomllib
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.mapping import compile_mapping
from bridge.settings import load_settings
from bridge.settings.template import Answers, starter
from connectors.connectwise.settings import ConnectWiseSettings
from tests.unit.settings.files import load

EXAMPLES = Path(__file__).parents[3] / "examples"


@pytest.mark.parametrize("name", ["companion.toml", "replacement.toml", "everything.toml"])
def test_an_example_is_a_file_that_works(name: str) -> None:
    """Complete but for its credentials, which stand in the environment."""
    settings = load_settings(EXAMPLES / name, {"connectwise": ConnectWiseSettings}, environment={})

    mapping = compile_mapping(settings)

    assert settings.mode == "plan"
    assert settings.native_source == "cw"
    assert [each.code for each in settings.missing()] == ["B102"] * 4
    assert mapping.blocks


def test_the_companion_writes_only_what_stays_open_on_a_synced_record() -> None:
    """Nothing is created beside the native sync."""
    settings = load_settings(EXAMPLES / "companion.toml", {"connectwise": ConnectWiseSettings}, environment={})

    mapping = compile_mapping(settings)
    read = [block for block in mapping.blocks if mapping.reads(block.id)]

    assert [block.id for block in read] == ["organizations", "configurations"]
    assert {block.create for block in read} == {"never"}
    assert "notes" in read[1].owners.ignore


def test_the_starter_plans_and_writes_nothing(tmp_path: Path) -> None:
    """The mapping is the built-in one, spelled out, and no one is in the rollout."""
    text = starter(
        Answers("psa", {"url": "https://psa.test", "token": "env:PSA_TOKEN"}, native=True, zone="Europe/London")
    )

    settings = load(tmp_path, text)

    assert settings.mode == "plan"
    assert settings.rollout is not None
    assert settings.rollout.organizations == ()
    assert settings.zones() == {"psa": "Europe/London"}
    assert compile_mapping(settings).blocks[0].create == "ask"


def test_the_starter_shows_lines_that_work_when_they_are_uncommented(tmp_path: Path) -> None:
    """A person deletes the `# ` and goes on."""
    text = starter(Answers("psa", {"url": "https://psa.test", "token": "env:PSA_TOKEN"}))
    lines = [line[2:] if line.startswith(("# only", "# fill", "# set")) else line for line in text.splitlines()]

    compile_mapping(load(tmp_path, "\n".join(lines)))

    assert "\n".join(lines).count("\n# ") == text.count("\n# ") - 4


@hypothesis.settings(deadline=None)
@given(st.lists(st.text(max_size=5)), st.text(max_size=5))
def test_answers_never_break_the_file(rollout: list[str], answer: str) -> None:
    """Whatever a company or a key is called."""
    text = starter(Answers("psa", {"url": answer}, rollout=[each.replace("\ud800", "") for each in rollout]))

    data = tomllib.loads(text)

    assert data["rollout"]["organizations"] == rollout
    assert data["sources"]["psa"]["url"] == answer
