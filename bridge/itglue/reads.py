"""Complete reads of IT Glue: page by page, and proven to have seen everything, or not called complete.

A list is sorted by id, so a record that comes while it is read stands behind all others, and one that goes lets another
slip from an unread page to a read one. The proof: ids strictly rise, and the rows created before the read began number
exactly the first page's `total-count`. Flexible assets have no sort by id; theirs is by creation, and no id comes twice.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bridge.errors import IncompleteReadError
from bridge.itglue.classify import SlowListError
from bridge.itglue.client import Listing, Parent
from bridge.itglue.kinds import Kind, kind_of
from bridge.jsonapi import Row
from bridge.quota import Lane

SIZES = (1000, 500, 250, 125)  # each an exact divisor of the one before: a position on a page is one on its halves
AGAIN = 3
MOST_IDS = 100


@dataclass(frozen=True, slots=True)
class Chunk:
    """One page of a read.

    `restarted` says that everything before this chunk is void. `complete` comes with the last chunk of a read that is
    proven. `began_at` is when the first page was asked for, by the server's clock (None where it named no time), `total`
    that page's count.
    """

    rows: tuple[Row, ...]
    restarted: bool
    complete: bool
    began_at: datetime | None
    total: int


class Lists(Protocol):
    """Reads pages of lists and single records, as `ITGlue` does."""

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
        """Read one page."""
        ...

    def get(
        self, resource: Kind | str, id_: str, *, lane: Lane, include: Sequence[str] = (), max_wait: float = 5.0
    ) -> Row | None:
        """Read one record."""
        ...


def read(
    itglue: Lists,
    resource: Kind | str,
    *,
    lane: Lane,
    parent: Parent | None = None,
    filters: Mapping[str, str | Sequence[str]] | None = None,
    include: Sequence[str] | None = None,
    sizes: Sequence[int] = SIZES,
    max_wait: float = 5.0,
) -> Iterator[Chunk]:
    """Read all records of a kind, or of one parent, archived ones too.

    The last chunk is `complete`; where three further readings prove nothing either, raises IncompleteReadError. What
    `ITGlue.page` raises ends the read. `include` stands in for what the kind asks for.
    """
    kind = kind_of(resource)
    scope = _Scope(
        kind, parent, kind.filters | dict(filters or {}), kind.include if include is None else tuple(include)
    )
    for attempt in range(1 + AGAIN):
        attempt_ = _Attempt(itglue, scope, lane, sizes, max_wait)
        restarted = attempt > 0
        for chunk in attempt_.chunks(restarted=restarted):
            yield chunk
            if chunk.complete:
                return
    raise IncompleteReadError(f"{scope}: could not be read completely: {attempt_.flaw}")


def by_ids(
    itglue: Lists,
    resource: Kind | str,
    ids: Sequence[str],
    *,
    lane: Lane,
    include: Sequence[str] | None = None,
    max_wait: float = 5.0,
) -> dict[str, Row]:
    """Read records by id, a hundred a request where the kind's lists can be filtered by id.

    An id that is not in the answer is not there, or not in lists yet.
    """
    kind = kind_of(resource)
    include = kind.include if include is None else include
    wanted = list(dict.fromkeys(ids))
    if not kind.by_id:
        rows = [itglue.get(kind, id_, lane=lane, include=include, max_wait=max_wait) for id_ in wanted]
        return {row.id: row for row in rows if row is not None}
    found: dict[str, Row] = {}
    for start in range(0, len(wanted), MOST_IDS):
        part = wanted[start : start + MOST_IDS]
        page = itglue.page(kind, lane=lane, size=MOST_IDS, filters={"id": part}, include=include, max_wait=max_wait)
        strangers = {row.id for row in page.rows} - set(part)
        if strangers or page.next_page is not None:
            raise IncompleteReadError(
                f"{kind.word}: filter[id] was ignored, {min(strangers, default='more')} came back"
            )
        found.update((row.id, row) for row in page.rows)
    return found


class _Scope:
    """What is read: a kind, and of which parent."""

    def __init__(
        self, kind: Kind, parent: Parent | None, filters: dict[str, str | Sequence[str]], include: tuple[str, ...]
    ) -> None:
        self.kind = kind
        self.include = include
        self.parent = parent
        self.nested = parent if kind.nested_list else None
        self.filters = filters
        if parent and not kind.nested_list:
            if kind.parent != parent[0] or kind.parent_id is None:
                raise ValueError(f"{kind.word} do not live under {parent[0]}")
            self.filters = {**filters, kind.parent_id: parent[1]}

    def __str__(self) -> str:
        return self.kind.word + (f" of {self.parent[0]} {self.parent[1]}" if self.parent else "")

    def check(self, row: Row) -> None:
        """Refuse a row of another parent: a filter that is ignored returns everything (api 10, question 9)."""
        for word, value in self.filters.items():
            if word.endswith("_id") and isinstance(value, str) and row.attributes.get(word) != value:
                raise IncompleteReadError(f"{self}: filter[{word}] was ignored, {row.id} came back")


class _Attempt:
    """One reading from the first page to the last; `flaw` says why it proves nothing."""

    def __init__(self, itglue: Lists, scope: _Scope, lane: Lane, sizes: Sequence[int], max_wait: float) -> None:
        self.flaw = ""
        self._itglue = itglue
        self._scope = scope
        self._lane: Lane = lane
        self._sizes = list(sizes)
        self._max_wait = max_wait
        self._seen: set[str] = set()
        self._last = 0
        self._before = 0
        self._around = 0

    def chunks(self, *, restarted: bool) -> Iterator[Chunk]:
        first: Listing | None = None
        began_at: datetime | None = None
        position = 0
        while True:
            page = self._page(position)
            if first is None:
                first = page
                began_at = page.date - timedelta(seconds=page.took) if page.date else None
            if first.total is None:
                self.flaw = "the list names no total-count"
                return
            if not self._rising(page.rows):
                return
            self._count(page.rows, began_at, first.date)
            last = page.next_page is None or not page.rows
            complete = last and self._proven(first, position + len(page.rows), single=position == 0)
            yield Chunk(page.rows, restarted and page is first, complete, began_at, first.total)
            if last:
                return
            position += self._sizes[0]

    def _page(self, position: int) -> Listing:
        while True:
            size = self._sizes[0]
            try:
                return self._itglue.page(
                    self._scope.kind,
                    lane=self._lane,
                    number=position // size + 1,
                    size=size,
                    filters=self._scope.filters,
                    include=self._scope.include,
                    nested=self._scope.nested,
                    max_wait=self._max_wait,
                )
            except SlowListError:
                if len(self._sizes) == 1:
                    raise
                del self._sizes[0]

    def _rising(self, rows: Sequence[Row]) -> bool:
        for row in rows:
            self._scope.check(row)
            risen = int(row.id) > self._last if self._scope.kind.sort == "id" else row.id not in self._seen
            if not risen:
                self.flaw = f"{row.id} came twice or out of order"
                return False
            if self._scope.kind.sort == "id":
                self._last = int(row.id)
            else:
                self._seen.add(row.id)
        return True

    def _count(self, rows: Sequence[Row], began_at: datetime | None, answered_at: datetime | None) -> None:
        """Count what was there before the read began, and apart what may have come since.

        Only the former proves anything. Of what came while the first page was made nobody knows whether `total-count`
        counts it, and to one parent an old record can be moved from another, which shows as an update.
        """
        for row in rows:
            came_at = _time(row.attributes.get("created_at"))
            if self._scope.parent:
                came_at = _time(row.attributes.get("updated_at")) or came_at
            if began_at is None or answered_at is None or came_at is None or came_at < began_at:
                self._before += 1
            elif came_at < answered_at + timedelta(seconds=1) or self._scope.parent:  # `Date` has no fractions
                self._around += 1

    def _proven(self, first: Listing, rows: int, *, single: bool) -> bool:
        # Nothing can slip between the pages of a list of one page, so its own count says it all.
        if rows == first.total if single else self._before == first.total:
            return True
        self.flaw = f"{self._before} rows were there when it began"
        if self._around:
            self.flaw += f", {self._around} came or changed as it was read"
        self.flaw += f", total-count says {first.total}"
        return False


def _time(text: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
