"""`[itglue]`: the account that is written."""

import math
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from bridge.itglue.address import address
from bridge.mapping.durations import Positive
from bridge.mapping.rules import Rules
from bridge.settings.secret import Secret
from bridge.settings.share import Share

LEAST = 12  # requests a window must leave us (PROTOCOLS 7)


class QuotaWindow(Rules):
    """One documented window: `requests` in `per`, of which a share is kept for the account's other tools."""

    requests: int = Field(default=3000, gt=0)
    per: Positive = 300.0
    keep_for_others: Share = 0.3

    @model_validator(mode="after")
    def _is_enough(self) -> Self:
        # Rounded first: 300 x (1 - 0.3) is 209.99999999999997 in binary.
        left = math.floor(round(self.requests * (1 - self.keep_for_others), 6))
        if left < LEAST:
            raise PydanticCustomError(
                "B130",
                "keep_for_others leaves the bridge {left} of {requests} requests in {per} s, and it needs {least}: "
                "write the real number in requests, or lower keep_for_others",
                {"left": left, "requests": self.requests, "per": f"{self.per:g}", "least": LEAST},
            )
        return self


class Timeouts(Rules):
    """How long to wait for a connection, and for an answer to a read (a write has the protocol's deadline)."""

    connect: Positive = 10.0
    read: Positive = 40.0


def _windows(value: Any) -> Any:
    if not isinstance(value, dict | list | tuple):
        raise PydanticCustomError("B104", 'write the requests of a window, such as {{ requests = 3000, per = "5m" }}')
    return [value] if isinstance(value, dict) else value


class ITGlueSettings(Rules):
    """The IT Glue account: where it answers, with which key, and how much of its quota is ours."""

    region: Literal["us", "eu", "au"] | None = None
    url: str | None = None
    key: Secret
    quota: Annotated[
        tuple[QuotaWindow, ...],
        Field(min_length=1),
        BeforeValidator(_windows, json_schema_input_type=QuotaWindow | tuple[QuotaWindow, ...]),
    ] = (QuotaWindow(),)
    native_sync: Literal["as_read", "disconnected"] = "as_read"
    timeouts: Timeouts = Timeouts()

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        return None if url is None else address(url)

    @model_validator(mode="after")
    def _has_one_address(self) -> Self:
        if self.url is not None and self.region is not None:
            raise PydanticCustomError("B104", "set region or url, not both")
        return self

    @property
    def base_url(self) -> str:
        """Give the API's address without a slash at its end."""
        return address(self.url or self.region or "us")

    @property
    def share(self) -> float:
        """Give the largest share that is kept for others in any window."""
        return max(window.keep_for_others for window in self.quota)
