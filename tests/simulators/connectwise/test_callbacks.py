import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from simulators.connectwise.signing import signature
from tests.simulators.connectwise.psa import ROOT, Psa
from tests.simulators.connectwise.receiver import Receiver, receiving

CALLBACKS = "system/callbacks"
ENTRY: dict[str, Any] = {
    "description": "itglue bridge",
    "url": "https://hooks.bridge.test/cw/k7?recordId=",
    "objectId": 1,
    "type": "company",
    "level": "owner",
    "inactiveFlag": False,
}
DAY = 86400


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver that takes all messages."""
    with receiving() as running:
        yield running


@pytest.fixture
def clean(own: Psa) -> Iterator[Psa]:
    """Give a tenant without callback entries, before and after."""
    yield own
    for number in own.ids(CALLBACKS):
        assert own.http.delete(f"{ROOT}/{CALLBACKS}/{number}").status_code == 204


def _send(psa: Psa, method: str, path: str, body: Any) -> httpx.Response:
    return psa.http.request(method, f"{ROOT}/{path}", json=body)


def _register(psa: Psa, **fields: Any) -> dict[str, Any]:
    answer = _send(psa, "POST", CALLBACKS, {**ENTRY, **fields})
    assert answer.status_code == 201, answer.text
    record: dict[str, Any] = answer.json()
    return record


def _listen(psa: Psa, receiver: Receiver, **fields: Any) -> dict[str, Any]:
    return _register(psa, **{"url": f"{receiver.url}/cw/k7?recordId=", **fields})


def _company(psa: Psa, name: str) -> int:
    number: int = psa.simulator.person("POST", "company/companies", {"name": name})["id"]
    return number


def _errors(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["code"] == "InvalidObject"
    assert all(error.keys() == {"code", "message", "resource", "field"} for error in body["errors"])
    return [(error["code"], error["field"]) for error in body["errors"]]


def _until(holds: Callable[[], bool], seconds: float = 5) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.01)


def _tried(psa: Psa, count: int) -> list[dict[str, Any]]:
    """Wait until the simulator has come to the end of so many tries."""
    _until(lambda: len(psa.simulator.get("/deliveries")) >= count)
    tries: list[dict[str, Any]] = psa.simulator.get("/deliveries")
    return tries


def test_point_11_an_entry_is_created(clean: Psa) -> None:
    """201 with the whole record; the member is the server's to say; no violation."""
    violations = clean.simulator.get("/violations")

    answer = _send(clean, "POST", CALLBACKS, {**ENTRY, "memberId": 0, "id": 0, "colour": "red"})

    record = answer.json()
    assert answer.status_code == 201
    assert record == {
        **ENTRY,
        "id": record["id"],
        "memberId": 77,
        "payloadVersion": "3.0.0",
        "isSoapCallbackFlag": False,
        "isSelfSuppressedFlag": False,
        "connectWiseID": record["connectWiseID"],
        "_info": {"lastUpdated": record["_info"]["lastUpdated"], "updatedBy": "bridge"},
    }
    assert clean.read(f"{CALLBACKS}/{record['id']}") == record
    assert clean.read(CALLBACKS, conditions='url contains "hooks.bridge.test"') == [record]
    assert clean.read(f"{CALLBACKS}/count", conditions='url contains "elsewhere"') == {"count": 0}
    assert clean.simulator.get("/violations") == violations


@pytest.mark.parametrize(("given", "kept"), [(0, 1), (1, 1)])
def test_point_11_object_id_of_owner(clean: Psa, given: int, kept: int) -> None:
    """7.1: 0 comes back as 1."""
    assert _register(clean, objectId=given)["objectId"] == kept


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"url": None}, [("MissingRequiredField", "url")]),
        ({"url": "", "type": None}, [("MissingRequiredField", "url"), ("MissingRequiredField", "type")]),
        ({"objectId": None}, [("MissingRequiredField", "objectId")]),
        ({"url": "hooks.bridge.test/cw"}, [("InvalidField", "url")]),
        ({"url": "ftp://hooks.bridge.test/"}, [("InvalidField", "url")]),
        ({"url": "http://hooks.bridge.test/"}, [("InvalidField", "url")]),
        ({"url": "https://"}, [("InvalidField", "url")]),
        ({"type": "spaceship"}, [("InvalidField", "type")]),
        ({"level": "board"}, [("InvalidField", "level")]),
        ({"type": "contact", "level": "status"}, [("InvalidField", "level")]),
        ({"level": "company", "objectId": 0}, [("InvalidField", "objectId")]),
        ({"objectId": "one"}, [("InvalidField", "objectId")]),
        ({"inactiveFlag": "no"}, [("InvalidField", "inactiveFlag")]),
        ({"description": "x" * 101}, [("MaxLengthField", "description")]),
    ],
)
def test_point_11_invalid_entries_are_refused(clean: Psa, change: dict[str, Any], errors: list[Any]) -> None:
    """400 InvalidObject, with a reason for each field."""
    assert _errors(_send(clean, "POST", CALLBACKS, {**ENTRY, **change})) == errors
    assert clean.read(CALLBACKS) == []


