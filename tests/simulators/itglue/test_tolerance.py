"""Where real clients differ: what the reference's checklist wants accepted."""

from typing import Any

import pytest

from tests.simulators.itglue.account import Account, document, unique


def test_a_trailing_slash_is_allowed(account: Account) -> None:
    """Lists, records and creates are called with one, also before a query."""
    record = account.create("/organizations/", name=unique("Org"))["id"]

    assert account.get("/organizations/?page[size]=1").status_code == 200
    assert account.get(f"/organizations/{record}/?include=adapters_resources").status_code == 200


@pytest.mark.parametrize("type_", ["configuration_types", "configuration-types"])
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_types_are_spelled_either_way_and_put_is_patch(account: Account, type_: str, method: str) -> None:
    """The answer always has dashes."""
    path = f"/configuration_types/{account.type}"

    answer = account.send(method, path, document(type_, {"name": unique("Type")}))

    assert (answer.status_code, answer.json()["data"]["type"]) == (200, "configuration-types")


@pytest.mark.parametrize("name", ["serial_number", "serial-number"])
def test_attribute_names_are_spelled_either_way(account: Account, name: str) -> None:
    """Dashes and underscores are the same."""
    assert account.configuration(**{name: "S1"})["attributes"]["serial-number"] == "S1"


def test_ids_are_numbers_or_strings(account: Account) -> None:
    """In attributes they come back as numbers, at the top as a string."""
    for spelled in (str, int):
        record = account.configuration(configuration_type_id=spelled(account.type))
        assert record["attributes"]["configuration-type-id"] == int(account.type)
        assert isinstance(record["id"], str)
    assert int(record["id"]) > 2**31


def test_an_id_at_the_top_of_a_patch_is_allowed(account: Account) -> None:
    """The path decides."""
    body = document("organizations", {"alert": "x"}, id=account.organization)

    assert account.send("PATCH", f"/organizations/{account.organization}", body).status_code == 200


@pytest.mark.parametrize("suffix", ["", "/{record}"])
def test_nested_updates_have_both_forms(account: Account, suffix: str) -> None:
    """With the id in the path, or in the body."""
    record = account.configuration()["id"]
    path = f"/organizations/{account.organization}/relationships/configurations" + suffix.format(record=record)

    answer = account.send("PATCH", path, document("configurations", {"notes": "x", "id": record}))

    assert (answer.status_code, answer.json()["data"]["id"]) == (200, record)


def test_read_only_and_unknown_attributes_are_ignored(account: Account) -> None:
    """They are taken without an error and have no effect."""
    sent: dict[str, Any] = {
        "manufacturer-name": "Dell",
        "psa-integration": "enabled",
        "created-at": "2001-01-01T00:00:00.000Z",
        "resource_url": "x",
        "my-glue": True,
        "configuration-type-kind": "server",
        "nonsense": {"a": 1},
    }

    shown = account.configuration(**sent)["attributes"]

    assert (shown["manufacturer-name"], shown["psa-integration"], shown["my-glue"]) == (None, None, False)
    assert not shown["created-at"].startswith("2001")
    assert "nonsense" not in shown


@pytest.mark.parametrize("query", ["page[size]=5", "page%5Bsize%5D=5", "utm=1&page[size]=5&tag_list=x"])
def test_brackets_are_raw_or_encoded_and_unknown_parameters_ignored(account: Account, query: str) -> None:
    """What is no filter is nobody's business."""
    assert len(account.rows(f"/countries?{query}")) == 5


@pytest.mark.parametrize("accept", ["application/json", "application/vnd.api+json", "*/*", "text/html"])
def test_the_accept_header_changes_nothing(account: Account, accept: str) -> None:
    """Answers are JSON:API."""
    answer = account.send("GET", "/countries", accept=accept)

    assert answer.headers["content-type"] == "application/vnd.api+json"


def test_a_get_needs_no_content_type_and_takes_any(account: Account) -> None:
    """It has no body."""
    assert account.send("GET", "/countries", **{"content-type": "application/json"}).status_code == 200


def test_a_create_without_the_data_wrapper_is_refused(account: Account) -> None:
    """One client sends it; the service does not take it."""
    answer = account.send("POST", "/organizations", {"type": "organizations", "attributes": {"name": unique("Org")}})

    assert answer.status_code == 400


def test_an_empty_relationships_object_in_a_patch_is_no_relationship(account: Account) -> None:
    """A client that sends the read shape back has one."""
    body = document("organizations", {"alert": "x"}, relationships={})

    assert account.send("PATCH", f"/organizations/{account.organization}", body).status_code == 200
