"""Settings files that tests start from."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bridge.settings import Settings, SettingsErrors, load_settings

GOOD = """\
version  = 1
defaults = "2026-11"
[itglue]
region = "eu"
key    = "env:ITGLUE_KEY"
[sources.cw]
type  = "psa"
url   = "https://psa.test"
token = "env:PSA_TOKEN"
"""
ENVIRONMENT = {"ITGLUE_KEY": "ITG.secret", "PSA_TOKEN": "hush"}


class PsaSettings(BaseModel):
    """What a connector's own model looks like."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    type: str = "psa"
    url: str
    token: SecretStr
    native: bool = False
    page_size: int = Field(default=1000, le=1000)


MODELS: dict[str, type[BaseModel]] = {"psa": PsaSettings}


def load(folder: Path, text: str, **environment: str) -> Settings:
    """Write and load a file."""
    path = folder / "bridge.toml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path, MODELS, environment=ENVIRONMENT | environment)


def problems(folder: Path, text: str, **environment: str) -> list[tuple[str, int | None]]:
    """Give code and line of everything that a file is refused for."""
    try:
        load(folder, text, **environment)
    except SettingsErrors as errors:
        return [(each.code, each.line) for each in errors.problems]
    return []


def above(lines: str, text: str = GOOD) -> str:
    """Put lines above the first table, where top-level keys stand."""
    return text.replace("[itglue]", f"{lines}\n[itglue]", 1)


def source(name: str, **keys: Any) -> str:
    """Give one more source."""
    given = {"type": '"psa"', "url": '"https://two.test"', "token": '"env:PSA_TOKEN"'} | keys
    return f"[sources.{name}]\n" + "".join(f"{key} = {value}\n" for key, value in given.items())
