"""Reading both sides from the control APIs before a history begins."""

from typing import Any

import httpx
import orjson

from .known import Company, Device, Known, Row

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
        item["id"]: Device(item["id"], item["now"], is_trap=f"configuration:{item['id']}" in traps)
        for item in _get(cw, "records/company/configurations")
        if item["now"] is not None
    }
    setup = {path: [item["now"] for item in _get(cw, f"records/{path}") if item["now"] is not None] for path in SETUP}
    known = Known(companies, devices, setup, {}, creates)
    take_records(known, ig)
    settle(known, native=native)
    return known


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
