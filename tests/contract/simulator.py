"""A simulator process as a test drives it: over HTTP, by its documented control API alone."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx


class Simulator:
    """One running simulator; `line` is what it printed when it was ready."""

    def __init__(self, line: Mapping[str, Any]) -> None:
        self.url: str = line["url"]
        self.credentials: dict[str, str] = line["credentials"]
        # With --tls the certificate is self-signed, and the control API stands behind it too.
        self._control = httpx.Client(base_url=line["control"], timeout=30, verify=not self.url.startswith("https"))

    def close(self) -> None:
        """Close the control connection."""
        self._control.close()

    def requests(self) -> list[dict[str, Any]]:
        """Give every request of the API so far."""
        return self._call("GET", "requests")  # type: ignore[no-any-return]  # JSON

    def records(self, resource: str) -> list[dict[str, Any]]:
        """Give every record with its history; `now` is None where it was deleted."""
        return self._call("GET", f"records/{resource}")  # type: ignore[no-any-return]  # JSON

    def living(self, resource: str) -> dict[str, dict[str, Any]]:
        """Give what stands there, by id."""
        return {str(one["id"]): one["now"] for one in self.records(resource) if one["now"] is not None}

    def create(self, resource: str, payload: Mapping[str, Any]) -> str:
        """Make a record as a person would; give its id."""
        return str(self._call("POST", f"records/{resource}", payload)["id"])

    def change(self, resource: str, number: str, payload: Mapping[str, Any]) -> None:
        """Change a record as a person would."""
        self._call("PATCH", f"records/{resource}/{number}", payload)

    def delete(self, resource: str, number: str) -> None:
        """Delete a record as a person would."""
        self._call("DELETE", f"records/{resource}/{number}")

    def act(self, path: str, payload: Mapping[str, Any]) -> Any:
        """Do something else that a person can do, such as a merge."""
        return self._call("POST", f"records/{path}", payload)

    def break_down(self, do: Mapping[str, Any], when: Mapping[str, Any] | None = None) -> None:
        """Set up a fault."""
        self._call("POST", "faults", {"when": dict(when or {}), "do": dict(do)})

    def repair(self) -> None:
        """Take all faults away."""
        self._call("DELETE", "faults")

    def switch(self, **values: Any) -> None:
        """Set switches."""
        self._call("POST", "switches", values)

    def reset_switches(self) -> None:
        """Set every switch to its default."""
        found = self._call("GET", "switches")
        moved = {name: one["default"] for name, one in found.items() if one["value"] != one["default"]}
        if moved:
            self.switch(**moved)

    def advance(self, seconds: float) -> None:
        """Move every clock of the simulator."""
        self._call("POST", "clock", {"advance": seconds})

    def violations(self) -> list[Any]:
        """Give the calls that must never be made."""
        return self._call("GET", "violations")  # type: ignore[no-any-return]  # JSON

    def _call(self, method: str, path: str, payload: Mapping[str, Any] | None = None) -> Any:
        answer = self._control.request(method, path, json=payload)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json() if answer.content else None


@contextmanager
def simulating(system: str, *options: str) -> Iterator[Simulator]:
    """Run a simulator of a system, empty unless the options say otherwise, for as long as the context is open."""
    command = [sys.executable, "-m", "simulators", system, "--port", "0", "--limits", "off", *(options or ("--empty",))]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"the {system} simulator ended with {process.wait()} before it was ready"
        simulator = Simulator(json.loads(line))
        try:
            yield simulator
        finally:
            simulator.close()
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()
