"""What the native sync carries to a PSA, field by field (reference of ConnectWise 12, of Autotask 5.8)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Named:
    """A PSA field that refers to a record found by its name."""

    name: str
    table: str
    """IT Glue's own table with the name."""
    path: str
    """The PSA's list of such records."""
    whole: bool = True
    """The PSA takes an object rather than an id."""


@dataclass(frozen=True)
class Shape:
    """Where one kind goes and under which names."""

    adapter: str
    path: str
    fields: Mapping[str, str | Named]
    company: Callable[[int], Any] = lambda number: number
    items: str | None = None
    """The PSA's one list of a contact's e-mail addresses and telephones."""
    days: frozenset[str] = frozenset({"purchased-at", "warranty-expires-at", "installed-at"})

    @staticmethod
    def day(day: str) -> str:
        """Write a day as the moment a PSA keeps."""
        return f"{day}T00:00:00Z"


ITEMS = ("contact-emails", "contact-phones")
"""What the PSA has as one list, replaced as a whole."""


def communications(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write a contact's e-mail addresses and telephones as ConnectWise's communicationItems."""
    emails = [("Email", entry) for entry in row.get("contact-emails") or ()]
    phones = [
        ("Fax" if entry.get("label-type") == "fax" else "Phone", entry) for entry in row.get("contact-phones") or ()
    ]
    return [
        {"communicationType": kind, "value": entry["value"], "defaultFlag": bool(entry.get("primary"))}
        | ({"extension": entry["extension"]} if entry.get("extension") else {})
        for kind, entry in (*emails, *phones)
    ]


def _reference(number: int) -> dict[str, int]:
    return {"id": number}


_CONNECTWISE = {
    "organizations": Shape(
        "ConnectWise",
        "company/companies",
        {
            "name": "name",
            "short-name": "identifier",
            "organization-status-id": Named("status", "organization_statuses", "company/companies/statuses"),
        },
    ),
    "configurations": Shape(
        "ConnectWise",
        "company/configurations",
        {
            "organization-id": "company",
            "name": "name",
            "configuration-type-id": Named("type", "configuration_types", "company/configurations/types"),
            "configuration-status-id": Named("status", "configuration_statuses", "company/configurations/statuses"),
            "asset-tag": "tagNumber",
            "default-gateway": "defaultGateway",
            "installed-at": "installationDate",
            "notes": "notes",
            "operating-system-notes": "osInfo",
            "primary-ip": "ipAddress",
            "purchased-at": "purchaseDate",
            "serial-number": "serialNumber",
            "mac-address": "macAddress",
            "warranty-expires-at": "warrantyExpirationDate",
        },
        company=_reference,
    ),
    "contacts": Shape(
        "ConnectWise",
        "company/contacts",
        {"organization-id": "company", "first-name": "firstName", "last-name": "lastName", "title": "title"},
        company=_reference,
        items="communicationItems",
    ),
    "locations": Shape(
        "ConnectWise",
        "company/companies/{company}/sites",
        {
            "name": "name",
            "address-1": "addressLine1",
            "address-2": "addressLine2",
            "city": "city",
            "postal-code": "zip",
        },
    ),
}

_AUTOTASK = {
    "organizations": Shape("Autotask", "Companies", {"name": "companyName"}),
    "configurations": Shape(
        "Autotask",
        "ConfigurationItems",
        {
            "organization-id": "companyID",
            "name": "referenceTitle",
            "serial-number": "serialNumber",
            "asset-tag": "referenceNumber",
            "notes": "notes",
            "installed-at": "installDate",
            "warranty-expires-at": "warrantyExpirationDate",
        },
    ),
    "contacts": Shape(
        "Autotask",
        "Contacts",
        {"organization-id": "companyID", "first-name": "firstName", "last-name": "lastName", "title": "title"},
    ),
}

SHAPES: dict[str, dict[str, Shape]] = {"manage": _CONNECTWISE, "autotask": _AUTOTASK}
"""By the word of the integration, then by IT Glue's resource."""
