"""Keys, bodies and their validation: points 1 to 5, 8 and 9 of the reference's checklist."""

from typing import Any

import pytest

from tests.simulators.itglue.account import Account, document, error, unique
from tests.simulators.running import Running


def test_point_01_a_missing_key_is_refused_by_the_gateway(account: Account) -> None:
    """A request without a key gets 403 and the gateway's body."""
    del account.http.headers["x-api-key"]

    answer = account.get("/organizations")

    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("path", ["/organizations", "/nowhere", "/passwords"])
def test_point_01_an_unknown_key_is_refused_before_anything_else(account: Account, path: str) -> None:
    """Neither the router nor a resource is reached with a wrong key."""
    answer = account.send("POST", path, "no document", **{"x-api-key": "ITG.0000"})

    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_point_01_a_switch_answers_401_in_json_api_form(simulator: Running, account: Account) -> None:
    """`wrong_key` chooses the form that the endpoints' tables document."""
    simulator.set(wrong_key="json_401")

    answer = account.send("GET", "/organizations", **{"x-api-key": "ITG.0000"})

    assert answer.status_code == 401
    assert error(answer)["status"] == 401
    assert error(answer)["source"]["pointer"] != "id"


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_point_02_a_body_of_another_type_is_415(account: Account, kind: str) -> None:
    """A body needs application/vnd.api+json."""
    answer = account.send("POST", "/organizations", document("organizations", {"name": "x"}), **{"content-type": kind})

    assert answer.status_code == 415
    assert answer.json() == {"errors": [{"status": 415, "title": "Unsupported Media Type"}]}


@pytest.mark.parametrize("kind", ["application/vnd.api+json; charset=utf-8", "application/vnd.api+json;charset=UTF-8"])
def test_point_02_a_charset_is_allowed(account: Account, kind: str) -> None:
    """The content type may carry a charset."""
    body = document("organizations", {"name": unique("Org")})

    answer = account.send("POST", "/organizations", body, **{"content-type": kind})

    assert answer.status_code == 201


def test_point_02_a_switch_takes_plain_json(simulator: Running, account: Account) -> None:
    """`accept_plain_json` tolerates clients that declare application/json."""
    simulator.set(accept_plain_json=True)
    body = document("organizations", {"name": unique("Org")})

    answer = account.send("POST", "/organizations", body, **{"content-type": "application/json"})

    assert answer.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": "organizations", "attributes": {"name": "x"}},
        {"data": None},
        {"data": "text"},
        {"data": {"attributes": {"name": "x"}}},
        {"data": {"type": "organization", "attributes": {"name": "x"}}},
        {"data": {"type": "configurations", "attributes": {"name": "x"}}},
        {"data": {"type": "organizations"}},
        {"data": {"type": "organizations", "attributes": []}},
        {"data": {"type": "organizations", "attributes": "x"}},
        [],
    ],
)
def test_point_03_a_document_of_the_wrong_form_is_400(account: Account, body: Any) -> None:
    """Without data, type or an object of attributes nothing is read."""
    answer = account.send("POST", "/organizations", body)

    assert answer.status_code == 400
    assert error(answer)["status"] == 400
    assert error(answer)["title"] == "Bad Request"


def test_point_03_unparsable_json_is_400(account: Account) -> None:
    """The recorded words are "Invalid JSON format"."""
    headers = {"content-type": "application/vnd.api+json"}

    answer = account.http.post("/organizations", content=b'{"data": ', headers=headers)

    assert (answer.status_code, error(answer)["detail"]) == (400, "Invalid JSON format")
    assert error(answer)["source"] == {"pointer": "data"}


def test_point_03_a_json_string_in_a_string_is_500(account: Account) -> None:
    """The service breaks down on a body that was encoded twice."""
    answer = account.send("POST", "/organizations", '{"data": {}}')

    assert (answer.status_code, answer.json()) == (500, {"status": 500, "error": "Internal Server Error"})


def test_point_03_an_object_where_an_array_is_due_is_400(account: Account) -> None:
    """Bulk update and bulk delete take arrays, a single update an object."""
    record = account.configuration()["id"]
    one = document("configurations", {"id": record})

    assert account.send("PATCH", "/configurations", one).status_code == 400
    assert account.send("DELETE", "/configurations", one).status_code == 400
    assert account.send("PATCH", f"/configurations/{record}", {"data": [one["data"]]}).status_code == 400


