"""Records with everything that happened to them."""

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable
from typing import Any, Literal, NamedTuple

from simulators.clock import Clock, rfc3339

Row = dict[str, Any]
By = Literal["api", "person", "sync"]


class Event(NamedTuple):
    """One change of a record; `before` is None at a create, `after` at a delete."""

    at: float
    by: By
    verb: Literal["create", "update", "delete"]
    before: Row | None
    after: Row | None


class Table:
    """The rows of one resource by id.

    A row that was put is never changed in place, so the history can hold it as it was.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.rows: dict[int, Row] = {}
        self.history: dict[int, list[Event]] = {}
        self.version = 0
        """Moves with every change, for caches above."""
        self._ids: list[int] = []
        self._indexes: dict[str, dict[Any, set[int]]] = {}

    def put(self, record: int, row: Row, by: By) -> None:
        """Store a row, as a create or an update."""
        before = self.rows.get(record)
        self._unindex(record, before)
        self.rows[record] = row
        if before is None:
            if self._ids and record < self._ids[-1]:
                insort(self._ids, record)
            else:
                self._ids.append(record)
        self._index(record, row)
        self._note(record, Event(self._clock.now(), by, "create" if before is None else "update", before, row))

    def remove(self, record: int, by: By) -> Row:
        """Take a row out and return it; its history stays."""
        before = self.rows.pop(record)
        del self._ids[bisect_left(self._ids, record)]
        self._unindex(record, before)
        self._note(record, Event(self._clock.now(), by, "delete", before, None))
        return before

    def ids(self) -> list[int]:
        """Return the ids in ascending order; not to be changed."""
        return self._ids

    def find(self, field: str, value: Any) -> Collection[int]:
        """Return the ids whose field has the value; of a list or tuple, any of its members. Indexed at the first call."""
        index = self._indexes.get(field)
        if index is None:
            index = self._indexes[field] = {}
            for record, row in self.rows.items():
                for key in _keys(row.get(field)):
                    index.setdefault(key, set()).add(record)
        return index.get(value, ())

    def dump(self, shape: Callable[[int, Row], Any], records: Iterable[int] | None = None) -> list[dict[str, Any]]:
        """Return every record ever, or those given, as `GET records/<resource>` answers; `shape` renders a row."""
        return [self._known(record, shape) for record in (sorted(self.history) if records is None else records)]

    def _known(self, record: int, shape: Callable[[int, Row], Any]) -> dict[str, Any]:
        shown: dict[int, Any] = {}

        def once(row: Row | None) -> Any:
            if row is None:
                return None
            if id(row) not in shown:
                shown[id(row)] = shape(record, row)
            return shown[id(row)]

        return {
            "id": record,
            "now": once(self.rows.get(record)),
            "history": [
                {
                    "at": rfc3339(event.at),
                    "by": event.by,
                    "verb": event.verb,
                    "before": once(event.before),
                    "after": once(event.after),
                }
                for event in self.history[record]
            ],
        }

    def _note(self, record: int, event: Event) -> None:
        self.history.setdefault(record, []).append(event)
        self.version += 1

    def _index(self, record: int, row: Row) -> None:
        for field, index in self._indexes.items():
            for key in _keys(row.get(field)):
                index.setdefault(key, set()).add(record)

    def _unindex(self, record: int, row: Row | None) -> None:
        if row is None:
            return
        for field, index in self._indexes.items():
            for key in _keys(row.get(field)):
                held = index.get(key)
                if held is not None:
                    held.discard(record)
                    if not held:
                        del index[key]


def _keys(value: Any) -> Iterable[Any]:
    if isinstance(value, list | tuple):
        return value
    return (value,)
