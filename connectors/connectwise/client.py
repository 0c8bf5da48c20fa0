"""The REST API of one ConnectWise server: finding it, asking it, reading whole lists from it."""

import base64
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

import orjson

from bridge.errors import BridgeError, IncompleteReadError, RateLimitError, SideDownError, TransientError
from bridge.transport import Response, Transport
from connectors.connectwise.classify import NotFoundError, RefusedError, SlowQueryError, UnroutedError, error_of
from connectors.connectwise.payloads import Payload, count_of, id_of, row_of, rows_of
from connectors.connectwise.settings import ConnectWiseSettings

SMALLEST_PAGE = 25
"""The vendor's default page (api/connectwise.md 3.4): a query that is too slow for it is too slow."""

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""In seconds: pauses that a read waits out in its place, all of one request together. A lease outlasts them."""

T = TypeVar("T")
_CODEBASE = re.compile(r"[A-Za-z0-9_.-]+")
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[\w-]+\s*=\s*(?:\"[^\"]*\"|[^\s;,]*))*)")


@dataclass(frozen=True, slots=True)
class CompanyInfo:
    """What a server tells about itself to anyone: the codebase stands in every path and moves with upgrades."""

    codebase: str
    version: str
    cloud: bool


@dataclass(frozen=True, slots=True)
class Batch:
    """One page of a list, its ids above those of all pages before it; `date` is the server's clock."""

    rows: list[Payload]
    date: datetime | None


class Client:
    """Asks one server; safe to share between threads. Raises the errors of `bridge.errors`, with no secret in them."""

    def __init__(self, source: str, settings: ConnectWiseSettings) -> None:
        site = settings.site
        user = f"{settings.company}+{settings.public_key.get_secret_value()}"
        password = settings.private_key.get_secret_value()
        self.host = urlsplit(site.api).netloc
        self._source = source
        self._company = settings.company
        self._page_size = settings.page_size
        self._hidden = (*settings.secrets, base64.b64encode(f"{user}:{password}".encode()).decode())
        self._api = Transport(
            site.api,
            headers={"accept": "application/json", "clientid": settings.client_id.get_secret_value()},
            auth=(user, password),
            deadline=settings.deadline,
            verify=settings.trust,
        )
        # Company info needs no credentials (api/connectwise.md 1), so it gets none.
        self._open = Transport(
            site.pages, headers={"accept": "application/json"}, deadline=settings.deadline, verify=settings.trust
        )
        self._info: CompanyInfo | None = None
        self._info_lock = threading.Lock()
        self._without_forward_only: set[str] = set()

    def __repr__(self) -> str:
        return f"Client({self._source}, {self.host})"

    def close(self) -> None:
        """Close every connection."""
        self._api.close()
        self._open.close()

    def company_info(self) -> CompanyInfo:
        """Give what the server says of itself, read at the first call and after an upgrade."""
        with self._info_lock:
            if self._info is None:
                self._info = self._read_company_info()
            return self._info

    def one(self, path: str, number: int) -> Payload:
        """Read one record; raise NotFoundError where the server says that it has none of this id."""
        found = row_of(self._get(f"{path}/{number}", of_record=True)[0], self._what(path))
        if id_of(found) != number:
            raise TransientError(f"{self._what(path)}: asked for {number}, answered with {id_of(found)}")
        return found

    def count(self, path: str, *conditions: str) -> int:
        """Count the records of a list."""
        found = _patiently(lambda: self._get(f"{path}/count", _conditions(conditions)))
        return count_of(found[0], self._what(f"{path}/count"))

    def newest(self, path: str) -> int:
        """Give the highest id of a list, 0 where it is empty."""
        rows = self.some(path, fields="id", order="id desc", size=1)
        return max((id_of(row) or 0 for row in rows), default=0)

    def some(
        self, path: str, *conditions: str, fields: str | None = None, order: str = "id asc", size: int
    ) -> list[Payload]:
        """Give at most `size` records of a list in an order: a sample, which proves nothing about the rest."""
        params: dict[str, str | int] = {**_conditions(conditions), "orderBy": order, "pageSize": size}
        return self._rows(path, {**params, "fields": fields} if fields else params)[0]

    def read(self, path: str, *conditions: str, fields: str | None = None, of_record: bool = False) -> Iterator[Batch]:
        """Read a whole list in the order of its ids, page by page.

        Rows that move while the list is read are neither skipped nor doubled, for a page is asked for by the last id
        before it; so a page that was refused for a short while is asked for once more, and nothing that was read is
        given up. It ends only where the server says so: with an empty Link header (api/connectwise.md 3.4), or with
        an empty page where an endpoint does not know forward-only. Raises IncompleteReadError where the ids or the
        server's cursor do not rise. `of_record` says that the list stands below a record: then NotFoundError says that
        there is none of its id.
        """
        last: int | None = None
        size = self._page_size
        while True:
            forward = path not in self._without_forward_only
            params, headers = _page(conditions, fields, last, size, forward=forward)
            try:
                rows, response = _patiently(partial(self._rows, path, params, headers, of_record=of_record))
            except SlowQueryError:
                size //= 2
                if size < SMALLEST_PAGE:
                    raise
                continue
            more = bool(rows)
            if forward:
                link = response.headers.get("link")
                cursor = _next_page_id(link)
                if link is None or (cursor is None and link.strip()):
                    # The page's order is not known: it is asked for again by id.
                    self._without_forward_only.add(path)
                    continue
                more = cursor is not None
                if cursor is not None and cursor <= (last or 0):
                    raise IncompleteReadError(f"{self._what(path)}: the cursor went from {last} to {cursor}")
                if more and not rows:
                    raise IncompleteReadError(f"{self._what(path)}: an empty page names a next one, {cursor}")
            last = self._rising(path, rows, last)
            yield Batch(rows, response.date)
            if not more:
                return

    def _rising(self, path: str, rows: Iterable[Payload], last: int | None) -> int | None:
        for row in rows:
            found = id_of(row)
            if last is not None and (found is None or found <= last):
                raise IncompleteReadError(f"{self._what(path)}: id {found} came after {last}")
            last = found
        return last

    def _rows(
        self,
        path: str,
        params: Mapping[str, str | int],
        headers: Mapping[str, str] | None = None,
        *,
        of_record: bool = False,
    ) -> tuple[list[Payload], Response]:
        body, response = self._get(path, params, headers, of_record=of_record)
        return rows_of(body, self._what(path)), response

    def _get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        of_record: bool = False,
    ) -> tuple[Any, Response]:
        info = self.company_info()
        try:
            return self._get_at(info, path, params, headers, of_record=of_record)
        except UnroutedError:
            now = self._read_company_info()
            if now.codebase == info.codebase:
                raise
        with self._info_lock:
            self._info = now
        return self._get_at(now, path, params, headers, of_record=of_record)

    def _get_at(
        self,
        info: CompanyInfo,
        path: str,
        params: Mapping[str, str | int] | None,
        headers: Mapping[str, str] | None,
        *,
        of_record: bool,
    ) -> tuple[Any, Response]:
        response = self._api.send("GET", f"{info.codebase}/apis/3.0{path}", params=params, headers=headers)
        try:
            return self._body(response, self._what(path)), response
        except NotFoundError as error:
            if of_record:
                raise
            # api/connectwise.md 8: a 404 on a list is a matter of address or keys, and never means "all gone".
            raise UnroutedError("B208", f"{error}; check url, company and keys") from None

    def _read_company_info(self) -> CompanyInfo:
        path = f"/login/companyinfo/{quote(self._company, safe='')}"
        unknown = f"{self._source}: {self.host} knows no company {self._company!r}; check company and url"
        try:
            body = self._body(self._open.send("GET", path), self._what(path))
        except (NotFoundError, UnroutedError) as error:
            raise RefusedError("B208", f"{unknown} ({error})") from None
        if body is None:  # api/connectwise.md 1: an unknown company is `null` with 200, or 404
            raise RefusedError("B208", unknown)
        codebase = str(body.get("Codebase") or "").strip("/") if isinstance(body, dict) else ""
        if not _CODEBASE.fullmatch(codebase):
            raise TransientError(f"{self._what(path)}: answered without a codebase")
        return CompanyInfo(
            codebase, str(body.get("VersionCode") or codebase), str(body.get("IsCloud", "")).casefold() == "true"
        )

    def _body(self, response: Response, what: str) -> Any:
        if not 200 <= response.status < 300:
            raise self._clean(error_of(response, what))
        try:
            return orjson.loads(response.body)
        except orjson.JSONDecodeError:
            pass
        kind = response.content_type or "no media type"
        if kind == "text/html" or response.body.lstrip()[:1] == b"<":
            raise SideDownError(f"{what}: answered with a web page instead of data: maintenance, or a login page")
        raise TransientError(f"{what}: answered {len(response.body)} bytes of {kind} that are no JSON")

    def _clean(self, error: BridgeError) -> BridgeError:
        text = str(error)
        for secret in self._hidden:
            text = text.replace(secret, "***")
        error.args = (text,)
        return error

    def _what(self, path: str) -> str:
        return f"{self._source}: GET {self.host}{path}"


