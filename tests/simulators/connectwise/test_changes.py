"""Points 9 and 10: what persons do, and what the API then shows."""

from typing import Any

import pytest

from tests.simulators.connectwise.psa import Psa

COMPANIES = "company/companies"
CONFIGURATIONS = "company/configurations"


def _stamp(psa: Psa, path: str) -> str:
    stamp: str = psa.read(path)["_info"]["lastUpdated"]
    return stamp


def _company(psa: Psa, name: str, **fields: Any) -> int:
    number: int = psa.simulator.person("POST", COMPANIES, {"name": name, **fields})["id"]
    return number


def _configuration(psa: Psa, name: str, company: int, **fields: Any) -> int:
    body = {"name": name, "type": {"id": 7}, "company": {"id": company}, **fields}
    number: int = psa.simulator.person("POST", CONFIGURATIONS, body)["id"]
    return number


def _changed_since(psa: Psa, path: str, act: Any) -> bool:
    """Say whether an action moved a record's stamp, a minute after it was read."""
    before = _stamp(psa, path)
    psa.simulator.advance(60)
    act()
    return _stamp(psa, path) != before


def test_point_09_reads_answer_200(own: Psa) -> None:
    """Lists, counts, single records, searches: one client raises on anything else."""
    assert own.get(COMPANIES).status_code == 200
    assert own.get(f"{COMPANIES}/311").status_code == 200
    assert own.get(f"{COMPANIES}/count").status_code == 200
    for kind in ("service", "project"):
        answer = own.http.post(f"/v4_6_release/apis/3.0/{kind}/tickets/search", json={"conditions": "id>0"})
        assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "company/companies", 403),
        ("PATCH", "company/companies/311", 403),
        ("PUT", "company/configurations/4001", 403),
        ("DELETE", "company/configurations/4001", 403),
        ("POST", "company/companies/311", 405),
        ("DELETE", "company/companies", 405),
        ("POST", "company/companies/count", 405),
        ("POST", "company/companies/search", 404),
        ("POST", "company/configurations/search", 404),
    ],
)
def test_point_09_writes_are_refused_and_noted(own: Psa, method: str, path: str, status: int) -> None:
    """The role only inquires (section 2); only tickets have a search (3.5)."""
    before = len(own.simulator.get("/violations"))

    answer = own.http.request(method, f"/v4_6_release/apis/3.0/{path}", json={"name": "x"})

    assert answer.status_code == status
    if status == 403:
        assert answer.json() == {
            "code": "Security",
            "message": "You do not have security permission to perform this action.",
        }
    assert own.simulator.get("/violations")[before:][0]["path"].endswith(path)
    assert own.read("company/configurations/4001")["name"] == "ws-01"


def test_point_09_a_wrong_media_type(own: Psa) -> None:
    """415 comes before the permission."""
    answer = own.http.post(
        "/v4_6_release/apis/3.0/company/companies", content=b"name=x", headers={"content-type": "text/plain"}
    )

    assert answer.status_code == 415


def test_point_10_a_new_record_is_stamped(own: Psa) -> None:
    """With the simulator's time, in whole seconds, and who did it."""
    number = _company(own, "Stamped & Sons", types=[{"name": "Client"}])
    now = own.simulator.get("/clock")["now"]

    record = own.read(f"{COMPANIES}/{number}")

    assert record["identifier"] == "StampedSons"
    assert record["status"]["name"] == "Active"
    assert [each["id"] for each in record["types"]] == [4]
    assert record["_info"]["lastUpdated"][:16] == now[:16]
    assert record["_info"]["dateEntered"] == record["_info"]["lastUpdated"]
    assert record["_info"]["updatedBy"] == record["_info"]["enteredBy"] == "jdoe"


def test_point_10_an_update_moves_the_stamp(own: Psa) -> None:
    """And a poll by lastUpdated sees it."""
    number = _configuration(own, "moving", 311)
    own.simulator.advance(3600)
    watermark = own.simulator.get("/clock")["now"][:19] + "Z"

    own.simulator.advance(5)
    own.simulator.person("PATCH", f"{CONFIGURATIONS}/{number}", {"serialNumber": "X1", "activeFlag": False})

    assert own.ids(CONFIGURATIONS, conditions=f"lastUpdated>=[{watermark}]") == [number]
    record = own.read(f"{CONFIGURATIONS}/{number}")
    assert (record["serialNumber"], record["activeFlag"]) == ("X1", False)


def test_point_10_a_field_can_be_emptied(own: Psa) -> None:
    """Null is then left out."""
    number = _configuration(own, "emptied", 311, serialNumber="S", manufacturer={"id": 51})

    own.simulator.person("PATCH", f"{CONFIGURATIONS}/{number}", {"serialNumber": None, "manufacturer": None})

    assert not {"serialNumber", "manufacturer"} & own.read(f"{CONFIGURATIONS}/{number}").keys()


