"""`[service]`: how `glue-bridge run` runs, what it serves and whom it alerts."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from bridge.mapping.durations import Seconds
from bridge.mapping.rules import Rules
from bridge.settings.secret import Secret

_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"


def _clock(text: str) -> str:
    if not re.fullmatch(_CLOCK, text):
        raise PydanticCustomError("B104", 'write a time of day, such as "08:00"')
    return text


Clock = Annotated[str, AfterValidator(_clock), WithJsonSchema({"type": "string", "pattern": f"^{_CLOCK}$"})]


class Workers(Rules):
    """Worker processes per lane."""

    live: int = Field(default=1, ge=1, le=64)
    backfill: int = Field(default=1, ge=0, le=64)


class Web(Rules):
    """The web server: webhooks, triggers, status page, metrics."""

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535)
    public_url: str | None = None
    trigger_token: Secret | None = None
    password: Secret | None = None


class Alerts(Rules):
    """Where alerts go: one per cause, after `after`, and the weekday digest of what is held."""

    url: Secret
    format: Literal["teams", "slack", "json"] = "json"
    after: Seconds = 600.0
    digest: Clock | None = "08:00"


class ServiceSettings(Rules):
    """The service."""

    workers: Workers = Workers()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = "auto"
    heartbeat: Secret | None = None
    web: Web = Web()
    alerts: Alerts | None = None
