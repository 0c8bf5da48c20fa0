"""Flexible assets and related items: points 6, 7, 9, 11, 12 and 16 of the reference's checklist."""

from typing import Any

import pytest

from tests.simulators.itglue.account import Account, document, error, unique
from tests.simulators.running import Running

_TITLE = {"order": 1, "name": "Title", "kind": "Text", "required": True, "use-for-title": True, "show-in-list": True}


def _field(**attributes: Any) -> dict[str, Any]:
    return {"type": "flexible_asset_fields", "attributes": attributes}


def _type(account: Account, *fields: dict[str, Any], **more: Any) -> Any:
    data = [_field(**_TITLE), *(_field(**{"order": number, **field}) for number, field in enumerate(fields, 2))]
    body = document(
        "flexible_asset_types",
        {"name": unique("Type"), "icon": "file-text", **more},
        relationships={"flexible-asset-fields": {"data": data}},
    )
    return account.send("POST", "/flexible_asset_types", body)


@pytest.fixture
def kind(account: Account) -> str:
    """Make a type with one field of most kinds."""
    answer = _type(
        account,
        {"name": "Webmail URL", "kind": "Text"},
        {"name": "Body", "kind": "Textbox"},
        {"name": "State", "kind": "Select", "default-value": "Open\nClosed"},
        {"name": "Devices", "kind": "Tag", "tag-type": "Configurations"},
        {"name": "Count", "kind": "Number", "decimals": 0},
        {"name": "Share", "kind": "Percent", "decimals": 1},
        {"name": "Done?", "kind": "Checkbox"},
        {"name": "Until", "kind": "Date"},
        {"name": "Section", "kind": "Header"},
        {"name": "File", "kind": "Upload"},
        {"name": "Secret", "kind": "Password"},
    )
    assert answer.status_code == 201, answer.text
    number: str = answer.json()["data"]["id"]
    return number


def _asset(account: Account, kind: str, **traits: Any) -> Any:
    fixed = {"organization_id": account.organization, "flexible_asset_type_id": kind}
    return account.create("/flexible_assets", **fixed, traits={"title": "SLA"} | traits)


def _refused(account: Account, kind: str, traits: Any) -> dict[str, Any]:
    fixed = {"organization_id": account.organization, "flexible_asset_type_id": kind}
    answer = account.post("/flexible_assets", **fixed, traits=traits)
    assert answer.status_code == 422, answer.text
    assert len(answer.json()["errors"]) == 1
    return error(answer)


def test_point_06_an_unknown_trait_is_refused(simulator: Running, account: Account, kind: str) -> None:
    """A key is the name-key, not the name; a switch drops unknown ones with a 201."""
    for key in ("Title", "webmail_url", "nonsense", "section"):
        found = _refused(account, kind, {"title": "x", key: "y"})
        assert found["detail"] == "Request contains invalid trait keys"
        assert found["source"] == {"pointer": "data/attributes/traits"}

    simulator.set(unknown_trait="drop")

    assert _asset(account, kind, nonsense="y")["attributes"]["traits"] == {"title": "SLA"}


def test_point_06_without_its_type_no_trait_fits(account: Account) -> None:
    """The recorded refusal is that of an unknown key."""
    answer = account.post("/flexible_assets", organization_id=account.organization, traits={"title": "x"})

    assert (answer.status_code, error(answer)["detail"]) == (422, "Request contains invalid trait keys")


def test_point_06_a_missing_required_trait_is_refused(account: Account, kind: str) -> None:
    """Missing, null and empty are the same."""
    for traits in ({"body": "x"}, {"title": None}, {"title": ""}):
        found = _refused(account, kind, traits)
        assert found["detail"] == ["can't be blank"]
        assert found["source"] == {"pointer": "/data/attributes/flexible-asset-traits.title"}


@pytest.mark.parametrize(
    ("traits", "detail"),
    [
        ({"title": "x" * 256}, "Title is too long (maximum is 255 characters)"),
        ({"body": "é" * 32_769}, "is too long, must not exceed 64 kilobytes"),
        ({"state": "open"}, "is not included in the list"),
        ({"count": "many"}, "is not a number"),
        ({"done": "perhaps"}, "is not a boolean"),
        ({"until": "31.10.2026"}, "is not a valid date"),
        ({"devices": 999}, "is invalid"),
        ({"devices": {"type": "Configurations", "values": []}}, "is invalid"),
        ({"file": {"content-type": "text/plain", "name": "a", "size": 1, "url": "x"}}, "is invalid"),
        ({"secret": 1}, "is invalid"),
        ({"title": "x" * 256, "state": "open"}, "Title is too long (maximum is 255 characters)"),
    ],
)
def test_point_06_a_bad_trait_is_refused_and_only_the_first_is_told(
    account: Account, kind: str, traits: dict[str, Any], detail: str
) -> None:
    """Lengths count characters for Text and bytes for Textbox; read shapes are no write shapes."""
    assert _refused(account, kind, {"title": "x"} | traits)["detail"] == detail


