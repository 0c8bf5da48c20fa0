"""Point 7: what records look like, whole and with `fields`; errors of single records."""

import re
from typing import Any

import pytest

from tests.simulators.connectwise.psa import FORWARD, Psa


def _without_links(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_links(each) for name, each in value.items() if not name.endswith("_href")}
    return [_without_links(each) for each in value] if isinstance(value, list) else value


def test_point_07_a_company_in_full(psa: Psa) -> None:
    """Nulls are left out, an unset market shows without id, custom fields show although empty (5.1, 5.2)."""
    assert _without_links(psa.read("company/companies/311")) == {
        "id": 311,
        "identifier": "ACME",
        "name": "Acme Ltd",
        "status": {"id": 1, "name": "Active", "_info": {}},
        "types": [{"id": 4, "name": "Client", "_info": {}}, {"id": 9, "name": "Vendor", "_info": {}}],
        "addressLine1": "1 High St",
        "city": "Leeds",
        "country": {"id": 2, "name": "United Kingdom", "_info": {}},
        "market": {"_info": {}},
        "dateAcquired": "2019-02-01T00:00:00Z",
        "leadFlag": False,
        "unsubscribeFlag": False,
        "isVendorFlag": False,
        "deletedFlag": False,
        "customFields": [
            {
                "id": 3,
                "caption": "Tier",
                "type": "Text",
                "entryMethod": "EntryField",
                "numberOfDecimals": 0,
                "value": None,
                "connectWiseId": "c0ffee00-0000-4000-8000-000000000003",
                "rowNum": 3,
                "userDefinedFieldRecId": 3,
                "podId": "1",
            }
        ],
        "_info": {
            "lastUpdated": "2026-05-01T09:31:12Z",
            "updatedBy": "jdoe",
            "dateEntered": "2019-02-01T08:00:00Z",
            "enteredBy": "admin1",
        },
    }


def test_point_07_a_configuration_in_full(psa: Psa) -> None:
    """A status is called description in its table and name in a reference; questions follow the type (5.5)."""
    record = _without_links(psa.read("company/configurations/4015"))

    assert record["status"] == {"id": 1, "name": "Active", "_info": {}}
    assert record["company"] == {"id": 311, "identifier": "ACME", "name": "Acme Ltd", "_info": {}}
    assert record["manufacturer"] == {"id": 51, "name": "Dell", "_info": {}}
    assert record["questions"] == [
        {
            "answerId": 9,
            "questionId": 71,
            "question": "Rack",
            "answer": "R15",
            "sequenceNumber": 1.0,
            "numberOfDecimals": 0,
            "fieldType": "Text",
            "requiredFlag": False,
        },
        {
            "questionId": 72,
            "question": "Admin password",
            "sequenceNumber": 2.0,
            "numberOfDecimals": 0,
            "fieldType": "Password",
            "requiredFlag": False,
        },
        {
            "answerId": 10,
            "questionId": 73,
            "question": "Virtual",
            "answer": True,
            "sequenceNumber": 3.0,
            "numberOfDecimals": 0,
            "fieldType": "Checkbox",
            "requiredFlag": False,
        },
    ]
    assert [(each["caption"], each["value"]) for each in record["customFields"]] == [("Rack", "R12"), ("Units", None)]
    assert "modelNumber" not in record
    assert "site" not in record
    assert record["_info"] == {"lastUpdated": "2026-05-15T12:00:00Z", "updatedBy": "jdoe"}


def test_point_07_unanswered_questions_can_be_left_out(psa: Psa) -> None:
    """Whether they are listed is not known (section 11)."""
    psa.simulator.set(unanswered_questions="omitted")

    assert [each["questionId"] for each in psa.read("company/configurations/4015")["questions"]] == [71, 73]


def test_point_07_the_list_and_the_single_record_agree(psa: Psa) -> None:
    """Also the collections inside the record."""
    for path in ("company/companies", "company/configurations", "company/configurations/types"):
        for record in psa.read(path):
            assert psa.read(f"{path}/{record['id']}") == record


def test_point_07_links_use_a_double_slash(psa: Psa) -> None:
    """They are not to be followed (5.1)."""
    url = psa.simulator.url
    record = psa.read("company/configurations/4001")

    assert record["company"]["_info"] == {"company_href": f"{url}/v2025_1//apis/3.0/company/companies/311"}
    assert record["type"]["_info"] == {"type_href": f"{url}/v2025_1//apis/3.0/company/configurations/types/8"}
    company = psa.read("company/companies/311")
    assert company["market"] == {"_info": {"market_href": f"{url}/v2025_1//apis/3.0/company/marketDescriptions/"}}
    assert all(isinstance(value, str) for value in company["_info"].values())


def test_point_07_nulls_can_be_shown(psa: Psa) -> None:
    """As recordings of about 2017 have them."""
    psa.simulator.set(nulls="explicit")
    record = psa.read("company/configurations/4001")

    assert record["modelNumber"] is None
    assert record["manufacturer"] is None
    assert record["serialNumber"] == "SN0001"
    assert psa.read("company/companies/311")["market"] is None


