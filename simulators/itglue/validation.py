"""What a client may write: forms, references and rules across attributes."""

from typing import Any

from simulators.itglue.account import Account
from simulators.itglue.bodies import Item
from simulators.itglue.catalogue.flexible import FLEXIBLE_ASSETS
from simulators.itglue.flexible import Flexible
from simulators.itglue.interfaces import primary_ip_after
from simulators.itglue.ownership import is_owned
from simulators.itglue.refusals import blank, detailed, invalid, must_exist, synced, titled, unprocessable, unreachable
from simulators.itglue.schema import Attribute, Resource, Row
from simulators.itglue.values import InvalidValueError, checked
from simulators.kernel import Kernel

_FIXED = {
    "flexible_assets": "flexible-asset-type-id",
    "flexible_asset_fields": "flexible-asset-type-id",
    "configuration_interfaces": "configuration-id",
}
"""What a record hangs on for good."""
_SEEN_OPEN = frozenset({"important", "notes"})
"""What went through on a synced contact in one live test (reference 5.6)."""
_SAME_ORGANIZATION = (("location-id", "locations"), ("contact-id", "contacts"))


class Validation:
    """Turn what was sent into changes of a row, or refuse it."""

    def __init__(self, kernel: Kernel, account: Account) -> None:
        self._kernel = kernel
        self._account = account
        self._flexible = Flexible(kernel, account)

    def created(self, resource: Resource, item: Item, parent: int | None) -> Row:
        """Return the row that a POST makes."""
        found: list[dict[str, Any]] = []
        changes = self._changes(resource, item, found)
        if resource.name == "flexible_assets":
            sent = item.attributes.get("traits")
            traits = self._flexible.traits(changes.get("flexible-asset-type-id"), sent)
            changes |= self._without_dropped({}, traits)
        above = resource.parent
        if above is not None and parent is not None:
            changes[above.key] = parent
            found = [error for error in found if not error["source"]["pointer"].endswith(above.key)]
        for name, attribute in resource.writable.items():
            if attribute.required and changes.get(name) is None and not _is_named(found, name):
                found.insert(0, _missing(resource, attribute))
        self._check_whole(resource, None, {}, changes, found)
        if found:
            raise unprocessable(*found)
        return changes

    def parts(self, resource: Resource, items: list[Item]) -> list[Row]:
        """Return the rows of records that come along with the one above them."""
        found: list[dict[str, Any]] = []
        rows = []
        for item in items:
            row = self._changes(resource, item, found)
            found += [
                blank(name)
                for name, attribute in resource.writable.items()
                if attribute.required and attribute.refers is None and row.get(name) is None
            ]
            rows.append(row)
        if resource.name == "flexible_asset_fields":
            found += self._flexible.together(rows)
        if found:
            raise unprocessable(*found)
        return rows

    def updated(self, resource: Resource, record: int, item: Item) -> Row:
        """Return the changes that a PATCH makes to a record."""
        row = self._account.tables[resource.name].rows[record]
        self._check_ownership(resource, row, item)
        found: list[dict[str, Any]] = []
        changes = self._changes(resource, item, found)
        extra: Row = {}
        if resource.name in _FIXED:
            # Taken from clients that send it along, without effect (reference 5.9).
            changes.pop(_FIXED[resource.name], None)
        if resource.name == "flexible_assets" and self._is_about_traits(item):
            sent = item.attributes.get("traits", {})
            extra = self._without_dropped(row, self._flexible.traits(row["flexible-asset-type-id"], sent))
        for name in changes:
            attribute = resource.writable[name]
            if changes[name] is None and not attribute.nullable:
                found.append(_missing(resource, attribute) if attribute.must_exist else blank(name))
        self._check_whole(resource, record, row, changes, found)
        if found:
            raise unprocessable(*found)
        return changes | extra

    def check_deletable(self, resource: Resource, record: int) -> None:
        """Refuse to delete what the native sync owns."""
        row = self._account.tables[resource.name].rows[record]
        if is_owned(resource, row):
            raise unprocessable(synced("base"))
        if resource.name == "flexible_asset_fields":
            self._flexible.deletable(record)
        if resource.name == "configuration_interfaces":
            found: list[dict[str, Any]] = []
            self._check_primary_ip(record, row, None, found)
            if found:
                raise unprocessable(*found)

    def _check_ownership(self, resource: Resource, row: Row, item: Item) -> None:
        open_ = resource.open_when_synced
        if resource.name == "contacts" and self._kernel.switches["synced_contacts"] == "important_and_notes":
            open_ = _SEEN_OPEN
        if open_ is not None and is_owned(resource, row):
            closed = [name for name in item.attributes if name in resource.writable and name not in open_]
            if closed:
                raise unprocessable(*(synced(name) for name in closed))
        refuses = self._kernel.switches["contact_emails"] == "refuse"
        if resource.name == "contacts" and "contact-emails" in item.attributes and refuses:
            # Refused in a live test even where psa-integration was null (reference 5.6).
            raise unprocessable(synced("contact-emails.base"))

    def _is_about_traits(self, item: Item) -> bool:
        return "traits" in item.attributes or self._kernel.switches["absent_traits"] == "delete"

    def _changes(self, resource: Resource, item: Item, found: list[dict[str, Any]]) -> Row:
        dropped = dropped_attributes(self._kernel, resource)
        changes: Row = {}
        for name, value in item.attributes.items():
            attribute = resource.writable.get(name)
            if attribute is None or name in dropped:
                continue
            try:
                changes[name] = checked(attribute, value)
                if attribute.required and isinstance(value, str) and not value.strip():
                    changes[name] = None
            except InvalidValueError as error:
                found.append(invalid(name, str(error)))
                continue
            if attribute.refers is not None and changes[name] is not None:
                self._check_reference(attribute, changes[name], found)
        return changes

    def _without_dropped(self, row: Row, traits: Row) -> Row:
        dropped = dropped_attributes(self._kernel, FLEXIBLE_ASSETS)
        if "traits" in dropped:
            return {}
        held = row.get("traits", {})
        kept = {key: value for key, value in held.items() if f"traits.{key}" in dropped}
        return {"traits": {key: value for key, value in traits.items() if f"traits.{key}" not in dropped} | kept}

    def _check_reference(self, attribute: Attribute, record: int, found: list[dict[str, Any]]) -> None:
        assert attribute.refers is not None
        if self._account.has(attribute.refers, record):
            return
        if not attribute.must_exist:
            raise unreachable()
        found.append(must_exist(attribute.name))

    def _check_whole(
        self, resource: Resource, record: int | None, row: Row, changes: Row, found: list[dict[str, Any]]
    ) -> None:
        wanted = row | changes
        if resource.unique_name and changes.get("name") is not None:
            holders = set(self._account.tables[resource.name].find("name", changes["name"])) - {record}
            if holders:
                found.append(detailed("has already been taken", "/data/attributes/name"))
        match resource.name:
            case "configurations":
                self._check_model(wanted, changes, found)
                self._check_same_organization(wanted, changes, found)
            case "contacts":
                self._check_same_organization(wanted, changes, found)
            case "organizations" if changes.get("parent-id") is not None:
                self._check_line(record, changes["parent-id"], found)
            case "flexible_asset_fields":
                self._flexible.field(record, row, changes, found)
            case "configuration_interfaces" if wanted.get("configuration-id") is not None:
                self._check_primary_ip(record, wanted, changes, found)

    def _check_model(self, wanted: Row, changes: Row, found: list[dict[str, Any]]) -> None:
        if not {"model-id", "manufacturer-id"} & set(changes):
            return
        model = self._account.row("models", wanted.get("model-id"))
        if model is None or wanted.get("manufacturer-id") is None:
            return
        if model.get("manufacturer-id") not in (None, wanted["manufacturer-id"]):
            found.append(invalid("model-id", "does not belong to the manufacturer"))

    def _check_same_organization(self, wanted: Row, changes: Row, found: list[dict[str, Any]]) -> None:
        for name, table in _SAME_ORGANIZATION:
            if name not in wanted or not {name, "organization-id"} & set(changes):
                continue
            target = self._account.row(table, wanted[name])
            if target is not None and target["organization-id"] != wanted.get("organization-id"):
                found.append(invalid(name, "must belong to the same organization"))

    def _check_line(self, record: int | None, parent: int, found: list[dict[str, Any]]) -> None:
        above: int | None = parent
        seen: set[int] = set()
        while above is not None and above not in seen:
            if above == record:
                found.append(invalid("parent-id", "must not be the organization itself or one below it"))
                return
            seen.add(above)
            above = (self._account.row("organizations", above) or {}).get("parent-id")

    def _check_primary_ip(
        self, record: int | None, wanted: Row, changes: Row | None, found: list[dict[str, Any]]
    ) -> None:
        configuration = wanted["configuration-id"]
        row = self._account.tables["configurations"].rows[configuration]
        if row.get("psa-integration") in (None, "disabled"):
            return
        if primary_ip_after(self._account, configuration, record, changes) != row.get("primary-ip"):
            found.append(synced("ip-address"))


def dropped_attributes(kernel: Kernel, resource: Resource) -> set[str]:
    """Return the attributes of a resource that are taken and not stored; `traits.<key>` for one trait."""
    words = (word.replace("_", "-").partition(".") for word in kernel.switches["drop_attributes"])
    return {name for kind, _, name in words if kind == resource.type}


def _missing(resource: Resource, attribute: Attribute) -> dict[str, Any]:
    if attribute.must_exist or attribute.refers == "manufacturers":
        return must_exist(attribute.name)
    if attribute.refers is not None:
        underscored = attribute.name.replace("-", "_")
        return titled(f"Valid {underscored} is required", f"data/attributes/{underscored}", 422)
    return blank(attribute.name)


def _is_named(found: list[dict[str, Any]], name: str) -> bool:
    return any(error["source"]["pointer"].endswith(("/" + name, "/" + name.removesuffix("-id"))) for error in found)
