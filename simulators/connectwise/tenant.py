"""All records of the tenant, with what a reference to each of them shows."""

from collections.abc import Iterator
from typing import Any

from simulators.clock import Clock
from simulators.connectwise.catalog import LINKS, RESOURCES
from simulators.connectwise.catalog.paths import MEMBER, QUESTION, USER_DEFINED_FIELD
from simulators.connectwise.schema import Field
from simulators.connectwise.store import Row, Store

API_MEMBER = "bridge"
_MEMBERS = {API_MEMBER: 77, "jdoe": 2}


class Tenant:
    """The stores by path; a reference into a path without a store is kept by name in `lookups`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.stores = {resource.path: Store(resource, clock) for resource in RESOURCES}
        self.lookups: dict[str, dict[int, dict[str, str]]] = {}
        self.lookups_version = 0
        self.links = tuple(LINKS.values())
        self._all = tuple(self.stores.values())

    @property
    def version(self) -> int:
        """Moves with every change of any record."""
        return sum(store.table.version for store in self._all) + self.lookups_version

    def label(self, target: str, record: int, word: str) -> Any:
        """Return what a reference to a record shows under a word: `name`, `identifier`…; None if nothing."""
        store = self.stores.get(target)
        row = None if store is None else store.get(record)
        if store is None or row is None:
            return self.lookups.get(target, {}).get(record, {}).get(word)
        own = store.resource.labels.get(word)
        if own is None or " " not in own:
            return None if own is None else row.get(own)
        return " ".join(str(part) for name in own.split() if (part := row.get(name)) is not None) or None

    def find(self, target: str, word: str, text: str) -> int | None:
        """Return the id of the record that references show so, compared in any case; None if there is none."""
        wanted = text.lower()
        for record in self._candidates(target):
            if str(self.label(target, record, word) or "").lower() == wanted:
                return record
        return None

    def member_id(self, identifier: str) -> int | None:
        """Return the id of a member by its identifier; two have one without a record."""
        known = self.find(MEMBER, "identifier", identifier)
        return _MEMBERS.get(identifier) if known is None else known

    def learn(self, target: str, record: int, labels: dict[str, str]) -> None:
        """Note what a reference into a path without a store shows."""
        known = self.lookups.setdefault(target, {})
        if known.get(record) != labels:
            known[record] = {**known.get(record, {}), **labels}
            self.lookups_version += 1

    def target_version(self, target: str) -> int:
        """Return a number that moves when what references into a path show may have changed."""
        store = self.stores.get(target)
        return self.lookups_version + (0 if store is None else store.table.version)

    def holders(self, target: str, record: int) -> Iterator[tuple[Store, Field, int]]:
        """Yield every record that refers to this one: its store, the field, its id."""
        for store in self._all:
            for field in store.resource.fields:
                if field.target == target:
                    for holder in sorted(store.with_value(field.name, record)):
                        yield store, field, holder

    def questions_of(self, kind: int | None) -> list[Row]:
        """Return the active questions of a configuration type, in their order."""
        if kind is None:
            return []
        store = self.stores[QUESTION]
        rows = (store.table.rows[record] for record in store.with_value("configurationType", kind))
        return sorted((row for row in rows if not row["inactiveFlag"]), key=_in_sequence)

    def custom_fields_of(self, pod: int) -> list[Row]:
        """Return the definitions of the custom fields that a screen shows, in their order."""
        store = self.stores[USER_DEFINED_FIELD]
        rows = (store.table.rows[record] for record in store.with_value("podId", pod))
        return sorted((row for row in rows if row["displayOnScreenFlag"]), key=_in_sequence)

    def _candidates(self, target: str) -> list[int]:
        store = self.stores.get(target)
        return sorted(self.lookups.get(target, {})) if store is None else store.ids()


def _in_sequence(row: Row) -> tuple[Any, int]:
    return row.get("sequenceNumber") or 0, row["id"]
