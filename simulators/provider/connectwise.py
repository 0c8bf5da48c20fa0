"""The provider's side in ConnectWise: records in the shapes of `api/connectwise.md` 5.2 to 5.5, nulls left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import Any, TypeVar

from simulators.provider import catalogue
from simulators.provider.companies import Company
from simulators.provider.companies import Fate as CompanyFate
from simulators.provider.connectwise_setup import (
    TYPE_QUESTIONS,
    manufacturer_reference,
    member_reference,
    setup_reference,
)
from simulators.provider.devices import Device, Fate
from simulators.provider.words import STREETS, TOWNS

_T = TypeVar("_T")


def company_record(company: Company, seed: int) -> dict[str, Any]:
    """Write a company as a list shows it."""
    rng = Random(f"{seed}:address:{company.number}")
    city, zip_code, state = rng.choice(TOWNS)
    entered = f"20{rng.randrange(16, 24)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    domain = company.identifier.lower() + ".test"
    record: dict[str, Any] = {
        "id": company.id,
        "identifier": company.identifier,
        "name": company.name,
        "status": setup_reference(company.status),
        "types": [setup_reference(kind) for kind in company.types],
        "addressLine1": f"{rng.randrange(1, 180)} {rng.choice(STREETS)}",
        "city": city,
        "state": state,
        "zip": zip_code,
        "country": {"id": 2, "name": "United Kingdom"},
        "phoneNumber": f"0113496{rng.randrange(10000):04d}",
        "website": f"www.{domain}",
        "territory": {"id": 2, "name": "North"},
        "dateAcquired": f"{entered}T00:00:00Z",
        "leadFlag": False,
        "unsubscribeFlag": False,
        "isVendorFlag": any(kind.name == "Vendor" for kind in company.types),
        "deletedFlag": company.fate is CompanyFate.RECYCLED,
    }
    if company.fate is CompanyFate.RECYCLED:
        record |= {"dateDeleted": "2026-09-14T10:20:00Z", "deletedBy": "akeller"}
    record["mobileGuid"] = f"7b0e0d3e-0000-4000-8000-{company.id:012d}"
    record["_info"] = {
        "lastUpdated": f"2026-{rng.randrange(1, 9):02d}-{rng.randrange(1, 29):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00Z",
        "updatedBy": "akeller",
        "dateEntered": f"{entered}T08:00:00Z",
        "enteredBy": "bortiz",
    }
    return record


def association_records(companies: Iterable[Company]) -> list[dict[str, Any]]:
    """List which company is of which types, as `/company/companyTypeAssociations` does."""
    pairs = ((company, kind) for company in companies for kind in company.types)
    return [
        {"id": number, "type": setup_reference(kind), "company": company_reference(company)}
        for number, (company, kind) in enumerate(pairs, start=900)
    ]


def configuration_record(device: Device, shared: dict[object, Any]) -> dict[str, Any]:
    """Write a device as a list shows it; what many devices refer to is one object in `shared`, to save memory."""
    model = device.model
    values: dict[str, Any] = {
        "id": device.id,
        "name": device.name,
        "type": device.type and _shared(shared, ("type", device.type.id), setup_reference, device.type),
        "status": device.status and _shared(shared, ("status", device.status.id), setup_reference, device.status),
        "company": None
        if device.fate is Fate.NO_ORGANIZATION
        else _shared(shared, ("company", device.company.id), company_reference, device.company),
        "serialNumber": device.serial,
        "modelNumber": model and model.name,
        "tagNumber": device.tag,
        "manufacturer": model
        and _shared(shared, ("maker", model.manufacturer), manufacturer_reference, model.manufacturer),
        "purchaseDate": _midnight(device.purchased),
        "installationDate": _midnight(device.installed),
        "installedBy": None
        if device.installer is None
        else _shared(shared, ("member", device.installer), member_reference, device.installer),
        "warrantyExpirationDate": _midnight(device.warranty),
        "notes": device.notes,
        "macAddress": device.mac and psa_mac(device),
        "ipAddress": device.ip,
        "defaultGateway": device.gateway,
        "osType": device.system,
        "parentConfigurationId": device.parent,
    }
    record = {word: value for word, value in values.items() if value is not None}
    record["activeFlag"] = device.status is None or device.status.name not in catalogue.CLOSED_CONFIGURATION_STATUSES
    if device.type and device.type.name in TYPE_QUESTIONS:
        record["questions"] = _answers(device, TYPE_QUESTIONS[device.type.name])
    record["customFields"] = _shared(
        shared, ("custom", device.custom_warranty), _custom_fields, _midnight(device.custom_warranty)
    )
    record["_info"] = {"lastUpdated": device.changed, "updatedBy": "akeller", "dateEntered": "2023-02-01T08:00:00Z"}
    return record


def company_reference(company: Company) -> dict[str, Any]:
    """Refer to a company as other records do."""
    return {"id": company.id, "identifier": company.identifier, "name": company.name}


def psa_mac(device: Device) -> str:
    """Spell a device's MAC address as one of those who type into the PSA would."""
    mac = device.mac or ""
    if device.fate is Fate.NEW and device.luck % 40 == 0:
        return f"{mac},{mac[:-1]}{'1' if mac[-1] == '0' else '0'}".replace("-", "")  # two crammed into one field
    style = device.luck % 5
    if style == 0:
        return mac.lower().replace("-", ":")
    if style == 1:
        return mac.replace("-", "")
    return mac if style == 2 else mac.replace("-", ":")


def _shared(shared: dict[object, Any], key: object, make: Callable[[_T], Any], of: _T) -> Any:
    found = shared.get(key)
    if found is None:
        found = shared[key] = make(of)
    return found


def _custom_fields(warranty: str | None) -> list[dict[str, Any]]:
    return [
        {
            "id": 21,
            "caption": "Warranty End",
            "type": "Date",
            "entryMethod": "EntryField",
            "numberOfDecimals": 0,
            "value": warranty,
        }
    ]


def _midnight(day: str | None) -> str | None:
    return day and f"{day}T00:00:00Z"


def _answers(device: Device, questions: tuple[tuple[int, str, str], ...]) -> list[dict[str, Any]]:
    answers: dict[str, Any] = {
        "Text": f"Nightly {device.place % 4}",
        "Password": f"S3cret-{device.number}!",  # what must never travel
        "Checkbox": device.luck % 2 == 0,
        "Hyperlink": f"https://{device.ip or 'firewall.test'}:8443/",
        "Number": (100, 500, 1000)[device.luck % 3],
    }
    return [
        {
            "answerId": device.id * 10 + place,
            "questionId": number,
            "question": question,
            "answer": answers[field],
            "sequenceNumber": float(place),
            "numberOfDecimals": 0,
            "fieldType": field,
            "requiredFlag": False,
        }
        for place, (number, question, field) in enumerate(questions, start=1)
    ]
