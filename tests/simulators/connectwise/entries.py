"""Callback entries of the tests, and what the simulator says of its tries."""

import time
from collections.abc import Callable
from typing import Any

import httpx

from tests.simulators.connectwise.psa import ROOT, Psa
from tests.simulators.connectwise.receiver import Receiver

CALLBACKS = "system/callbacks"
ENTRY: dict[str, Any] = {
    "description": "itglue bridge",
    "url": "https://hooks.bridge.test/cw/k7?recordId=",
    "objectId": 1,
    "type": "company",
    "level": "owner",
    "inactiveFlag": False,
}


def send(psa: Psa, method: str, path: str, body: Any) -> httpx.Response:
    """Send a write."""
    return psa.http.request(method, f"{ROOT}/{path}", json=body)


def register(psa: Psa, **fields: Any) -> dict[str, Any]:
    """Create an entry."""
    answer = send(psa, "POST", CALLBACKS, {**ENTRY, **fields})
    assert answer.status_code == 201, answer.text
    record: dict[str, Any] = answer.json()
    return record


def listen(psa: Psa, receiver: Receiver, **fields: Any) -> dict[str, Any]:
    """Create an entry whose messages the receiver takes."""
    return register(psa, **{"url": f"{receiver.url}/cw/k7?recordId=", **fields})


def company_named(psa: Psa, name: str) -> int:
    """Make a company."""
    number: int = psa.simulator.person("POST", "company/companies", {"name": name})["id"]
    return number


def errors_of(answer: httpx.Response) -> list[tuple[str, str]]:
    """Return code and field of each reason of a refusal."""
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["code"] == "InvalidObject"
    assert all(error.keys() == {"code", "message", "resource", "field"} for error in body["errors"])
    return [(error["code"], error["field"]) for error in body["errors"]]


def until(holds: Callable[[], bool], seconds: float = 5) -> None:
    """Wait for something."""
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.01)


def tried(psa: Psa, count: int) -> list[dict[str, Any]]:
    """Wait until the simulator has come to the end of so many tries."""
    until(lambda: len(psa.simulator.get("/deliveries")) >= count)
    tries: list[dict[str, Any]] = psa.simulator.get("/deliveries")
    return tries
