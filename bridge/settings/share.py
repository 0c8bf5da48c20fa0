"""Shares as an operator writes them: "30%" or 0.3."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError


def share(value: Any) -> Any:
    """Give a share from 0 to 1."""
    read = _number(value)
    if read is None or not 0 <= read < 1:
        raise PydanticCustomError("B104", 'write a share from "0%" to less than "100%", such as "30%"')
    return read


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        number = value.strip().removesuffix("%").strip()
        try:
            return float(number) / 100 if value.strip().endswith("%") else float(number)
        except ValueError:
            return None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


_WRITTEN = (
    Annotated[float, Field(ge=0, lt=1)]
    | Annotated[str, Field(pattern=r"^\s*\d+(\.\d+)?\s*%?\s*$", description="30% or 0.3")]
)
Share = Annotated[float, Field(ge=0, lt=1), BeforeValidator(share, json_schema_input_type=_WRITTEN)]
