"""What an answer of IT Glue means: the one place where a status becomes an error (api/itglue.md 3).

For a write the question is always whether it may have been carried out. It was not after a 429, a 413, or a refusal of
the key; a 4xx that judges the single row it was about refused it; everything else leaves the outcome unknown, also a
refusal of several rows, of which some may have been stored.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from bridge.errors import (
    AuthError,
    BridgeError,
    RateLimitError,
    RejectedError,
    SideDownError,
    TransientError,
    UnknownOutcomeError,
)
from bridge.jsonapi import TooLargeError, underscored

Pointers = tuple[tuple[str | None, str], ...]


class SyncedError(RejectedError):
    """The record belongs to the native sync, and does not take one of the attributes sent."""


class BulkRefusedError(UnknownOutcomeError):
    """Several rows were refused in one; some may be stored. `refusal` is what was said."""

    def __init__(self, refusal: RejectedError) -> None:
        super().__init__(f"{refusal}; some of the rows may be stored")
        self.refusal = refusal


class SlowListError(SideDownError):
    """The gateway did not wait for the list: a smaller page may come through."""


def classify(
    status: int,
    content_type: str,
    body: bytes,
    *,
    what: str,
    rows: int | None,
    retry_after: str | None = None,
    date: datetime | None = None,
) -> BridgeError | None:
    """Give the error that an answer stands for, None for a success.

    `what` names the request for people; `rows` is how many records it wrote, None for a read; `date` is the server's
    time, against which a `Retry-After` that is a date is measured.
    """
    said = _json(content_type, body)
    text = f"{what}: {status} {_message(said, body)}"
    if status in {200, 201} and isinstance(said, dict) and said.get("data") is not None:
        return None
    if status == 429:
        return RateLimitError(text, _seconds(retry_after, date))
    if status == 401 and not _about_an_id(said):
        return AuthError(text)
    if status == 403 and isinstance(said, dict):  # what the reference lists for records of ours is the key alone
        return AuthError(text)
    if status == 413:
        return TooLargeError(text)
    if isinstance(said, dict) and "errors" in said and status in {400, 401, 404, 422}:
        return _refusal(text, status, _pointers(said), rows)
    if rows is not None:
        return UnknownOutcomeError(text)
    if status == 504:
        return SlowListError(text)
    if 400 <= status < 500 and status != 403:
        return TransientError(f"{text}; is [itglue] url right?")
    return SideDownError(text)


def _refusal(text: str, status: int, pointers: Pointers, rows: int | None) -> BridgeError:
    synced = any("cannot update a synced resource" in said.lower() for _, said in pointers)
    refusal = (SyncedError if synced else RejectedError)(text, status, pointers)
    return refusal if rows is None or rows == 1 else BulkRefusedError(refusal)


def _json(content_type: str, body: bytes) -> Any:
    if "json" not in content_type.lower():
        return None
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _about_an_id(said: Any) -> bool:
    """Tell the 401 about an id that is not reachable, in path or body, from the one about the key."""
    return any(
        (pointer is not None and (pointer == "id" or pointer.endswith("_id"))) or "resource access" in words.lower()
        for pointer, words in _pointers(said)
    )


def _errors(said: Any) -> Iterator[dict[str, Any]]:
    errors = said.get("errors") if isinstance(said, dict) else None
    for each in errors if isinstance(errors, list) else [errors]:
        if isinstance(each, dict):
            yield each


def _pointers(said: Any) -> Pointers:
    return tuple((_attribute(each), _words(each)) for each in _errors(said))


def _words(error: dict[str, Any]) -> str:
    detail = error.get("detail")
    if isinstance(detail, list):
        return ", ".join(str(each) for each in detail)
    return str(detail or error.get("title") or "no reason given")


def _attribute(error: dict[str, Any]) -> str | None:
    """Read `/data/attributes/x-y`, with or without slashes or a row's number; None for the whole document."""
    source = error.get("source")
    pointer = source.get("pointer") if isinstance(source, dict) else None
    word = re.sub(r"^/?data(/\d+)?(/attributes)?(/|$)", "", str(pointer or "")).strip("/")
    head, dot, key = word.partition(".")
    return underscored(head) + dot + key or None  # after the dot stands the key of a trait, which keeps its dashes


def _message(said: Any, body: bytes) -> str:
    if isinstance(said, dict):
        listed = [f"{attribute}: {words}" if attribute else words for attribute, words in _pointers(said)]
        plain = listed or [str(said[key]) for key in ("message", "error") if said.get(key)]
        if plain:
            return "; ".join(plain)[:500]
    given = body[:2000].decode("utf-8", "replace")
    text = re.sub(r"<[^>]*>", " ", given)
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200] or "without a word"
    if given.lstrip().lower().startswith(("<!doctype html", "<html")):
        return f"{shown} (a web page instead of data: maintenance, or a login page)"
    return shown


def _seconds(retry_after: str | None, date: datetime | None) -> float | None:
    """Read whole seconds or an HTTP date (api 2: neither is documented, clients look for both)."""
    if not retry_after:
        return None
    try:
        return max(float(retry_after), 0.0)
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    until = until.replace(tzinfo=UTC) if until.tzinfo is None else until
    return max((until - date).total_seconds(), 0.0) if date else None
