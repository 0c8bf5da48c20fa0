"""The control API: what a test or a demo does to a simulator from outside."""

from typing import Any

import orjson

from simulators.exchange import Answer, Request
from simulators.kernel import Kernel
from simulators.refusal import ControlError
from simulators.vendor import Vendor

ROOT = "/_simulator"


class Control:
    """Answer the calls below `/_simulator`."""

    def __init__(self, kernel: Kernel, vendor: Vendor, certificate: str | None = None) -> None:
        self._kernel = kernel
        self._vendor = vendor
        self._certificate = certificate

    def answer(self, request: Request) -> Answer:
        """Carry out a control call."""
        path = request.path.removeprefix(ROOT).strip("/")
        try:
            body = orjson.loads(request.body) if request.body.strip() else None
        except orjson.JSONDecodeError:
            return Answer(400, {"error": "the body is no JSON"})
        try:
            return self._carry_out(request.method, path, body)
        except ControlError as error:
            return Answer(error.status, {"error": error.message})

    def _carry_out(self, method: str, path: str, body: Any) -> Answer:
        kernel = self._kernel
        word, _, rest = path.partition("/")
        match method, word, rest:
            case "GET", "requests", "":
                return Answer(200, [entry.listing() for entry in kernel.requests])
            case "DELETE", "requests", "":
                kernel.requests.clear()
                return Answer(204)
            case "GET", "records", _:
                found = self._vendor.dump(rest)
                if found is None:
                    raise ControlError(404, f"records/{rest}: no such resource")
                return Answer(200, found)
            case "POST" | "PATCH" | "DELETE", "records", _:
                return Answer(201 if method == "POST" else 200, self._vendor.person(method, rest, body))
            case "POST", "faults", "":
                return Answer(201, kernel.faults.add(body).listing())
            case "GET", "faults", "":
                return Answer(200, kernel.faults.listing())
            case "DELETE", "faults", _:
                if rest and not rest.isdecimal():
                    raise ControlError(404, f"fault {rest} does not exist")
                kernel.faults.remove(int(rest) if rest else None)
                return Answer(204)
            case "POST", "switches", "":
                for name in kernel.switches.set(body):
                    self._vendor.switched(name)
                return Answer(200, kernel.switches.listing())
            case "GET", "switches", "":
                return Answer(200, kernel.switches.listing())
            case "POST", "clock", "":
                kernel.clock.advance(_advance(body))
                return Answer(200, {"now": kernel.clock.stamp()})
            case "GET", "clock", "":
                return Answer(200, {"now": kernel.clock.stamp()})
            case "GET", "violations", "":
                return Answer(200, kernel.violations)
            case "GET", "traps", "":
                return Answer(200, kernel.traps)
            case "GET", "traps", _:
                if kernel.further_traps and rest not in kernel.further_traps:
                    raise ControlError(404, f"traps of {rest}: one of {', '.join(kernel.further_traps)}")
                return Answer(200, kernel.further_traps.get(rest, []))
            case "GET", "certificate", "" if self._certificate:
                return Answer(200, self._certificate, {"content-type": "application/x-pem-file"})
            case _:
                return Answer(200, self._vendor.control(method, path, body))


def _advance(body: Any) -> float:
    seconds = body.get("advance") if isinstance(body, dict) else None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        raise ControlError(400, 'clock: {"advance": seconds} from 0 is wanted')
    return seconds
