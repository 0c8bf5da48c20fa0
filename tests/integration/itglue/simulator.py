"""A running simulator of IT Glue, and what the tests write into it."""

import json
import subprocess
import sys
from typing import Any

import httpx

from bridge.itglue.client import ITGlue
from bridge.itglue.kinds import KINDS
from bridge.jsonapi import Row


class Simulator:
    """A running simulator and its control API."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simulators", "itglue", "--port", "0", "--empty", *arguments],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        ready = json.loads(self.process.stdout.readline())
        self.url: str = ready["url"]
        self.key: str = ready["credentials"]["api_key"]
        self._control = httpx.Client(base_url=ready["control"], verify="--tls" not in arguments, timeout=10)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._control.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def fault(self, do: dict[str, Any], **when: Any) -> None:
        self.call("POST", "/faults", {"when": when, "do": do})

    def switch(self, **switches: Any) -> None:
        self.call("POST", "/switches", switches)

    def requests(self) -> list[dict[str, Any]]:
        return list(self.call("GET", "/requests"))

    def records(self, resource: str) -> list[dict[str, Any]]:
        return list(self.call("GET", f"/records/{resource}"))

    def person(self, resource: str, **attributes: Any) -> str:
        """Make a record as a person does, long ago, and give its id."""
        named = {"created-at": "2025-01-01T00:00:00.000Z", **{k.replace("_", "-"): v for k, v in attributes.items()}}
        return str(self.call("POST", f"/records/{resource}", {"attributes": named})["id"])

    def calm(self) -> None:
        """Take back every fault and switch."""
        self.call("DELETE", "/faults")
        switches = self.call("GET", "/switches")
        self.switch(**{name: each["default"] for name, each in switches.items() if each["value"] != each["default"]})

    def stop(self) -> None:
        self._control.close()
        self.process.terminate()
        self.process.communicate(timeout=10)


class Account:
    """Shorthand for what the tests write."""

    def __init__(self, itglue: ITGlue, simulator: Simulator) -> None:
        self.itglue = itglue
        self.organization = simulator.person("organizations", name="Lumen Bakery")
        self.type = simulator.person("configuration_types", name=f"Workstation of {self.organization}")
        self.parent = ("organizations", self.organization)

    def device(self, name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "configuration_type_id": self.type, **more}

    def create(self, *devices: dict[str, Any]) -> tuple[Row, ...]:
        with self.itglue.turn("live") as turn:
            return self.itglue.create(turn, KINDS["configurations"], devices, parent=self.parent).rows

    def update(self, *changes: tuple[str, dict[str, Any]]) -> tuple[Row, ...]:
        with self.itglue.turn("live") as turn:
            return self.itglue.update(turn, "configurations", changes).rows
