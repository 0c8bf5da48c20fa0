"""Reading both sides from the control APIs before a history begins."""

import re
from typing import Any

import httpx
import orjson

from .known import KINDS_BELOW, Below, Company, Device, Known, Row

DOCUMENTS = ("locations", "contacts", "flexible_assets", "flexible_asset_fields")
TICKETS = ("service/tickets", "project/tickets")
SETUP = (
    "company/companies/types",
    "company/companies/statuses",
    "company/configurations/types",
    "company/configurations/statuses",
    "procurement/manufacturers",
)


def read(cw: httpx.Client, ig: httpx.Client, creates: str, *, native: bool) -> Known:
    """Read both sides; a device that is no trap, at a company that is none, counts as linked there."""
    traps = {trap["ref"] for trap in _get(cw, "traps")}
    companies = {
        item["id"]: Company(item["id"], item["now"], is_trap=f"organization:{item['id']}" in traps)
        for item in _get(cw, "records/company/companies")
        if item["now"] is not None
    }
    devices = {
        item["id"]: Device(id=item["id"], row=item["now"], is_trap=f"configuration:{item['id']}" in traps)
        for item in _get(cw, "records/company/configurations")
        if item["now"] is not None
    }
    setup = {path: [item["now"] for item in _get(cw, f"records/{path}") if item["now"] is not None] for path in SETUP}
    known = Known(companies, devices, setup, {}, creates)
    take_records(known, ig)
    settle(known, native=native)
    return known


def read_below(known: Known, cw: httpx.Client, ig: httpx.Client) -> None:
    """Read sites, contacts and tickets, and IT Glue's locations, contacts and assets, too."""
    paths = {
        "location": [f"company/companies/{company}/sites" for company in known.companies],
        "contact": ["company/contacts"],
        "ticket": list(TICKETS),
    }
    for kind in KINDS_BELOW:
        traps = {trap["ref"] for trap in _get(cw, f"traps/{kind}")}
        for path in paths[kind]:
            for item in _get(cw, f"records/{path}"):
                if item["now"] is not None:
                    is_trap = f"{kind}:{item['id']}" in traps
                    known.below[kind][item["id"]] = Below(id=item["id"], path=path, row=item["now"], is_trap=is_trap)
    referring: list[Below | Device] = [*known.below["contact"].values(), *known.devices.values()]
    for found in referring:
        if _is_held_by_a_trap(known, found.row):
            found.is_trap, found.home = True, None
    for ticket in known.below["ticket"].values():
        known.links[ticket.id] = {
            device["id"] for device in _get(cw, f"records/{ticket.path}/{ticket.id}/configurations")
        }
    for board in _get(cw, "records/service/boards"):
        path = f"service/boards/{board['id']}/statuses"
        known.setup[path] = [item["now"] for item in _get(cw, f"records/{path}")]
    known.setup["service/boards"] = [item["now"] for item in _get(cw, "records/service/boards")]
    take_documents(known, ig)
    settle_below(known)


def _is_held_by_a_trap(known: Known, row: Row) -> bool:
    """Say whether what a row refers to is held, so that it is neither adopted nor made (DESIGN 3)."""
    named = [(kind, (row.get(word) or {}).get("id")) for kind, word in (("location", "site"), ("contact", "contact"))]
    found = [known.below[kind].get(record) for kind, record in named if record is not None]
    return any(each is not None and each.is_trap for each in found)


def take_documents(known: Known, ig: httpx.Client) -> None:
    """Read IT Glue's further records, and which of them stand for what: by the native sync's link, or by their marker."""
    for resource in DOCUMENTS:
        items = [item for item in _get(ig, f"records/{resource}") if item["now"] is not None]
        known.documents[resource] = {item["id"]: item["now"]["attributes"] for item in items}
        for item in items:
            found = _stands_for(known, resource, item)
            if found is not None:
                found.record = item["id"]


def settle_below(known: Known) -> None:
    """Count what is below a company that is written as linked where it is; a ticket only while it is open."""
    for kind, all_ in known.below.items():
        for found in all_.values():
            is_made = kind != "ticket" or not found.row.get("closedFlag")
            if not found.is_trap and found.home is None and is_made and known.is_open(found.company):
                found.home = found.company


def _stands_for(known: Known, resource: str, item: Row) -> Below | None:
    kind = {"locations": "location", "contacts": "contact"}.get(resource)
    if kind is not None:
        links = [link for link in _adapters(item) if link["adapter-type-name"].startswith("ConnectWise")]
        return known.below[kind].get(int(links[0]["remote-id"])) if links else None
    marked = re.search(r":ticket:(\d+)", str(item["now"]["attributes"].get("traits", {}).get("bridge-ref", "")))
    return None if marked is None else known.below["ticket"].get(int(marked[1]))


def take_records(known: Known, ig: httpx.Client) -> None:
    """Read IT Glue's configurations, with the device that the native sync linked each to."""
    known.records.clear()
    for item in _get(ig, "records/configurations"):
        if item["now"] is None:
            continue
        known.records[item["id"]] = item["now"]["attributes"]
        for link in _adapters(item):
            device = known.devices.get(int(link["remote-id"]))
            if device is not None and link["adapter-type-name"].startswith("ConnectWise"):
                device.record = item["id"]


def settle(known: Known, *, native: bool) -> None:
    """Count every device that is written as linked where it is: the bridge has finished.

    While the native sync is on nothing is created, so only what that sync linked counts.
    """
    for device in known.devices.values():
        if device.is_trap or device.is_excluded or not known.is_open(device.company) or not device.row.get("status"):
            continue
        if device.home is None and (device.record is not None or not native):
            device.home = device.company


def _adapters(item: Row) -> list[dict[str, Any]]:
    """Give the last links that a record had: a disconnection drops them, the bridge keeps them."""
    for event in reversed(item["history"]):
        if event["after"] is not None and event["after"]["adapters"]:
            links: list[dict[str, Any]] = event["after"]["adapters"]
            return links
    return []


def _get(control: httpx.Client, path: str) -> Any:
    answer = control.get(path)
    answer.raise_for_status()
    return orjson.loads(answer.content)
