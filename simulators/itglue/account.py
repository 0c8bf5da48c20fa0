"""The records of one IT Glue account."""

from collections.abc import Iterable
from typing import Any

from simulators.itglue.catalogue import CATALOGUE
from simulators.itglue.catalogue.configurations import kind_of
from simulators.itglue.catalogue.related import RELATED_ITEMS, end
from simulators.itglue.fields import name_key
from simulators.itglue.rendering import Rendering
from simulators.itglue.schema import Resource, Row
from simulators.itglue.stamps import after, stamp
from simulators.itglue.traits import Traits
from simulators.kernel import Kernel
from simulators.records import By, Table

FIRST_ID = 1_694_461_951_900_001
"""Ids exceed 2^31 (reference 1.3), so those that the simulator gives do."""


class Account:
    """Hold the tables and render their rows.

    A row holds only what is set, under the vendor's dashed names; `adapters` is a tuple of the native sync's links.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._clock = kernel.clock
        self.tables: dict[str, Table] = {name: Table(kernel.clock) for name in (*CATALOGUE, RELATED_ITEMS.name)}
        self.traits = Traits(self.tables)
        self._rendering = Rendering(self.tables)
        self._last = FIRST_ID - 1
        self._late: dict[str, dict[int, float]] = {}

    def new_id(self) -> int:
        """Give an id that no record has had."""
        self._last += 1
        return self._last

    def now(self) -> str:
        """Return the stamp of this moment."""
        return stamp(self._clock.now())

    def has(self, table: str, record: int) -> bool:
        """Say whether a record is there."""
        return record in self.tables[table].rows

    def row(self, table: str, record: int | None) -> Row | None:
        """Return a row, None if there is none."""
        return None if record is None else self.tables[table].rows.get(record)

    def create(self, resource: Resource, changes: Row, by: By, *, record: int | None = None) -> int:
        """Store a new record and return its id."""
        if record is None:
            record = self.new_id()
        self._last = max(self._last, record)
        row = {name: value for name, value in changes.items() if value is not None}
        if "created-at" not in row:
            row["created-at"] = row.get("updated-at") or self.now()
        row.setdefault("updated-at", row["created-at"])
        self.tables[resource.name].put(record, self._derived(resource, row), by)
        lag = self._kernel.switches["list_lag_seconds"]
        if lag:
            self._late.setdefault(resource.name, {})[record] = self._clock.now() + lag
        return record

    def update(self, resource: Resource, record: int, changes: Row, by: By) -> None:
        """Change a record; None clears an attribute; `updated-at` moves unless it is among the changes."""
        table = self.tables[resource.name]
        old = table.rows[record]
        row = {name: value for name, value in {**old, **changes}.items() if value is not None}
        if "updated-at" not in changes:
            row["updated-at"] = after(old.get("updated-at"), self.now())
        table.put(record, self._derived(resource, row), by)

    def remove(self, resource: Resource, record: int, by: By) -> Row:
        """Delete a record with everything below it; return what it was."""
        for child in CATALOGUE.values():
            if child.parent is not None and child.parent.resource == resource.name:
                for below in sorted(self.tables[child.name].find(child.parent.key, record)):
                    self.remove(child, below, by)
        for other in CATALOGUE.values():
            for attribute in other.stored.values():
                if attribute.refers == resource.name and not attribute.required:
                    for pointing in sorted(self.tables[other.name].find(attribute.name, record)):
                        self.update(other, pointing, {attribute.name: None}, by)
        links = self.tables[RELATED_ITEMS.name]
        mark = end(resource.name, record)
        for link in sorted({*links.find("owner", mark), *links.find("destination", mark)}):
            links.remove(link, by)
        return self.tables[resource.name].remove(record, by)

    def late(self, table: str) -> set[int]:
        """Return the records that lists do not show yet."""
        waiting = self._late.get(table)
        if not waiting:
            return set()
        now = self._clock.now()
        self._late[table] = {record: due for record, due in waiting.items() if due > now}
        return set(self._late[table])

    def version(self) -> int:
        """Return a number that moves with every change."""
        return sum(table.version for table in self.tables.values())

    def document(self, resource: Resource, record: int, row: Row, *, listed: bool = False) -> Row:
        """Render a resource object; `listed` cuts what lists cut."""
        return self._rendering.document(resource, record, row, listed=listed)

    def known(self, resource: Resource, record: int) -> dict[str, Any]:
        """Render a record as the control API shows it, with its links to the PSA."""
        return self.tables[resource.name].dump(self._whole(resource), [record])[0] | {"id": str(record)}

    def dump(self, resource: Resource, records: Iterable[int] | None = None) -> list[dict[str, Any]]:
        """Render every record ever with its history."""
        found = self.tables[resource.name].dump(self._whole(resource), records)
        return [item | {"id": str(item["id"])} for item in found]

    def _whole(self, resource: Resource) -> Any:
        def shape(record: int, row: Row) -> Row:
            return self._rendering.document(resource, record, row, whole=True) | {
                "adapters": list(row.get("adapters", ()))
            }

        return shape

    def _derived(self, resource: Resource, row: Row) -> Row:
        match resource.name:
            case "configuration_types":
                row["kind"] = kind_of(row.get("name"))
            case "contacts":
                row["name"] = " ".join(part for part in (row.get("first-name"), row.get("last-name")) if part)
                emails = row.get("contact-emails", ())
                chosen = next((email for email in emails if email.get("primary")), emails[0] if emails else {})
                row["primary-email"] = chosen.get("value")
            case "flexible_asset_fields" if "name-key" not in row:
                row["name-key"] = name_key(
                    row["name"], (field["name-key"] for field in self.traits.fields(row["flexible-asset-type-id"]))
                )
            case "flexible_assets":
                row["name"] = self.traits.title(row)
        return row