@pytest.mark.parametrize(
    "attributes",
    [
        {"organization-id": 999},
        {"manufacturer-id": "999"},
        {"model-id": 999},
        {"configuration-status-id": 999},
        {"location-id": 999},
        {"contact-id": 999},
        {"operating-system-id": 9999},
    ],
)
def test_point_04_an_unknown_id_in_a_body_is_401(account: Account, attributes: dict[str, Any]) -> None:
    """An id that exists for nobody cannot be told from one of another account."""
    fixed = {"organization-id": account.organization, "configuration-type-id": account.type, "name": "PC"}

    answer = account.post("/configurations", **(fixed | attributes))

    assert answer.status_code == 401
    assert answer.json() == {
        "errors": [
            {
                "status": 401,
                "title": "Unauthorized",
                "detail": "Unauthorized resource access",
                "source": {"pointer": "id"},
            }
        ]
    }


def test_point_04_an_unknown_parent_in_a_path_is_401(account: Account) -> None:
    """A nested route through an organization or manufacturer that is not there is unauthorized."""
    assert account.get("/organizations/999/relationships/configurations").status_code == 401
    assert account.get("/manufacturers/999/relationships/models").status_code == 401
    assert account.get("/flexible_asset_types/999/relationships/flexible_asset_fields").status_code == 401
    assert account.post("/organizations/999/relationships/configurations", name="x").status_code == 401
    assert error(account.get("/organizations/999/relationships/configurations"))["source"]["pointer"] == "id"


@pytest.mark.parametrize(
    "path",
    [
        "/organizations/999",
        "/configurations/999",
        "/countries/9999",
        "/models/999",
        "/configurations/999/relationships/configuration_interfaces",
    ],
)
def test_point_04_an_unknown_record_is_404_in_json(account: Account, path: str) -> None:
    """The id of a record that is not there, also with something below it."""
    answer = account.get(path)

    assert answer.status_code == 404
    assert answer.json() == {
        "errors": [
            {"status": 404, "title": "Not Found", "detail": "Record not found", "source": {"pointer": None}},
        ]
    }


def test_point_04_a_record_below_another_organization_is_404(account: Account) -> None:
    """A nested route shows only what belongs to its parent."""
    record = account.configuration()["id"]
    other = account.create("/organizations", name=unique("Org"))["id"]

    assert account.get(f"/organizations/{other}/relationships/configurations/{record}").status_code == 404
    assert (
        account.get(f"/organizations/{account.organization}/relationships/configurations/{record}").status_code == 200
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nowhere"),
        ("GET", "/organizations//relationships/configurations"),
        ("GET", "/organizations/abc"),
        ("GET", "/configuration-types"),
        ("GET", "/adapters_resources"),
        ("DELETE", "/configurations/1"),
        ("DELETE", "/organizations/1"),
        ("POST", "/countries"),
        ("POST", "/operating_systems"),
        ("PATCH", "/configuration_types"),
        ("DELETE", "/manufacturers"),
        ("GET", "/documents"),
    ],
)
def test_point_04_no_route_is_an_html_page(account: Account, method: str, path: str) -> None:
    """The router answers HTML, whatever was asked for."""
    answer = account.send(method, path, None if method == "GET" else document("countries", {"name": "x"}))

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "The page you were looking for doesn't exist (404)" in answer.text


def test_point_05_a_required_text_that_is_missing_is_422(account: Account) -> None:
    """The detail is an array, as recorded."""
    answer = account.post("/organizations", alert="x")

    assert answer.status_code == 422
    assert error(answer) == {
        "status": 422,
        "title": "Unprocessable Entity",
        "detail": ["can't be blank"],
        "source": {"pointer": "/data/attributes/name"},
    }


@pytest.mark.parametrize("name", [None, ""])
def test_point_05_a_required_text_cannot_be_cleared(account: Account, name: str | None) -> None:
    """Null and the empty string are both blank."""
    assert account.patch(f"/organizations/{account.organization}", name=name).status_code == 422


