"""Which records a list holds, in which order."""

from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass

from simulators.connectwise.access import Scope
from simulators.connectwise.child_conditions import child_test, custom_field_test
from simulators.connectwise.grammar import parse
from simulators.connectwise.narrowing import Narrowed, narrow
from simulators.connectwise.ordering import in_order, order_of
from simulators.connectwise.parts import Parts
from simulators.connectwise.paths import Paths
from simulators.connectwise.predicates import Meaning, Test, bind
from simulators.connectwise.schema import Link
from simulators.connectwise.store import Store
from simulators.connectwise.tenant import Tenant

_KEPT = 24


@dataclass(frozen=True, slots=True)
class Query:
    """What a list was asked for; equal queries find the same until a record changes."""

    path: str
    parents: tuple[tuple[str, int], ...]
    kinds: tuple[str, ...]
    link: Link | None
    conditions: str
    child_conditions: str
    custom_field_conditions: str
    order: str
    scope: Scope
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class _Search:
    """A query made ready: where to look, and what a row must pass there."""

    narrowed: Narrowed | None
    condition: Test | None
    others: tuple[Test, ...]


class Finder:
    """Find records; what was found is kept until a record changes, for the pages that follow."""

    def __init__(self, tenant: Tenant, parts: Parts) -> None:
        self._tenant = tenant
        self._parts = parts
        self._paths = {path: Paths(tenant, store.resource) for path, store in tenant.stores.items()}
        self._found: OrderedDict[Query, tuple[int, list[int]]] = OrderedDict()

    def forget(self) -> None:
        """Find anew from here on."""
        self._found.clear()

    def find(self, query: Query) -> list[int]:
        """Return the ids of a list, in order; not to be changed. ConditionError if the query is refused."""
        version = self._tenant.version
        held = self._found.get(query)
        if held is not None and held[0] == version:
            self._found.move_to_end(query)
            return held[1]
        store = self._tenant.stores[query.path]
        order = order_of(query.order, self._paths[query.path])
        ids = in_order(store, self._unordered(store, query, self._search(store, query)), order)
        self._found[query] = (version, ids)
        self._found.move_to_end(query)
        if len(self._found) > _KEPT:
            self._found.popitem(last=False)
        return ids

    def forward(self, query: Query, after: int, size: int) -> tuple[list[int], bool]:
        """Return up to so many ids above one, ascending, with whether there are more (3.4)."""
        store = self._tenant.stores[query.path]
        held = self._found.get(query)
        if held is None or held[0] != self._tenant.version:
            search = self._search(store, query)
            tests = search.others if search.condition is None else (search.condition, *search.others)
            if not query.parents and (search.narrowed is None or search.narrowed.count > len(store) // 8):
                found = _first(store, tests, after, size + 1)
                return found[:size], len(found) > size
        ids = self.find(query)
        start = bisect_right(ids, after)
        return ids[start : start + size], len(ids) > start + size

    def _search(self, store: Store, query: Query) -> _Search:
        resource, paths, meaning = store.resource, self._paths[query.path], query.meaning
        node = parse(query.conditions)
        condition = None if node is None else bind(node, paths.__getitem__, meaning)
        others: list[Test] = []
        if (child := parse(query.child_conditions)) is not None:
            others.append(child_test(child, resource, self._parts, meaning))
        if (custom := parse(query.custom_field_conditions)) is not None:
            others.append(custom_field_test(custom, resource, self._parts, meaning))
        if query.kinds:
            kinds = query.kinds
            others.append(lambda row: row.get("recordType") in kinds)
        if (visible := query.scope.list_test(resource)) is not None:
            others.append(visible)
        return _Search(narrow(store, node, paths, meaning), condition, tuple(others))

    def _unordered(self, store: Store, query: Query, search: _Search) -> list[int]:
        tests = search.others
        condition, narrowed = search.condition, search.narrowed
        if query.link is not None:
            holder = self._tenant.stores[query.link.holder].table.rows[query.parents[-1][1]]
            ids = sorted(record for record in holder.get(query.link.field, ()) if record in store)
        elif query.parents:
            ids = sorted(store.with_value(*query.parents[-1]))
        elif narrowed is not None and narrowed.exact and narrowed.count == len(store):
            ids, condition = store.ids(), None
        elif narrowed is not None and (narrowed.exact or narrowed.count <= len(store) // 2):
            ids = narrowed.ids(store)
            condition = None if narrowed.exact else condition
        else:
            ids = store.ids()
        if condition is not None:
            tests = (condition, *tests)
        rows = store.table.rows
        if len(tests) == 1:
            (test,) = tests
            return [record for record in ids if test(rows[record])]
        return [record for record in ids if all(test(rows[record]) for test in tests)] if tests else ids


def _first(store: Store, tests: tuple[Test, ...], after: int, wanted: int) -> list[int]:
    ids, rows = store.ids(), store.table.rows
    start = store.ids_after(after)
    if not tests:
        return ids[start : start + wanted]
    found: list[int] = []
    for place in range(start, len(ids)):
        row = rows[ids[place]]
        if all(test(row) for test in tests):
            found.append(ids[place])
            if len(found) == wanted:
                break
    return found
