"""The ConnectWise simulator as the kernel runs it."""

import re
from typing import Any

from simulators.connectwise import access, answers
from simulators.connectwise.access import basic, is_forbidden, scope_of
from simulators.connectwise.gateway import ALWAYS, is_user_host, target_of
from simulators.connectwise.moments import SERVER_ZONE_NAME
from simulators.connectwise.office import Office
from simulators.connectwise.parts import Parts
from simulators.connectwise.predicates import Meaning
from simulators.connectwise.reading import Call, Reading
from simulators.connectwise.rendering import Style
from simulators.connectwise.routes import Route, route
from simulators.connectwise.store import Row, Store
from simulators.connectwise.switchboard import SWITCHES
from simulators.connectwise.tenant import Tenant
from simulators.exchange import Answer, Request
from simulators.kernel import Kernel
from simulators.refusal import ControlError
from simulators.windows import Window

_DAY = 86400


class ConnectWise:
    """ConnectWise PSA, read by an API member whose role only inquires."""

    system = "connectwise"
    switches = SWITCHES

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._tenant = Tenant(kernel.clock)
        self._parts = Parts(self._tenant)
        self._office = Office(kernel, self._tenant)
        self._reading = Reading(self._tenant, self._parts)
        self._codebase: str = kernel.switches["codebase"]
        self._superseded: set[str] = set()
        self._served = 0
        self._window = self._new_window()
        self._cool_until = 0.0

    def credentials(self) -> dict[str, str]:
        """Return what a client signs in with."""
        return {
            "company": access.COMPANY,
            "public_key": access.PUBLIC_KEY,
            "private_key": access.PRIVATE_KEY,
            "client_id": access.CLIENT_ID,
        }

    def key(self, request: Request) -> str | None:
        """Return company and public key of a request."""
        given = basic(request.headers.get("authorization", ""))
        return None if given is None else f"{given[0]}+{given[1]}"

    def below_root(self, path: str) -> str:
        """Return the path below `/apis/3.0`, with single slashes."""
        target = target_of(path)
        if target.place == "api":
            return "/" + "/".join(target.segments)
        return re.sub("/+", "/", path)

    def answer(self, request: Request) -> Answer:
        """Carry out a request."""
        self._office.settle()
        answer = self._routed(request)
        self._served += 1
        answer.headers = {
            "content-type": "application/json; charset=utf-8",
            "cache-control": "no-cache",
            "api-current-version": self._version.removeprefix("v"),
            "x-cw-request-id": f"00000000-0000-4000-8000-{self._served:012x}",
            "x-server-name": "SIM-APP-01",
            **answer.headers,
        }
        return answer

    def refusal(self, status: int) -> Answer:
        """Return the vendor's own answer of a status."""
        return answers.of_status(status, retry_after=self._kernel.switches["retry_after"] == "seconds")

    def switched(self, name: str) -> None:
        """Take note of an upgrade, of another limit."""
        switches = self._kernel.switches
        if name == "codebase" and switches["codebase"] != self._codebase:
            self._superseded.add(self._codebase)
            self._codebase = switches["codebase"]
            self._superseded.discard(self._codebase)
        elif name == "limit":
            self._window = self._new_window()
            self._cool_until = 0.0
        elif name == "unanswered_questions":
            self._parts.unanswered = switches["unanswered_questions"] == "listed"

    def load(self, resource: str, record: dict[str, Any]) -> None:
        """Take a record that was there before."""
        store, found = self._resource(resource)
        self._office.seed(store, found.parents, record)

    def dump(self, path: str) -> list[Any] | None:
        """Return every record of a resource, or the one that the path names, with its history."""
        self._office.settle()
        found = route(path.split("/"))
        if found is None or found.resource is None or found.action not in {"list", "one"}:
            return None
        store = self._tenant.stores[found.resource.path]
        history = store.table.history
        if found.action == "one":
            records = [found.record] if found.record in history else []
        else:
            records = [record for record in sorted(history) if _was_below(history[record][-1], found.parents)]
        return store.table.dump(lambda _, row: self._shown(store, row), records)

    def person(self, method: str, path: str, body: Any) -> Any:
        """Do what a person would do in the UI."""
        self._office.settle()
        if method == "POST" and path.endswith("/merge"):
            store, found = self._resource(path.removesuffix("/merge"))
            return self._shown(store, self._office.merge(store, self._row(store, found), body))
        store, found = self._resource(path)
        if method != "DELETE" and not isinstance(body, dict):
            raise ControlError(400, f"records/{path}: an object is wanted")
        if method == "POST" and found.action == "list":
            self._require_parents(found)
            return self._shown(store, self._office.create(store, found.parents, body))
        row = self._row(store, found)
        if method == "PATCH":
            return self._shown(store, self._office.update(store, row, body))
        self._office.delete(store, row)
        return self._shown(store, store.get(row["id"]) or row)

    def control(self, method: str, path: str, body: Any) -> Any:
        """Refuse: there are no control calls of this vendor only."""
        raise ControlError(404, f"{method} {path}: there is no such control call")

    @property
    def _version(self) -> str:
        return self._codebase.replace("_", ".")

    @property
    def _cloud(self) -> bool:
        return bool(self._kernel.switches["deployment"] == "cloud")

    def _routed(self, request: Request) -> Answer:
        target = target_of(request.path)
        if target.place == "company_info":
            return self._company_info(request, target.segments[0])
        switches = self._kernel.switches
        if target.place == "misrouted":
            return answers.cannot_route() if self._cloud else answers.html_not_found()
        if target.place == "nowhere" or (not target.codebase and not switches["bare_root"]):
            return answers.html_not_found()
        if (switches["ssl_required"] and request.scheme != "https") or (
            self._cloud and is_user_host(request.headers.get("host", ""))
        ):
            return answers.ssl_required()
        if target.codebase in self._superseded:
            return answers.html_not_found()
        refused = access.refused(request.headers, switches) or self._throttled()
        return self._served_by_api(request, target.segments) if refused is None else refused

    def _company_info(self, request: Request, company: str) -> Answer:
        if request.method != "GET":
            return answers.no_method(request.method, "GET")
        if company != access.COMPANY:
            return Answer(200, b"null")
        return Answer(
            200,
            {
                "CompanyName": access.COMPANY,
                "Codebase": f"{self._codebase if self._cloud else ALWAYS}/",
                "VersionCode": self._version,
                "VersionNumber": "v4.6.99001",
                "CompanyID": "ACM",
                "IsCloud": self._cloud,
            },
        )

    def _system_info(self) -> Answer:
        info: dict[str, Any] = {
            "version": f"{self._version}.99001",
            "isCloud": self._cloud,
            "serverTimeZone": SERVER_ZONE_NAME,
            "licenseBits": [{"name": "Agreement", "activeFlag": True}],
        }
        if self._cloud:
            info["cloudRegion"] = "NA"
        return Answer(200, info)

    def _served_by_api(self, request: Request, segments: list[str]) -> Answer:
        if [segment.lower() for segment in segments] == ["system", "info"]:
            return self._system_info() if request.method == "GET" else answers.no_method(request.method, "GET")
        found = route(segments)
        searching = found is not None and found.action == "search" and request.method == "POST"
        if (
            request.method != "GET"
            and not searching
            and not (found is not None and found.pattern == "system/callbacks")
        ):
            self._kernel.violate(request, "the bridge only reads")
        if found is None:
            return answers.no_endpoint()
        path = "/".join(segments if found.action == "list" else segments[:-1])
        if is_forbidden(self._kernel.switches["role"], found.pattern, path):
            return answers.forbidden()
        if searching:
            return Answer(200, b"[]")
        if request.method == "GET" and found.action != "search":
            return _nothing(found) if found.resource is None else self._reading.answer(self._call(request, found, path))
        return _not_read(request, found)

    def _call(self, request: Request, found: Route, path: str) -> Call:
        switches = self._kernel.switches
        root = f"{request.origin}/{self._codebase if self._cloud else ALWAYS}"
        role = switches["role"]
        user_facing = root.replace("://api-", "://", 1)  # hrefs have the user-facing host, a double slash (5.1)
        return Call(
            route=found,
            url=f"{root}/apis/3.0/{path}",
            parameters=request.query,
            forward_only=request.headers.get("pagination-type", "").strip().lower() == "forward-only",
            scope=scope_of(role, self._tenant),
            meaning=Meaning(switches["datetimes"], self._kernel.clock.now() // _DAY * _DAY),
            style=Style(
                base=f"{user_facing}//apis/3.0/",
                nulls=switches["nulls"] == "explicit",
                blank_references=role["blank_references"],
            ),
        )

    def _throttled(self) -> Answer | None:
        if not self._kernel.limits:
            return None
        now = self._kernel.clock.now()
        if now >= self._cool_until:
            if self._window.take(now) is None:
                return None
            # The load has to fall first: after the cool-down counting begins anew.
            self._cool_until = now + answers.COOL_DOWN
            self._window = self._new_window()
        left = max(1, int(self._cool_until - now + 0.999))
        return answers.too_many(left, retry_after=self._kernel.switches["retry_after"] == "seconds")

    def _new_window(self) -> Window:
        limit = self._kernel.switches["limit"]
        return Window(limit["requests"], limit["seconds"], limit["window"])

    def _resource(self, path: str) -> tuple[Store, Route]:
        found = route(path.split("/"))
        if found is None or found.resource is None or found.action not in {"list", "one"}:
            raise ControlError(404, f"records/{path}: no such resource")
        return self._tenant.stores[found.resource.path], found

    def _row(self, store: Store, found: Route) -> Row:
        row = store.get(found.record) if found.action == "one" else None
        if row is None or row["id"] in store.leaving:
            raise ControlError(404, f"{found.pattern} {found.record} does not exist")
        return row

    def _require_parents(self, found: Route) -> None:
        assert found.resource is not None
        for name, record in found.parents.items():
            target = found.resource.names[name].target
            if record not in self._tenant.stores[target]:
                raise ControlError(404, f"{target} {record} does not exist")

    def _shown(self, store: Store, row: Row) -> dict[str, Any]:
        style = Style(base=f"{self._kernel.url}/{self._codebase}//apis/3.0/")
        return self._reading.renderer(style).one(store.resource, row)


def _nothing(found: Route) -> Answer:
    """Answer for a resource that the vendor has and that is not built."""
    match found.action:
        case "count":
            return Answer(200, {"count": 0})
        case "one":
            return answers.not_found(found.noun, found.record)
        case _:
            return Answer(200, b"[]")


def _not_read(request: Request, found: Route) -> Answer:
    writes = {"list": ("POST",), "one": ("PUT", "PATCH", "DELETE")}.get(found.action, ())
    if request.method not in writes:
        return answers.no_method(request.method, "POST" if found.action == "search" else "GET")
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if request.body and not (media == "application/json" or media.endswith("+json")):
        return answers.wrong_media_type()
    return answers.forbidden()  # the role's level is Inquire (section 2)


def _was_below(event: Any, parents: dict[str, int]) -> bool:
    row = event.after if event.after is not None else event.before
    return all(row.get(name) == record for name, record in parents.items())
