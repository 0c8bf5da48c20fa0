"""The IT Glue simulator as the kernel sees it."""

from email.utils import formatdate
from math import ceil
from typing import Any

from simulators.exchange import Answer, Request
from simulators.itglue import builtin, refusals, unbuilt
from simulators.itglue.account import Account
from simulators.itglue.bodies import data_of
from simulators.itglue.ownership import STATES, set_state
from simulators.itglue.person import Person
from simulators.itglue.push import Push
from simulators.itglue.query import parse
from simulators.itglue.reading import Reading
from simulators.itglue.refusals import Refusal
from simulators.itglue.related import Related
from simulators.itglue.routes import Route, resolve, segments
from simulators.itglue.selection import Selection
from simulators.itglue.storing import Storing
from simulators.itglue.switches import SWITCHES
from simulators.itglue.values import identifier
from simulators.itglue.writing import Writing
from simulators.kernel import Kernel
from simulators.refusal import ControlError
from simulators.windows import Window

MAXIMUM_BODY = 10 * 1024 * 1024
_FALLBACK_WAIT = 60


class ItGlue:
    """Answer as api.itglue.com would."""

    system = "itglue"
    switches = SWITCHES

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._key = f"ITG.{kernel.random.getrandbits(256):064x}"
        self._account = Account(kernel)
        self._push = Push(kernel, self._account)
        storing = Storing(kernel, self._account, self._push)
        selection = Selection(kernel, self._account)
        self._reading = Reading(self._account, selection)
        self._writing = Writing(kernel, self._account, self._reading, selection, storing)
        self._related = Related(kernel, self._account)
        self._person = Person(kernel, self._account, storing, self._related)
        self._windows: dict[str, Window] = {}
        self._state = "on"
        builtin.fill(self._account)

    def credentials(self) -> dict[str, str]:
        """Return the one key that is valid."""
        return {"api_key": self._key}

    def key(self, request: Request) -> str | None:
        """Return the key that was sent."""
        return request.headers.get("x-api-key")

    def below_root(self, path: str) -> str:
        """Return the path as it is: the API has no prefix."""
        return path

    def answer(self, request: Request) -> Answer:
        """Carry out a request: first the gateway, then the router, then the resource."""
        try:
            self._pass_gateway(request)
            answer = self._routed(request)
        except Refusal as refusal:
            return refusal.answer
        answer.first = self._push.pending()
        return answer

    def refusal(self, status: int) -> Answer:
        """Return the vendor's own answer of a status."""
        return self._refusal(status).answer

    def dump(self, path: str) -> list[Any] | None:
        """Return every record of a resource with its history."""
        return self._person.dump(path)

    def person(self, method: str, path: str, body: Any) -> Any:
        """Do what a person does in the UI; with a two-way sync it goes to the PSA as well."""
        done = self._person.act(method, path, body)
        self._push_behind()
        return done

    def load(self, resource: str, record: dict[str, Any]) -> None:
        """Take a record that was there before."""
        self._person.load(resource, record)

    def control(self, method: str, path: str, body: Any) -> Any:
        """Turn the native sync on, pause it or disconnect it."""
        if path != "native_sync" or method not in ("GET", "POST"):
            raise ControlError(404, f"{method} {path}: no such control call")
        if method == "POST":
            state = body.get("state") if isinstance(body, dict) else None
            if state not in STATES:
                raise ControlError(400, f"native_sync: state is one of {', '.join(STATES)}")
            set_state(self._account, state)
            self._state = state
        return {"state": self._state}

    def switched(self, name: str) -> None:
        """Begin to count anew when the limit changes."""
        if name == "limit":
            self._windows.clear()

    def _pass_gateway(self, request: Request) -> None:
        key = self.key(request)
        if key != self._key:
            raise self._wrong_key()
        if self._kernel.limits:
            window = self._windows.get(key)
            if window is None:
                limit = self._kernel.switches["limit"]
                window = self._windows[key] = Window(limit["requests"], limit["seconds"], limit["window"])
            wait = window.take(self._kernel.clock.now())
            if wait is not None:
                raise self._too_many(wait)
        if len(request.body) > MAXIMUM_BODY:
            raise refusals.gateway(413, "Request Too Long")

    def _routed(self, request: Request) -> Answer:
        parts = segments(request.path)
        strict = self._kernel.switches["unknown_filter"] == "refuse"
        unused = unbuilt.answer(parts, request, self._account, strict=strict)
        if unused is not None:
            return unused
        query = parse(request.query)
        if parts[2:4] == ["relationships", "related_items"]:
            return self._related.answer(parts, request)
        route = resolve(parts)
        match request.method:
            case "GET":
                return self._reading.read(route, request, query)
            case "POST":
                return self._writing.create(route, request)
            case "PATCH" | "PUT":
                return self._writing.update(route, request, query)
            case "DELETE":
                return self._writing.delete(route, request, query)
            case _:
                raise refusals.no_route()

    def watch(self, request: Request) -> None:
        """Note a call that must never be made, whatever becomes of it."""
        try:
            query = parse(request.query)
        except Refusal:
            query = parse([])
        rule = unbuilt.violation([part for part in request.path.split("/") if part], request.method, query)
        if rule is not None:
            self._kernel.violate(request, rule)
        if request.method in ("POST", "PATCH", "PUT") and "flexible_assets" in request.path:
            try:
                route = resolve(segments(request.path))
            except Refusal:
                return
            self._note_password(route, request)

    def _note_password(self, route: Route, request: Request) -> None:
        try:
            data = data_of(request, plain_json=True)
        except Refusal:
            return
        for sent in data if isinstance(data, list) else [data]:
            attributes = sent.get("attributes") if isinstance(sent, dict) else None
            if not isinstance(attributes, dict):
                continue
            given = {str(name).replace("_", "-"): value for name, value in attributes.items()}
            row = self._account.row("flexible_assets", route.record or identifier(given.get("id"))) or {}
            type_ = row.get("flexible-asset-type-id") or identifier(given.get("flexible-asset-type-id"))
            if self._account.traits.writes_password(type_, given.get("traits")):
                self._kernel.violate(request, "password_trait")

    def _wrong_key(self) -> Refusal:
        if self._kernel.switches["wrong_key"] == "json_401":
            return refusals.bad_key()
        return refusals.gateway(403, "Forbidden")

    def _too_many(self, wait: float) -> Refusal:
        refusal = refusals.gateway(429, "Too Many Requests")
        match self._kernel.switches["retry_after"]:
            case "seconds":
                refusal.answer.headers["retry-after"] = str(max(1, ceil(wait)))
            case "date":
                due = ceil(self._kernel.clock.now() + wait)
                refusal.answer.headers["retry-after"] = formatdate(due, usegmt=True)
        return refusal

    def _refusal(self, status: int) -> Refusal:
        match status:
            case 400:
                return refusals.bad_request("Invalid JSON format")
            case 401:
                return refusals.unreachable()
            case 403:
                return refusals.gateway(403, "Forbidden")
            case 404:
                return refusals.not_found()
            case 413:
                return refusals.gateway(413, "Request Too Long")
            case 415:
                return refusals.unsupported_media_type()
            case 422:
                return refusals.unprocessable(refusals.detailed("is invalid", "data/attributes/base"))
            case 429:
                return self._too_many(_FALLBACK_WAIT)
            case 500:
                return refusals.server_error()
            case 504:
                return refusals.gateway(504, "Endpoint request timed out")
            case _:
                return refusals.gateway(status, "Internal server error")

    def _push_behind(self) -> None:
        pending = self._push.pending()
        if pending is not None:

            async def push() -> None:
                await pending

            self._kernel.spawn(push())
