"""Lengths of time as an operator writes them: "0.2s", "5m", "20h", "14d", or a number of seconds."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_LENGTH = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)", re.ASCII)


def seconds(value: Any) -> float:
    """Give the seconds of a length of time; parts add up: "1h 30m"."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, str):
        text = value.strip()
        parts = [_LENGTH.fullmatch(part) for part in re.sub(r"(?<=[a-z])\s*(?=\d)", "|", text).split("|")]
        if all(parts):
            return sum(float(part[1]) * _UNITS[part[2]] for part in parts if part)
    raise PydanticCustomError(
        "B104",
        '{value} is no length of time; write "45s", "5m", "20h", "14d" or a number of seconds',
        {"value": repr(value)},
    )


# What an editor is told that may be written (the JSON Schema).
_WRITTEN = (
    Annotated[float, Field(ge=0)]
    | Annotated[str, Field(pattern=r"^\s*(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$", description="45s, 5m, 1h 30m, 14d")]
)
Seconds = Annotated[float, Field(ge=0), BeforeValidator(seconds, json_schema_input_type=_WRITTEN)]
Positive = Annotated[Seconds, Field(gt=0)]
