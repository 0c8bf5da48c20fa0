"""The API below `/apis/3.0`: who may, then what the path means (reference 2, 3, 5)."""

from dataclasses import replace
from typing import Any

import orjson

from simulators.connectwise import access, answers
from simulators.connectwise.access import is_forbidden, scope_of
from simulators.connectwise.catalog.paths import CALLBACK
from simulators.connectwise.deployment import Deployment
from simulators.connectwise.gateway import is_user_host
from simulators.connectwise.predicates import Meaning
from simulators.connectwise.reading import Call, Reading
from simulators.connectwise.registration import Registration
from simulators.connectwise.rendering import Style
from simulators.connectwise.routes import Route, route
from simulators.connectwise.tenant import Tenant
from simulators.connectwise.throttle import Throttle
from simulators.exchange import Answer, Request
from simulators.kernel import Kernel

_DAY = 86400
_WRITES = ("POST", "PUT", "PATCH", "DELETE")
_SEARCHED = {"conditions", "childconditions", "customfieldconditions", "orderby"}
_WRITTEN = (("POST", "list"), ("PUT", "one"), ("PATCH", "one"), ("DELETE", "one"))


class Api:
    """Serve an API member whose role inquires, and writes nothing but callback entries."""

    def __init__(self, kernel: Kernel, tenant: Tenant, deployment: Deployment, reading: Reading) -> None:
        self._kernel = kernel
        self._tenant = tenant
        self._deployment = deployment
        self._reading = reading
        self._registration = Registration(tenant)
        self.throttle = Throttle(kernel)

    def answer(self, request: Request, segments: list[str]) -> Answer:
        """Carry out a request; `segments` is its path below the root."""
        refused = self._refused(request)
        if refused is not None:
            return refused
        found = route(segments)
        path = "/".join(segments if found is None or found.action == "list" else segments[:-1])
        if is_forbidden(self._kernel.switches["role"], "" if found is None else found.pattern, path):
            return answers.forbidden()
        if path.lower() == "system/info":
            is_get = request.method == "GET"
            return Answer(200, self._deployment.system_info()) if is_get else answers.no_method(request.method, "GET")
        if request.method != "GET":
            return self._not_read(request, found, path)
        if found is None:
            return answers.no_endpoint()
        if found.action == "search":
            return answers.no_method("GET", "POST")
        call = self._call(request, found, path)
        return _nothing(call) if found.resource is None else self._reading.answer(call)

    def _refused(self, request: Request) -> Answer | None:
        switches = self._kernel.switches
        plain = switches["ssl_required"] and request.scheme != "https"
        if plain or (self._deployment.cloud and is_user_host(request.headers.get("host", ""))):
            return answers.ssl_required()
        refused = access.refused(request.headers, switches)
        if refused is not None:
            return refused
        left = self.throttle.seconds_left()
        return None if left is None else answers.too_many(left, retry_after=switches["retry_after"] == "seconds")

    def _not_read(self, request: Request, found: Route | None, path: str) -> Answer:
        """Answer what is no GET: searches and callback entries are carried out, all else is noted and refused."""
        if found is not None and found.action == "search" and request.method == "POST":
            return self._search(request, found, path)
        if found is not None and found.resource is not None and found.pattern == CALLBACK:
            renderer, resource = self._reading.renderer(self._style(request)), found.resource
            return self._registration.answer(request, found, lambda row: renderer.one(resource, row))
        if request.method in _WRITES:
            self._kernel.violate(request, "the bridge only reads")
        if found is None:
            return answers.no_endpoint()
        if (request.method, found.action) not in _WRITTEN:
            return answers.no_method(request.method, "POST" if found.action == "search" else "GET")
        if not answers.is_json(request):
            return answers.wrong_media_type()
        return answers.forbidden()  # the role's level is Inquire (section 2)

    def _search(self, request: Request, found: Route, path: str) -> Answer:
        """List what fits the conditions in the body (3.5)."""
        if not answers.is_json(request):
            return answers.wrong_media_type()
        try:
            body = orjson.loads(request.body or b"{}")
        except orjson.JSONDecodeError:
            body = None
        asked = _searched(body) if isinstance(body, dict) else None
        if asked is None:
            return answers.error(400, "InvalidObject", "search object is invalid", errors=[])
        call = self._call(request, found, path)
        return self._reading.answer(replace(call, body=asked))

    def _call(self, request: Request, found: Route, path: str) -> Call:
        switches = self._kernel.switches
        role = switches["role"]
        root = f"{request.origin}/{self._deployment.codebase}"
        return Call(
            route=found,
            url=f"{root}/apis/3.0/{path}{'/search' if found.action == 'search' else ''}",
            parameters=request.query,
            forward_only=request.headers.get("pagination-type", "").strip().lower() == "forward-only",
            scope=scope_of(role, self._tenant),
            meaning=Meaning(switches["datetimes"], self._kernel.clock.now() // _DAY * _DAY),
            style=self._style(request),
        )

    def _style(self, request: Request) -> Style:
        switches = self._kernel.switches
        # 5.1: hrefs have the user-facing host, a double slash
        site = request.origin.replace("://api-", "://", 1)
        return Style(
            base=f"{site}/{self._deployment.codebase}//apis/3.0/",
            nulls=switches["nulls"] == "explicit",
            blank_references=switches["role"]["blank_references"],
        )


def _searched(body: dict[str, Any]) -> list[tuple[str, str]] | None:
    """Return what a search asks for, without words that are no part of it; None if one is no text."""
    asked = [(name, value) for name, value in body.items() if name.lower() in _SEARCHED and value is not None]
    return asked if all(isinstance(value, str) for _, value in asked) else None


def _nothing(call: Call) -> Answer:
    """Answer for a resource that the vendor has and that is not built."""
    found = call.route
    match found.action:
        case "count":
            return Answer(200, {"count": 0})
        case "one":
            return answers.not_found(found.noun, found.record)
        case _:
            # 3.4: forward-only, the header is there and empty; the audit trail knows pages only
            forward = call.forward_only and found.pattern != "system/audittrail"
            return Answer(200, b"[]", {"link": ""} if forward else {})
