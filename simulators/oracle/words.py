"""The words of the mapping reference, read from ConnectWise's payloads."""

from collections.abc import Iterable
from typing import Any

from .story import Row, seconds
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


def location_words(row: Row, source: str) -> Words:
    """Read a site; `region` and `country` are names or codes, `region_code` what the state is called for short."""
    state = row.get("stateReference") or {}
    return _every(row, "location", source) | {
        "name": line(row.get("name")),
        "organization": _reference(row.get("company")),
        "address_1": row.get("addressLine1"),
        "address_2": row.get("addressLine2"),
        "city": row.get("city"),
        "region": _name(state),
        "region_code": state.get("identifier"),
        "postal_code": row.get("zip"),
        "country": _name(row.get("country")),
        "phone": row.get("phoneNumber"),
        "fax": row.get("faxNumber"),
        "primary": bool(row.get("primaryAddressFlag")),
        "active": not row.get("inactiveFlag"),
    }


def contact_words(row: Row, source: str) -> Words:
    """Read a contact; e-mails and telephones are `{"value", "label", "primary"}`, telephones with `extension` too."""
    types = sorted(row.get("types") or (), key=lambda kind: int(kind["id"]))
    items = row.get("communicationItems") or ()
    return _every(row, "contact", source) | {
        "first_name": line(row.get("firstName")),
        "last_name": line(row.get("lastName")),
        "organization": _reference(row.get("company")),
        "title": row.get("title"),
        "type": _name(types[0]) if types else None,
        "site": _reference(row.get("site")),
        "emails": [_item(item) for item in items if item.get("communicationType") == "Email"],
        "phones": [
            _item(item) | {"extension": line(item.get("extension"))}
            for item in items
            if item.get("communicationType") == "Phone"
        ],
        "notes": None,
        "active": not row.get("inactiveFlag"),
    }


def ticket_words(row: Row, source: str, devices: Iterable[Row], now: float) -> Words:
    """Read a ticket with the devices that it is linked to; its age is what it is at a moment."""
    closed = row.get("closedDate") if row.get("closedFlag") else None
    entered = row.get("_info", {}).get("dateEntered")
    return _every(row, "ticket", source) | {
        "number": row["id"],
        "title": line(row.get("summary")),
        "organization": _reference(row.get("company")),
        "board": _name(row.get("board")),
        "status": _name(row.get("status")),
        "priority": _name(row.get("priority")),
        "type": _name(row.get("type")),
        "open": not row.get("closedFlag"),
        "closed_days": None if closed is None else _days(closed, now),
        "age_days": None if entered is None else _days(entered, now),
        "site": _reference(row.get("site")),
        "contact": _reference(row.get("contact")),
        "configurations": [{"id": str(device["id"]), "name": device.get("name")} for device in devices],
        "assigned": _name(row.get("owner")),
        "active": not row.get("closedFlag"),
    }


def _item(item: Row) -> Row:
    return {
        "value": line(item.get("value")),
        "label": _name(item.get("type")),
        "primary": bool(item.get("defaultFlag")),
    }


def _days(stamp: str, now: float) -> int:
    return int((now - seconds(stamp)) // 86400)


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
