"""The native sync's other way: edits and creates on synced kinds go to the PSA at once (reference 6)."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from simulators.itglue.account import Account
from simulators.itglue.adapters import INTEGRATIONS, adapter, with_keys
from simulators.itglue.ownership import is_live
from simulators.itglue.psa_shapes import ITEMS, SHAPES, Named, Shape, communications
from simulators.itglue.schema import Resource, Row
from simulators.kernel import Kernel

_log = logging.getLogger(__name__)
_Work = Callable[[httpx.AsyncClient], Awaitable[None]]


class Push:
    """Collect what has to go to the PSA and send it, as the person at its control URL."""

    def __init__(self, kernel: Kernel, account: Account) -> None:
        self._kernel = kernel
        self._account = account
        self._waiting: list[_Work] = []

    def created(self, resource: Resource, record: int) -> None:
        """Note a record that was made in IT Glue: on a kind that is being synced it appears in the PSA."""
        if not self._is_on(resource) or not is_live(self._account, resource):
            return
        shape = self._shape(resource)
        row = self._account.tables[resource.name].rows[record]
        if resource.name == "organizations" and not self._type_syncs(row):
            return
        if shape is None or (resource.name != "organizations" and self._remote(row.get("organization-id")) is None):
            return

        async def send(client: httpx.AsyncClient) -> None:
            values = await self._values(client, shape, row)
            made = await self._call(client, "POST", self._path(shape, row), values)
            if made is None or not self._account.has(resource.name, record):
                return
            link = adapter(self._account.new_id(), {"adapter-type-name": shape.adapter, "remote-id": made["id"]})
            changes = with_keys({"psa-integration": "enabled"}, (link,))
            self._account.update(resource, record, changes, "sync")

        self._waiting.append(send)

    def edited(self, resource: Resource, record: int, changes: Row) -> None:
        """Note an edit: a mapped attribute of a synced record changes in the PSA too."""
        if not self._is_on(resource):
            return
        row = self._account.tables[resource.name].rows[record]
        link = next((link for link in row.get("adapters", ()) if link["sync"] and not link["orphaned"]), None)
        shape = self._shape(resource)
        if row.get("psa-integration") != "enabled" or link is None or shape is None:
            return
        fields = {name: row.get(name) for name in changes if name in shape.fields}
        if shape.items is not None and set(ITEMS) & set(changes):
            fields |= {name: row.get(name) for name in ITEMS}
        if not fields:
            return

        async def send(client: httpx.AsyncClient) -> None:
            values = await self._values(client, shape, fields)
            await self._call(client, "PATCH", f"{self._path(shape, row)}/{link['remote-id']}", values)

        self._waiting.append(send)

    def pending(self) -> Awaitable[None] | None:
        """Return the sending of what is waiting; None if nothing is."""
        if not self._waiting:
            return None
        works, self._waiting = self._waiting, []
        return self._send(works)

    async def _send(self, works: list[_Work]) -> None:
        async with httpx.AsyncClient(timeout=30, verify=False) as client:  # noqa: S501  # simulators sign themselves
            for work in works:
                try:
                    await work(client)
                except httpx.HTTPError as error:
                    _log.warning("the PSA simulator cannot be reached: %r", error)

    def _is_on(self, resource: Resource) -> bool:
        return resource.syncs and self._kernel.switches["two_way"] is not None

    def _type_syncs(self, organization: Row) -> bool:
        # An organization of a type that is not set to sync stays local (reference 6).
        synced = self._account.tables["organization_types"].find("psa-integration", "enabled")
        return not synced or organization.get("organization-type-id") in synced

    def _shape(self, resource: Resource) -> Shape | None:
        for row in self._account.tables["organizations"].rows.values():
            for link in row.get("adapters", ()):
                if (word := INTEGRATIONS.get(link["adapter-type-name"])) in SHAPES:
                    return SHAPES[word].get(resource.name)
        return None

    def _remote(self, organization: int | None) -> str | None:
        row = self._account.row("organizations", organization) or {}
        return next(
            (link["remote-id"] for link in row.get("adapters", ()) if link["sync"] and not link["orphaned"]), None
        )

    def _path(self, shape: Shape, row: Row) -> str:
        return shape.path.format(company=self._remote(row.get("organization-id")))

    async def _values(self, client: httpx.AsyncClient, shape: Shape, row: Row) -> Row:
        values: Row = {}
        for ours, field in shape.fields.items():
            if ours not in row:
                continue
            if isinstance(field, Named):
                target = self._account.row(field.table, row[ours])
                if target is not None:
                    values[field.name] = await self._reference(client, field, target["name"])
            elif ours == "organization-id":
                remote = self._remote(row[ours])
                values[field] = shape.company(int(remote)) if remote and remote.isdecimal() else None
            else:
                values[field] = shape.day(row[ours]) if row[ours] and ours in shape.days else row[ours]
        if shape.items is not None and set(ITEMS) & set(row):
            values[shape.items] = communications(row)
        return values

    async def _reference(self, client: httpx.AsyncClient, field: Named, name: str) -> Any:
        for item in await self._call(client, "GET", field.path) or ():
            if (now := item.get("now")) is not None and now.get("name") == name:
                return {"id": item["id"], "name": name} if field.whole else item["id"]
        return {"name": name} if field.whole else None

    async def _call(self, client: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
        url = f"{self._kernel.switches['two_way'].rstrip('/')}/records/{path}"
        answer = await client.request(method, url, json=body)
        if answer.status_code >= 400:
            _log.warning("the PSA simulator refused %s %s: %s", method, url, answer.text[:500])
            return None
        return answer.json()
