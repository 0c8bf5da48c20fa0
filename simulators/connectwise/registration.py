"""Writing callback entries, the one thing that the API member may write (reference 7.1)."""

import logging
from collections.abc import Callable
from typing import Any

import orjson

from simulators.connectwise import answers
from simulators.connectwise.catalog.paths import CALLBACK
from simulators.connectwise.routes import Route
from simulators.connectwise.store import Row
from simulators.connectwise.subscriptions import Problem, normalize, problems
from simulators.connectwise.tenant import API_MEMBER, Tenant
from simulators.exchange import Answer, Request

_log = logging.getLogger(__name__)

# What a body may set; the rest of an entry is the server's, and what it sends of that is ignored.
_TYPES: dict[str, type] = {
    "description": str,
    "url": str,
    "objectId": int,
    "type": str,
    "level": str,
    "payloadVersion": str,
    "inactiveFlag": bool,
    "isSoapCallbackFlag": bool,
    "isSelfSuppressedFlag": bool,
}
_SERVERS = {"id", "memberId", "connectWiseID", "_info"}
_WORDS = {str: "string", int: "integer", bool: "boolean"}
_ALLOWED = {"list": "GET, POST", "one": "GET, PUT, PATCH, DELETE"}

Show = Callable[[Row], Any]


class Registration:
    """Create, change and delete entries as the API member."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._store = tenant.stores[CALLBACK]
        self._defaults = {
            field.name: field.default for field in self._store.resource.fields if field.default is not None
        }

    def answer(self, request: Request, found: Route, show: Show) -> Answer:
        """Carry out a write; `show` renders a row."""
        match request.method, found.action:
            case "POST", "list":
                return self._with_body(request, lambda body: self._create(body, show))
            case "PUT" | "PATCH" | "DELETE", "one":
                row = self._store.get(found.record)
                if row is None:
                    return answers.not_found(found.noun, found.record)
                return self._change(request, row, show)
            case _:
                return answers.no_method(request.method, _ALLOWED.get(found.action, "GET"))

    def _change(self, request: Request, row: Row, show: Show) -> Answer:
        if request.method == "DELETE":
            self._store.remove(row["id"], "api")
            return Answer(204)
        if request.method == "PUT":
            return self._with_body(request, lambda body: self._replace(row, body, show))
        return self._with_body(request, lambda body: self._patch(row, body, show))

    def _with_body(self, request: Request, act: Callable[[Any], Answer]) -> Answer:
        if not answers.is_json(request):
            return answers.wrong_media_type()
        try:
            return act(orjson.loads(request.body))
        except orjson.JSONDecodeError:
            return _invalid([Problem("InvalidObject", "", "The body is not valid JSON.")])

    def _create(self, body: Any, show: Show) -> Answer:
        number = self._store.new_id()
        kept = {"id": number, "connectWiseID": f"ca11bac0-0000-4000-8000-{number:012d}"}
        return self._taken(body, kept, 201, show)

    def _replace(self, row: Row, body: Any, show: Show) -> Answer:
        kept: Row = {name: row[name] for name in ("id", "connectWiseID") if name in row}
        return self._taken(body, kept, 200, show)

    def _taken(self, body: Any, kept: Row, status: int, show: Show) -> Answer:
        if not isinstance(body, dict):
            return _invalid([Problem("InvalidObject", "", "An object is expected.")])
        row, wrong = {**self._defaults, **kept}, []
        own = {name.lower(): name for name in _TYPES}
        for word, value in body.items():
            name = own.get(word.lower())
            if name is None or value is None:
                continue
            if problem := _misfit(name, value):
                wrong.append(problem)
            else:
                row[name] = value
        return self._stored(row, wrong, status, show)

    def _patch(self, before: Row, operations: Any, show: Show) -> Answer:
        """Carry out `[{"op", "path", "value"}]`; the names are case-sensitive, a slash before them is tolerated."""
        if not isinstance(operations, list) or not operations:
            return _invalid([Problem("InvalidObject", "", "An array of operations is expected.")])
        row, wrong = dict(before), []
        for each in operations:
            problem = self._operate(row, each)
            wrong.extend([] if problem is None else [problem])
        return self._stored(row, wrong, 200, show)

    def _operate(self, row: Row, operation: Any) -> Problem | None:
        if not isinstance(operation, dict) or not isinstance(operation.get("path"), str):
            return Problem("InvalidObject", "", "An operation has op, path and value.")
        name, word = operation["path"], operation.get("op")
        if name.startswith("/"):
            _log.warning("a PATCH names %s with a slash before it", name)
            name = name[1:]
        if name in _SERVERS:
            return None
        if name not in _TYPES:
            return Problem("InvalidField", name, f"The path {name} is not valid.")
        if word not in {"add", "replace", "remove"}:
            return Problem("InvalidField", name, f"The op {word} is not valid.")
        value = None if word == "remove" else operation.get("value")
        if value is None:
            row.pop(name, None)
            row |= {name: self._defaults[name]} if name in self._defaults else {}
            return None
        problem = _misfit(name, value)
        if problem is None:
            row[name] = value
        return problem

    def _stored(self, row: Row, wrong: list[Problem], status: int, show: Show) -> Answer:
        normalize(row)
        wrong = wrong or problems(row, self._store.table.rows.values())
        if wrong:
            return _invalid(wrong)
        row |= {
            "memberId": self._tenant.member_id(API_MEMBER),
            "lastUpdated": int(self._tenant.clock.now()),
            "updatedBy": API_MEMBER,
        }
        self._store.put(row, "api")
        return Answer(status, orjson.dumps(show(row)), rows=1)


def _misfit(name: str, value: Any) -> Problem | None:
    wanted = _TYPES[name]
    if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
        return Problem("InvalidField", name, f"The {name} field takes a {_WORDS[wanted]}.")
    if name == "description" and isinstance(value, str) and len(value) > 100:
        return Problem("MaxLengthField", name, "The description field takes 100 characters.")
    return None


def _invalid(wrong: list[Problem]) -> Answer:
    errors = [
        {"code": each.code, "message": each.message, "resource": "callbackEntry", "field": each.field} for each in wrong
    ]
    return answers.error(400, "InvalidObject", "callbackEntry object is invalid", errors=errors)