def test_point_06_a_tag_takes_only_its_kind(account: Account, kind: str) -> None:
    """An organization is no configuration."""
    assert _refused(account, kind, {"title": "x", "devices": [account.organization]})["detail"] == "is invalid"


def test_point_07_a_patch_deletes_the_traits_that_it_leaves_out(account: Account, kind: str) -> None:
    """The main honesty test; null deletes too, and without `traits` they are left alone."""
    asset = _asset(account, kind, body="<p>x</p>", state="Open", count=3)["id"]

    def traits(**attributes: Any) -> Any:
        answer = account.patch(f"/flexible_assets/{asset}", **attributes)
        assert answer.status_code == 200
        return answer.json()["data"]["attributes"]["traits"]

    assert traits(archived=True) == {"title": "SLA", "body": "<p>x</p>", "state": "Open", "count": 3}
    assert traits(traits={"title": "SLA", "state": "Closed", "count": None}) == {"title": "SLA", "state": "Closed"}
    assert account.patch(f"/flexible_assets/{asset}", traits={"state": "Open"}).status_code == 422
    bulk = {"data": [document("flexible-assets", {"id": int(asset), "traits": {"title": "New"}})["data"]]}
    [row] = account.send("PATCH", "/flexible_assets", bulk).json()["data"]
    assert (row["attributes"]["traits"], row["attributes"]["name"]) == ({"title": "New"}, "New")


def test_point_09_inline_fields_break_the_service(account: Account) -> None:
    """Documented as required, answered with 500."""
    answer = account.post("/flexible_asset_types", name=unique("Type"), fields=[_TITLE])

    assert (answer.status_code, answer.json()) == (500, {"status": 500, "error": "Internal Server Error"})


@pytest.mark.parametrize("status", [422, 403])
def test_point_09_relationships_in_a_type_patch(simulator: Running, account: Account, kind: str, status: int) -> None:
    """The status is a switch; nothing is written."""
    simulator.set(relationships_in_type_patch=status)
    body = document("flexible_asset_types", {"name": "x"}, relationships={"flexible_asset_fields": {"data": []}})

    assert account.send("PATCH", f"/flexible_asset_types/{kind}", body).status_code == status
    assert (
        account.patch(f"/flexible_asset_types/{kind}", enabled=False).json()["data"]["attributes"]["enabled"] is False
    )


@pytest.mark.parametrize("without", ["use-for-title", "show-in-list"])
def test_point_11_a_type_needs_a_title_and_a_list_field(account: Account, without: str) -> None:
    """And a field at all."""
    fields = [_field(**{**_TITLE, without: False})]
    for data in (fields, []):
        body = document("flexible_asset_types", {"name": "x"}, relationships={"flexible_asset_fields": {"data": data}})
        assert account.send("POST", "/flexible_asset_types", body).status_code == 422
    assert account.post("/flexible_asset_types", name="x").status_code == 422


@pytest.mark.parametrize(
    "field",
    [
        {"name": "S", "kind": "Select"},
        {"name": "N", "kind": "Number"},
        {"name": "P", "kind": "Percent", "decimals": -1},
        {"name": "Title", "kind": "Text"},
        {"name": "O", "kind": "Text", "order": 1},
        {"name": "T", "kind": "Tag"},
        {"name": "T", "kind": "Tag", "tag-type": "Devices"},
        {"name": "K", "kind": "Colour"},
        {"kind": "Text"},
        {"name": "K"},
    ],
)
def test_point_11_a_bad_field_is_refused(account: Account, kind: str, field: dict[str, Any]) -> None:
    """With a type, and on its own beside the others."""
    path = f"/flexible_asset_types/{kind}/relationships/flexible_asset_fields"

    assert _type(account, field).status_code == 422
    assert account.post(path, **({"order": 99} | field)).status_code == 422


def test_point_11_fields_made_at_once_are_compared_with_each_other(account: Account, kind: str) -> None:
    """A bulk with two fields of one order is refused."""
    path = f"/flexible_asset_types/{kind}/relationships/flexible_asset_fields"
    twins = [_field(order=60, name=name, kind="Text") for name in ("One", "Two")]

    assert account.send("POST", path, {"data": twins}).status_code == 422
    twins[1]["attributes"]["order"] = 61
    assert account.send("POST", path, {"data": twins}).status_code == 201


