"""Rules for writing flexible assets with their fields (reference 5.8 and 5.9)."""

from typing import Any

from simulators.itglue.account import Account
from simulators.itglue.fields import asset_type_of, faults, faults_of_several, forced
from simulators.itglue.refusals import detailed, invalid, unprocessable
from simulators.itglue.schema import Row
from simulators.kernel import Kernel


class Flexible:
    """Check fields beside their siblings, and traits against their fields."""

    def __init__(self, kernel: Kernel, account: Account) -> None:
        self._kernel = kernel
        self._account = account

    def field(self, record: int | None, row: Row, changes: Row, found: list[dict[str, Any]]) -> None:
        """Check a field that is made or changed, and switch off what its kind does not have."""
        table = self._account.tables["flexible_asset_fields"]
        wanted = row | changes
        siblings = [
            table.rows[other]
            for other in table.find("flexible-asset-type-id", wanted.get("flexible-asset-type-id"))
            if other != record
        ]
        self.switch_off(wanted, changes)
        found += faults(wanted, siblings) + self._lost_tag(wanted)
        if record is None:
            return
        if changes.get("kind", row["kind"]) != row["kind"] and self._is_used(row):
            found.append(invalid("kind", "cannot be changed while assets hold a value"))
        if row.get("show-in-list") and changes.get("show-in-list") is False:
            self._check_list(siblings, found)

    def deletable(self, record: int) -> None:
        """Refuse to take the last field out of the list."""
        table = self._account.tables["flexible_asset_fields"]
        row = table.rows[record]
        siblings = [
            table.rows[other]
            for other in table.find("flexible-asset-type-id", row["flexible-asset-type-id"])
            if other != record
        ]
        found: list[dict[str, Any]] = []
        self._check_list(siblings, found)
        if found:
            raise unprocessable(*found)

    def together(self, rows: list[Row]) -> list[dict[str, Any]]:
        """Check the fields that come along with a type; return what is wrong."""
        for row in rows:
            self.switch_off(row, row)
        return faults_of_several(rows) + [fault for row in rows for fault in self._lost_tag(row)]

    def traits(self, type_: int | None, sent: Any) -> Row:
        """Return the traits to store, or refuse them; without a type no key fits."""
        if type_ is None:
            raise unprocessable(detailed("Request contains invalid trait keys", "data/attributes/traits"))
        drop = self._kernel.switches["unknown_trait"] == "drop"
        return self._account.traits.stored(type_, sent, drop_unknown=drop)

    @staticmethod
    def switch_off(wanted: Row, changes: Row) -> None:
        """Force what a kind does not have to false."""
        for name, value in forced(wanted).items():
            if wanted.get(name):
                changes[name] = value
                wanted[name] = value

    def _lost_tag(self, field: Row) -> list[dict[str, Any]]:
        type_ = asset_type_of(field.get("tag-type")) if field.get("kind") == "Tag" else None
        if type_ is None or self._account.has("flexible_asset_types", type_):
            return []
        return [invalid("tag-type", "names no flexible asset type")]

    def _is_used(self, field: Row) -> bool:
        table = self._account.tables["flexible_assets"]
        assets = table.find("flexible-asset-type-id", field["flexible-asset-type-id"])
        return any(field["name-key"] in table.rows[asset].get("traits", {}) for asset in assets)

    @staticmethod
    def _check_list(siblings: list[Row], found: list[dict[str, Any]]) -> None:
        if not any(sibling.get("show-in-list") for sibling in siblings):
            found.append(invalid("show-in-list", "at least one field must be shown in the list"))
