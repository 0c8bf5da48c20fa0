"""The vendor's answers that carry no records: refusals in all their shapes (reference 8)."""

from typing import Any

from simulators.connectwise.throttle import COOL_DOWN
from simulators.exchange import Answer, Request

_PAGE = """<!DOCTYPE html>
<html><head><title>{title}</title></head>
<body><div id="header"><h1>Server Error</h1></div><div id="content"><h2>{title}</h2><h3>{text}</h3></div></body></html>
"""
_HTML = {"content-type": "text/html"}


_GATEWAY = {502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


def error(status: int, code: str, message: str, *, errors: list[dict[str, Any]] | None = None) -> Answer:
    """Return a refusal in the usual shape; `errors` is left out where there are none."""
    body: dict[str, Any] = {"code": code, "message": message}
    if errors is not None:
        body["errors"] = errors
    return Answer(status, body)


def bad_condition(message: str) -> Answer:
    """Refuse a condition, an order or a field list."""
    return error(400, "ApiFindCondition", message)


def unauthenticated() -> Answer:
    """Refuse keys."""
    return error(401, "ConnectWiseApi", "UserNotAuthenticated")


def without_client_id(status: int) -> Answer:
    """Refuse a request without an accepted clientId: the status is a switch, no body is recorded (section 2)."""
    code = {400: "ConnectWiseApi", 401: "Unauthorized", 403: "Security"}[status]
    return error(status, code, "The clientId header is missing or not accepted.")


def ssl_required() -> Answer:
    """Refuse http, or the user-facing host of the cloud."""
    return Answer(403, {"code": "Security", "message": "SSL is required.", "errors": None})


def forbidden() -> Answer:
    """Refuse what the role does not allow."""
    return error(403, "Security", "You do not have security permission to perform this action.")


def not_found(noun: str, record: int) -> Answer:
    """Say that there is no such record."""
    return error(404, "NotFound", f"{noun} {record} not found")


def no_endpoint() -> Answer:
    """Say that there is no such path."""
    return error(404, "ConnectWiseApi", "The endpoint does not exist.")


def no_method(method: str, allowed: str) -> Answer:
    """Say that the path does not take the method."""
    answer = error(405, "ConnectWiseApi", f"The requested resource does not support http method '{method}'.")
    answer.headers["allow"] = allowed
    return answer


def wrong_media_type() -> Answer:
    """Refuse a body that is not JSON by its header."""
    return error(415, "ConnectWiseApi", "The request entity's media type is not supported for this resource.")


def is_json(request: Request) -> bool:
    """Say whether a body, if there is one, is JSON by its header."""
    media = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    return not request.body or media == "application/json" or media.endswith("+json")


def cannot_route() -> Answer:
    """Answer as the cloud gateway does, in plain text."""
    return Answer(400, "Cannot route. Codebase/company is invalid", {"content-type": "text/plain"})


def html_not_found() -> Answer:
    """Answer as IIS does for a path that no application has."""
    title = "404 - File or directory not found."
    text = (
        "The resource you are looking for might have been removed, had its name changed, or is temporarily unavailable."
    )
    return Answer(404, _PAGE.format(title=title, text=text), dict(_HTML))


def too_many(seconds: int, *, retry_after: bool) -> Answer:
    """Refuse for the rate: not the usual shape (section 4)."""
    message = f"Too many requests. Please try again in {seconds} seconds."
    headers = {"retry-after": str(seconds)} if retry_after else {}
    return Answer(429, {"error": "ConnectWiseAPI", "message": message}, headers)


def of_status(status: int, *, retry_after: bool) -> Answer:
    """Return the vendor's own answer of a status, for injected faults."""
    match status:
        case 400:
            return bad_condition("The condition could not be evaluated.")
        case 401:
            return unauthenticated()
        case 403:
            return forbidden()
        case 404:
            return html_not_found()
        case 409:
            return error(409, "RecordInUse", "The record is in use.")
        case 415:
            return wrong_media_type()
        case 429:
            return too_many(COOL_DOWN, retry_after=retry_after)
        case 500:
            return error(500, "ConnectWiseApi", "A timeout has occured. Please try again.")
        case _ if status in _GATEWAY:
            title = f"{status} {_GATEWAY[status]}"
            text = "The server is temporarily unable to service your request. Please try again later."
            return Answer(status, _PAGE.format(title=title, text=text), dict(_HTML))
        case _ if status >= 400:
            return error(status, "ConnectWiseApi", "The request could not be carried out.")
        case _:
            return Answer(status)
