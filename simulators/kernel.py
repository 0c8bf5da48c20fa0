"""What the kernel lends a vendor."""

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulators.clock import Clock
from simulators.exchange import Request
from simulators.faults import Faults
from simulators.journal import Entry
from simulators.switches import Switch, Switches

_log = logging.getLogger(__name__)


@dataclass
class Kernel:
    """The state of one simulator that is no vendor's own."""

    declared: tuple[Switch, ...]
    seed: int = 7
    limits: bool = True
    """False under `--limits off`: the vendor then counts no quota."""
    url: str = ""
    """The address it serves, known before the first request."""
    clock: Clock = field(default_factory=Clock)
    requests: list[Entry] = field(default_factory=list)
    violations: list[dict[str, Any]] = field(default_factory=list)
    traps: list[dict[str, Any]] = field(default_factory=list)
    """Those of organizations and configurations."""
    further_traps: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Those of other kinds, by kind."""

    def __post_init__(self) -> None:
        self.switches = Switches(self.declared)
        self.faults = Faults(self.seed)
        self.random = Random(self.seed)
        self._tasks: set[asyncio.Task[None]] = set()

    def violate(self, request: Request, rule: str) -> None:
        """Note a call that must never be made."""
        self.violations.append(
            {
                "at": self.clock.stamp(),
                "rule": rule,
                "method": request.method,
                "path": request.path,
                "query": request.readable_query,
            }
        )

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run a task beside the requests; what it raises is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("a task failed", exc_info=error)
