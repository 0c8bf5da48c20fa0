"""The provider's sites, contacts and tickets in ConnectWise: the shapes of `api/connectwise.md` 5.3, 5.4 and 5.6."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from simulators.provider.connectwise import company_reference
from simulators.provider.connectwise_setup import member_reference
from simulators.provider.contacts import Contact, ContactFate
from simulators.provider.sites import Site
from simulators.provider.tickets import BOARDS, OPEN_COMPLETED, PRIORITIES, STATUSES, Ticket

Record = dict[str, Any]
Records = dict[str, list[Record]]

_CONTACT_TYPES: Final = {"Primary": 1, "Billing": 2}
_EMAIL, _DIRECT, _MOBILE = ({"id": 1, "name": "Email"}, {"id": 2, "name": "Direct"}, {"id": 4, "name": "Cell"})
_STATES: Final = {"Yorkshire": 1, "Avon": 2, "Devon": 3, "Derbyshire": 4, "Norfolk": 5, "Wales": 6, "Scotland": 7}
_STAMP: Final = {"_info": {"lastUpdated": "2023-02-01T08:00:00Z", "updatedBy": "akeller"}}
_VIP, _CAUSE, _ON_SITE = 31, 41, 42  # custom fields: of contacts, of tickets


def setup_records() -> Records:
    """List the setup tables that contacts and tickets refer to, with their custom fields."""
    return {
        "company/contacts/types": [
            {"id": number, "description": name, "defaultFlag": number == 1, **_STAMP}
            for name, number in _CONTACT_TYPES.items()
        ],
        "company/communicationTypes": [
            {"id": 1, "description": "Email", "emailFlag": True, "defaultFlag": True, **_STAMP},
            {"id": 2, "description": "Direct", "phoneFlag": True, "defaultFlag": True, **_STAMP},
            {"id": 3, "description": "Fax", "faxFlag": True, "defaultFlag": True, **_STAMP},
            {"id": 4, "description": "Cell", "phoneFlag": True, **_STAMP},
        ],
        "service/boards": [
            {"id": number, "name": name, "projectFlag": project, "inactiveFlag": False, **_STAMP}
            for number, name, project in BOARDS
        ],
        **{f"service/boards/{number}/statuses": _statuses(number) for number, _, _ in BOARDS},
        "service/priorities": [
            {"id": number, "name": name, "sortOrder": number, "defaultFlag": number == 3, **_STAMP}
            for number, name in PRIORITIES
        ],
        "system/userDefinedFields": [
            _defined(_VIP, 2, "VIP", "Checkbox"),
            _defined(_CAUSE, 4, "Root Cause", "Text"),
            _defined(_ON_SITE, 4, "On Site", "Checkbox"),
        ],
    }


def site_records(places: Iterable[Site]) -> Records:
    """List sites as `/company/companies/{id}/sites` does, company by company."""
    records: Records = {}
    for site in places:
        values = {
            "id": site.id,
            "name": site.name,
            "addressLine1": site.street,
            "addressLine2": site.second_line,
            "city": site.city,
            "stateReference": {"id": _STATES[site.state], "identifier": site.state, "name": site.state},
            "zip": site.zip,
            "country": {"id": 2, "name": "United Kingdom"},
            "phoneNumber": site.phone,
            "primaryAddressFlag": site.is_primary,
            "inactiveFlag": site.is_inactive,
        }
        records.setdefault(f"company/companies/{site.company.id}/sites", []).append(_stamped(values, site.changed))
    return records


def contact_record(contact: Contact) -> Record:
    """Write a contact as a list shows it, with its communications."""
    at_home = contact.fate is not ContactFate.NO_COMPANY
    site = contact.site if at_home else None
    items = [
        _item(contact, 0, _EMAIL, contact.email, "Email", default=True),
        _item(contact, 1, _DIRECT, contact.phone, "Phone", default=True, extension=contact.extension),
        _item(contact, 2, _MOBILE, contact.mobile, "Phone", default=contact.phone is None),
    ]
    values = {
        "id": contact.id,
        "firstName": contact.first_name,
        "lastName": contact.last_name,
        "title": contact.title,
        "types": [] if contact.kind is None else [{"id": _CONTACT_TYPES[contact.kind], "name": contact.kind}],
        "company": company_reference(contact.company) if at_home else None,
        "site": site and {"id": site.id, "name": site.name},
        "inactiveFlag": contact.is_inactive,
        "defaultPhoneNbr": contact.phone or contact.mobile,
        "defaultPhoneExtension": contact.extension if contact.phone else None,
        "communicationItems": [item for item in items if item is not None],
        "customFields": [_custom(_VIP, "VIP", "Checkbox", contact.is_important)],
    }
    return _stamped(values, contact.changed)


def ticket_record(ticket: Ticket) -> Record:
    """Write a ticket as a list shows it."""
    board, name, _ = BOARDS[ticket.board]
    contact, site = ticket.contact, ticket.site
    priority, priority_name = PRIORITIES[ticket.priority]
    values = {
        "id": ticket.id,
        "summary": ticket.summary,
        "recordType": "ProjectIssue" if ticket.is_issue else "ProjectTicket" if ticket.is_project else "ServiceTicket",
        "board": {"id": board, "name": name},
        "status": {"id": _status(board, ticket.status), "name": STATUSES[ticket.status][0]},
        "priority": {"id": priority, "name": priority_name, "sort": priority},
        "owner": None if ticket.owner is None else member_reference(ticket.owner),
        "project": {"id": 9, "name": "Roll-outs"} if ticket.is_project else None,
        "company": company_reference(ticket.company),
        "site": site and {"id": site.id, "name": site.name},
        "siteName": site and site.name,
        "contact": contact and {"id": contact.id, "name": _name(contact)},
        "contactName": contact and _name(contact),
        "contactEmailAddress": contact and contact.email,
        "contactPhoneNumber": contact and (contact.phone or contact.mobile),
        "severity": "Medium",
        "impact": "Low",
        "closedFlag": ticket.closed,
        "closedDate": ticket.changed if ticket.closed else None,
        "closedBy": "akeller" if ticket.closed else None,
        "customFields": [
            _custom(_CAUSE, "Root Cause", "Text", ticket.cause),
            _custom(_ON_SITE, "On Site", "Checkbox", ticket.on_site),
        ],
    }
    record = _stamped(values, ticket.changed)
    record["_info"] |= {"dateEntered": ticket.entered, "enteredBy": "bortiz"}
    return record


def link_records(issues: Iterable[Ticket]) -> Records:
    """List the configurations that tickets are linked to, ticket by ticket."""
    return {
        f"{path_of(each)}/{each.id}/configurations": [{"id": d} for d in each.devices]
        for each in issues
        if each.devices
    }


def path_of(ticket: Ticket) -> str:
    """Give the list in which a ticket stands."""
    return "project/tickets" if ticket.is_project else "service/tickets"


def _status(board: int, place: int) -> int:
    return 500 + board * 10 + place


def _statuses(board: int) -> list[Record]:
    return [
        {
            "id": _status(board, place),
            "name": name,
            "sortOrder": place,
            "closedStatus": closes and board != OPEN_COMPLETED,
            "defaultFlag": place == 0,
            **_STAMP,
        }
        for place, (name, closes) in enumerate(STATUSES)
    ]


def _defined(number: int, pod: int, caption: str, kind: str) -> Record:
    return {
        "id": number,
        "podId": pod,
        "caption": caption,
        "sequenceNumber": number,
        "fieldTypeIdentifier": kind,
        "entryTypeIdentifier": "EntryField",
        "numberDecimals": 0,
        **_STAMP,
    }


def _custom(number: int, caption: str, kind: str, value: Any) -> Record:
    return {
        "id": number,
        "caption": caption,
        "type": kind,
        "entryMethod": "EntryField",
        "numberOfDecimals": 0,
        "value": value,
    }


def _name(contact: Contact) -> str:
    return f"{contact.first_name} {contact.last_name}" if contact.last_name else contact.first_name


def _item(
    contact: Contact,
    place: int,
    kind: Record,
    value: str | None,
    word: str,
    *,
    default: bool,
    extension: str | None = None,
) -> Record | None:
    if value is None:
        return None
    item = {
        "id": contact.id * 4 + place,
        "type": kind,
        "value": value,
        "defaultFlag": default,
        "communicationType": word,
    }
    return item if extension is None else item | {"extension": extension}


def _stamped(values: Record, changed: str) -> Record:
    record = {word: value for word, value in values.items() if value is not None}
    record["_info"] = {"lastUpdated": changed, "updatedBy": "akeller", "dateEntered": "2023-02-01T08:00:00Z"}
    return record