def test_point_11_bodies_that_are_none(clean: Psa) -> None:
    """What is no object, no array of operations, no JSON."""
    number = _register(clean)["id"]

    assert _errors(_send(clean, "POST", CALLBACKS, [ENTRY])) == [("InvalidObject", "")]
    assert clean.http.post(f"{ROOT}/{CALLBACKS}", content=b"{").status_code == 400
    assert _errors(_send(clean, "PATCH", f"{CALLBACKS}/{number}", {"op": "replace"})) == [("InvalidObject", "")]
    assert (
        clean.http.post(f"{ROOT}/{CALLBACKS}", content=b"x", headers={"content-type": "text/plain"}).status_code == 415
    )


def test_point_11_duplicates_exist_already(clean: Psa) -> None:
    """The same url, type, level and object id; the type in any case."""
    number = _register(clean)["id"]
    other = _register(clean, type="contact")["id"]

    assert _errors(_send(clean, "POST", CALLBACKS, {**ENTRY, "description": "again"})) == [("ObjectExists", "objectId")]
    assert _errors(_send(clean, "POST", CALLBACKS, {**ENTRY, "type": "Company", "objectId": 0})) == [
        ("ObjectExists", "objectId")
    ]
    assert _errors(
        _send(clean, "PATCH", f"{CALLBACKS}/{other}", [{"op": "replace", "path": "type", "value": "company"}])
    ) == [("ObjectExists", "objectId")]
    assert _send(clean, "PUT", f"{CALLBACKS}/{number}", ENTRY).status_code == 200


def test_point_11_a_type_may_be_in_upper_case(clean: Psa) -> None:
    """It is kept as it was sent."""
    assert _register(clean, type="Ticket", level="Board", objectId=3)["type"] == "Ticket"


