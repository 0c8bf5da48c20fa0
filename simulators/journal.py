"""The log of requests."""

from typing import Any

from simulators.clock import rfc3339
from simulators.exchange import Request, readable


class Entry:
    """One request; status and rows are filled in when it is answered."""

    __slots__ = ("at", "fault", "key", "method", "path", "query_text", "rows", "status")

    def __init__(self, at: float, key: str | None, request: Request) -> None:
        self.at = at
        self.key = key
        # Not the request itself: a long run would keep every body.
        self.method = request.method
        self.path = request.path
        self.query_text = request.query_text
        self.status: int | None = None
        self.rows = 0
        self.fault: int | None = None

    def listing(self) -> dict[str, Any]:
        """Return the entry as `GET requests` answers it; a request that got no answer has no status."""
        return {
            "at": rfc3339(self.at),
            "key": self.key,
            "method": self.method,
            "path": self.path,
            "query": readable(self.query_text),
            "status": self.status,
            "rows": self.rows,
            "fault": self.fault,
        }