def test_point_11_a_kind_in_use_cannot_be_changed(account: Account, kind: str) -> None:
    """Before that it can."""
    path = f"/flexible_asset_types/{kind}/relationships/flexible_asset_fields"
    [field] = [row["id"] for row in account.rows(path) if row["attributes"]["name"] == "Webmail URL"]
    assert account.patch(f"/flexible_asset_fields/{field}", kind="Textbox").status_code == 200
    _asset(account, kind, **{"webmail-url": "x"})

    assert account.patch(f"{path}/{field}", kind="Text").status_code == 422


def test_point_11_fields_are_forced_and_have_keys(account: Account, kind: str) -> None:
    """Only Text, Select and Date make a title; the key comes from the name."""
    path = f"/flexible_asset_types/{kind}/relationships/flexible_asset_fields"

    made = account.create(
        path, order=50, name="Relative ID (RID) Master", kind="Checkbox", **{"use-for-title": True, "required": True}
    )
    header = account.create(path, order=51, name="Assigned User(s)", kind="Header", required=True)

    assert (made["attributes"]["name-key"], made["attributes"]["use-for-title"]) == ("relative-id-rid-master", False)
    assert (header["attributes"]["name-key"], header["attributes"]["required"]) == ("assigned-user-s", False)
    assert account.get("/flexible_asset_fields").status_code == 404


def test_a_deleted_field_takes_its_data_along(account: Account, kind: str) -> None:
    """In every asset; the last field of the list stays."""
    path = f"/flexible_asset_types/{kind}/relationships/flexible_asset_fields"
    fields = {row["attributes"]["name"]: row["id"] for row in account.rows(path)}
    asset = _asset(account, kind, body="x")["id"]

    assert account.send("DELETE", f"/flexible_asset_fields/{fields['Body']}").status_code == 204
    assert account.send("DELETE", f"{path}/{fields['Title']}").status_code == 422
    assert account.get(f"/flexible_assets/{asset}").json()["data"]["attributes"]["traits"] == {"title": "SLA"}


def test_point_12_the_asset_list_takes_its_type_and_no_sort_by_id(account: Account, kind: str) -> None:
    """The filter is spelled either way; there is no nested GET."""
    asset = _asset(account, kind)

    for word in ("flexible-asset-type-id", "flexible_asset_type_id"):
        assert [row["id"] for row in account.rows(f"/flexible_assets?filter[{word}]={kind}")] == [asset["id"]]
    assert account.get(f"/flexible_assets?filter[flexible-asset-type-id]={kind}&sort=id").status_code == 400
    assert account.names(f"/flexible_assets?filter[flexible-asset-type-id]={kind}&filter[name]=SLA") == ["SLA"]
    assert account.get("/flexible_assets?filter[name]=SLA").status_code == 422
    assert account.get(f"/organizations/{account.organization}/relationships/flexible_assets").status_code == 404


def test_traits_are_written_and_read_in_their_shapes(account: Account, kind: str) -> None:
    """Tags come back as objects with names, uploads with an address, headers not at all."""
    device = account.configuration(hostname="lb-pos-03")
    asset = _asset(
        account,
        kind,
        devices=[device["id"], int(device["id"])],
        done=1,
        until="2026-10-31",
        share=12.5,
        file={"content": "eA==", "file_name": "a.pdf"},
    )

    traits = asset["attributes"]["traits"]

    [value] = traits["devices"]["values"]
    assert traits["devices"]["type"] == "Configurations"
    assert (value["id"], value["hostname"]) == (int(device["id"]), "lb-pos-03")
    assert value["organization-name"] == device["attributes"]["organization-name"]
    assert (traits["done"], traits["until"], traits["share"]) == (True, "2026-10-31", 12.5)
    assert traits["file"] == {
        "content-type": "application/pdf",
        "name": "a.pdf",
        "size": 1,
        "url": "https://acme.itglue.test/files/a.pdf",
    }


def test_a_tag_of_a_deleted_record_has_no_id(simulator: Running, account: Account, kind: str) -> None:
    """Clients skip such a value."""
    device = account.configuration()["id"]
    asset = _asset(account, kind, devices=device)["id"]

    simulator.person("DELETE", f"configurations/{device}")

    shown = account.get(f"/flexible_assets/{asset}").json()["data"]["attributes"]["traits"]
    assert all("id" not in value for value in shown["devices"]["values"])


def test_point_16_the_name_comes_from_the_title_fields(account: Account, kind: str) -> None:
    """A name that a client sends has no effect."""
    asset = _asset(account, kind)["id"]

    answer = account.patch(f"/flexible_assets/{asset}", name="mine", traits={"title": "SLA 2026"})

    assert answer.json()["data"]["attributes"]["name"] == "SLA 2026"


