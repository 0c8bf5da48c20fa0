"""Point 11: which changes send messages, to whom, and how they are signed."""

import base64
import hashlib
import hmac
import json
import time

import httpx
import pytest

from simulators.connectwise.signing import signature
from tests.simulators.connectwise.entries import (
    CALLBACKS,
    company_named,
    listen,
    send,
)
from tests.simulators.connectwise.psa import Psa
from tests.simulators.connectwise.receiver import Receiver


def test_point_11_a_message_in_full(clean: Psa, receiver: Receiver) -> None:
    """7.3: compact JSON in UTF-8, the entity as a string."""
    entry = listen(clean, receiver)

    company = company_named(clean, "Caf\u00e9 & Co")

    (arrived,) = receiver.wait(1)
    message = arrived.message
    assert arrived.path == f"/cw/k7?recordId={company}&action=added"
    assert arrived.headers["content-type"] == "application/json"
    assert list(message) == [
        "Action",
        "CallbackObjectRecId",
        "CompanyId",
        "Entity",
        "FromUrl",
        "ID",
        "MemberId",
        "MessageId",
        "Metadata",
        "PartnerId",
        "ProductInstanceId",
        "Type",
    ]
    assert {
        name: message[name] for name in ("Action", "CallbackObjectRecId", "CompanyId", "ID", "MemberId", "Type")
    } == {
        "Action": "added",
        "CallbackObjectRecId": entry["id"],
        "CompanyId": "acme",
        "ID": company,
        "MemberId": "jdoe",
        "Type": "company",
    }
    assert message["FromUrl"] in clean.simulator.url
    entity = json.loads(message["Entity"])
    assert (entity["id"], entity["name"], entity["identifier"]) == (company, "Caf\u00e9 & Co", "Caf\u00e9Co")
    assert entity["_info"]["updatedBy"] == "jdoe"
    assert not {"types", "customFields"} & entity.keys()
    assert "Caf\u00e9".encode() in arrived.body
    assert arrived.body == json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()


def test_point_11_the_signature_is_the_references() -> None:
    """7.4: the test vector."""
    body = b'{"Action":"updated","ID":311,"Type":"company"}'

    assert signature("k-demo-1", body) == "3A4ITvf0tM3mJn28cMrj20EN2WvkrzBDbsUCzwoBkw8="


def test_point_11_a_message_is_signed_with_the_key_it_names(clean: Psa, receiver: Receiver) -> None:
    """The key is fetched without credentials; old URLs expire."""
    listen(clean, receiver)
    company_named(clean, "Signed")

    (arrived,) = receiver.wait(1)
    url = arrived.message["Metadata"]["key_url"]
    found = httpx.get(url)

    assert "/v2025_1//system/callbackkey/index.rails?companyName=acme&id=" in url
    assert found.status_code == 200
    key = hashlib.sha256(found.json()["signing_key"].encode()).digest()
    expected = base64.b64encode(hmac.new(key, arrived.body, hashlib.sha256).digest()).decode()
    assert arrived.headers["x-content-signature"] == expected
    assert httpx.get(url.replace("companyName=acme", "companyName=other")).status_code == 404
    assert httpx.get(url[:-4] + "0000").status_code == 404
    clean.simulator.advance(3 * 3600)
    assert httpx.get(url).status_code == 404


def test_point_11_a_copy_of_a_record_is_told_too(clean: Psa, receiver: Receiver) -> None:
    """A POST in the read shape, `_info` and all, is a person's work like any other."""
    listen(clean, receiver)
    record = clean.read("company/companies/311")

    clean.simulator.person("POST", "company/companies", {**record, "id": 7001, "identifier": "COPY", "name": "Copy"})

    assert receiver.wait(1)[0].message["Action"] == "added"


def test_point_11_every_kind_of_change(clean: Psa, receiver: Receiver) -> None:
    """Deleted ones have a null for an entity; a company goes to the recycle bin, from which nothing more is told."""
    for kind in ("company", "contact", "configuration"):
        listen(clean, receiver, type=kind)
    person = clean.simulator.person

    company = company_named(clean, "Changing")
    person("PATCH", f"company/companies/{company}", {"name": "Changed"})
    contact = person(
        "POST",
        "company/contacts",
        {"firstName": "Ann", "company": {"id": company}, "communicationItems": [{"value": "ann@acme.test"}]},
    )["id"]
    configuration = person(
        "POST", "company/configurations", {"name": "srv", "type": {"id": 7}, "company": {"id": company}}
    )["id"]
    person("DELETE", f"company/configurations/{configuration}")
    person("DELETE", f"company/contacts/{contact}")
    person("DELETE", f"company/companies/{company}")

    arrived = receiver.wait(7)
    told = {(each.message["Type"], each.message["Action"]): each.message for each in arrived}
    assert told.keys() == {
        ("company", "added"),
        ("company", "updated"),
        ("company", "deleted"),
        ("contact", "added"),
        ("contact", "deleted"),
        ("configuration", "added"),
        ("configuration", "deleted"),
    }
    assert all((message["Entity"] is None) == (action == "deleted") for (_, action), message in told.items())
    assert "communicationItems" not in json.loads(told["contact", "added"]["Entity"])
    assert "name" not in json.loads(told["configuration", "added"]["Entity"]).get("contact", {})
    assert len({each.message["MessageId"] for each in arrived}) == 7
    person("PATCH", f"company/companies/{company}", {"deletedFlag": False})
    person("PATCH", f"company/companies/{company}", {"deletedFlag": True})
    assert receiver.wait(8)[-1].message["Action"] == "deleted"
    person("DELETE", f"company/companies/{company}")
    time.sleep(0.2)
    assert len(receiver.arrived) == 8


