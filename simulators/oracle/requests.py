"""The request log: how many requests fell into any window, and which were refused."""

from collections.abc import Iterable
from typing import Any

from .story import seconds

Request = dict[str, Any]


def at(request: Request) -> float:
    """Give when a request arrived, in seconds since the epoch."""
    return seconds(request["at"])


def rolling_maximum(requests: Iterable[Request], window: float, key: str | None = None) -> int:
    """Give the most requests of a key (None: of all) in any window of a length, `[t, t + window)`."""
    times = sorted(at(request) for request in requests if key is None or request["key"] == key)
    most = first = 0
    for last, moment in enumerate(times):
        while moment - times[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most


def over_quota(requests: Iterable[Request], limit: int, window: float, key: str | None = None) -> list[str]:
    """Say by how much a limit was passed; empty where it was not."""
    most = rolling_maximum(requests, window, key)
    return [] if most <= limit else [f"{most} requests in {window:g} s, {limit} are allowed"]


def limited(requests: Iterable[Request]) -> list[str]:
    """List the requests that the vendor's own limit refused; injected refusals are not counted."""
    return [
        f"{request['method']} {request['path']} was answered 429 at {request['at']}"
        for request in requests
        if request["status"] == 429 and request.get("fault") is None
    ]


def refused(requests: Iterable[Request]) -> list[str]:
    """List the requests that were answered as the client's mistake, injected answers and the limit aside."""
    return [
        f"{request['method']} {request['path']}?{request['query']} was answered {request['status']}"
        for request in requests
        if request["status"] is not None
        and 400 <= request["status"] < 500
        and request["status"] != 429
        and request.get("fault") is None
    ]
