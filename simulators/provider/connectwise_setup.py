"""The setup tables of the provider's ConnectWise: what records there refer to."""

from __future__ import annotations

from typing import Any, Final

from simulators.provider import catalogue
from simulators.provider.catalogue import Setup
from simulators.provider.words import PEOPLE

TYPE_QUESTIONS: Final[dict[str, tuple[tuple[int, str, str], ...]]] = {
    "Managed Server": (
        (71, "Backup Job", "Text"),
        (72, "Administrator Password", "Password"),
        (73, "Virtual", "Checkbox"),
    ),
    "Firewall": (
        (81, "Admin URL", "Hyperlink"),
        (82, "Admin Password", "Password"),
        (83, "WAN Speed (Mbit/s)", "Number"),
    ),
}


def setup_records() -> dict[str, list[dict[str, Any]]]:
    """List the setup tables."""
    return {
        "system/members": [
            _stamped(
                {
                    "id": 101 + n,
                    "identifier": f"{first[0]}{last}".replace("'", "").lower(),
                    "firstName": first,
                    "lastName": last,
                    "inactiveFlag": False,
                }
            )
            for n, (first, last) in enumerate(PEOPLE)
        ],
        "company/companies/types": [
            _stamped(
                {
                    "id": kind.id,
                    "name": kind.name,
                    "defaultFlag": kind.name == "Client",
                    "vendorFlag": kind.name == "Vendor",
                    "serviceAlertFlag": False,
                }
            )
            for kind in catalogue.COMPANY_TYPES
        ],
        "company/companies/statuses": [
            _stamped(
                {
                    "id": status.id,
                    "name": status.name,
                    "defaultFlag": status.name == "Active",
                    "inactiveFlag": status.name in catalogue.CLOSED_COMPANY_STATUSES,
                    "notifyFlag": status.name == "Credit Hold",
                    "disallowSavingFlag": False,
                }
            )
            for status in catalogue.COMPANY_STATUSES
        ],
        "company/configurations/types": [
            _stamped(
                {"id": kind.id, "name": kind.name, "inactiveFlag": kind.name == "Telephone System", "systemFlag": False}
            )
            for kind in catalogue.CONFIGURATION_TYPES
        ],
        **{
            f"company/configurations/types/{kind.id}/questions": _questions(kind)
            for kind in catalogue.CONFIGURATION_TYPES
            if kind.name in TYPE_QUESTIONS
        },
        "company/configurations/statuses": [
            _stamped(
                {
                    "id": status.id,
                    "description": status.name,  # a reference shows it as `name` (5.5)
                    "closedFlag": status.name in catalogue.CLOSED_CONFIGURATION_STATUSES,
                    "defaultFlag": status.name == "Active",
                }
            )
            for status in catalogue.CONFIGURATION_STATUSES
        ],
        "system/userDefinedFields": [
            _stamped(
                {
                    "id": 21,
                    "podId": 3,
                    "caption": "Warranty End",
                    "sequenceNumber": 1,
                    "fieldTypeIdentifier": "Date",
                    "entryTypeIdentifier": "EntryField",
                    "numberDecimals": 0,
                    "requiredFlag": False,
                    "displayOnScreenFlag": True,
                    "readOnlyFlag": False,
                    "listViewFlag": False,
                }
            )
        ],
        "procurement/manufacturers": [
            _stamped({"id": manufacturer_id(n), "name": name, "inactiveFlag": False})
            for n, (name, _, _) in enumerate(catalogue.MANUFACTURERS)
        ],
    }


def manufacturer_id(number: int) -> int:
    """Give the PSA's id of the manufacturer at a place of the price list."""
    return 51 + 2 * number


def manufacturer_reference(number: int) -> dict[str, Any]:
    """Refer to the manufacturer at a place of the price list."""
    return {"id": manufacturer_id(number), "name": catalogue.MANUFACTURERS[number][0]}


def setup_reference(setup: Setup) -> dict[str, Any]:
    """Refer to a row of a setup table."""
    return {"id": setup.id, "name": setup.name}


def member_reference(number: int) -> dict[str, Any]:
    """Refer to the member at a place in PEOPLE."""
    first, last = PEOPLE[number]
    return {"id": 101 + number, "identifier": f"{first[0]}{last}".replace("'", "").lower(), "name": f"{first} {last}"}


def _stamped(record: dict[str, Any]) -> dict[str, Any]:
    return record | {"_info": {"lastUpdated": "2023-02-01T08:00:00Z", "updatedBy": "akeller"}}


def _questions(kind: Setup) -> list[dict[str, Any]]:
    return [
        _stamped(
            {
                "id": number,
                "configurationType": setup_reference(kind),
                "fieldType": field,
                "entryType": "EntryField",
                "sequenceNumber": float(place),
                "question": question,
                "numberOfDecimals": 0,
                "requiredFlag": False,
                "inactiveFlag": False,
            }
        )
        for place, (number, question, field) in enumerate(TYPE_QUESTIONS[kind.name], start=1)
    ]