def test_point_11_patch_put_and_delete(clean: Psa) -> None:
    """PATCH takes bare names, case-sensitive; a slash before them is tolerated; PUT replaces."""
    number = _register(clean)["id"]
    path = f"{CALLBACKS}/{number}"

    patched = _send(clean, "PATCH", path, [{"op": "replace", "path": "inactiveFlag", "value": True}])
    slashed = _send(clean, "PATCH", path, [{"op": "replace", "path": "/description", "value": "other"}])
    wrong = _send(clean, "PATCH", path, [{"op": "replace", "path": "InactiveFlag", "value": False}])
    emptied = _send(clean, "PATCH", path, [{"op": "remove", "path": "url"}])
    put = _send(clean, "PUT", path, {**ENTRY, "description": None, "objectId": 0, "id": 9999})
    lacking = _send(clean, "PUT", path, {"url": ENTRY["url"]})

    assert (patched.status_code, patched.json()["inactiveFlag"]) == (200, True)
    assert (slashed.status_code, slashed.json()["description"]) == (200, "other")
    assert _errors(wrong) == [("InvalidField", "InactiveFlag")]
    assert _errors(emptied) == [("MissingRequiredField", "url")]
    assert (put.status_code, put.json()["id"], put.json()["inactiveFlag"]) == (200, number, False)
    assert "description" not in put.json()
    assert [field for _, field in _errors(lacking)] == ["objectId", "type", "level"]
    deleted = clean.http.delete(f"{ROOT}/{path}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert "content-type" not in deleted.headers
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        gone = _send(clean, method, path, [])
        assert (gone.status_code, gone.json()["message"]) == (404, f"CallbackEntry {number} not found")


def test_point_11_methods_and_permission(clean: Psa) -> None:
    """A role without them gets 403, on which a connector falls back to polling."""
    assert _send(clean, "PUT", CALLBACKS, ENTRY).status_code == 405
    assert _send(clean, "POST", f"{CALLBACKS}/1", ENTRY).status_code == 405
    assert _send(clean, "DELETE", f"{CALLBACKS}/count", None).status_code == 405

    clean.simulator.set(role={"forbidden": ["system/callbacks"]})

    assert _send(clean, "POST", CALLBACKS, ENTRY).json()["code"] == "Security"
    assert clean.get(CALLBACKS).status_code == 403
    clean.simulator.set(role={})


def test_point_11_a_message_in_full(clean: Psa, receiver: Receiver) -> None:
    """7.3: compact JSON in UTF-8, the entity as a string."""
    entry = _listen(clean, receiver)

    company = _company(clean, "Caf\u00e9 & Co")

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
    _listen(clean, receiver)
    _company(clean, "Signed")

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
    _listen(clean, receiver)
    record = clean.read("company/companies/311")

    clean.simulator.person("POST", "company/companies", {**record, "id": 7001, "identifier": "COPY", "name": "Copy"})

    assert receiver.wait(1)[0].message["Action"] == "added"


def test_point_11_every_kind_of_change(clean: Psa, receiver: Receiver) -> None:
    """Deleted ones have a null for an entity; a company goes to the recycle bin, from which nothing more is told."""
    for kind in ("company", "contact", "configuration"):
        _listen(clean, receiver, type=kind)
    person = clean.simulator.person

    company = _company(clean, "Changing")
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
        _listen(clean, receiver, type=kind)
    inactive = _listen(clean, receiver, type="contact")["id"]
    _send(clean, "PATCH", f"{CALLBACKS}/{inactive}", [{"op": "replace", "path": "inactiveFlag", "value": True}])
    person = clean.simulator.person
    board = person("POST", "service/boards", {"name": "Helpdesk"})["id"]
    person("POST", f"service/boards/{board}/statuses", {"name": "New"})
    loser, winner = _company(clean, "Loser"), _company(clean, "Winner")
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
    _listen(clean, receiver, type=kind, level=level, objectId=number)

    for each in (other, record):
        clean.simulator.person("PATCH", f"{path}/{each}", {"mobileGuid": "7b0e0d3e-0000-4000-8000-000000000311"})

    assert receiver.wait(1)[0].message["ID"] == record


def test_point_11_two_entries_send_two_messages(clean: Psa, receiver: Receiver) -> None:
    """7.6: each with an id of its own."""
    _listen(clean, receiver)
    _listen(clean, receiver, level="company", objectId=311)

    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})

    assert len({each.message["MessageId"] for each in receiver.wait(2)}) == 2


def test_point_11_own_changes_can_be_suppressed(clean: Psa, receiver: Receiver) -> None:
    """An entry made by a person is silent about what that person changes; one of the API member is not."""
    own = {"url": f"{receiver.url}/own?id=", "objectId": 1, "type": "company", "level": "owner"}
    clean.simulator.person("POST", CALLBACKS, {**own, "isSelfSuppressedFlag": True})
    _listen(clean, receiver, isSelfSuppressedFlag=True)

    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})

    assert receiver.wait(1)[0].path.startswith("/cw/k7?")


def test_point_11_a_person_may_register_too(clean: Psa) -> None:
    """The connector has to run with entries made by hand."""
    refused = clean.simulator.control.post(f"/records/{CALLBACKS}", json={**ENTRY, "level": "board"})
    made = clean.simulator.person("POST", CALLBACKS, {**ENTRY, "objectId": 0})["now"]

    assert refused.status_code == 400
    assert (made["objectId"], made["memberId"]) == (1, 2)
    assert clean.simulator.control.post(f"/records/{CALLBACKS}", json=ENTRY).status_code == 409


@pytest.mark.parametrize("status", [404, 409, 419, 429])
def test_point_11_some_answers_are_tried_again(clean: Psa, receiver: Receiver, status: int) -> None:
    """7.5: 2 s after the first try and 4 s after that, on the simulator's clock; then the event is lost."""
    receiver.statuses = [status]
    _listen(clean, receiver)
    before = len(clean.simulator.get("/deliveries"))
    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})

    receiver.wait(1)
    _tried(clean, before + 1)
    clean.simulator.advance(1)
    time.sleep(0.1)
    receiver.wait(1)
    clean.simulator.advance(1)
    receiver.wait(2)
    _tried(clean, before + 2)
    clean.simulator.advance(3)
    time.sleep(0.1)
    receiver.wait(2)
    clean.simulator.advance(1)
    arrived = receiver.wait(3)
    _tried(clean, before + 3)
    clean.simulator.advance(60)
    time.sleep(0.1)
    receiver.wait(3)

    assert len({(each.path, each.body, each.headers["x-content-signature"]) for each in arrived}) == 1
    assert [each["try"] for each in clean.simulator.get("/deliveries")[before:]] == [1, 2, 3]


