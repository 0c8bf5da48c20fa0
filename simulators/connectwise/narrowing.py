"""Which index shortens the search for a condition."""

import math
from dataclasses import dataclass
from typing import Any

from simulators.connectwise.grammar import Comparison, ConditionError, Junction, Node
from simulators.connectwise.paths import Accessor, Paths
from simulators.connectwise.predicates import Meaning, literal_value
from simulators.connectwise.store import Store

_RANGES = {"=", "<", "<=", ">", ">="}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Rows that may fit: so many, with the way to list their ids; `exact` when no other can and each does."""

    count: int
    kind: str
    low: Any
    high: Any
    exact: bool

    def ids(self, store: Store) -> list[int]:
        """Return the ids, ascending."""
        if self.kind == "id":
            return store.ids()[self.low : self.high]
        if self.kind == "stamp":
            return store.stamped_ids(self.low, self.high)
        if self.kind == "ids":
            return [record for record in sorted(self.low) if record in store]
        found: set[int] = set()
        for value in self.high:
            found.update(store.with_value(self.low, value))
        return sorted(found)


def narrow(store: Store, node: Node | None, paths: Paths, meaning: Meaning) -> Narrowed | None:
    """Return the shortest stretch of an index that holds all rows a condition can fit; None if no index helps."""
    if node is None:
        return None
    if isinstance(node, Comparison):
        return _of(store, node, paths[node.path], meaning, exact=True)
    if node.word == "or":
        return None
    found = [
        narrowed
        for term in _terms(node)
        if isinstance(term, Comparison)
        and (narrowed := _of(store, term, paths[term.path], meaning, exact=False)) is not None
    ]
    return min(found, key=lambda narrowed: narrowed.count, default=None)


def _terms(node: Junction) -> list[Node]:
    terms: list[Node] = []
    for term in node.terms:
        if isinstance(term, Junction) and term.word == "and":
            terms.extend(_terms(term))
        else:
            terms.append(term)
    return terms


def _of(store: Store, node: Comparison, accessor: Accessor, meaning: Meaning, *, exact: bool) -> Narrowed | None:
    if accessor.stored is None or node.negated or any(literal.kind == "null" for literal in node.values):
        return None
    try:
        values = [literal_value(accessor.kind, literal, accessor, meaning) for literal in node.values]
    except (ConditionError, KeyError):
        return None  # the binding of the condition says what is wrong
    if any(value is None for value in values):
        return None
    if accessor.stored == "id":
        return _by_id(store, node, values, exact=exact)
    if accessor.stored == "lastUpdated" and node.operator in _RANGES:
        return _by_stamp(store, node.operator, values[0], exact=exact)
    # Texts are compared in any case, indexes are not.
    plain = accessor.kind not in {"string", "strings", "enum"}
    if plain and accessor.stored in store.resource.indexed and node.operator in {"=", "in"}:
        count = sum(_size(store.with_value(accessor.stored, value)) for value in values)
        return Narrowed(count, "values", accessor.stored, tuple(values), exact)
    return None


def _size(found: Any) -> int:
    return len(found)


def _by_id(store: Store, node: Comparison, values: list[Any], *, exact: bool) -> Narrowed | None:
    if node.operator in {"=", "in"}:
        wanted = {int(value) for value in values if value == int(value)}
        return Narrowed(len(wanted), "ids", wanted, None, exact)
    if node.operator not in _RANGES:
        return None
    low, high = _whole(node.operator, values[0])
    first = 0 if low is None else store.ids_after(low - 1)
    last = len(store) if high is None else store.ids_after(high)
    return Narrowed(max(0, last - first), "id", first, max(first, last), exact)


def _by_stamp(store: Store, word: str, value: float, *, exact: bool) -> Narrowed | None:
    first, last = store.stamped(*_whole(word, value))
    return Narrowed(last - first, "stamp", first, last, exact)


def _whole(word: str, value: float) -> tuple[int | None, int | None]:
    """Return the whole numbers, inclusive, between which a comparison holds."""
    match word:
        case "=":
            return math.ceil(value), math.floor(value)
        case ">":
            return math.floor(value) + 1, None
        case ">=":
            return math.ceil(value), None
        case "<":
            return None, math.ceil(value) - 1
        case _:
            return None, math.floor(value)
