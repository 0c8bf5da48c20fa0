"""What a person does in IT Glue's UI, and records that were there before."""

from typing import Any

from simulators.itglue.account import Account
from simulators.itglue.adapters import adapter, agreeing, with_keys
from simulators.itglue.catalogue import CATALOGUE
from simulators.itglue.flexible import Flexible
from simulators.itglue.links import Links
from simulators.itglue.refusals import Refusal
from simulators.itglue.related import Related
from simulators.itglue.routes import Route, resolve
from simulators.itglue.schema import Resource, Row
from simulators.itglue.storing import Storing
from simulators.itglue.values import InvalidValueError, checked, identifier
from simulators.kernel import Kernel
from simulators.records import By
from simulators.refusal import ControlError

_SIDE = {"id", "type", "attributes", "relationships", "adapter", "adapters"}


class Person:
    """Create, change, delete and merge by hand; only what the UI checks is checked."""

    def __init__(self, kernel: Kernel, account: Account, storing: Storing, related: Related) -> None:
        self._account = account
        self._flexible = Flexible(kernel, account)
        self._links = Links(account, related)
        self._storing = storing

    def dump(self, path: str) -> list[Any] | None:
        """Return every record of a resource, of a record's children, or one record."""
        if self._links.meant(path):
            return self._links.dump(path)
        try:
            route = self._route(path)
        except ControlError:
            return None
        table = self._account.tables[route.resource.name]
        records = None
        if route.record is not None:
            records = [route.record] if route.record in table.history else []
        elif route.parent is not None and route.resource.parent is not None:
            key = route.resource.parent.key
            records = [
                record
                for record, events in sorted(table.history.items())
                if (events[-1].after or events[-1].before or {}).get(key) == route.parent
            ]
        return self._account.dump(route.resource, records)

    def act(self, method: str, path: str, body: Any) -> Any:
        """Carry out a POST, PATCH or DELETE and return the record as `GET records` shows it."""
        if method == "POST" and path.endswith("/merge"):
            return self._merge(path.removesuffix("/merge"), body)
        if self._links.meant(path):
            return self._links.act(method, path, body)
        route = self._route(path)
        if method == "POST":
            if route.record is not None:
                raise ControlError(404, f"POST records/{path}: POST goes to a list")
            return self._account.known(route.resource, self._create(route, body, "person"))
        if route.record is None or not self._account.has(route.resource.name, route.record):
            raise ControlError(404, f"records/{path}: no such record")
        if method == "DELETE":
            self._check_unsynced(route.resource, route.record)
            self._check_unused(route.resource, route.record)
            self._storing.remove(route.resource, route.record, "person")
        else:
            held = self._account.tables[route.resource.name].rows[route.record]
            changes = self._row(route.resource, body)
            if changes.get("psa-types") and held.get("psa-integration") is None:
                changes.setdefault("psa-integration", "enabled")
            changes = agreeing(changes, held.get("adapters", ()))
            self._check_kept(route.resource, changes)
            self._check_field(route.resource, route.record, held, changes)
            if route.resource.name == "flexible_assets" and "traits" in body.get("attributes", body):
                sent = self._traits(held["flexible-asset-type-id"], body)
                named = body.get("attributes", body)["traits"]
                changes["traits"] = {k: v for k, v in held.get("traits", {}).items() if k not in named} | sent
            self._storing.update(route.resource, route.record, changes, "person")
        return self._account.known(route.resource, route.record)

    @staticmethod
    def _check_kept(resource: Resource, changes: Row) -> None:
        for name, attribute in resource.stored.items():
            if attribute.required and name != "manufacturer-id" and name in changes and changes[name] is None:
                raise ControlError(400, f"{resource.name}: {name} cannot be empty")

    def _check_field(self, resource: Resource, record: int | None, held: Row, changes: Row) -> None:
        if resource.name == "flexible_asset_fields":
            found: list[dict[str, Any]] = []
            self._flexible.field(record, held, changes, found)
            if found:
                raise ControlError(400, f"flexible_asset_fields: {found[0]['source']['pointer']} {found[0]['detail']}")

    def _check_unsynced(self, resource: Resource, record: int) -> None:
        # Records still syncing cannot be deleted in the UI (reference 6).
        if self._account.tables[resource.name].rows[record].get("psa-integration") == "enabled":
            raise ControlError(
                400, f"{resource.name} {record} is being synced: pause or disconnect the sync, or orphan it"
            )

    def _check_unused(self, resource: Resource, record: int) -> None:
        for other in CATALOGUE.values():
            for attribute in other.stored.values():
                if attribute.refers != resource.name or not attribute.required:
                    continue
                above = other.parent is not None and other.parent.resource == resource.name
                if not above and attribute.name != "manufacturer-id":
                    used = self._account.tables[other.name].find(attribute.name, record)
                    if used:
                        raise ControlError(400, f"{resource.name} {record} is used by {len(used)} {other.name}")

    def load(self, path: str, record: dict[str, Any]) -> None:
        """Take a record that was there before, with its id if it has one."""
        if self._links.meant(path):
            self._links.act("POST", path, record)
            return
        linked = bool(record.get("adapter") or record.get("adapters"))
        self._create(self._route(path), record, "sync" if linked else "person")

    def _create(self, route: Route, body: Any, by: By) -> int:
        resource = route.resource
        row = {name: value for name, value in agreeing(self._row(resource, body), ()).items() if value is not None}
        if route.parent is not None and resource.parent is not None:
            if not self._account.has(resource.parent.resource, route.parent):
                raise ControlError(404, f"{resource.parent.resource} {route.parent} does not exist")
            row[resource.parent.key] = route.parent
        if row.get("psa-types") and "psa-integration" not in row:
            row["psa-integration"] = "enabled"
        for name, attribute in resource.stored.items():
            if attribute.required and name not in row and attribute.name != "manufacturer-id":
                raise ControlError(400, f"{resource.name}: {name} is missing")
        if resource.name == "flexible_assets":
            row["traits"] = self._traits(row["flexible-asset-type-id"], body)
        record = body.get("id")
        number = None if record is None else identifier(record)
        if record is not None and (number is None or number in self._account.tables[resource.name].history):
            raise ControlError(400, f"{resource.name}: id {record} is no number or was used")
        self._check_field(resource, None, {}, row)
        fields = self._fields(resource, body)
        for field in fields:
            self._row(CATALOGUE["flexible_asset_fields"], field)
        made = self._storing.create(resource, row, by, record=number)
        for field in fields:
            self._create(Route(CATALOGUE["flexible_asset_fields"], parent=made), field, by)
        return made

    @staticmethod
    def _fields(resource: Resource, body: Any) -> list[Any]:
        if resource.name != "flexible_asset_types":
            return []
        named: Any = body.get("relationships") or {}
        if isinstance(named, dict):
            named = named.get("flexible-asset-fields") or named.get("flexible_asset_fields") or {}
        fields = named.get("data", []) if isinstance(named, dict) else None
        if not isinstance(fields, list):
            raise ControlError(400, f'{resource.name}: fields are {{"flexible-asset-fields": {{"data": […]}}}}')
        return fields

    def _row(self, resource: Resource, body: Any) -> Row:
        if not isinstance(body, dict):
            raise ControlError(400, f'{resource.name}: an object {{"attributes": {{…}}}} is wanted')
        if not isinstance(body.get("attributes", {}), dict):
            raise ControlError(400, f"{resource.name}: attributes is no object")
        sent = body["attributes"] if "attributes" in body else {k: v for k, v in body.items() if k not in _SIDE}
        row: Row = {}
        for spelled, value in sent.items():
            name = spelled.replace("_", "-")
            if name == "id" or name in resource.read_only - {"synced", "traits"}:
                continue
            if name == "traits" and resource.name == "flexible_assets":
                continue
            if name == "synced":
                row["psa-integration"] = "enabled" if value else None
                continue
            if name == "psa-integration" and resource.open_when_synced is not None:
                row[name] = value
                continue
            attribute = resource.stored.get(name)
            if attribute is None:
                raise ControlError(400, f"{resource.name}: there is no attribute {name}")
            try:
                row[name] = checked(attribute, value, by_person=True)
            except InvalidValueError as error:
                raise ControlError(400, f"{resource.name}: {name} {error}") from None
            if (
                attribute.refers is not None
                and row[name] is not None
                and not self._account.has(attribute.refers, row[name])
            ):
                raise ControlError(400, f"{resource.name}: {name} {row[name]} does not exist")
        links = body.get("adapters", body.get("adapter"))
        if links is None:
            return row
        try:
            several = links if isinstance(links, list) else [links]
            return with_keys(row, tuple(adapter(self._account.new_id(), link) for link in several))
        except ValueError as error:
            raise ControlError(400, f"{resource.name}: {error}") from None

    def _traits(self, type_: int, body: Any) -> Row:
        sent = body.get("attributes", body).get("traits", {})
        if not isinstance(sent, dict):
            raise ControlError(400, "flexible_assets: traits is no object")
        writable = {
            key: [one["id"] for one in value["values"] if "id" in one]
            if isinstance(value, dict) and "values" in value
            else value
            for key, value in sent.items()
        }
        try:
            return self._account.traits.stored(type_, writable, drop_unknown=False, by_person=True)
        except Refusal as refusal:
            raise ControlError(400, f"flexible_assets: {refusal.answer.body['errors'][0]}") from None

    def _merge(self, path: str, body: Any) -> Any:
        route = self._route(path)
        winner = identifier(body.get("into")) if isinstance(body, dict) else None
        if route.resource.name != "organizations" or route.record is None or winner is None or winner == route.record:
            raise ControlError(400, 'POST records/organizations/<loser>/merge {"into": <winner>} is wanted')
        for record in (route.record, winner):
            if not self._account.has("organizations", record):
                raise ControlError(404, f"organizations {record} does not exist")
        for child in CATALOGUE.values():
            if child.parent is not None and child.parent.resource == "organizations":
                for record in sorted(self._account.tables[child.name].find("organization-id", route.record)):
                    self._storing.update(child, record, {"organization-id": winner}, "person")
        self._storing.remove(route.resource, route.record, "person")
        return self._account.known(route.resource, winner)

    @staticmethod
    def _route(path: str) -> Route:
        try:
            return resolve(path.strip("/").split("/"))
        except Refusal:
            raise ControlError(404, f"records/{path}: no such resource") from None
