"""IT Glue's refusals, in the recorded shapes (reference 3)."""

from typing import Any

from simulators.exchange import Answer

JSON_API = "application/vnd.api+json"
GATEWAY = "application/json"

HTML_404 = """<!DOCTYPE html>
<html>
<head><title>The page you were looking for doesn't exist (404)</title></head>
<body>
<div class="dialog">
<h1>The page you were looking for doesn't exist.</h1>
<p>You may have mistyped the address or the page may have moved.</p>
</div>
</body>
</html>
"""


class Refusal(Exception):  # noqa: N818  # a vendor's answer, not an error of ours
    """An answer that is no success."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def errors(status: int, *found: dict[str, Any]) -> Refusal:
    """Refuse in JSON:API form."""
    return Refusal(Answer(status, {"errors": list(found)}, {"content-type": JSON_API}))


def gateway(status: int, message: str) -> Refusal:
    """Refuse as the gateway before IT Glue does."""
    return Refusal(Answer(status, {"message": message}, {"content-type": GATEWAY}))


def bad_request(detail: str, pointer: str | None = "data") -> Refusal:
    """Refuse what cannot be understood."""
    return errors(400, {"status": 400, "title": "Bad Request", "detail": detail, "source": {"pointer": pointer}})


def unknown_filter(word: str) -> Refusal:
    """Refuse a filter that a list does not have."""
    return bad_request(f"Filter {word} is not allowed", f"filter[{word}]")


def unknown_sort(word: str) -> Refusal:
    """Refuse an order that a list does not have."""
    return bad_request(f"Sort {word} is not allowed", "sort")


def unreachable() -> Refusal:
    """Refuse an id that exists for nobody or belongs to another account."""
    title, detail = "Unauthorized", "Unauthorized resource access"
    return errors(401, {"status": 401, "title": title, "detail": detail, "source": {"pointer": "id"}})


def bad_key() -> Refusal:
    """Refuse a key in the form that the endpoints' tables document."""
    title, detail = "Unauthorized", "Invalid or missing API key"
    return errors(401, {"status": 401, "title": title, "detail": detail, "source": {"pointer": None}})


def not_found() -> Refusal:
    """Refuse a record that is not there."""
    title, detail = "Not Found", "Record not found"
    return errors(404, {"status": 404, "title": title, "detail": detail, "source": {"pointer": None}})


def no_route() -> Refusal:
    """Refuse a path or a method that no route has, with the router's HTML page."""
    return Refusal(Answer(404, HTML_404, {"content-type": "text/html; charset=utf-8"}))


def unsupported_media_type() -> Refusal:
    """Refuse a body of another type."""
    return errors(415, {"status": 415, "title": "Unsupported Media Type"})


def server_error() -> Refusal:
    """Break down as the service does on some bodies."""
    body = {"status": 500, "error": "Internal Server Error"}
    return Refusal(Answer(500, body, {"content-type": JSON_API}))


def titled(title: str, pointer: str | None, status: int | str = "unprocessable_entity") -> dict[str, Any]:
    """Describe an error whose message stands in the title, as some were recorded."""
    return {"status": status, "title": title, "source": {"pointer": pointer}}


def detailed(detail: str | list[str], pointer: str) -> dict[str, Any]:
    """Describe an error of validation."""
    return {"status": 422, "title": "Unprocessable Entity", "detail": detail, "source": {"pointer": pointer}}


def blank(name: str) -> dict[str, Any]:
    """Describe a required attribute that is missing."""
    return detailed(["can't be blank"], f"/data/attributes/{name}")


def must_exist(name: str) -> dict[str, Any]:
    """Describe a required reference that is missing or unknown."""
    return detailed("must exist", f"/data/attributes/{name.removesuffix('-id')}")


def invalid(name: str, detail: str) -> dict[str, Any]:
    """Describe a value of the wrong form."""
    return detailed(detail, f"data/attributes/{name}")


def synced(name: str) -> dict[str, Any]:
    """Describe an attribute that the native sync owns."""
    return detailed("Cannot update a synced resource", f"/data/attributes/{name}")


def unprocessable(*found: dict[str, Any]) -> Refusal:
    """Refuse after validation."""
    return errors(422, *found)


def bulk_not_allowed(label: str) -> Refusal:
    """Refuse an array on a route that takes one record."""
    return unprocessable(titled(f"bulk action not allowed for {label} using this route", "data"))
