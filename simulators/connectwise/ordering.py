"""`orderBy` (reference 3.3)."""

import re
from collections.abc import Callable
from typing import Any

from simulators.connectwise.grammar import ConditionError
from simulators.connectwise.paths import Accessor, Paths
from simulators.connectwise.store import Row, Store

_TERM = re.compile(r"\s*([A-Za-z_][\w/]*)(?:\s+(asc|desc))?\s*", re.IGNORECASE | re.ASCII)

Order = list[tuple[Accessor, bool]]


def order_of(text: str, paths: Paths) -> Order:
    """Return the fields to sort by, each with whether it descends; empty means by id."""
    if not text.strip():
        return []
    order: Order = []
    for term in text.split(","):
        match = _TERM.fullmatch(term)
        if match is None:
            raise ConditionError(f"orderBy: unexpected text '{term.strip()}'.")
        accessor = paths[match[1]]
        if accessor.kind in {"reference", "strings", "linked"}:
            raise ConditionError(f"orderBy: {match[1]} cannot be sorted by.")
        order.append((accessor, (match[2] or "asc").lower() == "desc"))
    return order


def in_order(store: Store, ids: list[int], order: Order) -> list[int]:
    """Return ids, given ascending, in an order; nulls come first when ascending."""
    if not order or (len(order) == 1 and order[0][0].stored == "id" and not order[0][1]):
        return ids
    if ids is store.ids() and len(order) == 1 and order[0][0].stored == "lastUpdated":
        return store.by_stamp()[::-1] if order[0][1] else store.by_stamp()
    rows = store.table.rows
    ordered = ids
    for accessor, descending in reversed(order):
        ordered = sorted(ordered, key=_key(accessor, rows), reverse=descending)
    return ordered


def _key(accessor: Accessor, rows: dict[int, Row]) -> Callable[[int], Any]:
    get = accessor.get
    if accessor.stored in {"id", "lastUpdated"}:
        return lambda record: get(rows[record])
    return lambda record: _sortable(get(rows[record]))


def _sortable(value: Any) -> tuple[bool, Any]:
    if isinstance(value, str):
        return True, value.lower()
    return value is not None, 0 if value is None else value
