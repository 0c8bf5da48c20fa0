"""Storing a record with everything that follows from it: mirroring, and the push to the PSA."""

from simulators.itglue.account import Account
from simulators.itglue.catalogue.flexible import FLEXIBLE_ASSET_FIELDS, FLEXIBLE_ASSETS
from simulators.itglue.fields import name_key
from simulators.itglue.interfaces import configuration_written, interface_written, mirror
from simulators.itglue.push import Push
from simulators.itglue.schema import Resource, Row
from simulators.kernel import Kernel
from simulators.records import By


class Storing:
    """Write checked rows, for clients and for persons alike."""

    def __init__(self, kernel: Kernel, account: Account, push: Push) -> None:
        self._kernel = kernel
        self._account = account
        self._push = push

    def create(self, resource: Resource, row: Row, by: By, *, record: int | None = None) -> int:
        """Store a new record and return its id."""
        record = self._account.create(resource, row, by, record=record)
        if resource.name == "configurations":
            configuration_written(self._account, record, row, by)
        elif resource.name == "configuration_interfaces":
            interface_written(self._account, record, by)
        elif resource.name == "flexible_asset_fields":
            self._rename_assets(row["flexible-asset-type-id"], by)
        if by == "api":
            self._push.created(resource, record)
        return record

    def add(self, resource: Resource, above: int, row: Row) -> None:
        """Store a record that came along with the one above it."""
        assert resource.parent is not None
        self.create(resource, row | {resource.parent.key: above}, "api")

    def update(self, resource: Resource, record: int, changes: Row, by: By) -> None:
        """Change a record."""
        if resource.name == "flexible_asset_fields":
            self._update_field(record, changes, by)
            return
        self._account.update(resource, record, changes, by)
        if resource.name == "configurations":
            configuration_written(self._account, record, changes, by)
        elif resource.name == "configuration_interfaces":
            interface_written(self._account, record, by)
        self._push.edited(resource, record, changes)

    def remove(self, resource: Resource, record: int, by: By) -> None:
        """Delete a record with everything below it."""
        row = self._account.remove(resource, record, by)
        if resource.name == "flexible_asset_fields":
            self._forget_trait(row["flexible-asset-type-id"], row["name-key"], by)
        if resource.name == "configuration_interfaces" and self._account.has("configurations", row["configuration-id"]):
            mirror(self._account, row["configuration-id"], by)

    def _new_key(self, field: Row, changes: Row) -> str | None:
        """Return the key that a renamed field gets where keys follow names, which is not documented (5.8)."""
        name: str = changes.get("name") or field["name"]
        if name == field["name"] or self._kernel.switches["renamed_field"] == "keep":
            return None
        siblings = self._account.traits.fields(field["flexible-asset-type-id"])
        return name_key(name, [other["name-key"] for other in siblings if other is not field])

    def _update_field(self, record: int, changes: Row, by: By) -> None:
        field = self._account.tables["flexible_asset_fields"].rows[record]
        key, type_ = self._new_key(field, changes), field["flexible-asset-type-id"]
        self._account.update(FLEXIBLE_ASSET_FIELDS, record, changes if key is None else changes | {"name-key": key}, by)
        if key is not None and key != field["name-key"]:
            self._move_trait(type_, field["name-key"], key, by)
        self._rename_assets(type_, by)

    def _move_trait(self, type_: int, old: str, new: str, by: By) -> None:
        table = self._account.tables["flexible_assets"]
        for record in sorted(table.find("flexible-asset-type-id", type_)):
            traits = table.rows[record].get("traits", {})
            if old in traits:
                moved = {new if key == old else key: value for key, value in traits.items()}
                self._account.update(FLEXIBLE_ASSETS, record, {"traits": moved}, by)

    def _rename_assets(self, type_: int, by: By) -> None:
        table = self._account.tables["flexible_assets"]
        for record in sorted(table.find("flexible-asset-type-id", type_)):
            if self._account.traits.title(table.rows[record]) != table.rows[record]["name"]:
                self._account.update(FLEXIBLE_ASSETS, record, {}, by)

    def _forget_trait(self, type_: int, key: str, by: By) -> None:
        # The field's data in every asset is lost (reference 5.8).
        table = self._account.tables["flexible_assets"]
        for record in sorted(table.find("flexible-asset-type-id", type_)):
            traits = table.rows[record].get("traits", {})
            if key in traits:
                kept = {name: value for name, value in traits.items() if name != key}
                self._account.update(FLEXIBLE_ASSETS, record, {"traits": kept}, by)