def test_point_05_a_flat_post_needs_its_organization(account: Account) -> None:
    """The message then stands in the title, with an underscored pointer."""
    answer = account.post("/configurations", name="PC", configuration_type_id=account.type)

    assert answer.status_code == 422
    assert error(answer)["title"] == "Valid organization_id is required"
    assert "detail" not in error(answer)
    assert error(answer)["source"] == {"pointer": "data/attributes/organization_id"}


@pytest.mark.parametrize("attributes", [{}, {"configuration-type-id": 999}, {"configuration-type-id": None}])
def test_point_05_a_configuration_type_must_exist(account: Account, attributes: dict[str, Any]) -> None:
    """A missing type and an unknown one are refused alike."""
    answer = account.post("/configurations", name="PC", organization_id=account.organization, **attributes)

    assert answer.status_code == 422
    assert error(answer)["detail"] == "must exist"
    assert error(answer)["source"] == {"pointer": "/data/attributes/configuration-type"}


@pytest.mark.parametrize(
    "attributes",
    [
        {"primary-ip": "10.0.0.300"},
        {"primary-ip": "host"},
        {"mac-address": "aa:bb:cc:dd:ee:ff:00"},
        {"mac-address": "no mac"},
        {"installed-at": "2026-02-30"},
        {"installed-at": "01/02/2026"},
        {"warranty-expires-at": "2026-02-01T00:00:00Z"},
        {"purchased-at": 20260201},
        {"archived": "perhaps"},
        {"restricted": 2},
        {"manufacturer-id": "Dell"},
        {"model-id": 1.5},
        {"location-id": True},
        {"name": "x" * 256},
        {"serial-number": "x" * 256},
        {"hostname": ["x"]},
    ],
)
def test_point_05_a_value_of_the_wrong_form_is_422(account: Account, attributes: dict[str, Any]) -> None:
    """Numbers, booleans, dates, IP and MAC addresses and lengths are checked; nothing is written."""
    record = account.configuration(notes="before")["id"]

    answer = account.patch(f"/configurations/{record}", notes="after", **attributes)

    assert answer.status_code == 422
    assert error(answer)["source"]["pointer"].endswith(next(iter(attributes)))
    assert account.get(f"/configurations/{record}").json()["data"]["attributes"]["notes"] == "before"


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("primary-ip", "10.4.0.13"),
        ("primary-ip", "fe80::1"),
        ("mac-address", "AA-BB-CC-DD-EE-FF"),
        ("mac-address", "aa:bb:cc:dd:ee:ff"),
        ("installed-at", "2026-02-28"),
        ("mitp-end-of-life-date", "2030-01-01"),
        ("archived", True),
        ("notes", "<p>Ü &amp; x</p>"),
        ("serial-number", " X7-0042 "),
    ],
)
def test_point_05_a_good_value_is_stored_as_given(account: Account, attribute: str, value: Any) -> None:
    """The answer and a later read show what was sent."""
    record = account.configuration()["id"]

    answer = account.patch(f"/configurations/{record}", **{attribute: value})

    assert answer.status_code == 200
    assert answer.json()["data"]["attributes"][attribute] == value
    assert account.get(f"/configurations/{record}").json()["data"]["attributes"][attribute] == value


@pytest.mark.parametrize("value", [1, "1", "true", True])
def test_point_05_booleans_have_several_spellings(account: Account, value: Any) -> None:
    """True, "true" and 1 are the same."""
    record = account.configuration(archived=value)

    assert record["attributes"]["archived"] is True


def test_point_05_null_clears_a_value(account: Account) -> None:
    """Where null is allowed it clears, and the empty string reads back as null."""
    record = account.configuration(**{"serial-number": "1", "asset-tag": "2", "installed-at": "2026-01-01"})["id"]

    answer = account.patch(
        f"/configurations/{record}", **{"serial-number": None, "asset-tag": "", "installed-at": None}
    )

    shown = answer.json()["data"]["attributes"]
    assert (shown["serial-number"], shown["asset-tag"], shown["installed-at"]) == (None, None, None)


