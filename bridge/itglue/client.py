"""One request to IT Glue at a time: its quota, its form, its answer or its error."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self

from pydantic import SecretStr

from bridge.errors import (
    BridgeError,
    RateLimitError,
    RejectedError,
    SettingsError,
    SideDownError,
    TransientError,
    UnknownOutcomeError,
)
from bridge.itglue.address import address
from bridge.itglue.classify import classify
from bridge.itglue.kinds import ASSETS, Kind, kind_of
from bridge.jsonapi import CONTENT_TYPE, Document, Row, encode, encode_many, parse
from bridge.quota import Grant, Lane, Quota, QuotaUnavailableError
from bridge.transport import Response, Transport

MOST_UPDATES = 50
Check = Callable[[], None]
Parent = tuple[str, str]
"""The path word and the id of what a record lives under: ("organizations", "5")."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list; `total` counts the whole list, `next_page` is None on the last page.

    `date` is the server's time when it answered, `took` the seconds that it needed.
    """

    rows: tuple[Row, ...]
    included: tuple[dict[str, Any], ...]
    total: int | None
    next_page: int | None
    date: datetime | None
    took: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write came back with, in no promised order; `date` is the server's time."""

    rows: tuple[Row, ...]
    date: datetime | None


class Turn:
    """Leave for one request, to be used at once: quota first, then the caller's own intend, then the sending."""

    def __init__(self, grant: Grant) -> None:
        self._grant = grant
        self._used = False

    def use(self) -> None:
        """Mark the turn as used; a second request needs a second turn."""
        if self._used:
            raise RuntimeError("a turn is for one request")
        self._used = True

    def check(self) -> None:
        """Raise where the turn is too old to begin a request."""
        self._grant.check()


