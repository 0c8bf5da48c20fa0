"""A small tenant: four companies, thirty configurations, with one of every field type."""

from typing import Any

_STAMP = {"_info": {"lastUpdated": "2024-01-01T00:00:00Z", "updatedBy": "admin1"}}


def _company(number: int, identifier: str, name: str, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "identifier": identifier,
        "name": name,
        "status": {"id": 1, "name": "Active"},
        "deletedFlag": False,
        "_info": {
            "lastUpdated": "2026-05-01T09:31:12Z",
            "updatedBy": "jdoe",
            "dateEntered": "2019-02-01T08:00:00Z",
            "enteredBy": "admin1",
        },
        **fields,
    }


def _configuration(number: int) -> dict[str, Any]:
    kind = {"id": 7, "name": "Server"} if number % 3 == 0 else {"id": 8, "name": "Workstation"}
    record: dict[str, Any] = {
        "id": 4000 + number,
        "name": f"{'srv' if number % 3 == 0 else 'ws'}-{number:02d}",
        "type": kind,
        "status": {"id": 2 if number % 10 == 0 else 1},
        "company": {"id": 311 if number % 2 else 312},
        "serialNumber": f"SN{number:04d}",
        "activeFlag": number % 10 != 0,
        "purchaseDate": f"2023-03-{number:02d}T00:00:00Z",
        "_info": {"lastUpdated": f"2026-05-{number:02d}T12:00:00Z", "updatedBy": "jdoe"},
    }
    if number % 3 == 0:
        record["questions"] = [{"questionId": 71, "answer": f"R{number}"}, {"questionId": 73, "answer": True}]
        record["manufacturer"] = {"id": 51}
    if number % 5 == 0:
        record["customFields"] = [{"id": 21, "value": "R12"}]
    return record


def tenant() -> dict[str, list[dict[str, Any]]]:
    """Return the tenant as `--data` takes it."""
    return {
        "company/companies/statuses": [
            {"id": 1, "name": "Active", "defaultFlag": True, **_STAMP},
            {"id": 2, "name": "Inactive", "inactiveFlag": True, **_STAMP},
        ],
        "company/companies/types": [
            {"id": 4, "name": "Client", "defaultFlag": True, **_STAMP},
            {"id": 9, "name": "Vendor", "vendorFlag": True, **_STAMP},
        ],
        "company/configurations/statuses": [
            {"id": 1, "description": "Active", "defaultFlag": True, **_STAMP},
            {"id": 2, "description": "Retired", "closedFlag": True, **_STAMP},
        ],
        "company/configurations/types": [
            {"id": 7, "name": "Server", **_STAMP},
            {"id": 8, "name": "Workstation", **_STAMP},
        ],
        "company/configurations/types/7/questions": [
            {"id": 71, "question": "Rack", "sequenceNumber": 1.0, "fieldType": "Text", **_STAMP},
            {"id": 72, "question": "Admin password", "sequenceNumber": 2.0, "fieldType": "Password", **_STAMP},
            {"id": 73, "question": "Virtual", "sequenceNumber": 3.0, "fieldType": "Checkbox", **_STAMP},
        ],
        "company/configurations/types/7/questions/71/values": [{"id": 1, "value": "R1", **_STAMP}],
        "procurement/manufacturers": [{"id": 51, "name": "Dell", **_STAMP}],
        "system/userDefinedFields": [
            {"id": 21, "podId": 3, "caption": "Rack", "fieldTypeIdentifier": "Text", "sequenceNumber": 1, **_STAMP},
            {"id": 22, "podId": 3, "caption": "Units", "fieldTypeIdentifier": "Number", "sequenceNumber": 2, **_STAMP},
            {"id": 3, "podId": 1, "caption": "Tier", "fieldTypeIdentifier": "Text", **_STAMP},
        ],
        "company/companies": [
            _company(
                311,
                "ACME",
                "Acme Ltd",
                types=[{"id": 4, "name": "Client"}, {"id": 9, "name": "Vendor"}],
                addressLine1="1 High St",
                city="Leeds",
                country={"id": 2, "name": "United Kingdom"},
                dateAcquired="2019-02-01T00:00:00Z",
            ),
            _company(312, "BETA", "Beta [UK] Ltd", types=[{"id": 4}], parentCompany={"id": 311}),
            _company(313, "GAMMA", 'Gamma "G" Ltd', types=[{"id": 9}], status={"id": 2}, integratorTags=["red"]),
            _company(
                314,
                "DELTA",
                "Delta 50% Ltd",
                deletedFlag=True,
                dateDeleted="2026-04-01T10:00:00Z",
                deletedBy="jdoe",
                userDefinedField1="R12",
            ),
        ],
        "company/companyTypeAssociations": [
            {"id": 900, "company": {"id": 311}, "type": {"id": 4}, **_STAMP},
            {"id": 901, "company": {"id": 312}, "type": {"id": 4}, **_STAMP},
        ],
        "company/configurations": [_configuration(number) for number in range(1, 31)],
    }