def test_point_11_a_second_try_may_succeed(clean: Psa, receiver: Receiver) -> None:
    """A success ends the tries."""
    receiver.statuses = [429, 204]
    _listen(clean, receiver)
    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})
    receiver.wait(1)

    clean.simulator.advance(60)

    receiver.wait(2)
    clean.simulator.advance(60)
    time.sleep(0.1)
    receiver.wait(2)


@pytest.mark.parametrize("status", [301, 400, 401, 500, 503])
def test_point_11_other_failures_are_lost(clean: Psa, receiver: Receiver, status: int) -> None:
    """7.5: they are not tried again."""
    receiver.statuses = [status]
    _listen(clean, receiver)
    before = len(clean.simulator.get("/deliveries"))
    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})
    _tried(clean, before + 1)

    clean.simulator.advance(60)
    time.sleep(0.1)

    receiver.wait(1)
    assert clean.simulator.get("/deliveries")[-1]["status"] == status


def test_point_11_messages_go_to_this_machine_only(clean: Psa) -> None:
    """Another host counts as one that cannot be reached."""
    _register(clean)
    before = len(clean.simulator.get("/deliveries"))

    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})

    tried = _tried(clean, before + 1)[-1]
    assert (tried["url"], tried["status"]) == ("https://hooks.bridge.test/cw/k7?recordId=311&action=updated", None)


def _fail(psa: Psa, entry: int) -> bool:
    """Change a record while nothing takes messages; return whether the entry is disabled then."""
    before = len(psa.simulator.get("/deliveries"))
    psa.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})
    _tried(psa, before + 1)
    return bool(psa.read(f"{CALLBACKS}/{entry}")["inactiveFlag"])


@pytest.mark.parametrize("pauses", [[3 * DAY], [DAY, DAY, DAY], [DAY, 2 * DAY]])
def test_point_11_three_days_of_failures_disable(clean: Psa, receiver: Receiver, pauses: list[int]) -> None:
    """7.5: with a failure on each day at their end, else with the first one after them; a PATCH takes it back."""
    receiver.statuses = [500]
    entry = _listen(clean, receiver)["id"]

    assert not _fail(clean, entry)
    for pause in pauses[:-1]:
        clean.simulator.advance(pause)
        assert not _fail(clean, entry)
    clean.simulator.advance(pauses[-1])
    disabled = bool(clean.read(f"{CALLBACKS}/{entry}")["inactiveFlag"])
    assert disabled is (pauses == [DAY, DAY, DAY])
    if not disabled:
        _fail(clean, entry)

    _until(lambda: clean.read(f"{CALLBACKS}/{entry}")["inactiveFlag"])
    sent = len(receiver.arrived)
    receiver.statuses = [204]
    clean.simulator.person("PATCH", "company/companies/311", {"city": "York"})
    time.sleep(0.1)
    assert len(receiver.arrived) == sent
    _send(clean, "PATCH", f"{CALLBACKS}/{entry}", [{"op": "replace", "path": "inactiveFlag", "value": False}])
    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})
    receiver.wait(sent + 1)


def test_point_11_a_success_between_begins_anew(clean: Psa, receiver: Receiver) -> None:
    """The three days are consecutive."""
    receiver.statuses = [500]
    entry = _listen(clean, receiver)["id"]
    _fail(clean, entry)
    clean.simulator.advance(2 * DAY)
    receiver.statuses = [204]
    _fail(clean, entry)
    receiver.statuses = [500]

    clean.simulator.advance(2 * DAY)
    assert not _fail(clean, entry)


def test_point_13_the_callback_comes_before_the_record_is_gone(clean: Psa, receiver: Receiver) -> None:
    """A message says deleted while the record still answers 200."""
    _listen(clean, receiver, type="configuration")
    clean.simulator.set(delete_lag_seconds=45)

    clean.simulator.person("DELETE", "company/configurations/4029")

    assert receiver.wait(1)[0].message["Action"] == "deleted"
    assert clean.get("company/configurations/4029").status_code == 200
    clean.simulator.advance(46)
    assert clean.get("company/configurations/4029").status_code == 404
    clean.simulator.set(delete_lag_seconds=0)
