"""Which records a list shows, in which order (reference 1.4)."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from simulators.itglue.account import Account
from simulators.itglue.adapters import INTEGRATIONS, RMM_INTEGRATIONS
from simulators.itglue.query import Condition, Query
from simulators.itglue.refusals import bad_request, invalid, titled, unknown_filter, unknown_sort, unprocessable
from simulators.itglue.schema import Filter, Resource, Row, Twin
from simulators.itglue.stamps import bounds
from simulators.itglue.values import boolean, identifier
from simulators.kernel import Kernel

Test = Callable[[int, Row], bool]
_KEPT = 64
_NEEDS_TYPE = "Cannot index flexible assets without providing a flexible asset type ID filter"


class Selection:
    """Filter and sort, keeping recent outcomes so that the pages of one list cost one pass."""

    def __init__(self, kernel: Kernel, account: Account) -> None:
        self._kernel = kernel
        self._account = account
        self._outcomes: OrderedDict[Any, list[int]] = OrderedDict()

    def select(self, resource: Resource, query: Query, parent: int | None = None) -> list[int]:
        """Return the ids that a list shows in its order; filters do nothing on a nested route."""
        conditions = query.conditions if parent is None else ()
        filters = self._known_filters(resource, conditions)
        sort = self._known_sorts(resource, query.sort)
        mark = (resource.name, parent, conditions, sort, self._account.version())
        found = self._outcomes.get(mark)
        if found is None:
            found = self._ordered(resource, self._matching(resource, filters, parent), sort)
            self._outcomes[mark] = found
            if len(self._outcomes) > _KEPT:
                self._outcomes.popitem(last=False)
        late = self._account.late(resource.name)
        return [record for record in found if record not in late] if late else found

    def matching(self, resource: Resource, query: Query) -> list[int]:
        """Return the ids that a write with filters would hit."""
        return self._matching(resource, self._known_filters(resource, query.conditions), None)

    def _known_filters(self, resource: Resource, conditions: Iterable[Condition]) -> list[tuple[Condition, Filter]]:
        known = []
        for condition in conditions:
            filter_ = resource.filters.get(condition.word)
            if (
                filter_ is None
                or (condition.mode == "exclude" and not filter_.exclude)
                or (condition.mode == "range" and not filter_.span)
            ):
                if self._kernel.switches["unknown_filter"] == "refuse":
                    raise unknown_filter(condition.word)
                continue
            known.append((condition, filter_))
        needed_words = {word for word, filter_ in resource.filters.items() if filter_.needed}
        # One type per query (reference 5.9): several are as good as none.
        if needed_words - {condition.word for condition, _ in known if len(condition.values) == 1}:
            raise unprocessable(titled(_NEEDS_TYPE, None, 422))
        kinds = {filter_.kind for _, filter_ in known}
        for kind, needed, word in (("psa_id", "psa_type", "psa"), ("rmm_id", "rmm_type", "rmm")):
            if kind in kinds and needed not in kinds:
                name = f"filter[{word}_id]"
                raise unprocessable(invalid(name, f"{name} needs filter[{word}_integration_type]"))
        return known

    def _known_sorts(self, resource: Resource, words: tuple[str, ...]) -> tuple[str, ...]:
        known = []
        for word in words:
            if word.removeprefix("-") in resource.sorts:
                known.append(word)
            elif self._kernel.switches["unknown_filter"] == "refuse":
                raise unknown_sort(word)
        return tuple(known)

    def _matching(self, resource: Resource, filters: list[tuple[Condition, Filter]], parent: int | None) -> list[int]:
        table = self._account.tables[resource.name]
        if parent is not None:
            assert resource.parent is not None
            return sorted(table.find(resource.parent.key, parent))
        if not filters:
            return table.ids()
        candidates: set[int] | None = None
        tests = []
        types = next((condition.values for condition, filter_ in filters if filter_.kind == "psa_type"), ())
        for condition, filter_ in filters:
            keys = _keys(condition, filter_, types)
            if keys is None:
                tests.append(_test(condition, filter_))
                continue
            found = {record for key in keys for record in self._look_up(resource, filter_, key)}
            candidates = found if candidates is None else candidates & found
        ids = table.ids() if candidates is None else sorted(candidates)
        if not tests:
            return ids
        rows = table.rows
        return [record for record in ids if all(test(record, rows[record]) for test in tests)]

    def _look_up(self, resource: Resource, filter_: Filter, key: Any) -> Iterable[int]:
        table = self._account.tables[resource.name]
        if filter_.kind == "id":
            return (key,) if key in table.rows else ()
        if filter_.kind == "psa_id":
            return table.find("psa-ids", key)
        if filter_.kind == "psa_type":
            return table.find("psa-types", key)
        return table.find(filter_.field, key)

    def _ordered(self, resource: Resource, ids: list[int], sort: tuple[str, ...]) -> list[int]:
        if sort and sort[0] == "id":
            return ids
        if not sort:
            # No order is documented. The order of last writing is what an unsorted read of the vendor's kind of database
            # gives: pages then shift under a reader who does not sort.
            history = self._account.tables[resource.name].history
            return sorted(ids, key=lambda record: history[record][-1].at)
        ordered = list(ids)
        for word in reversed(sort):
            ordered.sort(key=self._sort_key(resource, word.removeprefix("-")), reverse=word.startswith("-"))
        return ordered

    def _sort_key(self, resource: Resource, word: str) -> Callable[[int], Any]:
        if word == "id":
            return lambda record: record
        rows = self._account.tables[resource.name].rows
        name = word.replace("_", "-")
        twin = next((part for part in resource.shape if isinstance(part, Twin) and part.name == name), None)

        def key(record: int) -> Any:
            row: Row | None = rows[record]
            wanted = name
            if twin is not None:
                assert row is not None
                row, wanted = self._account.row(twin.table, row.get(twin.via)), twin.of
            value = None if row is None else row.get(wanted)
            return (value is None, value.casefold() if isinstance(value, str) else value or 0)

        return key


def _keys(condition: Condition, filter_: Filter, types: tuple[str, ...]) -> list[Any] | None:
    """Return the values to look up in an index; None if the filter has to be tested row by row."""
    if condition.mode != "is":
        return None
    match filter_.kind:
        case "id" | "reference":
            return [_number(condition, value) for value in condition.values]
        case "exact":
            return list(condition.values)
        case "psa_type":
            return [_word(condition, value, INTEGRATIONS.values()) for value in condition.values]
        case "psa_id":
            return [(type_, value) for type_ in types for value in condition.values]
        case "rmm_type":
            for value in condition.values:
                _word(condition, value, RMM_INTEGRATIONS)
            return []
        case "rmm_id" | "nothing":
            return []
        case _:
            return None


def _test(condition: Condition, filter_: Filter) -> Test:
    if condition.mode == "exclude":
        if filter_.kind == "exact":
            unwanted: set[Any] = set(condition.values)
        else:
            unwanted = {_number(condition, value) for value in condition.values}
        name = filter_.field
        if filter_.kind == "id":
            return lambda record, _: record not in unwanted
        return lambda _, row: row.get(name) not in unwanted
    if condition.mode == "range":
        low, high = _ends(condition)
        first = 0 if low == "*" else _number(condition, low)
        last = None if high == "*" else _number(condition, high)
        return lambda _, row: (
            (value := row.get(filter_.field)) is not None and first <= value and (last is None or value <= last)
        )
    if filter_.kind == "flag":
        wanted = {_truth(condition, value) for value in condition.values}
        return lambda _, row: bool(row.get(filter_.field, filter_.unset)) in wanted
    return _between(condition, filter_.field)


def _between(condition: Condition, name: str) -> Test:
    try:
        if not condition.values:
            return lambda *_: False
        if len(condition.values) == 1 and condition.values[0] != "*":
            first, last = bounds(condition.values[0])
        else:
            low, high = _ends(condition)
            first = "" if low == "*" else bounds(low)[0]
            last = "~" if high == "*" else _upper(high)
    except ValueError:
        raise bad_request(f"Filter {condition.word} is not a date range", f"filter[{condition.word}]") from None
    return lambda _, row: first <= row[name] <= last


def _upper(text: str) -> str:
    # A date without a time is its midnight, as an end too.
    return bounds(text)[0] if len(text) == len("2025-01-07") else bounds(text)[1]


def _ends(condition: Condition) -> tuple[str, str]:
    if len(condition.values) != 2:
        raise bad_request(f"Filter {condition.word} is not a range", f"filter[{condition.word}]")
    return condition.values[0], condition.values[1]


def _number(condition: Condition, value: str) -> int:
    number = identifier(value.strip())
    if number is None:
        raise bad_request(f"Filter {condition.word} is not a number", f"filter[{condition.word}]")
    return number


def _truth(condition: Condition, value: str) -> bool:
    truth = boolean(value)
    if truth is None:
        raise bad_request(f"Filter {condition.word} is not a boolean", f"filter[{condition.word}]")
    return truth


def _word(condition: Condition, value: str, words: Iterable[str]) -> str:
    if value not in words:
        raise bad_request(f"Filter {condition.word} does not know {value}", f"filter[{condition.word}]")
    return value