def test_point_07_timestamps_are_whole_seconds_in_utc(psa: Psa) -> None:
    """`YYYY-MM-DDThh:mm:ssZ`, dates at midnight (5.1)."""
    for record in psa.read("company/configurations"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", record["_info"]["lastUpdated"])
        assert record["purchaseDate"].endswith("T00:00:00Z")


@pytest.mark.parametrize(
    ("fields", "record"),
    [
        ("id", {"id": 4003}),
        ("id,name", {"id": 4003, "name": "srv-03"}),
        ("ID, Name", {"id": 4003, "name": "srv-03"}),
        ("id,status/id", {"id": 4003, "status": {"id": 1}}),
        ("company/identifier,company/name", {"company": {"identifier": "ACME", "name": "Acme Ltd"}}),
        ("id,_info/lastUpdated", {"id": 4003, "_info": {"lastUpdated": "2026-05-03T12:00:00Z"}}),
        ("id,_info", {"id": 4003, "_info": {"lastUpdated": "2026-05-03T12:00:00Z", "updatedBy": "jdoe"}}),
        ("id,modelNumber,site/id", {"id": 4003}),
        ("status,status/id", {"status": {"id": 1, "name": "Active", "_info": {}}}),
        (
            "questions/questionId,questions/answer",
            {"questions": [{"questionId": 71, "answer": "R3"}, {"questionId": 72}, {"questionId": 73, "answer": True}]},
        ),
        (
            "customFields/caption,customFields/value",
            {"customFields": [{"caption": "Rack", "value": None}, {"caption": "Units", "value": None}]},
        ),
    ],
)
def test_point_07_fields_reduce_the_answer(psa: Psa, fields: str, record: dict[str, Any]) -> None:
    """Sub-fields come nested; `_info` only when it is named."""
    listed = psa.read("company/configurations", conditions="id=4003", fields=fields)

    assert _without_links(listed) == [record]
    assert _without_links(psa.read("company/configurations/4003", fields=fields)) == record


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("company/companies", "id,colour"),
        ("company/companies", "lastUpdated"),
        ("company/companies", "status/colour"),
        ("company/companies", "name/id"),
        ("company/companies", "_info/colour"),
        ("company/companies/311", "colour"),
        ("company/configurations", "dateEntered"),
    ],
)
def test_point_07_unknown_fields_are_refused(psa: Psa, path: str, fields: str) -> None:
    """A name in `fields` has to be in the model; the stamps are inside `_info`."""
    assert psa.get(path, fields=fields).status_code == 400


@pytest.mark.parametrize(
    ("path", "noun"),
    [
        ("company/companies/57", "Company 57"),
        ("company/configurations/57", "Configuration 57"),
        ("company/configurations/types/57", "ConfigurationType 57"),
        ("company/companies/57/typeAssociations", "Company 57"),
        ("company/configurations/types/57/questions", "ConfigurationType 57"),
        ("company/configurations/types/8/questions/71", "ConfigurationTypeQuestion 71"),
        ("company/contacts/57", "Contact 57"),
        ("service/tickets/57", "Ticket 57"),
    ],
)
def test_a_missing_record_is_named(psa: Psa, path: str, noun: str) -> None:
    """404 NotFound (section 8)."""
    answer = psa.get(path)

    assert answer.status_code == 404
    assert answer.json() == {"code": "NotFound", "message": f"{noun} not found"}


@pytest.mark.parametrize("path", ["company/companies/acme", "company/companies/311/nothings", "company", ""])
def test_a_missing_path_is_no_endpoint(psa: Psa, path: str) -> None:
    """404 ConnectWiseApi (section 8)."""
    answer = psa.get(path)

    assert answer.status_code == 404
    assert answer.json()["code"] == "ConnectWiseApi"


def test_type_associations_are_the_types(psa: Psa) -> None:
    """Both lists show them: the company's own and the one of all (5.2)."""
    own = psa.read("company/companies/311/typeAssociations")
    every = psa.read("company/companyTypeAssociations")

    assert [(each["type"]["name"], each["company"]["id"]) for each in own] == [("Client", 311), ("Vendor", 311)]
    assert [each["id"] for each in every] == [900, 901, 902, 903]
    assert psa.read("company/companies/311/typeAssociations/900")["type"]["id"] == 4
    assert psa.get("company/companies/312/typeAssociations/900").status_code == 404
    assert psa.read("company/companies/311/typeAssociations/count") == {"count": 2}
    assert psa.ids("company/companyTypeAssociations", conditions="company/id=311 and type/id=9") == [902]


def test_setup_tables_show_their_own_words(psa: Psa) -> None:
    """Statuses of configurations have a description, types a name, questions their choices (5.5)."""
    assert psa.read("company/configurations/statuses/2") == {
        "id": 2,
        "description": "Retired",
        "closedFlag": True,
        "defaultFlag": False,
        "_info": {"lastUpdated": "2024-01-01T00:00:00Z", "updatedBy": "admin1"},
    }
    question = psa.read("company/configurations/types/7/questions")[0]
    assert (question["question"], question["configurationType"]["id"]) == ("Rack", 7)
    assert psa.read("company/configurations/types/8/questions") == []
    assert psa.read("company/configurations/types/7/questions/71/values")[0]["value"] == "R1"
    assert psa.read("company/companies/info/types", fields="id,name") == [
        {"id": 4, "name": "Client"},
        {"id": 9, "name": "Vendor"},
    ]
    assert psa.ids("system/userDefinedFields", conditions='caption="Rack"') == [21]


@pytest.mark.parametrize(
    "path",
    [
        "company/companies/311/notes",
        "company/companies/311/teams",
        "service/tickets/1/timeentries",
        "finance/agreements",
        "system/audittrail",
    ],
)
def test_what_is_not_built_is_empty(psa: Psa, path: str) -> None:
    """The vendor has these lists; they and their counts are empty."""
    assert psa.read(path) == []
    assert psa.read(f"{path}/count") == {"count": 0}
    assert psa.get(path, FORWARD).headers.get("link") == (None if path == "system/audittrail" else "")


def test_a_path_names_the_parents_of_its_parents(psa: Psa) -> None:
    """The choices of a question stand below the question's own type only."""
    path = "company/configurations/types/{}/questions/71/values"

    assert psa.ids(path.format(7)) == [1]
    assert psa.get(path.format(8)).json()["message"] == "ConfigurationTypeQuestion 71 not found"
