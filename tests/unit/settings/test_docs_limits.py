"""The limits that docs/mapping.md shows are those in force where the file is silent."""

import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from bridge.settings.itglue import QuotaWindow, Timeouts
from bridge.settings.service import ServiceSettings
from bridge.settings.stops import Stops

PAGE = Path(__file__).parents[3] / "docs" / "mapping.md"
SHOWN = tomllib.loads(
    PAGE.read_text(encoding="utf-8").partition("**Limits**")[2].partition("```toml\n")[2].partition("```")[0]
)


@pytest.mark.parametrize(
    ("shown", "model"),
    [
        (SHOWN["stops"], Stops),
        (SHOWN["itglue"]["quota"], QuotaWindow),
        (SHOWN["itglue"]["timeouts"], Timeouts),
        (SHOWN["service"], ServiceSettings),
    ],
)
def test_what_is_shown_is_what_is_meant(shown: dict[str, object], model: type[BaseModel]) -> None:
    """Written or left out, it is the same; of the stops, the quota and the timeouts no key is left out of the page."""
    assert model.model_validate(shown) == model()
    if model is not ServiceSettings:
        assert shown.keys() == model.model_fields.keys()
