"""The ConnectWise simulator as the kernel runs it."""

import re
from dataclasses import replace
from typing import Any

from simulators.clock import rfc3339
from simulators.connectwise import access, answers
from simulators.connectwise.api import Api
from simulators.connectwise.courier import Action, Courier
from simulators.connectwise.deployment import Deployment
from simulators.connectwise.gateway import target_of
from simulators.connectwise.office import PERSON, Office
from simulators.connectwise.parts import Parts
from simulators.connectwise.reading import Reading
from simulators.connectwise.rendering import Style
from simulators.connectwise.routes import Route, route
from simulators.connectwise.schema import Link
from simulators.connectwise.store import Row, Store
from simulators.connectwise.switchboard import SWITCHES
from simulators.connectwise.tenant import Tenant
from simulators.exchange import Answer, Request
from simulators.kernel import Kernel
from simulators.records import Event
from simulators.refusal import ControlError


class ConnectWise:
    """ConnectWise PSA with one tenant."""

    system = "connectwise"
    switches = SWITCHES

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._tenant = Tenant(kernel.clock)
        self._parts = Parts(self._tenant)
        self._office = Office(kernel, self._tenant)
        self._reading = Reading(self._tenant, self._parts)
        self._deployment = Deployment(kernel)
        self._api = Api(kernel, self._tenant, self._deployment, self._reading)
        self._courier = Courier(kernel, self._tenant, self._deployment, self._reading)
        self._served = 0

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
        given = access.basic(request.headers.get("authorization", ""))
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
        target = target_of(request.path)
        if target.place == "company_info":
            if request.method != "GET":
                return self._signed(answers.no_method(request.method, "GET"))
            info = self._deployment.company_info(target.segments[0])
            return self._signed(Answer(200, b"null" if info is None else info))
        if target.place == "callback_key" and not self._deployment.is_stale(target.codebase):
            return self._signed(self._callback_key(request))
        if target.place == "misrouted" and self._deployment.cloud:
            return answers.cannot_route()
        served = bool(target.codebase) or self._kernel.switches["bare_root"]
        if target.place != "api" or not served or self._deployment.is_stale(target.codebase):
            return answers.html_not_found()
        answer = self._api.answer(request, target.segments)
        # What is no JSON comes from the web server or the gateway.
        return answer if answer.headers.get("content-type", "").startswith("text/") else self._signed(answer)

    def refusal(self, status: int) -> Answer:
        """Return the vendor's own answer of a status."""
        return answers.of_status(status, retry_after=self._kernel.switches["retry_after"] == "seconds")

    def switched(self, name: str) -> None:
        """Take note of an upgrade, of another limit."""
        self._reading.forget()
        if name == "codebase":
            self._deployment.upgrade()
        elif name == "limit":
            self._api.throttle.renew()
        elif name == "unanswered_questions":
            self._parts.unanswered = self._kernel.switches[name] == "listed"

    def load(self, resource: str, record: dict[str, Any]) -> None:
        """Take a record that was there before."""
        store, found = self._resource(resource)
        if found.link is not None:
            (holder,) = found.parents.values()
            self._office.link(found.link, holder, record["id"], linked=True)
            return
        if found.kinds:
            record = {"recordType": found.kinds[0], **record}
        self._office.seed(store, found.parents, record)

    def dump(self, path: str) -> list[Any] | None:
        """Return every record of a resource, or the one that the path names, with its history."""
        self._office.settle()
        found = route(path.split("/"))
        if found is None or found.resource is None or found.action not in {"list", "one"}:
            return None
        if found.link is not None:
            found = replace(found, action="list")
        assert found.resource is not None
        store = self._tenant.stores[found.resource.path]
        history = store.table.history
        if found.action == "one":
            records = [found.record] if found.record in history else []
        else:
            records = [record for record in sorted(history) if self._was_below(history[record][-1], found)]
        return self._dumped(store, records)

    def person(self, method: str, path: str, body: Any) -> Any:
        """Do what a person would do in the UI; return the record as `GET records` shows it."""
        self._office.settle()
        if method == "POST" and path.endswith("/merge"):
            store, found = self._resource(path.removesuffix("/merge"))
            return self._known(store, self._office.merge(store, self._row(store, found), body)["id"])
        if method == "POST" and path.endswith("/convert"):
            store, found = self._resource(path.removesuffix("/convert"))
            before = self._row(store, found)
            self._announce(store, {}, before, self._office.convert(store, before))
            return self._known(store, before["id"])
        store, found = self._resource(path)
        if method != "DELETE" and not isinstance(body, dict):
            raise ControlError(400, f"records/{path}: an object is wanted")
        if found.link is not None:
            return self._link(method, found, body)
        if method == "POST" and found.action == "list":
            self._require_parents(found)
            if found.kinds:
                body = {"recordType": found.kinds[0], **body}
            row = self._office.create(store, found.parents, body)
            self._announce(store, body, {}, row)
            return self._known(store, row["id"])
        row = self._row(store, found)
        if method == "POST":
            raise ControlError(405, f"records/{path}: a record is created by a POST to its list")
        if method == "PATCH":
            self._announce(store, body, row, self._office.update(store, row, body))
        else:
            self._office.delete(store, row, body)
            self._announce(store, {}, row, None)
        return self._known(store, row["id"])

    def control(self, method: str, path: str, body: Any) -> Any:
        """Show the messages that were sent to receivers, or what each ticket was linked to and when (`GET links/PATH`)."""
        if (method, path) == ("GET", "deliveries"):
            return list(self._courier.deliveries)
        if method == "GET" and path.startswith("links/"):
            return self._links(path.removeprefix("links/"))
        raise ControlError(404, f"{method} {path}: there is no such control call")

    def _links(self, path: str) -> list[dict[str, Any]]:
        """Return what each record of a list was linked to, from each moment on at which that changed."""
        holding = route([*path.split("/"), "0", "configurations"])
        if holding is None or holding.link is None:
            raise ControlError(404, f"links/{path}: it is linked to nothing")
        found = route(path.split("/"))
        assert found is not None
        history = self._tenant.stores[holding.link.holder].table.history
        listed = []
        for record in sorted(record for record in history if self._was_below(history[record][-1], found)):
            told: list[dict[str, Any]] = []
            for event in history[record]:
                linked = sorted((event.after or {}).get(holding.link.field, ()))
                if linked != (told[-1]["linked"] if told else []):
                    told.append({"at": rfc3339(event.at), "linked": linked})
            listed.append({"id": record, "history": told})
        return listed

    def _announce(self, store: Store, given: dict[str, Any], before: Row, after: Row | None) -> None:
        """Send messages of a change, save of those that send none (7.6); `before` is empty for a new record."""
        binned = before.get("deletedFlag", False)
        if binned and (after is None or not after["deletedFlag"]):
            return  # emptied from the recycle bin, or given back by it
        if given.get("skipCallback") or (before and (given.get("_info") or {}).get("lastUpdated")):
            return  # work on the database itself sends none either
        gone = after is None or (after.get("deletedFlag", False) and not binned)
        action: Action = "deleted" if gone and before else "updated" if before else "added"
        self._courier.tell(store.resource.path, action, before if after is None else after, PERSON)

    def _callback_key(self, request: Request) -> Answer:
        """Answer the key that a message names; no credentials are needed (7.4)."""
        if request.method != "GET":
            return answers.no_method(request.method, "GET")
        asked = {name.lower(): value for name, value in request.query}
        key = self._courier.keys.find(asked.get("id", ""))
        if key is None or asked.get("companyname") != access.COMPANY:
            return answers.error(404, "NotFound", "The key was not found.")
        return Answer(200, {"signing_key": key})

    def _signed(self, answer: Answer) -> Answer:
        """Add the headers that the application servers send and the web server before them does not."""
        self._served += 1
        media = {} if answer.body is None else {"content-type": "application/json; charset=utf-8"}
        answer.headers = {
            **media,
            "cache-control": "no-cache",
            "api-current-version": self._deployment.version.removeprefix("v"),
            "x-cw-request-id": f"00000000-0000-4000-8000-{self._served:012x}",
            "x-server-name": "SIM-APP-01",
            **answer.headers,
        }
        return answer

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

    def _link(self, method: str, found: Route, body: Any) -> Any:
        """Link a record to the one that the path names, or unlink it."""
        assert found.link is not None
        (holder,) = found.parents.values()
        record = self._linked(found.link, body) if method == "POST" and found.action == "list" else found.record
        target = self._tenant.stores[found.link.target]
        if holder not in self._tenant.stores[found.link.holder] or not isinstance(record, int) or record not in target:
            raise ControlError(404, f"{found.pattern}: both records have to exist")
        if method == "PATCH":
            raise ControlError(405, f"{found.pattern}: a link is added or removed, not changed")
        self._office.link(found.link, holder, record, linked=method == "POST")
        return {"id": record}

    def _linked(self, link: Link, body: Any) -> Any:
        """Return the id that a new link names, itself or by the RMM's key (5.6)."""
        if body.get("id") is None and body.get("deviceIdentifier") is None:
            raise ControlError(400, "id or deviceIdentifier is required.")
        if body.get("id") is not None:
            return body["id"]
        return self._tenant.find(link.target, "deviceIdentifier", str(body["deviceIdentifier"]))

    def _require_parents(self, found: Route) -> None:
        assert found.resource is not None
        for name, record in found.parents.items():
            target = found.resource.names[name].target
            if record not in self._tenant.stores[target]:
                raise ControlError(404, f"{target} {record} does not exist")

    def _known(self, store: Store, record: int) -> dict[str, Any]:
        return self._dumped(store, [record])[0]

    def _dumped(self, store: Store, records: list[int]) -> list[dict[str, Any]]:
        style = Style(base=f"{self._kernel.url}/{self._deployment.codebase}//apis/3.0/")
        renderer = self._reading.renderer(style)
        return store.table.dump(lambda _, row: renderer.one(store.resource, row), records)

    def _was_below(self, event: Event, found: Route) -> bool:
        row = event.after if event.after is not None else event.before
        if row is None or (found.kinds and row.get("recordType") not in found.kinds):
            return False
        if found.link is not None:
            (holder,) = found.parents.values()
            held = self._tenant.stores[found.link.holder].get(holder) or {}
            return row["id"] in held.get(found.link.field, ())
        return all(row.get(name) == record for name, record in found.parents.items())
