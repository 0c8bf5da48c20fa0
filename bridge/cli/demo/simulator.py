"""A simulator as the demo sees it from outside: its control API, its log and its history."""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
import orjson

READS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Work:
    """What IT Glue was asked so far."""

    requests: int
    writes: int
    unanswered: int
    unanswered_creates: int


class Simulator:
    """A running simulator; a context manager that gives the connection back."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.url: str = line["url"]
        self.credentials: dict[str, str] = line["credentials"]
        self.control = httpx.Client(base_url=line["control"], timeout=60, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.control.close()

    def get(self, path: str) -> Any:
        """Read from the control API."""
        answer = self.control.get(path)
        answer.raise_for_status()
        return orjson.loads(answer.content)

    def now(self, resource: str) -> list[dict[str, Any]]:
        """Give the records that are there."""
        return [each["now"] for each in self.get(f"/records/{resource}") if each["now"] is not None]

    def post(self, path: str, body: Any) -> Any:
        """Do something by the control API."""
        return self._sent("POST", path, body)

    def person(self, method: str, path: str, body: Any) -> Any:
        """Do what a person would do; give the record."""
        return self._sent(method, f"/records/{path}", body)

    def lift(self) -> None:
        """Lift every fault."""
        self.control.delete("/faults").raise_for_status()

    def work(self) -> Work:
        """Count the requests of its log."""
        log = self.get("/requests")
        writes = [each for each in log if each["method"] not in READS]
        under_way = [each["method"] for each in writes if each["status"] is None]
        return Work(len(log), len(writes), len(under_way), under_way.count("POST"))

    def _sent(self, method: str, path: str, body: Any) -> Any:
        answer = self.control.request(method, path, content=orjson.dumps(body))
        if answer.is_error:
            raise RuntimeError(f"{method} {path}: {answer.text}")
        return orjson.loads(answer.content) if answer.content else None