class ITGlue:
    """The client of one account. Safe to share between threads.

    `where` is a region (us, eu, au) or the address of an own host; the key goes nowhere else. `deadline` is the
    quota's unless a shorter one is named. Each process makes its own. Every call needs the
    quota and may raise what `Quota.acquire` raises, then with nothing sent. Reads raise AuthError, RateLimitError,
    SideDownError, RejectedError. Writes raise them only where provably nothing was carried out, and
    UnknownOutcomeError for every other failure.
    """

    def __init__(
        self,
        where: str,
        key: SecretStr,
        quota: Quota,
        *,
        deadline: float | None = None,
        verify: bool | str = True,
    ) -> None:
        deadline = quota.deadline if deadline is None else deadline
        if deadline > quota.deadline:
            raise ValueError("a request may outlive its slot: the quota was made for a shorter deadline")
        try:
            self.url = address(where)
        except ValueError as error:
            raise SettingsError("B104", f"[itglue]: {error}") from error
        self.quota = quota
        self._transport = Transport(
            self.url, headers={"x-api-key": key.get_secret_value()}, deadline=deadline, verify=verify
        )

    def __repr__(self) -> str:
        return f"ITGlue({self.url})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()

    @contextmanager
    def turn(self, lane: Lane, max_wait: float = 5.0) -> Iterator[Turn]:
        """Hold leave for one request."""
        with self.quota.acquire(lane, max_wait) as grant:
            yield Turn(grant)

    def page(
        self,
        resource: Kind | str,
        *,
        lane: Lane,
        number: int = 1,
        size: int = 1000,
        filters: Mapping[str, str | Sequence[str]] | None = None,
        sort: str | None = None,
        include: Sequence[str] = (),
        nested: Parent | None = None,
        max_wait: float = 5.0,
    ) -> Listing:
        """Read one page of a list, sorted so that pages are stable.

        Of a filter's values each is an alternative. On a nested route IT Glue ignores filters, so none is taken there.
        """
        kind = kind_of(resource)
        if nested and filters:
            raise ValueError("filters do not work on nested routes (api 1.4)")
        params: list[tuple[str, str | int]] = [
            ("page[number]", number),
            ("page[size]", size),
            ("sort", sort or kind.sort),
        ]
        params += [
            (_filter(kind, word), _alternatives(values))
            for word, values in (kind.filters | dict(filters or {})).items()
        ]
        if nested:
            params += kind.nested_params
        if include:
            params.append(("include", ",".join(include)))
        path = _nested(nested, kind) if nested else kind.word
        with self.turn(lane, max_wait) as turn:
            asked_at = time.monotonic()
            document, date = self._read(turn, path, params)
            took = time.monotonic() - asked_at
        return Listing(document.rows, document.included, document.total, document.next_page, date, took)

    def get(
        self, resource: Kind | str, id_: str, *, lane: Lane, include: Sequence[str] = (), max_wait: float = 5.0
    ) -> Row | None:
        """Read one record; None where there is none of that id."""
        params: list[tuple[str, str | int]] = [("include", ",".join(include))] if include else []
        try:
            with self.turn(lane, max_wait) as turn:
                document, _ = self._read(turn, f"{kind_of(resource).word}/{_digits(id_)}", params)
        except RejectedError as error:
            if error.status == 404:
                return None
            raise
        return document.rows[0]

    def create(
        self,
        turn: Turn,
        resource: Kind | str,
        rows: Sequence[Mapping[str, Any]],
        *,
        parent: Parent | None = None,
        before_first_byte: Check | None = None,
    ) -> Answer:
        """Create one record on the flat route, or several of one parent on the nested one (api 1.5)."""
        kind = kind_of(resource)
        if not kind.writable:
            raise ValueError(f"{kind.word} cannot be written")
        if len(rows) == 1:
            alone = dict(rows[0]) if parent is None else {**rows[0], _parent_id(kind, parent): parent[1]}
            path, body = kind.word, encode(kind.word, alone)
        elif rows and parent and kind.bulk_create:
            _parent_id(kind, parent)
            path, body = _nested(parent, kind), encode_many(kind.word, rows)
        else:
            raise ValueError(f"{kind.word}: {len(rows)} records cannot be made in one request")
        return self._write(turn, "POST", path, body, len(rows), before_first_byte)

    def update(
        self,
        turn: Turn,
        resource: Kind | str,
        changes: Sequence[tuple[str, Mapping[str, Any]]],
        *,
        before_first_byte: Check | None = None,
    ) -> Answer:
        """Change records by id, several in one request where the kind allows, never by a filter."""
        kind = kind_of(resource)
        if len(changes) == 1:
            [(id_, attributes)] = changes
            path, body = f"{kind.word}/{_digits(id_)}", encode(kind.word, attributes)
        elif kind.bulk_update and 1 < len(changes) <= MOST_UPDATES:
            path = kind.word
            body = encode_many(kind.word, [{"id": _digits(id_), **attributes} for id_, attributes in changes])
        else:
            raise ValueError(f"{kind.word}: {len(changes)} records cannot be changed in one request")
        return self._write(turn, "PATCH", path, body, len(changes), before_first_byte)

    def _read(self, turn: Turn, path: str, params: list[tuple[str, str | int]]) -> tuple[Document, datetime | None]:
        answer = self._send(turn, "GET", path, params=params)
        error = _judged(answer, f"GET {path}", None)
        if error is not None:
            raise self._heard(error)
        return parse(answer.json()), answer.date

    def _write(self, turn: Turn, method: str, path: str, body: bytes, rows: int, check: Check | None) -> Answer:
        what = f"{method} {path}"
        try:
            answer = self._send(turn, method, path, content=body, check=check)
        except SideDownError as error:
            if error.sent:
                raise UnknownOutcomeError(str(error)) from error
            raise
        error_ = _judged(answer, what, rows)
        if error_ is not None:
            raise self._heard(error_)
        try:
            return Answer(parse(answer.json()).rows, answer.date)
        except TransientError as error:
            raise UnknownOutcomeError(f"{what}: {error}") from error

    def _send(
        self,
        turn: Turn,
        method: str,
        path: str,
        *,
        params: list[tuple[str, str | int]] | None = None,
        content: bytes | None = None,
        check: Check | None = None,
    ) -> Response:
        turn.use()

        def before_first_byte() -> None:
            turn.check()
            if check is not None:
                check()

        return self._transport.send(
            method,
            path,
            params=params,
            content=content,
            headers={"content-type": CONTENT_TYPE} if content is not None else None,
            before_first_byte=before_first_byte,
        )

    def _heard(self, error: BridgeError) -> BridgeError:
        """Let every process pause where the server asked for it."""
        if isinstance(error, RateLimitError):
            with suppress(QuotaUnavailableError):
                self.quota.pause(error.retry_after)
        return error


def _judged(answer: Response, what: str, rows: int | None) -> BridgeError | None:
    return classify(
        answer.status,
        answer.content_type,
        answer.body,
        what=what,
        rows=rows,
        retry_after=answer.headers.get("retry-after"),
        date=answer.date,
    )


def _filter(kind: Kind, word: str) -> str:
    """Name a filter; those of flexible assets are written with dashes (api 1.3)."""
    return f"filter[{word.replace('_', '-') if kind.word == ASSETS else word}]"


def _alternatives(values: str | Sequence[str]) -> str:
    """Join values as alternatives; a comma inside one is escaped (api 1.4)."""
    return ",".join(each.replace(",", r"\,") for each in ([values] if isinstance(values, str) else values))


def _nested(parent: Parent, kind: Kind) -> str:
    return f"{parent[0]}/{_digits(parent[1])}/relationships/{kind.word}"


def _parent_id(kind: Kind, parent: Parent) -> str:
    if kind.parent_id is None or kind.parent != parent[0]:
        raise ValueError(f"{kind.word} do not live under {parent[0]}")
    return kind.parent_id


def _digits(id_: str) -> str:
    """Refuse an id that is none: an empty one would address the whole list (api 8, redirects)."""
    if not (id_.isascii() and id_.isdigit()):
        raise ValueError(f"{id_!r} is no id of IT Glue")
    return id_
