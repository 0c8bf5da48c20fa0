"""A request as a vendor sees it, with its answer."""

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote_plus

import orjson

# Decoding these would make the text read as other parameters than were sent.
_KEPT = {"%25": "%2525", "%26": "%2526", "%3D": "%253D", "%2B": "%252B", "%23": "%2523"}


@dataclass
class Request:
    """What arrived: `path` is percent-decoded, `query_text` as on the wire, header names in lower case."""

    method: str
    path: str
    query_text: str
    headers: Mapping[str, str]
    body: bytes
    scheme: str = "http"
    client: str = ""

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The decoded parameters in their order; `+` and `%20` are spaces."""
        return [
            (unquote_plus(name), unquote_plus(value))
            for name, _, value in (part.partition("=") for part in self.query_text.split("&") if part)
        ]

    @property
    def readable_query(self) -> str:
        """The query as the log shows it."""
        return readable(self.query_text)

    @property
    def origin(self) -> str:
        """Scheme and host as the client addressed them."""
        return f"{self.scheme}://{self.headers.get('host', '127.0.0.1')}"


@dataclass
class Answer:
    """What is sent: bytes and text as they are, None as nothing, any other body as JSON."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    first: Awaitable[None] | None = None
    """Awaited before the answer is sent; it must see to its own errors."""

    def encoded(self) -> bytes:
        """Encode the body as it travels."""
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return orjson.dumps(self.body, option=orjson.OPT_NON_STR_KEYS)

    def sent_headers(self, length: int) -> list[tuple[bytes, bytes]]:
        """Return the headers as ASGI takes them, with type and length filled in."""
        named = {name.lower(): value for name, value in self.headers.items()}
        if self.body is not None and "content-type" not in named:
            html = isinstance(self.body, str) and self.body.lstrip().startswith("<")
            named["content-type"] = "text/html; charset=utf-8" if html else "application/json"
        if self.status != 204 and "content-length" not in named:
            named["content-length"] = str(length)
        return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items()]


def readable(query_text: str) -> str:
    """Return a query with brackets, commas and spaces decoded, but still one that splits into the same parameters."""
    if "%" not in query_text:
        return query_text
    for code, kept in _KEPT.items():
        query_text = query_text.replace(code, kept).replace(code.lower(), kept)
    return unquote_plus(query_text.replace("+", "%2B"))
