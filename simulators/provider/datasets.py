"""The benchmarks' data: customers of lognormal size without a trap, each with its PSA side and its IT Glue side.

All have 20 manufacturers, 160 models, 8 types and 5 statuses at the PSA. Each function gives `{system: {resource: [records]}}`;
what stands under a system is what `--data FILE` takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from simulators.provider import catalogue, connectwise, itglue
from simulators.provider.account import Account, mapped, model_record, named
from simulators.provider.companies import Company, make_company
from simulators.provider.companies import Fate as CompanyFate
from simulators.provider.connectwise_setup import setup_records
from simulators.provider.devices import Device, Fate, make_device
from simulators.provider.provider import weight_of
from simulators.provider.sizes import apportion

Record = dict[str, Any]
Sides = dict[str, dict[str, list[Record]]]

_CLIENT: Final = next(kind for kind in catalogue.COMPANY_TYPES if kind.name == "Client")
_ACTIVE: Final = next(status for status in catalogue.COMPANY_STATUSES if status.name == "Active")


def first_sync(companies: int, devices: int, seed: int) -> Sides:
    """Organizations are in IT Glue, equal to the PSA's; nothing else is, no name of a device's type, status or model."""
    clients = _clients(companies, seed)
    account = Account()
    return {
        "connectwise": _psa(clients, _devices(clients, devices, seed), seed),
        "itglue": _organizations(clients, account),
    }


def all_new(companies: int, devices: int, seed: int) -> Sides:
    """Give the same PSA as `first_sync` beside an empty IT Glue."""
    clients = _clients(companies, seed)
    return {"connectwise": _psa(clients, _devices(clients, devices, seed), seed), "itglue": {}}


def adoption(companies: int, devices: int, seed: int) -> Sides:
    """Everything is in IT Glue, unlinked; each device is found by its serial number, every other one differs in one field."""
    clients = _clients(companies, seed)
    account = Account()
    records = _organizations(clients, account)
    records["configuration_types"] = [
        named(account, "configuration_types", kind.name)
        for kind in catalogue.CONFIGURATION_TYPES[: catalogue.USED_TYPES]
    ]
    records["configuration_statuses"] = [
        named(account, "configuration_statuses", status.name) for status in catalogue.CONFIGURATION_STATUSES
    ]
    records["manufacturers"] = [named(account, "manufacturers", name) for name, _, _ in catalogue.MANUFACTURERS]
    records["models"] = [model_record(account, place) for place in range(len(catalogue.MODELS))]
    records["configurations"] = [
        itglue.configuration_record(_adoptable(device, account), account) for device in _devices(clients, devices, seed)
    ]
    return {"connectwise": _psa(clients, _devices(clients, devices, seed), seed), "itglue": records}


def _clients(count: int, seed: int) -> list[Company]:
    made = (make_company(number, CompanyFate.NAMED, seed) for number in range(count))
    return [replace(company, status=_ACTIVE, types=(_CLIENT,)) for company in made]


def _devices(clients: list[Company], total: int, seed: int) -> Iterator[Device]:
    number = 0
    sizes = apportion([weight_of(company.number, seed) for company in clients], total)
    for company, size in zip(clients, sizes, strict=True):
        for place in range(size):
            device = make_device(company, Fate.SERIAL, place, number, seed)
            # A name of IT Glue's own list would be an id there; this one is nobody's.
            yield replace(device, system=device.system and f"{device.system}, 64-bit edition")
            number += 1


def _psa(clients: list[Company], devices: Iterator[Device], seed: int) -> dict[str, list[Record]]:
    shared: dict[object, Any] = {}
    records = setup_records()
    records["company/configurations/types"] = records["company/configurations/types"][: catalogue.USED_TYPES]
    return records | {
        "company/companies": [connectwise.company_record(company, seed) for company in clients],
        "company/companyTypeAssociations": connectwise.association_records(clients),
        "company/configurations": [connectwise.configuration_record(device, shared) for device in devices],
    }


def _organizations(clients: list[Company], account: Account) -> dict[str, list[Record]]:
    records: dict[str, list[Record]] = {
        "organization_types": [named(account, "organization_types", _CLIENT.name, synced=False)],
        "organization_statuses": [named(account, "organization_statuses", _ACTIVE.name, synced=False)],
        "organizations": [],
    }
    for company in clients:
        record = itglue.organization_record(company, company.name, account, _CLIENT.name, _ACTIVE.name)
        record["attributes"]["short-name"] = company.identifier
        records["organizations"].append(record)
    return records


def _adoptable(device: Device, account: Account) -> Record:
    attributes = mapped(device, account.organizations[device.company.id], account)
    if device.number % 2 == 0:
        return attributes
    if device.number % 4 == 1 and device.warranty:
        return attributes | {"warranty-expires-at": "2016-01-31"}
    # Whatever its status is, the PSA says another one.
    statuses = account.configuration_statuses
    other = "Inactive" if device.status and device.status.name == "Active" else "Active"
    return attributes | {"configuration-status-id": statuses[other]}
