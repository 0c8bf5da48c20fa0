"""What the working parts of the engine share."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bridge.connector import Connector
from bridge.errors import BridgeError
from bridge.itglue.client import ITGlue
from bridge.mapping.blocks import Mapping as BlockMapping
from bridge.mapping.rollout import EVERYONE, in_rollout
from bridge.mapping.rules import RolloutRules
from bridge.records import Ref
from bridge.store.database import Database
from bridge.store.index import Index
from bridge.store.mirror import Mirror
from bridge.store.pauses import ITGLUE
from bridge.times import Times

log = structlog.get_logger()


class Doorbell(Protocol):
    """Tells workers that a lane has work; may lose any message."""

    def ring(self, lane: str) -> None:
        """Ring once."""


class Silent:
    """A doorbell that nobody hears: commands drain by themselves."""

    def ring(self, lane: str) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class StopLimits:
    """Limits on what may be written unreviewed (PROTOCOLS 9); a share is of a kind's links."""

    creates_hour: int = 200
    creates_day: int = 1000
    names_hour: int = 50
    names_day: int = 200
    archives_hour: int = 25
    archives_day: int = 100
    archives_share: float = 0.05
    emptied_hour: int = 25
    updates_hour: int = 200
    shrunken_share: float = 0.05
    flaps_day: int = 3


@dataclass(slots=True)
class Engine:
    """One process's view of the whole: the store, the two sides, the mapping and the limits."""

    db: Database
    times: Times
    mapping: BlockMapping
    itglue: ITGlue
    connectors: Mapping[str, Connector]
    mirror: Mirror
    index: Index
    stops: StopLimits
    owner: str
    who: str
    mode: str = "plan"
    native_source: str | None = None
    native_disconnected: bool = False
    doorbell: Doorbell = field(default_factory=Silent)
    beat: Callable[[], None] = lambda: None
    stopping: Callable[[], bool] = lambda: False  # no further request is begun
    on_progress: Callable[[str, int], None] = lambda _what, _number: None
    on_failed: Callable[[str, BridgeError], None] = lambda _source, _error: None  # a read of a source
    renew_credentials: Callable[[str], bool] = lambda _side: False
    rollout: RolloutRules | None = None
    patience: float = 5.0
    lost: set[str] = field(default_factory=set)  # sides of which this process has said that they do not answer
    reading: threading.RLock = field(default_factory=threading.RLock)  # one thread reads IT Glue for all

    def in_rollout(self, organization: tuple[Ref, str | None] | None) -> bool:
        """Tell whether an organization, and so its records, are written; None is that of a record without any."""
        if organization is None:
            return self.rollout is not None and EVERYONE in self.rollout.organizations
        return in_rollout(self.rollout, *organization)

    def says_lost(self, side: str, *, fresh: bool) -> bool:
        """Tell whether it is news that a side does not answer: nobody has said so, or another process did, before this one."""
        news = fresh or side not in self.lost
        self.lost.add(side)
        return news

    def writes_allowed(self) -> bool:
        """Tell whether the service may write; a person's `apply` says so for itself."""
        return self.mode == "apply"


__all__ = ["ITGLUE", "Doorbell", "Engine", "Silent", "StopLimits", "log"]
