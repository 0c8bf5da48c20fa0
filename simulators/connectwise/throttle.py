"""The rate limit of the tenant (reference 4)."""

import math

from simulators.kernel import Kernel
from simulators.windows import Window

COOL_DOWN = 30


class Throttle:
    """Count requests; once there are too many, refuse all for a while."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._until = 0.0
        self.renew()

    def renew(self) -> None:
        """Begin to count anew, by the limit that the switch names."""
        limit = self._kernel.switches["limit"]
        self._window = Window(limit["requests"], limit["seconds"], limit["window"])
        self._until = 0.0

    def seconds_left(self) -> int | None:
        """Count a request and return None; or, when it is to be refused, the whole seconds until one is taken."""
        if not self._kernel.limits:
            return None
        now = self._kernel.clock.now()
        if now >= self._until:
            if self._window.take(now) is None:
                return None
            # The load falls in the cool-down: after it a client that waited must be served.
            self.renew()
            self._until = now + COOL_DOWN
        return max(1, math.ceil(self._until - now))
