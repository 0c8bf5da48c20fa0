"""What an answer that is no success means (api/connectwise.md 8).

ConnectWise says the same thing in several ways, and different things in the same way: wrong keys come as 401 or, on
cloud, as an HTML 404; a missing clientId as 400, 401 or 403; a slow query as 500. So status, media type and body
count together, here and nowhere else.
"""

from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from bridge.errors import (
    AuthError,
    BridgeError,
    PermanentError,
    RateLimitError,
    RejectedError,
    SideDownError,
    TransientError,
)
from bridge.transport import Response, excerpt


class RefusedError(AuthError):
    """The whole source refuses us; `code` names the page in `docs/errors.md`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class UnroutedError(RefusedError):
    """The address, the company or the codebase leads nowhere; the codebase may have moved with an upgrade."""


class NotFoundError(PermanentError):
    """ConnectWise says that it has no such record."""


class SlowQueryError(TransientError):
    """The server gave the query up; a smaller page may pass."""


def error_of(response: Response, what: str) -> BridgeError:
    """Give the error that an answer other than 2xx stands for; `what` names the request."""
    status = response.status
    body = _json(response)
    said = _said(response, body)
    words = said.casefold()
    text = f"{what}: {status}, {said or 'without a body'}{_trace(response)}"
    if status == 429:
        return RateLimitError(text, _retry_after(response))
    if status >= 500:
        if "timeout" in words or "timed out" in words or "time out" in words:
            return SlowQueryError(text) if status == 500 else SideDownError(text)
        return TransientError(text) if status == 500 and body is not None else SideDownError(text)
    if 300 <= status < 400:
        return UnroutedError("B208", f"{text}; the address leads elsewhere, write the address that it leads to in url")
    if status in {400, 401, 403}:
        if "clientid" in words or "client id" in words:
            return RefusedError("B203", f"{text}; check client_id, a key of developer.connectwise.com")
        if "ssl is required" in words:
            return UnroutedError("B209", f"{text}; url must be https, and on cloud the API host (api-na…)")
        if "cannot route" in words:
            return UnroutedError("B208", f"{text}; check url and company")
    if status == 401:
        return RefusedError("B202", f"{text}; check company, public_key, private_key and client_id")
    if status == 403:
        if body is None:
            return RefusedError("B202", f"{text}; refused before it reached the PSA, check url and the firewall")
        return RefusedError("B204", f"{text}; give the API member's security role Inquire on this")
    if status == 404:
        if isinstance(body, dict) and str(body.get("code", "")).casefold() == "notfound":
            return NotFoundError(text)
        return UnroutedError("B208", f"{text}; on cloud this can also mean wrong keys: check company and keys")
    return RejectedError(text, status)


def _json(response: Response) -> Any:
    try:
        return orjson.loads(response.body)
    except orjson.JSONDecodeError:
        return None


def _said(response: Response, body: Any) -> str:
    if isinstance(body, dict):
        inner = body.get("errors")
        inner = inner if isinstance(inner, list) else []
        parts = [body.get("code") or body.get("error"), body.get("message"), *(_inner(one) for one in inner[:3])]
        return excerpt(": ".join(str(part) for part in parts if part).encode())
    if response.content_type == "text/html" or response.body.lstrip()[:1] == b"<":
        return "an HTML page"
    return excerpt(response.body)


def _inner(error: Any) -> str | None:
    return f"{error.get('code')} {error.get('message')}" if isinstance(error, dict) else None


def _trace(response: Response) -> str:
    """Name what ConnectWise's support asks for (api/connectwise.md 1)."""
    seen = [
        f"{name} {excerpt(value.encode(), 60)}"
        for name in ("x-cw-request-id", "x-server-name")
        if (value := response.headers.get(name))
    ]
    return f" ({', '.join(seen)})" if seen else ""


def _retry_after(response: Response) -> float | None:
    """Read Retry-After in seconds; a date counts from the server's own clock, never from ours."""
    text = response.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    if response.date is None or until.tzinfo is None:
        return None
    return max(0.0, (until - response.date).total_seconds())
