"""`[protocol]`: the times that the protocols rest on."""

from typing import Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from bridge.mapping.durations import Positive, Seconds
from bridge.mapping.rules import Rules
from bridge.times import Times


class Polls(Rules):
    """How often each kind is polled."""

    organization: Positive = 60.0
    location: Positive = 60.0
    contact: Positive = 60.0
    configuration: Positive = 60.0
    ticket: Positive = 60.0


class Protocol(Rules):
    """Every time of PROTOCOLS; an operator has no reason to change one, tests shorten them."""

    write_window: Positive = 60.0
    list_lag: Positive = 300.0
    deadline: Positive = 45.0
    intend_age: Positive = 5.0
    lease: Positive = 120.0
    backoff_min: Positive = 10.0
    backoff_max: Positive = 3600.0
    attempts: int = Field(default=10, ge=1)
    sweep: Positive = 5.0
    freshness: Positive = 900.0
    confirm_gap: Seconds = 60.0
    gone_gap: Seconds = 72_000.0
    polls: Polls = Polls()
    id_snapshot: Positive = 86_400.0
    snapshot: Positive = 604_800.0
    refresh: Positive = 86_400.0
    restored_after: Positive = 3600.0

    @model_validator(mode="after")
    def _agree(self) -> Self:
        longest = self.intend_age + self.deadline
        for name, limit in (("write_window", self.write_window), ("lease", self.lease)):
            if longest >= limit:
                numbers: dict[str, Any] = {"longest": f"{longest:g}", "name": name, "limit": f"{limit:g}"}
                raise PydanticCustomError(
                    "B108",
                    "intend_age + deadline is {longest} s and has to be less than {name}, {limit} s: "
                    "else a request could outlive the right to send it",
                    numbers,
                )
        if self.backoff_min > self.backoff_max:
            raise PydanticCustomError("B108", "backoff_min is longer than backoff_max")
        return self

    def times(self) -> Times:
        """Give the times that the engine works by."""
        return Times(
            write_window=self.write_window,
            list_lag=self.list_lag,
            deadline=self.deadline,
            intend_age=self.intend_age,
            lease=self.lease,
            backoff_min=self.backoff_min,
            backoff_max=self.backoff_max,
            attempts=self.attempts,
            sweep=self.sweep,
            freshness=self.freshness,
            confirm_gap=self.confirm_gap,
            gone_gap=self.gone_gap,
        )
