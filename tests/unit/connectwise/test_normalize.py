"""From payloads to words."""

import json
from typing import Any

import pytest

from bridge.records import Record
from connectors.connectwise.normalize import record_of
from connectors.connectwise.payloads import without_secrets
from tests.unit.connectwise.samples import payload

PAGES = "https://na.cw.test"


def record(kind: str, sent: dict[str, Any]) -> Record:
    """Give the record of what was sent."""
    return record_of("cw", kind, without_secrets(sent), PAGES, "acme & co")


def test_a_company_becomes_an_organization() -> None:
    """Every word of `docs/mapping.md`, no more and no less."""
    made = record("organization", payload("company.200"))

    assert made.version == 1_777_627_872_000
    assert made.words == {
        "ref": "cw:organization:311",
        "source": "cw",
        "kind": "organization",
        "id": "311",
        "url": f"{PAGES}/v4_6_release/services/system_io/router/openrecord.rails"
        "?locale=en_US&companyName=acme%20%26%20co&recordType=CompanyFV&recid=311",
        "created_at": "2019-02-01T08:00:00Z",
        "updated_at": "2026-05-01T09:31:12Z",
        "active": True,
        "name": "Acme Ltd",
        "identifier": "ACME",
        "status": "Active",
        "types": ["Client", "Vendor"],
        "parent": {"id": "300", "name": "Acme Group"},
        "phone": "01130000000",
        "website": "https://acme.test",
        "territory": "North",
        "recycled": False,
        "custom": {"Tier": None},
    }


def test_a_deleted_company_is_recycled() -> None:
    """A merge leaves status and lastUpdated as they were: the flag is all that tells."""
    made = record("organization", payload("company_deleted.200"))

    assert made.words["recycled"] is True
    assert made.words["active"] is False


def test_a_configuration_has_every_word() -> None:
    """Dates are the date part, the MAC address is written IT Glue's way, references carry id and name."""
    made = record("configuration", payload("configuration.200"))

    assert made.words == {
        "ref": "cw:configuration:4711",
        "source": "cw",
        "kind": "configuration",
        "id": "4711",
        "url": f"{PAGES}/v4_6_release/services/system_io/router/openrecord.rails"
        "?locale=en_US&companyName=acme%20%26%20co&recordType=ConfigFV&recid=4711",
        "created_at": "2024-02-05T08:00:00Z",
        "updated_at": "2026-05-01T09:31:12Z",
        "active": True,
        "name": "KRK-LT-14",
        "organization": {"id": "311", "name": "Acme Ltd"},
        "type": "Workstation",
        "status": "Active",
        "serial_number": "5CG9120X",
        "model": "EliteBook 840",
        "manufacturer": "HP",
        "asset_tag": "A-0042",
        "mac_address": "00-1A-2B-3C-4D-5E",
        "mac_addresses": ["00-1A-2B-3C-4D-5E"],
        "primary_ip": "10.0.0.14",
        "default_gateway": "10.0.0.1",
        "os": "Windows 11 Pro",
        "os_info": "23H2",
        "purchased_at": "2024-01-30",
        "installed_at": "2024-02-05",
        "installed_by": "Joe Doe",
        "warranty_expires_at": "2027-01-31",
        "notes": "First line\nSecond line\n",
        "site": {"id": "501", "name": "Main"},
        "contact": {"id": "57", "name": "Ann Moss"},
        "parent": {"id": "4700", "name": None},
        "questions": {"Rack": "R12", "UPS": True},
        "custom": {"Warranty End": "2027-06-30T00:00:00Z"},
    }


def test_nulls_and_references_without_an_id_are_absent_values() -> None:
    """Versions differ in whether they send nulls; a reference that is not set can be an object all the same.

    A MAC field with several addresses is no absent value: it goes on as it is written, so that the mapping can say so.
    """
    made = record("configuration", payload("configuration_nulls.200"))
    bare = record(
        "configuration", {"id": 4712, "name": "PRN-3", "type": {"id": 18, "name": "Printer"}, "activeFlag": False}
    )

    filled = {word for word, value in made.words.items() if value not in (None, {}, [])}
    assert filled == {"ref", "source", "kind", "id", "url", "active", "name", "type", "mac_address", "mac_addresses"}
    assert made.version == 0
    assert {**made.words, "mac_address": None, "mac_addresses": []} == bare.words


def test_both_spellings_of_nothing_give_the_same_stored_payload() -> None:
    """Else an upgrade that turns nulls on or off would look like a change of every record."""
    company = payload("company.200")

    spelled_out = {**company, "faxNumber": None, "sicCode": {"_info": {}}, "site": {**company["site"], "_info": None}}

    assert without_secrets(spelled_out) == without_secrets(company)


def test_an_upgrade_that_moves_the_codebase_changes_no_stored_payload() -> None:
    """Every href names the codebase; none is kept."""
    text = json.dumps(payload("company.200"))

    moved = json.loads(text.replace("v2025_1", "v2026_1"))

    assert moved != json.loads(text)
    assert without_secrets(moved) == without_secrets(json.loads(text))


@pytest.mark.parametrize(("kind", "name"), [("organization", "company.200"), ("configuration", "configuration.200")])
def test_password_fields_are_nowhere_in_the_record(kind: str, name: str) -> None:
    """They are gone by kind, not by name or content, from words and payload alike."""
    sent = payload(name)
    assert "hunter2" in json.dumps(sent)

    made = record(kind, sent)

    assert "hunter2" not in json.dumps([dict(made.words), dict(made.payload)])


@pytest.mark.parametrize(("kind", "name"), [("organization", "company.200"), ("configuration", "configuration.200")])
def test_a_stored_payload_gives_the_same_record_again(kind: str, name: str) -> None:
    """A newer normalizer works on what is stored, without the source."""
    made = record(kind, payload(name))

    assert record(kind, dict(made.payload)) == made


def test_of_two_fields_with_one_caption_the_filled_one_counts() -> None:
    """Captions are not unique; an empty twin must not hide a value."""
    fields = [{"id": n, "caption": "Rack", "type": "Text", "value": v} for n, v in ((1, None), (2, "R12"), (3, "R13"))]

    made = record("organization", {"id": 1, "customFields": fields})

    assert made.words["custom"] == {"Rack": "R12"}
