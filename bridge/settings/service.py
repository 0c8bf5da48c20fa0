"""`[service]`: how `glue-bridge run` runs, what it serves and whom it alerts."""

from typing import Literal

from pydantic import Field

from bridge.mapping.durations import Seconds
from bridge.mapping.rules import Rules
from bridge.settings.secret import Secret


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
    digest: str | None = Field(default="08:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class ServiceSettings(Rules):
    """The service."""

    workers: Workers = Workers()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["auto", "json", "text"] = "auto"
    heartbeat: Secret | None = None
    web: Web = Web()
    alerts: Alerts | None = None
