"""What the tests say to IT Glue."""

import itertools
from functools import cached_property
from typing import Any

import httpx
import orjson

JSON_API = "application/vnd.api+json"
_numbers = itertools.count(1)


def unique(word: str) -> str:
    """Return a name that no other test uses."""
    return f"{word} {next(_numbers)}"


def document(type_: str, attributes: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Build the body for one record."""
    return {"data": {"type": type_, "attributes": attributes or {}, **more}}


class Account:
    """A client that sends what the vendor's reference shows."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request; the body as JSON:API."""
        content = None if body is None else orjson.dumps(body)
        kind = {} if body is None else {"content-type": JSON_API}
        return self.http.request(method, path, content=content, headers=kind | headers)

    def get(self, path: str) -> httpx.Response:
        """Read."""
        return self.send("GET", path)

    def rows(self, path: str) -> list[Any]:
        """Read a list's page."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        data: list[Any] = answer.json()["data"]
        return data

    def names(self, path: str) -> list[str]:
        """Read the names on a list's page."""
        return [row["attributes"]["name"] for row in self.rows(path)]

    def create(self, path: str, **attributes: Any) -> Any:
        """Create a record and return it."""
        type_ = path.rstrip("/").rsplit("/", 1)[-1]
        answer = self.send("POST", path, document(type_, attributes))
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    def post(self, path: str, **attributes: Any) -> httpx.Response:
        """Try to create a record."""
        return self.send("POST", path, document(path.rstrip("/").rsplit("/", 1)[-1], attributes))

    def patch(self, path: str, **attributes: Any) -> httpx.Response:
        """Try to change a record."""
        return self.send("PATCH", path, document(path.rstrip("/").rsplit("/", 2)[-2], attributes))

    @cached_property
    def organization(self) -> str:
        """An organization of this test's own."""
        number: str = self.create("/organizations", name=unique("Organization"))["id"]
        return number

    @cached_property
    def type(self) -> str:
        """A configuration type of this test's own."""
        number: str = self.create("/configuration_types", name=unique("Workstation"))["id"]
        return number

    def configuration(self, **attributes: Any) -> Any:
        """Create a configuration of this test's own."""
        fixed = {"organization_id": self.organization, "configuration_type_id": self.type, "name": unique("PC")}
        return self.create("/configurations", **(fixed | attributes))


def error(answer: httpx.Response) -> dict[str, Any]:
    """Return the first error of a refusal."""
    found: dict[str, Any] = answer.json()["errors"][0]
    return found