def test_point_10_hard_deletes_vanish(own: Psa) -> None:
    """From lists, counts and the single GET; the id is not used again."""
    number = _configuration(own, "short-lived", 311)

    own.simulator.person("DELETE", f"{CONFIGURATIONS}/{number}")

    answer = own.get(f"{CONFIGURATIONS}/{number}")
    assert (answer.status_code, answer.json()["message"]) == (404, f"Configuration {number} not found")
    assert own.ids(CONFIGURATIONS, conditions=f"id={number}") == []
    assert _configuration(own, "next", 311) > number


def test_point_10_companies_go_to_the_recycle_bin(own: Psa) -> None:
    """deletedFlag, dateDeleted, deletedBy; still answered; lastUpdated as it was (5.10, section 11)."""
    number = _company(own, "Recycled Ltd")
    path = f"{COMPANIES}/{number}"

    moved = _changed_since(own, path, lambda: own.simulator.person("DELETE", path))

    record = own.read(path)
    assert not moved
    assert (record["deletedFlag"], record["deletedBy"]) == (True, "jdoe")
    assert number in own.ids(COMPANIES, conditions="deletedFlag=true", fields="id,dateDeleted")
    assert number in own.ids(COMPANIES)


def test_point_10_the_recycle_bin_gives_back(own: Psa) -> None:
    """Restored by deletedFlag, purged by a second deletion."""
    number = _company(own, "Restored Ltd", types=[{"id": 9}])
    path = f"{COMPANIES}/{number}"
    own.simulator.person("DELETE", path)

    moved = _changed_since(own, path, lambda: own.simulator.person("PATCH", path, {"deletedFlag": False}))
    restored = own.read(path)
    own.simulator.person("DELETE", path)
    own.simulator.person("DELETE", path)

    assert not moved
    assert restored["deletedFlag"] is False
    assert not {"dateDeleted", "deletedBy"} & restored.keys()
    assert own.get(path).status_code == 404
    assert own.ids("company/companyTypeAssociations", conditions=f"company/id={number}") == []


def test_point_10_deletion_can_move_the_stamp(own: Psa) -> None:
    """Whether it does is not known (section 11)."""
    own.simulator.set(delete_touches=True)
    path = f"{COMPANIES}/{_company(own, 'Touched Ltd')}"

    assert _changed_since(own, path, lambda: own.simulator.person("DELETE", path))


def test_point_10_a_purge_needs_an_empty_company(own: Psa) -> None:
    """The UI does not purge what other records refer to."""
    number = _company(own, "Kept Ltd")
    _configuration(own, "keeper", number)
    own.simulator.person("DELETE", f"{COMPANIES}/{number}")

    answer = own.simulator.control.delete(f"/records/{COMPANIES}/{number}")

    assert answer.status_code == 409


@pytest.mark.parametrize("touches", [False, True])
def test_point_10_a_merge_leaves_the_losers_stamp(own: Psa, touches: bool) -> None:
    """The loser turns deleted with stamp and status as they were; its records move (5.10)."""
    own.simulator.set(merge_touches=touches)
    loser, winner = _company(own, f"Loser {touches}"), _company(own, f"Winner {touches}")
    site = own.simulator.person("POST", f"{COMPANIES}/{loser}/sites", {"name": "Main"})["id"]
    moved = _configuration(own, "moved", loser, site={"id": site})
    before = own.read(f"{COMPANIES}/{loser}")
    stamp = _stamp(own, f"{CONFIGURATIONS}/{moved}")
    own.simulator.advance(60)

    own.simulator.person("POST", f"{COMPANIES}/{loser}/merge", {"into": winner})

    after = own.read(f"{COMPANIES}/{loser}")
    assert after["deletedFlag"] is True
    assert after["_info"] == before["_info"]
    assert after["status"] == before["status"]
    assert own.ids(CONFIGURATIONS, conditions=f"company/id={winner}") == [moved]
    assert own.ids(CONFIGURATIONS, conditions=f"company/id={loser}") == []
    assert "site" not in own.read(f"{CONFIGURATIONS}/{moved}")
    assert (_stamp(own, f"{CONFIGURATIONS}/{moved}") != stamp) is touches


def test_point_10_a_merge_needs_two_living_companies(own: Psa) -> None:
    """Anything else is refused."""
    number = _company(own, "Alone Ltd")
    for into in (number, 999999, 314, "x", None):
        answer = own.simulator.control.post(f"/records/{COMPANIES}/{number}/merge", json={"into": into})
        assert answer.status_code == 400


