"""A simulator in a process of its own, driven over HTTP."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import httpx


class Running:
    """A simulator that serves, with a client for its API and one for its control API."""

    def __init__(self, line: dict[str, Any]) -> None:
        self.line = line
        self.url: str = line["url"]
        self.credentials: dict[str, str] = line["credentials"]
        self.control = httpx.Client(base_url=line["control"], verify=False, timeout=30)  # noqa: S501  # signs itself

    def set(self, **switches: Any) -> None:
        """Set switches."""
        self.control.post("/switches", json=switches).raise_for_status()

    def advance(self, seconds: float) -> None:
        """Move the simulator's clock."""
        self.control.post("/clock", json={"advance": seconds}).raise_for_status()

    def fault(self, do: dict[str, Any], **when: Any) -> int:
        """Order a fault and return its id."""
        answer = self.control.post("/faults", json={"when": when, "do": do})
        answer.raise_for_status()
        number: int = answer.json()["id"]
        return number

    def get(self, path: str) -> Any:
        """Read from the control API."""
        answer = self.control.get(path)
        answer.raise_for_status()
        return answer.json()

    def person(self, method: str, path: str, body: Any = None) -> Any:
        """Do what a person would do, and return the record as the control API shows it."""
        answer = self.control.request(method, f"/records/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    def reset(self) -> None:
        """Lift every fault and put every switch back."""
        self.control.delete("/faults")
        listing = self.get("/switches")
        self.set(
            **{name: switch["default"] for name, switch in listing.items() if switch["value"] != switch["default"]}
        )


@contextlib.contextmanager
def running(system: str, *arguments: str) -> Iterator[Running]:
    """Start a simulator and stop it with SIGTERM, on which it has to end cleanly."""
    command = [sys.executable, "-m", "simulators", system, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            simulator = Running(json.loads(line))
            with simulator.control:
                yield simulator
        finally:
            process.terminate()
            code = process.wait(10)
    assert code == 0