def test_point_05_organization_type_and_status_cannot_be_cleared(account: Account) -> None:
    """They are not marked nullable."""
    kind = account.create("/organization_types", name=unique("Customer"))["id"]
    record = account.create("/organizations", name=unique("Org"), organization_type_id=kind)["id"]

    assert account.patch(f"/organizations/{record}", organization_type_id=None).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/organizations",
        "/organization_types",
        "/organization_statuses",
        "/configuration_types",
        "/configuration_statuses",
        "/contact_types",
        "/manufacturers",
    ],
)
def test_point_05_a_duplicate_name_is_422(account: Account, path: str) -> None:
    """Names of organizations and of the small lists are unique, exactly."""
    name = unique("Name")
    account.create(path, name=name)

    answer = account.post(path, name=name)

    assert (answer.status_code, error(answer)["detail"]) == (422, "has already been taken")
    account.create(path, name=name.upper())


def test_point_05_names_of_configurations_are_not_unique(account: Account) -> None:
    """A repeated POST makes a second record."""
    first, second = account.configuration(name="Twin"), account.configuration(name="Twin")

    assert first["id"] != second["id"]


def test_point_05_a_model_of_another_manufacturer_is_refused(account: Account) -> None:
    """A model belongs to one manufacturer."""
    one, other = (account.create("/manufacturers", name=unique("Maker"))["id"] for _ in "ab")
    model = account.create(f"/manufacturers/{one}/relationships/models", name="M1")["id"]
    record = account.configuration()["id"]

    assert account.patch(f"/configurations/{record}", manufacturer_id=other, model_id=model).status_code == 422
    assert account.patch(f"/configurations/{record}", manufacturer_id=one, model_id=model).status_code == 200
    assert account.patch(f"/configurations/{record}", manufacturer_id=other).status_code == 422


def test_point_05_a_flat_model_needs_its_manufacturer(account: Account) -> None:
    """It is nullable, but needed on the flat route."""
    answer = account.post("/models", name="M1")

    assert (answer.status_code, error(answer)["source"]["pointer"]) == (422, "/data/attributes/manufacturer")


def test_point_05_location_and_contact_are_of_the_same_organization(account: Account) -> None:
    """A configuration cannot stand at another customer's site, nor move away from its own."""
    other = account.create("/organizations", name=unique("Org"))["id"]
    here = account.create("/locations", organization_id=account.organization, name="Here")["id"]
    there = account.create("/locations", organization_id=other, name="There")["id"]
    record = account.configuration()["id"]

    assert account.patch(f"/configurations/{record}", location_id=there).status_code == 422
    assert account.patch(f"/configurations/{record}", location_id=here).status_code == 200
    assert account.patch(f"/configurations/{record}", organization_id=other).status_code == 422
    moved = account.patch(f"/configurations/{record}", organization_id=other, location_id=there)
    assert moved.json()["data"]["attributes"]["organization-id"] == int(other)


@pytest.mark.parametrize("value", ["nobody", "a@b", "a b@c.de"])
def test_point_05_an_email_address_is_checked(account: Account, value: str) -> None:
    """Contact emails need a valid address."""
    entry = {"value": value, "label-name": "Work"}

    answer = account.post("/contacts", organization_id=account.organization, **{"contact-emails": [entry]})

    assert answer.status_code == 422


def test_point_08_bulk_create_on_a_flat_route_is_422_with_a_word(account: Account) -> None:
    """The recorded refusal has its status as a word and its message in the title."""
    row = document("configurations", {"name": "x", "configuration-type-id": account.type})["data"]

    answer = account.send("POST", "/configurations", {"data": [row]})

    assert answer.status_code == 422
    assert answer.json() == {
        "errors": [
            {
                "status": "unprocessable_entity",
                "title": "bulk action not allowed for Configuration using this route",
                "source": {"pointer": "data"},
            }
        ]
    }
    organizations = {"data": [document("organizations", {"name": "x"})["data"]]}
    assert account.send("POST", "/organizations", organizations).status_code == 422


def test_point_08_bulk_update_on_a_nested_route_is_422_with_a_word(account: Account) -> None:
    """Bulk update is for flat routes only."""
    record = account.configuration()["id"]
    body = {"data": [document("configurations", {"id": record, "notes": "x"})["data"]]}
    nested = f"/organizations/{account.organization}/relationships/configurations"

    for path in (nested, f"{nested}/{record}"):
        answer = account.send("PATCH", path, body)
        assert (answer.status_code, error(answer)["status"]) == (422, "unprocessable_entity")