def test_point_11_changes_that_send_none(clean: Psa, receiver: Receiver) -> None:
    """7.6: setup tables, merges, imports, writes with skipCallback, inactive entries."""
    for kind in ("company", "configuration", "ticket"):
        listen(clean, receiver, type=kind)
    inactive = listen(clean, receiver, type="contact")["id"]
    send(clean, "PATCH", f"{CALLBACKS}/{inactive}", [{"op": "replace", "path": "inactiveFlag", "value": True}])
    person = clean.simulator.person
    board = person("POST", "service/boards", {"name": "Helpdesk"})["id"]
    person("POST", f"service/boards/{board}/statuses", {"name": "New"})
    loser, winner = company_named(clean, "Loser"), company_named(clean, "Winner")
    receiver.wait(2)
    receiver.arrived.clear()

    person("PATCH", "company/configurations/types/7", {"name": "Server"})
    person("POST", f"company/companies/{loser}/merge", {"into": winner})
    person("PATCH", "company/companies/311", {"city": "York", "_info": {"lastUpdated": "2026-01-01T00:00:00Z"}})
    person("POST", "company/contacts", {"firstName": "Ann"})
    ticket = {"summary": "x", "board": {"id": board}, "company": {"id": 311}}
    person("POST", "service/tickets", {**ticket, "skipCallback": True})
    person("POST", "service/tickets", {**ticket, "summary": "told"})

    (arrived,) = receiver.wait(1)
    time.sleep(0.1)
    assert len(receiver.arrived) == 1
    assert json.loads(arrived.message["Entity"])["summary"] == "told"


@pytest.mark.parametrize(
    ("kind", "level", "number", "path", "record", "other"),
    [
        ("company", "company", 312, "company/companies", 312, 311),
        ("company", "status", 2, "company/companies", 313, 311),
        ("company", "type", 9, "company/companies", 313, 312),
        ("configuration", "type", 7, "company/configurations", 4003, 4004),
        ("configuration", "configuration", 4005, "company/configurations", 4005, 4003),
    ],
)
def test_point_11_levels_choose_records(
    clean: Psa, receiver: Receiver, kind: str, level: str, number: int, path: str, record: int, other: int
) -> None:
    """7.2: an entry below the level owner is about the records that its object id names."""
    listen(clean, receiver, type=kind, level=level, objectId=number)

    for each in (other, record):
        clean.simulator.person("PATCH", f"{path}/{each}", {"mobileGuid": "7b0e0d3e-0000-4000-8000-000000000311"})

    assert receiver.wait(1)[0].message["ID"] == record


def test_point_11_two_entries_send_two_messages(clean: Psa, receiver: Receiver) -> None:
    """7.6: each with an id of its own."""
    listen(clean, receiver)
    listen(clean, receiver, level="company", objectId=311)

    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})

    assert len({each.message["MessageId"] for each in receiver.wait(2)}) == 2


def test_point_11_own_changes_can_be_suppressed(clean: Psa, receiver: Receiver) -> None:
    """An entry made by a person is silent about what that person changes; one of the API member is not."""
    own = {"url": f"{receiver.url}/own?id=", "objectId": 1, "type": "company", "level": "owner"}
    clean.simulator.person("POST", CALLBACKS, {**own, "isSelfSuppressedFlag": True})
    listen(clean, receiver, isSelfSuppressedFlag=True)

    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})

    assert receiver.wait(1)[0].path.startswith("/cw/k7?")


def test_point_13_the_callback_comes_before_the_record_is_gone(clean: Psa, receiver: Receiver) -> None:
    """A message says deleted while the record still answers 200."""
    listen(clean, receiver, type="configuration")
    clean.simulator.set(delete_lag_seconds=45)

    clean.simulator.person("DELETE", "company/configurations/4029")

    assert receiver.wait(1)[0].message["Action"] == "deleted"
    assert clean.get("company/configurations/4029").status_code == 200
    clean.simulator.advance(46)
    assert clean.get("company/configurations/4029").status_code == 404
    clean.simulator.set(delete_lag_seconds=0)
