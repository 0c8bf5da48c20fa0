"""The provider's IT Glue account with an earlier life: records in the shapes of `api/itglue.md` 5.1 to 5.4 and 6."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any, Final

from simulators.provider import catalogue
from simulators.provider.account import Account, mapped, times
from simulators.provider.companies import SYNCED, Company
from simulators.provider.companies import Fate as CompanyFate
from simulators.provider.devices import Device, Fate
from simulators.provider.words import DOCUMENTATION, FAMILIES, UNKNOWN_TRADES

Record = dict[str, Any]

# What a native sync with errors left stale. Notes differ often too, but are written at creation only (MAPPING, `once`).
_STALE: Final = (
    "warranty-expires-at",
    "warranty-expires-at",
    "primary-ip",
    "configuration-status-id",
    "model-id",
    "serial-number",
)
# What nobody typed in by hand stays empty.
_OFTEN_EMPTY: Final = (
    "manufacturer-id", "model-id", "operating-system-id", "operating-system-notes", "asset-tag", "primary-ip", "default-gateway",
    "installed-at", "installed-by", "purchased-at", "warranty-expires-at",
)  # fmt: skip


def organization_records(companies: Iterable[Company], account: Account, seed: int) -> Iterator[Record]:
    """Write the organizations, and note in the account in which of them each company's devices are."""
    for company in companies:
        if company.number % 25 == 0:
            yield _unknown_organization(account)
        rng = Random(f"{seed}:organization:{company.number}")
        fate = company.fate
        if fate in SYNCED:
            yield _synced_organization(company, account, rng)
        elif fate is CompanyFate.NAMED:
            yield _typed_in(company, company.name, account, rng.choice(("Customer", "Client")))
        elif fate is CompanyFate.NEAR:
            yield _typed_in(company, company.near, account, "Customer")
        elif fate is CompanyFate.TWO_CANDIDATES:
            yield _typed_in(company, company.name, account, "Customer")
            with_devices = account.organizations[company.id]
            yield _typed_in(company, company.name, account, "Client")
            account.organizations[company.id] = with_devices
        elif fate is CompanyFate.SHARED and company.name in account.shared:
            account.organizations[company.id] = account.shared[company.name]
        elif fate is CompanyFate.SHARED:
            yield _typed_in(company, company.name, account, "Client")
            account.shared[company.name] = account.organizations[company.id]
        elif fate is CompanyFate.VENDOR and rng.random() < 0.5:
            yield _typed_in(company, company.name, account, "Vendor")


def configuration_records(device: Device, account: Account) -> Iterator[Record]:
    """Write what IT Glue holds of a device: nothing, one record, or several."""
    organization = account.organizations.get(device.company.id)
    if organization is None:
        return
    rng = Random(device.luck)
    fate = device.fate
    same = {"name": device.name, "serial-number": device.serial}
    if fate in (Fate.NATIVE, Fate.NATIVE_AND_MANUAL):
        yield _synced(device, organization, account, rng)
    if fate in (Fate.NATIVE_AND_MANUAL, Fate.TWO_SERIALS, Fate.TWO_NAMES):
        yield _manual(device, organization, account, rng, same)
    if fate in (Fate.TWO_SERIALS, Fate.TWO_NAMES):
        yield _manual(device, organization, account, rng, same)
    if fate is Fate.SERIAL:
        name = device.name if rng.random() < 0.7 else _old_name(device)
        yield _manual(device, organization, account, rng, same | {"name": name})
    if fate is Fate.MAC:
        spelling = (device.mac or "").replace("-", rng.choice("-:"))
        serial = f"ITG{device.number:07d}" if device.serial is None else None  # only IT Glue has it
        own = {"name": _old_name(device), "mac-address": spelling, "serial-number": serial}
        yield _manual(device, organization, account, rng, own)
    if fate is Fate.NAME:
        junk = rng.choice((None, None, *catalogue.JUNK_SERIALS))
        yield _manual(device, organization, account, rng, {"name": device.name, "serial-number": junk})
    if fate is Fate.ONE_FOR_TWO and (organization, device.name) not in account.stood_for:
        account.stood_for.add((organization, device.name))
        yield _manual(device, organization, account, rng, {"name": device.name})
    if fate is Fate.ELSEWHERE:
        loan = {"name": f"LOAN-{device.number:05d}", "serial-number": device.serial}
        yield _manual(device, account.unknown[device.number % len(account.unknown)], account, rng, loan)
    if device.luck % 13 == 0:
        predecessor = {"name": f"{device.name} (old)", "archived": device.luck % 2 == 0}
        yield _manual(device, organization, account, rng, predecessor)


