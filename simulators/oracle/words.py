"""The words of the mapping reference, read from ConnectWise's payloads."""

from typing import Any

from .story import Row
from .text import cleaned, line

Words = dict[str, Any]


def organization_words(row: Row, source: str) -> Words:
    """Read a company; `types` are `{"id", "name"}` by rising id."""
    types = sorted(row.get("types") or (), key=lambda kind: int(kind["id"]))
    return _every(row, "organization", source) | {
        "name": line(row.get("name")),
        "identifier": row.get("identifier"),
        "status": _name(row.get("status")),
        "types": [{"id": str(kind["id"]), "name": line(kind.get("name"))} for kind in types],
        "parent": _reference(row.get("parentCompany")),
        "phone": row.get("phoneNumber"),
        "website": row.get("website"),
        "territory": _name(row.get("territory")),
        "recycled": bool(row.get("deletedFlag")),
        "active": not row.get("deletedFlag"),
    }


def configuration_words(row: Row, source: str) -> Words:
    """Read a configuration; references are `{"id", "name"}` or None, password-kind answers are left out."""
    return _every(row, "configuration", source) | {
        "name": line(row.get("name")),
        "organization": _reference(row.get("company")),
        "type": _name(row.get("type")),
        "status": _name(row.get("status")),
        "serial_number": row.get("serialNumber"),
        "model": line(row.get("modelNumber")),
        "manufacturer": _name(row.get("manufacturer")),
        "asset_tag": row.get("tagNumber"),
        "mac_address": row.get("macAddress"),
        "primary_ip": row.get("ipAddress"),
        "default_gateway": row.get("defaultGateway"),
        "os": line(row.get("osType")),
        "os_info": row.get("osInfo"),
        "purchased_at": row.get("purchaseDate"),
        "installed_at": row.get("installationDate"),
        "installed_by": _name(row.get("installedBy")),
        "warranty_expires_at": row.get("warrantyExpirationDate"),
        "notes": cleaned(row.get("notes")),
        "site": _reference(row.get("site")),
        "contact": _reference(row.get("contact")),
        "parent": row.get("parentConfigurationId"),
        "questions": {
            answer["question"]: answer.get("answer")
            for answer in row.get("questions") or ()
            if answer.get("fieldType") != "Password"
        },
        "active": row.get("activeFlag", True),
    }


def _every(row: Row, kind: str, source: str) -> Words:
    return {
        "ref": f"{source}:{kind}:{row['id']}",
        "source": source,
        "kind": kind,
        "id": str(row["id"]),
        "created_at": row.get("_info", {}).get("dateEntered"),
        "updated_at": row.get("_info", {}).get("lastUpdated"),
        "custom": {
            field["caption"]: field.get("value")
            for field in row.get("customFields") or ()
            if field.get("type") != "Password"
        },
    }


def _reference(given: Row | None) -> Row | None:
    # connectwise.md 5.1: an unset reference can appear as an object without id.
    if not given or given.get("id") is None:
        return None
    return {"id": str(given["id"]), "name": given.get("name")}


def _name(given: Row | None) -> str | None:
    found = _reference(given)
    return None if found is None else line(found["name"])