def test_point_08_bulk_create_goes_to_the_nested_route(account: Account) -> None:
    """The answer is 201 with the records in the order of the request."""
    rows = [
        document("configurations", {"name": name, "configuration-type-id": account.type})["data"] for name in ("b", "a")
    ]

    answer = account.send("POST", f"/organizations/{account.organization}/relationships/configurations", {"data": rows})

    assert answer.status_code == 201
    assert [row["attributes"]["name"] for row in answer.json()["data"]] == ["b", "a"]
    assert {row["attributes"]["organization-id"] for row in answer.json()["data"]} == {int(account.organization)}


def test_point_08_bulk_update_goes_to_the_flat_route(account: Account) -> None:
    """The id stands in the attributes, or tolerably beside the type."""
    first, second = account.configuration()["id"], account.configuration()["id"]
    body = {
        "data": [
            document("configurations", {"id": first, "archived": True})["data"],
            document("configurations", {"archived": 1}, id=second)["data"],
        ]
    }

    answer = account.send("PATCH", "/configurations", body)

    assert answer.status_code == 200
    assert [(row["id"], row["attributes"]["archived"]) for row in answer.json()["data"]] == [
        (first, True),
        (second, True),
    ]


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_point_08_a_bad_row_of_a_bulk_refuses_the_whole(simulator: Running, account: Account, mode: str) -> None:
    """`bulk` decides whether the good rows are stored all the same; the answer is one list of errors."""
    simulator.set(bulk=mode)
    good, bad = account.configuration()["id"], account.configuration()["id"]
    rows = [{"id": good, "notes": "written"}, {"id": bad, "primary-ip": "x"}]

    answer = account.send(
        "PATCH", "/configurations", {"data": [document("configurations", row)["data"] for row in rows]}
    )

    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 1
    notes = account.get(f"/configurations/{good}").json()["data"]["attributes"]["notes"]
    assert notes == ("written" if mode == "partial" else None)


@pytest.mark.parametrize("mode", ["atomic", "partial"])
def test_point_08_a_bad_row_of_a_bulk_create(simulator: Running, account: Account, mode: str) -> None:
    """Partial success of a create shows only when the list is read again."""
    simulator.set(bulk=mode)
    rows = [{"name": "good", "configuration-type-id": account.type}, {"name": "bad"}]
    path = f"/organizations/{account.organization}/relationships/configurations"

    answer = account.send("POST", path, {"data": [document("configurations", row)["data"] for row in rows]})

    assert answer.status_code == 422
    assert account.names(path) == (["good"] if mode == "partial" else [])


def test_point_09_relationships_in_a_patch_are_422(account: Account) -> None:
    """Relationships may be sent in POST and never in PATCH."""
    record = account.configuration()["id"]
    body = document(
        "configurations", {"notes": "x"}, relationships={"configuration_interfaces": {"data": [{"type": "x"}]}}
    )

    answer = account.send("PATCH", f"/configurations/{record}", body)

    assert answer.status_code == 422
    assert account.get(f"/configurations/{record}").json()["data"]["attributes"]["notes"] is None


def test_a_post_may_carry_interfaces(account: Account) -> None:
    """Interfaces come along in `relationships`, as an array or as one object."""
    interface = {"type": "configuration_interfaces", "attributes": {"ip_address": "10.0.0.9", "primary": True}}
    attributes = {"organization-id": account.organization, "configuration-type-id": account.type, "name": "PC"}
    body = document("configurations", attributes, relationships={"configuration_interfaces": {"data": interface}})

    answer = account.send("POST", "/configurations", body)

    assert answer.status_code == 201
    assert answer.json()["data"]["attributes"]["primary-ip"] == "10.0.0.9"


def test_attributes_can_vanish_with_a_200(simulator: Running, account: Account) -> None:
    """`drop_attributes` names what is taken without an error and not stored."""
    simulator.set(drop_attributes=["configurations.asset_tag"])
    record = account.configuration()["id"]

    answer = account.patch(f"/configurations/{record}", asset_tag="1", serial_number="2")

    shown = answer.json()["data"]["attributes"]
    assert (answer.status_code, shown["asset-tag"], shown["serial-number"]) == (200, None, "2")
