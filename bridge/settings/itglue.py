"""`[itglue]`: the account that is written."""

import math
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bridge.mapping.durations import Seconds
from bridge.mapping.rules import Rules
from bridge.settings.secret import Secret
from bridge.settings.share import Share

# api/itglue.md 1.1
HOSTS = {"us": "https://api.itglue.com", "eu": "https://api.eu.itglue.com", "au": "https://api.au.itglue.com"}
LEAST = 12  # requests a window must leave us (PROTOCOLS 7)


class QuotaWindow(Rules):
    """One documented window: `requests` in `per`, of which a share is kept for the account's other tools."""

    requests: int = Field(default=3000, gt=0)
    per: Seconds = 300.0
    keep_for_others: Share = 0.3

    @model_validator(mode="after")
    def _is_enough(self) -> Self:
        # Rounded first: 300 x (1 - 0.3) is 209.99999999999997 in binary.
        left = math.floor(round(self.requests * (1 - self.keep_for_others), 6))
        if left < LEAST:
            raise PydanticCustomError(
                "B130",
                "{left} requests are left to the bridge, at least {least} are needed; lower keep_for_others",
                {"left": left, "least": LEAST},
            )
        return self


class Timeouts(Rules):
    """How long to wait for a connection, and for an answer to a read (a write has the protocol's deadline)."""

    connect: Seconds = 10.0
    read: Seconds = 40.0


def _windows(value: Any) -> Any:
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

    @model_validator(mode="after")
    def _has_one_address(self) -> Self:
        if self.url is not None:
            if self.region is not None:
                raise PydanticCustomError("B104", "set region or url, not both")
            parts = urlsplit(self.url)
            local = parts.hostname in ("127.0.0.1", "localhost", "::1")
            if parts.hostname is None or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
                raise PydanticCustomError("B104", "url has to be an https address")
        return self

    @property
    def base_url(self) -> str:
        """Give the API's address without a slash at its end."""
        return (self.url or HOSTS[self.region or "us"]).rstrip("/")

    @property
    def share(self) -> float:
        """Give the largest share that is kept for others in any window."""
        return max(window.keep_for_others for window in self.quota)