@pytest.mark.parametrize("touches", [False, True])
@pytest.mark.parametrize(
    ("word", "path", "body"),
    [
        ("customFields", "company/configurations/4003", {"customFields": [{"caption": "Rack", "value": "R"}]}),
        ("questions", "company/configurations/4003", {"questions": [{"questionId": 71, "answer": "R"}]}),
        ("typeAssociations", "company/companies/311", {"types": [{"id": 4}]}),
    ],
)
def test_point_10_changes_of_collections_may_not_touch(
    own: Psa, word: str, path: str, body: dict[str, Any], touches: bool
) -> None:
    """Unknown at the vendor: by default the stamp stays (section 6)."""
    own.simulator.set(child_touches={word: touches})
    (name,) = body
    (entry,) = body[name]
    if name == "types":
        own.simulator.person("PATCH", path, {"types": [{"id": 4}, {"id": 9}]})
    else:
        entry = body[name][0] = {**entry, next(key for key in ("value", "answer") if key in entry): f"R-{touches}"}

    assert _changed_since(own, path, lambda: own.simulator.person("PATCH", path, body)) is touches
    shown = own.read(path)[name]
    if name == "types":
        assert [each["id"] for each in shown] == [4]
    else:
        assert f"R-{touches}" in [each.get("value", each.get("answer")) for each in shown]


@pytest.mark.parametrize("touches", [False, True])
def test_point_10_type_associations_are_edited_on_their_own(own: Psa, touches: bool) -> None:
    """The company's types follow, its stamp only if the switch says so."""
    own.simulator.set(child_touches={"typeAssociations": touches})
    company = _company(own, f"Associated {touches}")
    path, nested = f"{COMPANIES}/{company}", f"{COMPANIES}/{company}/typeAssociations"
    made: list[int] = []

    added = _changed_since(
        own, path, lambda: made.append(own.simulator.person("POST", nested, {"type": {"id": 9}})["id"])
    )
    types = [each["id"] for each in own.read(path)["types"]]
    removed = _changed_since(own, path, lambda: own.simulator.person("DELETE", f"{nested}/{made[0]}"))

    assert (added, removed) == (touches, touches)
    assert types == [9]
    assert own.read(path)["types"] == []


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("company/configurations/types/7", {"name": "Managed Server"}, "type"),
        ("company/configurations/statuses/1", {"description": "In use"}, "status"),
        ("procurement/manufacturers/51", {"name": "Dell EMC"}, "manufacturer"),
        ("company/companies/311", {"name": "Acme Holding"}, "company"),
    ],
)
def test_point_10_a_renamed_reference_touches_nothing(own: Psa, path: str, body: dict[str, str], word: str) -> None:
    """The records show the new name with their old stamp (5.10, section 6)."""
    (old,) = {own.read(path)[name] for name in body}
    moved = _changed_since(own, "company/configurations/4003", lambda: own.simulator.person("PATCH", path, body))

    (name,) = body.values()
    assert not moved
    assert own.read("company/configurations/4003")[word]["name"] == name
    assert 4003 in own.ids(CONFIGURATIONS, conditions=f'{word}/name="{name}"')
    own.simulator.person("PATCH", path, dict.fromkeys(body, old))


def test_point_10_a_change_of_the_type_swaps_the_questions(own: Psa) -> None:
    """The list follows the configuration's type (5.5)."""
    number = _configuration(own, "swapped", 311, questions=[{"questionId": 71, "answer": "R1"}])

    own.simulator.person("PATCH", f"{CONFIGURATIONS}/{number}", {"type": {"name": "Workstation"}})
    swapped = own.read(f"{CONFIGURATIONS}/{number}")["questions"]
    own.simulator.person("PATCH", f"{CONFIGURATIONS}/{number}", {"type": {"id": 7}})

    assert swapped == []
    assert [each.get("answer") for each in own.read(f"{CONFIGURATIONS}/{number}")["questions"]] == [None, None, None]


