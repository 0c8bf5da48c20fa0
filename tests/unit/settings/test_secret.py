"""Secrets: elsewhere, read when needed, never shown."""

import pickle
from pathlib import Path
from typing import Any

import pytest

from bridge.errors import SettingsError
from bridge.settings import load_settings
from bridge.settings.secret import read_env_file
from tests.unit.settings.files import GOOD, MODELS, PsaSettings, above, load, problems


def token(settings: Any) -> str:
    """Give the token that a connector would be made with."""
    model = settings.sources["cw"].connector()
    assert isinstance(model, PsaSettings)
    return model.token.get_secret_value()


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    """A container's environment is nearer than a file that was copied along."""
    (tmp_path / ".env").write_text("PSA_TOKEN=from-file\nITGLUE_KEY=from-file\n", encoding="utf-8")
    (tmp_path / "bridge.toml").write_text(GOOD, encoding="utf-8")

    settings = load_settings(tmp_path / "bridge.toml", MODELS, environment={"PSA_TOKEN": "from-environment"})

    assert token(settings) == "from-environment"
    assert settings.itglue.key.read() == "from-file"


def test_a_rotation_needs_no_restart(tmp_path: Path) -> None:
    """After a refused login the same settings read the secret again."""
    (tmp_path / "key").write_text("first\n", encoding="utf-8")
    settings = load(tmp_path, GOOD.replace("env:PSA_TOKEN", "file:key"))
    assert token(settings) == "first"

    (tmp_path / "key").write_text("second\n", encoding="utf-8")

    assert token(settings) == "second"


def test_a_missing_secret_is_named_when_it_is_needed(tmp_path: Path) -> None:
    """`glue-bridge mapping` works without credentials; `check` names every one that is missing."""
    path = tmp_path / "bridge.toml"
    path.write_text(GOOD.replace("env:PSA_TOKEN", "file:absent"), encoding="utf-8")
    settings = load_settings(path, MODELS, environment={})

    missing = settings.missing()

    assert [(each.code, each.line) for each in missing] == [("B102", 5), ("B102", 9)]
    assert "ITGLUE_KEY is neither in the environment nor in" in str(missing[0])
    with pytest.raises(SettingsError) as caught:
        settings.sources["cw"].connector()
    assert caught.value.code == "B102"


def test_clear_text_is_refused_unless_it_is_asked_for(tmp_path: Path) -> None:
    """bridge.toml goes into version control; a secret in it would go along."""
    text = GOOD.replace("env:PSA_TOKEN", "hunter2").replace("env:ITGLUE_KEY", "ITG.abc")

    assert problems(tmp_path, text) == [("B103", 5), ("B103", 9)]
    settings = load(tmp_path, above("clear_text_secrets = true", text))
    assert token(settings) == "hunter2"
    assert settings.itglue.key.read() == "ITG.abc"


def test_no_secret_is_shown(tmp_path: Path) -> None:
    """Neither in a repr, nor in an error, nor in the digest's content."""
    settings = load(tmp_path, above("clear_text_secrets = true", GOOD.replace("env:PSA_TOKEN", "hunter2")))

    shown = (
        repr(settings) + str(settings.sources) + repr(settings.sources["cw"].open_part()) + repr(settings.itglue.key)
    )
    shown += settings.model_dump_json()

    assert "hunter2" not in shown
    assert "ITG.secret" not in shown


def test_a_connectors_model_that_refuses_a_secret_does_not_show_it(tmp_path: Path) -> None:
    """The error names the key and its line."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, GOOD + "page_size = 5000\n", PSA_TOKEN="hunter2")

    assert "hunter2" not in str(caught.value)
    assert "page_size" in str(caught.value)


def test_an_address_may_be_a_reference_too(tmp_path: Path) -> None:
    """One file for test and production; a missing one is told at once, for nothing works without it."""
    text = GOOD.replace('"https://psa.test"', '"env:PSA_URL"').replace('region = "eu"', 'url = "env:GLUE"')

    settings = load(tmp_path, text, PSA_URL="https://other.test", GLUE="https://glue.test/")

    assert settings.sources["cw"].open_part()["url"] == "https://other.test"
    assert settings.itglue.base_url == "https://glue.test"
    assert ("B102", 8) in problems(tmp_path, text)


def test_the_forms_of_a_line_in_an_env_file(tmp_path: Path) -> None:
    """As shells and Docker write them."""
    path = tmp_path / ".env"
    path.write_text("# A=1\nB=2\nexport C = 3 \nD=\"4 # four\"\nE='5'\nF=6 # six\nG=a=b\nbad line\n", encoding="utf-8")

    assert read_env_file(path) == {"B": "2", "C": "3", "D": "4 # four", "E": "5", "F": "6", "G": "a=b"}
    assert read_env_file(tmp_path / "absent") == {}


def test_a_secret_cannot_be_pickled_into_a_queue(tmp_path: Path) -> None:
    """Messages carry no credentials."""
    with pytest.raises(Exception, match="pickle"):
        pickle.dumps(load(tmp_path, GOOD).itglue.key)