def organization_record(company: Company, name: str, account: Account, type_name: str, status: str) -> Record:
    """Write an organization and note it as the company's."""
    account.organizations[company.id] = account.next_id("organizations")
    return {
        "id": account.organizations[company.id],
        "attributes": {
            "name": name,
            "alert": None,
            "description": None,
            "organization-type-id": account.organization_types[type_name],
            "organization-status-id": account.organization_statuses[status],
            "primary": False,
            "quick-notes": None,
            "short-name": None,
            "psa-integration": None,
            **times(company.number),
        },
    }


def configuration_record(attributes: Record, account: Account) -> Record:
    """Write a configuration of its own attributes and what every one has."""
    identity = account.next_id("configurations")
    return {
        "id": identity,
        "attributes": {
            **attributes,
            "restricted": False,
            "archived": attributes.get("archived", False),
            "psa-integration": None,
            **times(identity // 7),
        },
    }


def _synced_organization(company: Company, account: Account, rng: Random) -> Record:
    # A client that is a partner too has the lower type in the PSA's order; the native sync knows one type of it.
    name = company.near if company.fate is CompanyFate.NATIVE and rng.random() < 0.06 else company.name
    record = organization_record(company, name, account, "Client", company.status.name)
    record["attributes"]["short-name"] = company.identifier
    record["attributes"]["psa-integration"] = "enabled"
    if rng.random() < 0.2:
        record["attributes"]["alert"] = "<p>Ask for the site code before any visit.</p>"
    if rng.random() < 0.3:
        record["attributes"]["quick-notes"] = "<p>" + "Door code with the front desk. " * rng.randrange(1, 14) + "</p>"
    record["adapter"] = {"adapter-type-name": "ConnectWise", "remote-id": str(company.id)}
    return record


def _typed_in(company: Company, name: str, account: Account, type_name: str) -> Record:
    return organization_record(company, name, account, type_name, "Active")


def _unknown_organization(account: Account) -> Record:
    number = len(account.unknown)
    family = FAMILIES[number * 5 % len(FAMILIES)]
    trade = UNKNOWN_TRADES[number % len(UNKNOWN_TRADES)]
    again = f" {number // len(FAMILIES) + 1}" if number >= len(FAMILIES) else ""
    identity = account.next_id("organizations")
    account.unknown.append(identity)
    return {
        "id": identity,
        "attributes": {
            "name": f"{family} {trade}{again}",
            "organization-type-id": account.organization_types["Internal"],
            "organization-status-id": account.organization_statuses["Active"],
            "primary": number == 0,
            "psa-integration": None,
            **times(number),
        },
    }


def _old_name(device: Device) -> str:
    return f"DESKTOP-{device.number:07d}"


def _synced(device: Device, organization: int, account: Account, rng: Random) -> Record:
    attributes = mapped(device, organization, account)
    if rng.random() < 0.5:
        _let_go_stale(attributes, rng.choice(_STALE), account)
    if rng.random() < 0.15:
        attributes["notes"] = rng.choice(DOCUMENTATION)
    if device.tag is None and rng.random() < 0.1:
        attributes["asset-tag"] = f"ITG-{device.number:06d}"  # only IT Glue has it
    attributes["archived"] = rng.random() < 0.02
    record = configuration_record(attributes, account)
    record["attributes"]["psa-integration"] = "enabled"
    record["adapter"] = {"adapter-type-name": "ConnectWise", "remote-id": str(device.id)}
    return record


def _let_go_stale(attributes: Record, word: str, account: Account) -> None:
    if word == "warranty-expires-at" and attributes[word]:
        attributes[word] = f"{int(attributes[word][:4]) - 2}-01-31"
    elif word == "primary-ip" and attributes[word]:
        attributes[word] = "192.168.1." + attributes[word].rsplit(".", 1)[1]
    elif word == "configuration-status-id":
        attributes[word] = account.configuration_statuses["Active"]
    else:
        attributes[word] = None


def _manual(device: Device, organization: int, account: Account, rng: Random, own: Record) -> Record:
    attributes = mapped(device, organization, account)
    for word in _OFTEN_EMPTY:
        if rng.random() < 0.3:
            attributes[word] = None
    if attributes["manufacturer-id"] is None:
        attributes["model-id"] = None
    # What is matched by one thing must not be matched by another: the identifying words are the caller's.
    attributes |= {"hostname": device.name.lower(), "serial-number": None, "mac-address": None} | own
    attributes["notes"] = rng.choice(DOCUMENTATION) if rng.random() < 0.3 else None
    if attributes["configuration-type-id"] is None:
        attributes["configuration-type-id"] = account.configuration_types["Other"]
    return configuration_record(attributes, account)