def test_flexible_assets_are_deleted_one_by_one_or_in_bulk(account: Account, kind: str) -> None:
    """204 for the one, 200 with the records for the many."""
    first, second = _asset(account, kind)["id"], _asset(account, kind)["id"]
    body = {"data": [document("flexible_assets", {"id": second})["data"]]}

    assert account.send("DELETE", f"/flexible_assets/{first}").status_code == 204
    assert [row["id"] for row in account.send("DELETE", "/flexible_assets", body).json()["data"]] == [second]
    assert account.rows(f"/flexible_assets?filter[flexible-asset-type-id]={kind}") == []


def test_bulk_creates_of_assets_are_nested(account: Account, kind: str) -> None:
    """The flat route is refused with the recorded words."""
    row = document("flexible_assets", {"flexible_asset_type_id": kind, "traits": {"title": "x"}})["data"]
    path = f"/organizations/{account.organization}/relationships/flexible_assets"

    flat = account.send("POST", "/flexible_assets", {"data": [row]})

    assert error(flat)["title"] == "bulk action not allowed for Flexible Asset using this route"
    assert account.send("POST", path, {"data": [row, row]}).status_code == 201


def test_types_bring_their_fields(account: Account, kind: str) -> None:
    """By include, on the list and on the single read."""
    for path in (f"/flexible_asset_types?filter[id]={kind}&", f"/flexible_asset_types/{kind}?"):
        included = account.get(f"{path}include=flexible_asset_fields").json()["included"]
        assert {one["type"] for one in included} == {"flexible-asset-fields"}
        assert len(included) == 12
    assert kind in {row["id"] for row in account.rows("/flexible_asset_types?filter[enabled]=true&page[size]=1000")}


def test_point_15_a_password_trait_is_a_violation(simulator: Running, account: Account, kind: str) -> None:
    """Whatever comes of it."""
    before = len(simulator.get("/violations"))

    _refused(account, kind, {"title": "x", "secret": 5})

    assert [violation["rule"] for violation in simulator.get("/violations")[before:]] == ["password_trait"]


def test_a_person_makes_types_and_assets(simulator: Running, account: Account) -> None:
    """In the read shape, with tags as objects or ids."""
    device = account.configuration()["id"]
    fields = [_field(**_TITLE), _field(order=2, name="Devices", kind="Tag", **{"tag-type": "Configurations"})]
    body = {"attributes": {"name": "By hand"}, "relationships": {"flexible-asset-fields": {"data": fields}}}
    kind = simulator.person("POST", "flexible_asset_types", body)["id"]
    traits = {"title": "A", "devices": {"type": "Configurations", "values": [{"id": device, "name": "x"}]}}
    fixed = {"organization-id": account.organization, "flexible-asset-type-id": kind}

    asset = simulator.person("POST", "flexible_assets", {"attributes": fixed | {"traits": traits}})["id"]
    changed = simulator.person("PATCH", f"flexible_assets/{asset}", {"attributes": {"traits": {"title": "B"}}})

    assert changed["now"]["attributes"]["name"] == "B"
    assert changed["now"]["attributes"]["traits"]["devices"]["values"][0]["id"] == int(device)


def _link(account: Account, owner: str, target: str) -> Any:
    path = f"/configurations/{owner}/relationships/related_items"
    return account.post(path, destination_type="Configuration", destination_id=target)


def test_point_12_a_second_or_inverse_related_item_is_refused(simulator: Running, account: Account) -> None:
    """One link per pair; a switch makes a second one."""
    first, second = account.configuration()["id"], account.configuration()["id"]

    assert _link(account, first, second).status_code == 201
    for owner, target in ((first, second), (second, first)):
        answer = _link(account, owner, target)
        assert answer.status_code == 422
        assert error(answer)["detail"] == "a similar or inverse relation already exists"
    simulator.set(second_related_item="link")
    assert _link(account, first, second).status_code == 201


def test_related_items_are_read_by_include(account: Account) -> None:
    """There is no GET; notes are patched, links are deleted by the link's id."""
    owner, target = account.configuration()["id"], account.configuration(name="Target")["id"]
    link = _link(account, owner, target).json()["data"]
    path = f"/configurations/{owner}/relationships/related_items"

    account.patch(f"{path}/{link['id']}", notes="why")
    [shown] = account.get(f"/configurations/{owner}?include=related_items").json()["included"]
    deleted = account.send("DELETE", path, {"data": [document("related_items", {"id": link["id"]})["data"]]})

    assert (shown["type"], shown["attributes"]["name"], shown["attributes"]["notes"]) == (
        "related-items",
        "Target",
        "why",
    )
    assert shown["attributes"]["resource-id"] == int(target)
    assert (deleted.status_code, deleted.json()["data"][0]["id"]) == (200, link["id"])
    assert account.get(path).status_code == 404
    assert "included" in account.get(f"/configurations/{owner}?include=related_items").json()
    assert _link(account, owner, "999").status_code == 401
    assert account.post(f"/organizations/{account.organization}/relationships/related_items").status_code == 404
