"""From a payload to the words of a record; pure. `docs/mapping.md` lists the words."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from bridge.records import Record, Ref
from connectors.connectwise import moments
from connectors.connectwise.payloads import Payload, id_of
from connectors.connectwise.text import line, mac_addresses, only_mac_address, prose

NORMALIZER = 1

Words = dict[str, Any]

# The page router of the application; it takes these words whatever the codebase.
_PAGES = {"organization": "CompanyFV", "contact": "ContactFV", "configuration": "ConfigFV", "ticket": "ServiceFV"}


def record_of(source: str, kind: str, payload: Payload, pages: str, company: str) -> Record:
    """Give the record of a payload that is fit to be kept; `pages` and `company` make its address for people."""
    ref = Ref(source, kind, str(id_of(payload)))
    info = payload.get("_info")
    info = info if isinstance(info, dict) else {}
    updated_at = moments.parse(info.get("lastUpdated"))
    created_at = moments.parse(info.get("dateEntered"))
    words: Words = {
        "ref": str(ref),
        "source": source,
        "kind": kind,
        "id": ref.id,
        "url": page_of(ref, pages, company),
        "created_at": moments.stamp(created_at) if created_at else None,
        "updated_at": moments.stamp(updated_at) if updated_at else None,
        **_WORDS[kind](payload),
        "custom": _answers(payload.get("customFields"), "caption", "value"),
    }
    return Record(ref, round(updated_at.timestamp() * 1000) if updated_at else 0, words, payload)


def page_of(ref: Ref, pages: str, company: str) -> str | None:
    """Give the address of a record in the application; None for a site, which has no page of its own."""
    page = _PAGES.get(ref.kind)
    return page and (
        f"{pages}/v4_6_release/services/system_io/router/openrecord.rails"
        f"?locale=en_US&companyName={quote(company, safe='')}&recordType={page}&recid={ref.id}"
    )


def _organization(payload: Payload) -> Words:
    recycled = payload.get("deletedFlag") is True
    return {
        # Whether a company is in use is told by its status alone (api/connectwise.md 5.2); a deleted one is not.
        "active": not recycled,
        "name": line(payload.get("name")),
        "identifier": line(payload.get("identifier")),
        "status": _name(payload.get("status")),
        "types": _names(payload.get("types")),
        "parent": _reference(payload.get("parentCompany")),
        "phone": line(payload.get("phoneNumber")),
        "website": line(payload.get("website")),
        "territory": _name(payload.get("territory")),
        "recycled": recycled,
    }


def _configuration(payload: Payload) -> Words:
    parent = id_of({"id": payload.get("parentConfigurationId")})
    mac = line(payload.get("macAddress"))
    return {
        "active": _flag(payload.get("activeFlag")),
        "name": line(payload.get("name")),
        "organization": _reference(payload.get("company")),
        "type": _name(payload.get("type")),
        "status": _name(payload.get("status")),
        "serial_number": line(payload.get("serialNumber")),
        "model": line(payload.get("modelNumber")),
        "manufacturer": _name(payload.get("manufacturer")),
        "asset_tag": line(payload.get("tagNumber")),
        # What is not one address goes on as it is written: the mapping skips it, and says so. None means "no value".
        "mac_address": only_mac_address(mac) or mac,
        "mac_addresses": mac_addresses(mac),
        "primary_ip": line(payload.get("ipAddress")),
        "default_gateway": line(payload.get("defaultGateway")),
        "os": line(payload.get("osType")),
        "os_info": line(payload.get("osInfo")),
        "purchased_at": moments.date(payload.get("purchaseDate")),
        "installed_at": moments.date(payload.get("installationDate")),
        "installed_by": _name(payload.get("installedBy")),
        "warranty_expires_at": moments.date(payload.get("warrantyExpirationDate")),
        "notes": prose(payload.get("notes")),
        "site": _reference(payload.get("site")),
        "contact": _reference(payload.get("contact")),
        "parent": {"id": str(parent), "name": None} if parent else None,
        "questions": _answers(payload.get("questions"), "question", "answer"),
    }


def _location(payload: Payload) -> Words:
    state = payload.get("stateReference")
    return {
        "active": _is_not(payload.get("inactiveFlag")),
        "name": line(payload.get("name")),
        "organization": _reference(payload.get("company")),
        "address_1": line(payload.get("addressLine1")),
        "address_2": line(payload.get("addressLine2")),
        "city": line(payload.get("city")),
        "region": _name(state),
        "postal_code": line(payload.get("zip")),
        "country": _name(payload.get("country")),
        "phone": line(payload.get("phoneNumber")),
        "fax": line(payload.get("faxNumber")),
        "primary": _flag(payload.get("primaryAddressFlag")),
    }


def _contact(payload: Payload) -> Words:
    types = _names(payload.get("types"))
    return {
        "active": _is_not(payload.get("inactiveFlag")),
        "first_name": line(payload.get("firstName")),
        "last_name": line(payload.get("lastName")),
        "organization": _reference(payload.get("company")),
        "title": line(payload.get("title")),
        "type": types[0] if types else None,
        "site": _reference(payload.get("site")),
        "emails": _communications(payload, "email"),
        "phones": _communications(payload, "phone", "fax"),
        # The company's default contact. Any other says nothing: who is important in IT Glue may be IT Glue's own word.
        "important": True if payload.get("defaultFlag") is True else None,
        "notes": None,
    }


def _ticket(payload: Payload) -> Words:
    closed = payload.get("closedFlag") is True
    info = payload.get("_info")
    info = info if isinstance(info, dict) else {}
    # A closed ticket without the date of it was last touched then or later.
    closed_at = moments.parse(payload.get("closedDate")) or moments.parse(info.get("lastUpdated"))
    created_at = moments.parse(info.get("dateEntered"))
    linked = payload.get("configurations")
    return {
        "active": not closed,
        "number": id_of(payload),
        "title": line(payload.get("summary")),
        "organization": _reference(payload.get("company")),
        "board": _name(payload.get("board")),
        "status": _name(payload.get("status")),
        "priority": _name(payload.get("priority")),
        "type": _name(payload.get("type")),
        # The flag, not the status: some boards' "completed" statuses are not closed (api/connectwise.md 5.6).
        "open": not closed,
        "closed_days": moments.stamp(closed_at) if closed and closed_at else None,
        "age_days": moments.stamp(created_at) if created_at else None,
        "site": _reference(payload.get("site")),
        "contact": _reference(payload.get("contact")),
        "configurations": _linked(linked) if isinstance(linked, list) else None,
        "assigned": _name(payload.get("owner")),
    }


_WORDS: dict[str, Callable[[Payload], Words]] = {
    "organization": _organization,
    "location": _location,
    "contact": _contact,
    "configuration": _configuration,
    "ticket": _ticket,
}


def _communications(payload: Payload, *kinds: str) -> list[Words]:
    """Give the addresses or numbers of a contact, defaults first; the items of one kind have one default (5.4)."""
    items = payload.get("communicationItems")
    found: list[Words] = []
    for item in items if isinstance(items, list) else []:
        value = line(item.get("value")) if isinstance(item, dict) else None
        if value is None or str(item.get("communicationType")).casefold() not in kinds:
            continue
        written: Words = {"value": value, "label": _name(item.get("type")), "primary": item.get("defaultFlag") is True}
        if "phone" in kinds:
            written["extension"] = line(item.get("extension"))
        found.append(written)
    return sorted(found, key=lambda one: not one["primary"])


def _linked(rows: list[Any]) -> list[Words]:
    """Give the configurations of a ticket, by id; a reference to one has no name, but for `_info` (5.1)."""
    found = []
    for row in sorted((row for row in rows if id_of(row)), key=lambda one: id_of(one) or 0):
        info = row.get("_info")
        found.append({"id": str(id_of(row)), "name": line(info.get("name")) if isinstance(info, dict) else None})
    return found


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _is_not(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


def _reference(value: Any) -> Words | None:
    found = id_of(value)
    return {"id": str(found), "name": _name(value)} if found else None


def _name(value: Any) -> str | None:
    """Give the name of a reference that is set; a member's identifier where it has no name."""
    if not id_of(value):
        return None
    return line(value.get("name")) or line(value.get("identifier"))


def _names(value: Any) -> list[str]:
    """Give the names of references, lowest id first: the first one is what `!same` takes."""
    references = sorted(value if isinstance(value, list) else [], key=lambda one: id_of(one) or 0)
    return [name for name in map(_name, references) if name]


def _answers(value: Any, label: str, answer: str) -> Words:
    """Give answers by label; of several with one label the first that is filled in."""
    found: Words = {}
    fields: Iterable[Any] = value if isinstance(value, list) else []
    for field in fields:
        name = line(field.get(label)) if isinstance(field, dict) else None
        if name and found.get(name) is None:
            given = field.get(answer)
            found[name] = prose(given) if isinstance(given, str) else given
    return found
