"""The records of one resource, with the indexes that lists are read from."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from simulators.clock import Clock
from simulators.connectwise.schema import Resource
from simulators.records import By, Table

Row = dict[str, Any]

_IDS = 1 << 32  # ids stay below; a stamp and an id together make one sortable number
_STAMP = itemgetter("lastUpdated")


class Store:
    """Rows in stored form: references as ids, moments as seconds, absent means null."""

    def __init__(self, resource: Resource, clock: Clock) -> None:
        self.resource = resource
        self.table = Table(clock)
        self.leaving: set[int] = set()
        """Deleted by a person, still answered until the delete lag has passed."""
        self._last = 0
        self._stamps: list[int] = []
        self._in_order = True
        self._seconds: list[int] = []  # the stamps in the order of ids, close together for quick passes

    def __len__(self) -> int:
        return len(self.table.rows)

    def __contains__(self, record: int) -> bool:
        return record in self.table.rows

    @property
    def version(self) -> int:
        """Moves with every change."""
        return self.table.version

    def get(self, record: int) -> Row | None:
        """Return a row or None."""
        return self.table.rows.get(record)

    def new_id(self) -> int:
        """Return the next id; ids are not used twice."""
        return self._last + 1

    def put(self, row: Row, by: By) -> None:
        """Store a row under its id."""
        record: int = row["id"]
        stamp = _STAMP(row) * _IDS + record
        before = self.table.rows.get(record)
        if before is None:
            self._add_stamp(stamp)
        elif _STAMP(before) != _STAMP(row):
            self._drop_stamp(before)
            self._add_stamp(stamp)
        self.table.put(record, row, by)
        place = self._place(record)
        if before is None:
            self._seconds.insert(place, _STAMP(row))
        else:
            self._seconds[place] = _STAMP(row)
        self._last = max(self._last, record)

    def remove(self, record: int, by: By) -> Row:
        """Take a row out for good."""
        del self._seconds[self._place(record)]
        row = self.table.remove(record, by)
        self._drop_stamp(row)
        self.leaving.discard(record)
        return row

    def ids(self) -> list[int]:
        """Return the ids, ascending; not to be changed."""
        return self.table.ids()

    def ids_after(self, record: int) -> int:
        """Return the place in `ids` where those above an id begin."""
        return bisect_right(self.table.ids(), record)

    def by_stamp(self) -> list[int]:
        """Return the ids in the order of lastUpdated, then id."""
        return [stamp % _IDS for stamp in self._ordered()]

    def stamped(self, low: int | None, high: int | None) -> tuple[int, int]:
        """Return the places in stamp order between two seconds, both inclusive."""
        stamps = self._ordered()
        first = 0 if low is None else bisect_left(stamps, low * _IDS)
        last = len(stamps) if high is None else bisect_left(stamps, (high + 1) * _IDS)
        return first, max(first, last)

    def stamped_ids(self, first: int, last: int) -> list[int]:
        """Return the ids of a stretch of places in stamp order, ascending by id."""
        stamps = self._ordered()
        if first == last or (last - first) * 4 < len(stamps):
            return sorted(stamp % _IDS for stamp in stamps[first:last])
        # To look at every row is faster than to sort many.
        low, high = stamps[first] // _IDS, stamps[last - 1] // _IDS
        pairs = zip(self.table.ids(), self._seconds, strict=True)
        return [record for record, second in pairs if low <= second <= high]

    def with_value(self, field: str, value: Any) -> Iterable[int]:
        """Return the ids whose stored field has the value, or has it among its members."""
        return self.table.find(field, value)

    def _place(self, record: int) -> int:
        ids = self.table.ids()
        return len(ids) - 1 if ids[-1] == record else bisect_left(ids, record)

    def _add_stamp(self, stamp: int) -> None:
        if self._stamps and stamp < self._stamps[-1]:
            self._in_order = False
        self._stamps.append(stamp)

    def _drop_stamp(self, row: Row) -> None:
        stamps = self._ordered()
        del stamps[bisect_left(stamps, _STAMP(row) * _IDS + row["id"])]

    def _ordered(self) -> list[int]:
        if not self._in_order:
            self._stamps.sort()  # nearly sorted after single changes, which sorts in linear time
            self._in_order = True
        return self._stamps
