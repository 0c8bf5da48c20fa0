"""From payloads of sites, contacts and tickets to words (api/connectwise.md 5.3, 5.4, 5.6)."""

import json
from typing import Any

from bridge.mapping.clean import plain
from bridge.mapping.words import WORDS
from connectors.connectwise.normalize import record_of
from connectors.connectwise.payloads import without_secrets

INFO = {"lastUpdated": "2026-05-01T09:31:12Z", "dateEntered": "2026-04-02T08:00:00Z"}


def words(kind: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Give the words of what was sent, without those that every kind has."""
    made = record_of("cw", kind, without_secrets({"id": 57, "_info": INFO, **sent}), "https://na.cw.test", "acme")
    common = {"ref", "source", "kind", "id", "url", "created_at", "updated_at", "custom"}
    assert set(made.words) == set(WORDS[kind])
    return {word: value for word, value in made.words.items() if word not in common}


def test_a_site_becomes_a_location() -> None:
    """The state is a reference with an identifier, and text of the company's own otherwise."""
    site = {
        "name": "Main",
        "addressLine1": "1 High St",
        "addressLine2": "Floor\u200b 2",
        "city": "Leeds",
        "stateReference": {"id": 9, "identifier": "WYK", "name": "West Yorkshire"},
        "zip": "LS1 1AA",
        "country": {"id": 2, "name": "United Kingdom"},
        "phoneNumber": "0113 000",
        "faxNumber": "",
        "primaryAddressFlag": True,
        "inactiveFlag": False,
        "company": {"id": 311, "identifier": "ACME", "name": "Acme Ltd"},
    }

    assert words("location", site) == {
        "active": True,
        "name": "Main",
        "organization": {"id": "311", "name": "Acme Ltd"},
        "address_1": "1 High St",
        "address_2": "Floor 2",
        "city": "Leeds",
        "region": "West Yorkshire",
        "postal_code": "LS1 1AA",
        "country": "United Kingdom",
        "phone": "0113 000",
        "fax": None,
        "primary": True,
    }
    assert words("location", {**site, "inactiveFlag": True})["active"] is False
    assert words("location", {**site, "stateReference": {"id": 9, "identifier": "WYK"}})["region"] == "WYK"


def test_a_contact_has_its_communications_by_kind_the_default_first() -> None:
    """One list holds e-mails, phones and faxes; each kind has a default of its own."""
    items = [
        {"id": 1, "type": {"id": 3, "name": "Direct"}, "value": "0113 1", "communicationType": "Phone"},
        {"id": 2, "type": {"id": 1, "name": "Email"}, "value": "ann@acme.test", "communicationType": "Email"},
        {
            "id": 3,
            "type": {"id": 4, "name": "Mobile"},
            "value": "0113 2",
            "extension": "12",
            "defaultFlag": True,
            "communicationType": "Phone",
        },
        {"id": 4, "type": {"id": 5, "name": "Fax"}, "value": "0113 3", "communicationType": "Fax"},
        {
            "id": 5,
            "type": {"id": 1, "name": "Email"},
            "value": "\u200eann.moss@acme.test",
            "defaultFlag": True,
            "communicationType": "Email",
        },
        {"id": 6, "type": {"id": 1, "name": "Email"}, "value": " ", "communicationType": "Email"},
    ]
    found = words(
        "contact",
        {
            "firstName": "Ann",
            "lastName": "Moss",
            "title": "CFO",
            "types": [{"id": 9, "name": "Approver"}, {"id": 4, "name": "End User"}],
            "company": {"id": 311, "name": "Acme Ltd"},
            "site": {"id": 501, "name": "Main"},
            "inactiveFlag": False,
            "defaultFlag": True,
            "communicationItems": items,
        },
    )

    assert found["emails"] == [
        {"value": "ann.moss@acme.test", "label": "Email", "primary": True},
        {"value": "ann@acme.test", "label": "Email", "primary": False},
    ]
    assert found["phones"] == [
        {"value": "0113 2", "label": "Mobile", "primary": True, "extension": "12"},
        {"value": "0113 1", "label": "Direct", "primary": False, "extension": None},
        {"value": "0113 3", "label": "Fax", "primary": False, "extension": None},
    ]
    assert plain(found["emails"]) == "ann.moss@acme.test, ann@acme.test"
    assert (found["type"], found["title"], found["important"], found["active"]) == ("End User", "CFO", True, True)
    assert (found["organization"], found["site"]) == (
        {"id": "311", "name": "Acme Ltd"},
        {"id": "501", "name": "Main"},
    )


def test_a_contact_without_company_site_and_communications_has_none() -> None:
    """A contact need not belong to anyone; that it is not a default one says nothing about who is important."""
    found = words("contact", {"firstName": "Ann", "company": {"_info": {}}, "site": {}, "defaultFlag": False})

    assert (found["organization"], found["site"], found["emails"], found["phones"]) == (None, None, [], [])
    assert (found["important"], found["type"], found["notes"]) == (None, None, None)


def test_a_ticket_is_open_by_its_flag_and_carries_no_text() -> None:
    """Some boards' "completed" statuses are not closed; what was written into it goes nowhere."""
    sent = {
        "summary": "Printer is on fire",
        "recordType": "ServiceTicket",
        "board": {"id": 1, "name": "Help Desk"},
        "status": {"id": 7, "name": "Completed"},
        "priority": {"id": 2, "name": "High", "sort": 3},
        "type": {"id": 5, "name": "Incident"},
        "company": {"id": 311, "name": "Acme Ltd"},
        "site": {"id": 501, "name": "Main"},
        "contact": {"id": 60, "name": "Ann Moss"},
        "owner": {"id": 4, "identifier": "jdoe", "name": "Jo Doe"},
        "closedFlag": False,
        "initialDescription": "The printer burns.",
        "initialInternalAnalysis": "It burns.",
        "initialResolution": "Water.",
    }
    found = words("ticket", sent)

    assert found == {
        "active": True,
        "number": 57,
        "title": "Printer is on fire",
        "organization": {"id": "311", "name": "Acme Ltd"},
        "board": "Help Desk",
        "status": "Completed",
        "priority": "High",
        "type": "Incident",
        "open": True,
        "closed_days": None,
        "age_days": "2026-04-02T08:00:00Z",
        "site": {"id": "501", "name": "Main"},
        "contact": {"id": "60", "name": "Ann Moss"},
        "configurations": None,
        "assigned": "Jo Doe",
    }
    kept = record_of("cw", "ticket", without_secrets({"id": 57, **sent}), "https://na.cw.test", "acme")
    assert "burns" not in json.dumps(dict(kept.payload))


def test_a_closed_ticket_counts_from_its_closing() -> None:
    """Where the date of it is missing, from its last change: it was closed then or before."""
    closed = words("ticket", {"closedFlag": True, "closedDate": "2026-04-30T10:00:00Z"})
    undated = words("ticket", {"closedFlag": True})

    assert (closed["open"], closed["closed_days"]) == (False, "2026-04-30T10:00:00Z")
    assert (undated["open"], undated["closed_days"]) == (False, "2026-05-01T09:31:12Z")


def test_linked_configurations_are_references_in_order() -> None:
    """A reference to one names a device identifier; its name stands in `_info`, if at all (api/connectwise.md 5.1)."""
    linked = [{"id": 12, "deviceIdentifier": "rmm-12"}, {"id": 9, "_info": {"name": "PC-9"}}, {"_info": {}}]

    assert words("ticket", {"configurations": linked})["configurations"] == [
        {"id": "9", "name": "PC-9"},
        {"id": "12", "name": None},
    ]
    assert words("ticket", {"configurations": []})["configurations"] == []
