"""Point 11: callback entries, written by the API member and by persons."""

from typing import Any

import pytest

from tests.simulators.connectwise.entries import (
    CALLBACKS,
    ENTRY,
    errors_of,
    register,
    send,
)
from tests.simulators.connectwise.psa import ROOT, Psa


def test_point_11_an_entry_is_created(clean: Psa) -> None:
    """201 with the whole record; the member is the server's to say; no violation."""
    violations = clean.simulator.get("/violations")

    answer = send(clean, "POST", CALLBACKS, {**ENTRY, "memberId": 0, "id": 0, "colour": "red"})

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
    assert register(clean, objectId=given)["objectId"] == kept


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
    assert errors_of(send(clean, "POST", CALLBACKS, {**ENTRY, **change})) == errors
    assert clean.read(CALLBACKS) == []


def test_point_11_bodies_that_are_none(clean: Psa) -> None:
    """What is no object, no array of operations, no JSON."""
    number = register(clean)["id"]

    assert errors_of(send(clean, "POST", CALLBACKS, [ENTRY])) == [("InvalidObject", "")]
    assert clean.http.post(f"{ROOT}/{CALLBACKS}", content=b"{").status_code == 400
    assert errors_of(send(clean, "PATCH", f"{CALLBACKS}/{number}", {"op": "replace"})) == [("InvalidObject", "")]
    assert (
        clean.http.post(f"{ROOT}/{CALLBACKS}", content=b"x", headers={"content-type": "text/plain"}).status_code == 415
    )


def test_point_11_duplicates_exist_already(clean: Psa) -> None:
    """The same url, type, level and object id; the type in any case."""
    number = register(clean)["id"]
    other = register(clean, type="contact")["id"]

    assert errors_of(send(clean, "POST", CALLBACKS, {**ENTRY, "description": "again"})) == [
        ("ObjectExists", "objectId")
    ]
    assert errors_of(send(clean, "POST", CALLBACKS, {**ENTRY, "type": "Company", "objectId": 0})) == [
        ("ObjectExists", "objectId")
    ]
    assert errors_of(
        send(clean, "PATCH", f"{CALLBACKS}/{other}", [{"op": "replace", "path": "type", "value": "company"}])
    ) == [("ObjectExists", "objectId")]
    assert send(clean, "PUT", f"{CALLBACKS}/{number}", ENTRY).status_code == 200


def test_point_11_a_type_may_be_in_upper_case(clean: Psa) -> None:
    """It is kept as it was sent."""
    assert register(clean, type="Ticket", level="Board", objectId=3)["type"] == "Ticket"


def test_point_11_patch_put_and_delete(clean: Psa) -> None:
    """PATCH takes bare names, case-sensitive; a slash before them is tolerated; PUT replaces."""
    number = register(clean)["id"]
    path = f"{CALLBACKS}/{number}"

    patched = send(clean, "PATCH", path, [{"op": "replace", "path": "inactiveFlag", "value": True}])
    slashed = send(clean, "PATCH", path, [{"op": "replace", "path": "/description", "value": "other"}])
    wrong = send(clean, "PATCH", path, [{"op": "replace", "path": "InactiveFlag", "value": False}])
    emptied = send(clean, "PATCH", path, [{"op": "remove", "path": "url"}])
    put = send(clean, "PUT", path, {**ENTRY, "description": None, "objectId": 0, "id": 9999})
    lacking = send(clean, "PUT", path, {"url": ENTRY["url"]})

    assert (patched.status_code, patched.json()["inactiveFlag"]) == (200, True)
    assert (slashed.status_code, slashed.json()["description"]) == (200, "other")
    assert errors_of(wrong) == [("InvalidField", "InactiveFlag")]
    assert errors_of(emptied) == [("MissingRequiredField", "url")]
    assert (put.status_code, put.json()["id"], put.json()["inactiveFlag"]) == (200, number, False)
    assert "description" not in put.json()
    assert [field for _, field in errors_of(lacking)] == ["objectId", "type", "level"]
    deleted = clean.http.delete(f"{ROOT}/{path}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert "content-type" not in deleted.headers
    for method in ("GET", "PATCH", "PUT", "DELETE"):
        gone = send(clean, method, path, [])
        assert (gone.status_code, gone.json()["message"]) == (404, f"CallbackEntry {number} not found")


def test_point_11_methods_and_permission(clean: Psa) -> None:
    """A role without them gets 403, on which a connector falls back to polling."""
    assert send(clean, "PUT", CALLBACKS, ENTRY).status_code == 405
    assert send(clean, "POST", f"{CALLBACKS}/1", ENTRY).status_code == 405
    assert send(clean, "DELETE", f"{CALLBACKS}/count", None).status_code == 405

    clean.simulator.set(role={"forbidden": ["system/callbacks"]})

    assert send(clean, "POST", CALLBACKS, ENTRY).json()["code"] == "Security"
    assert clean.get(CALLBACKS).status_code == 403
    clean.simulator.set(role={})


def test_point_11_a_person_may_register_too(clean: Psa) -> None:
    """The connector has to run with entries made by hand."""
    refused = clean.simulator.control.post(f"/records/{CALLBACKS}", json={**ENTRY, "level": "board"})
    made = clean.simulator.person("POST", CALLBACKS, {**ENTRY, "objectId": 0})["now"]

    assert refused.status_code == 400
    assert (made["objectId"], made["memberId"]) == (1, 2)
    assert clean.simulator.control.post(f"/records/{CALLBACKS}", json=ENTRY).status_code == 409