def _patiently(ask: Callable[[], T]) -> T:
    """Ask, and again after each pause that the server asks for, as long as these are short in all."""
    waited = 0.0
    while True:
        try:
            return ask()
        except RateLimitError as error:
            pause = None if error.retry_after is None else max(error.retry_after, SHORTEST_PAUSE)
            if pause is None or waited + pause > LONGEST_PAUSE:
                raise
        time.sleep(pause)
        waited += pause


def _page(
    conditions: tuple[str, ...], fields: str | None, last: int | None, size: int, *, forward: bool
) -> tuple[dict[str, str | int], dict[str, str]]:
    params: dict[str, str | int] = {"pageSize": size}
    if fields:
        params["fields"] = fields
    if forward:  # `orderBy` is not allowed with it
        after = {"pageId": last} if last is not None else {}
        return {**_conditions(conditions), **params, **after}, {"pagination-type": "forward-only"}
    after_id = (f"id>{last}",) if last is not None else ()
    return {**_conditions((*conditions, *after_id)), **params, "orderBy": "id asc"}, {}


def _conditions(conditions: tuple[str, ...]) -> dict[str, str]:
    """Join conditions, each in parentheses: how `and` and `or` bind is not documented (api/connectwise.md 3.1)."""
    if not conditions:
        return {}
    return {"conditions": conditions[0] if len(conditions) == 1 else " and ".join(f"({one})" for one in conditions)}


def _next_page_id(link: str | None) -> int | None:
    """Give the cursor of a Link header; only the number is taken, its host may be another's (api/connectwise.md 3.4)."""
    for address, attributes in _LINK.findall(link or ""):
        if re.search(r"rel\s*=\s*\"?[^\"]*\bnext\b", attributes, re.IGNORECASE):
            for name, value in parse_qsl(urlsplit(address).query):
                if name.casefold() == "pageid" and value.isascii() and value.isdigit():
                    return int(value)
    return None