def test_a_database_import_may_leave_the_stamp(own: Psa) -> None:
    """An explicit `_info` is kept: direct database work need not move stamps (section 6)."""
    path = "company/configurations/4005"
    stamp = {"lastUpdated": "2020-01-01T00:00:00Z", "updatedBy": "import"}

    own.simulator.person("PATCH", path, {"notes": "imported", "_info": stamp})

    assert own.read(path)["_info"] == stamp
    assert own.ids(CONFIGURATIONS, conditions="lastUpdated<[2021-01-01]") == [4005]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        (COMPANIES, {"identifier": "X"}, 400),
        (COMPANIES, {"name": "X" * 51}, 400),
        (COMPANIES, {"name": "X", "colour": "red"}, 400),
        (COMPANIES, {"name": "X", "identifier": "acme"}, 409),
        (COMPANIES, {"name": "X", "status": {"id": 99}}, 400),
        (CONFIGURATIONS, {"name": "X"}, 400),
        (CONFIGURATIONS, {"name": "X", "type": {"name": "Nothing"}}, 400),
        (CONFIGURATIONS, {"name": "X", "type": {"id": 7}, "serialNumber": "S" * 251}, 400),
        (CONFIGURATIONS, {"name": "X", "type": {"id": 7}, "activeFlag": "yes"}, 400),
        (CONFIGURATIONS, {"name": "X", "type": {"id": 7}, "purchaseDate": "soon"}, 400),
        (CONFIGURATIONS, {"name": "X", "type": {"id": 7}, "customFields": [{"caption": "None"}]}, 201),
        (CONFIGURATIONS, {"name": "X", "type": {"id": 7}, "questions": [{"questionId": 99, "answer": "x"}]}, 400),
        ("company/companies/statuses", {"name": "Active"}, 409),
        ("company/companies/311/typeAssociations", {"type": {"id": 4}}, 409),
        ("company/companies/999/typeAssociations", {"type": {"id": 4}}, 404),
        ("company/nothings", {"name": "X"}, 404),
    ],
)
def test_the_ui_checks_what_it_checks(own: Psa, path: str, body: dict[str, Any], status: int) -> None:
    """Required fields, lengths, types, references, unique names."""
    assert own.simulator.control.post(f"/records/{path}", json=body).status_code == status


@pytest.mark.parametrize(
    "path", ["company/companies/types/4", "company/configurations/types/8", "procurement/manufacturers/51"]
)
def test_a_setup_record_in_use_stays(own: Psa, path: str) -> None:
    """The UI refuses to delete it."""
    assert own.simulator.control.delete(f"/records/{path}").status_code == 409


def test_the_history_tells_every_change(own: Psa) -> None:
    """In the vendor's read shape, with who and when."""
    number = _configuration(own, "historic", 311)
    own.simulator.person("PATCH", f"{CONFIGURATIONS}/{number}", {"name": "historical"})
    own.simulator.person("DELETE", f"{CONFIGURATIONS}/{number}")

    (record,) = own.simulator.get(f"/records/{CONFIGURATIONS}/{number}")

    assert record["now"] is None
    assert [(event["by"], event["verb"]) for event in record["history"]] == [
        ("person", "create"),
        ("person", "update"),
        ("person", "delete"),
    ]
    create, update, delete = record["history"]
    assert create["before"] is None
    assert (update["before"]["name"], update["after"]["name"]) == ("historic", "historical")
    assert update["after"]["company"]["name"] == "Acme Ltd"
    assert delete["after"] is None
    everything = own.simulator.get(f"/records/{CONFIGURATIONS}")
    assert {4001, number} <= {each["id"] for each in everything}


def test_the_history_of_nested_records(own: Psa) -> None:
    """Below their parent only its own are listed; types of a company are in its own history too."""
    company = _company(own, "Nested Ltd", types=[{"id": 4}])
    own.simulator.person("POST", f"{COMPANIES}/{company}/typeAssociations", {"type": {"id": 9}})

    nested = own.simulator.get(f"/records/{COMPANIES}/{company}/typeAssociations")
    (record,) = own.simulator.get(f"/records/{COMPANIES}/{company}")

    assert [each["now"]["type"]["id"] for each in nested] == [4, 9]
    assert [each["id"] for each in record["now"]["types"]] == [4, 9]
    assert [each["id"] for each in record["history"][0]["after"]["types"]] == [4]
    assert own.simulator.control.get("/records/company/nothings").status_code == 404


def test_point_07_custom_fields_that_hold_dates(own: Psa) -> None:
    """A date literal compares with a custom field of type Date, and with no text that is none."""
    field = {"podId": 3, "caption": "Audited", "fieldTypeIdentifier": "Date"}
    number = own.simulator.person("POST", "system/userDefinedFields", field)["id"]
    values = {4001: "2026-02-01T00:00:00Z", 4002: "2026-03-01"}
    for record, value in values.items():
        own.simulator.person("PATCH", f"{CONFIGURATIONS}/{record}", {"customFields": [{"id": number, "value": value}]})

    def found(condition: str) -> list[int]:
        return own.ids(CONFIGURATIONS, customFieldConditions=f'caption="Audited" and {condition}')

    assert found("value>=[2026-03-01T00:00:00Z]") == [4002]
    assert found("value<[2026-03-01]") == [4001]
    assert found("value=[2026-02-01]") == [4001]
    assert own.ids(CONFIGURATIONS, customFieldConditions='caption="Rack" and value>[2000-01-01]') == []
