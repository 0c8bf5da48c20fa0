"""What clients of others run into at the edges of the reference."""

from typing import Any

import pytest

from tests.simulators.itglue.account import Account, document, error, unique
from tests.simulators.running import Running

_LONG = "9" * 5000


def _kind(account: Account, *more: dict[str, Any]) -> Any:
    fields = [
        {"order": 1, "name": "Title", "kind": "Text", "required": True, "use-for-title": True, "show-in-list": True},
        *more,
    ]
    data = [{"type": "flexible_asset_fields", "attributes": field} for field in fields]
    body = document(
        "flexible_asset_types", {"name": "PSA Contract"}, relationships={"flexible_asset_fields": {"data": data}}
    )
    answer = account.send("POST", "/flexible_asset_types", body)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]["id"]


def _asset(account: Account, kind: str, **traits: Any) -> Any:
    fixed = {"organization_id": account.organization, "flexible_asset_type_id": kind}
    return account.create("/flexible_assets", **fixed, traits={"title": "SLA"} | traits)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/organizations/{_LONG}", 404),
        (f"/organizations/{_LONG}/relationships/configurations", 401),
        (f"/organizations?filter[id]={_LONG}", 200),
        (f"/organizations?page[number]={_LONG}", 200),
        (f"/organizations?page[size]={_LONG}", 200),
        (f"/configurations/{_LONG}/relationships/related_items", 404),
    ],
)
def test_a_number_of_any_length_is_a_number(account: Account, path: str, status: int) -> None:
    """It is an id that nobody has, or a page beyond the end."""
    assert account.get(path).status_code == status


def test_a_long_number_in_a_body_is_an_id_of_nobody(account: Account) -> None:
    """As any other unknown id."""
    answer = account.post("/configurations", organization_id=_LONG, name="x", configuration_type_id=account.type)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "word", ["id", "name", "organization_type_id", "psa_integration_type", "primary", "updated_at"]
)
def test_a_filter_without_a_value_matches_nothing(account: Account, word: str) -> None:
    """Whatever the kind of the filter; an empty alternative is none."""
    assert account.organization
    assert account.rows(f"/organizations?filter[{word}]=") == []
    assert account.rows(f"/organizations?filter[id]={account.organization},") != []


def test_point_12_an_empty_type_filter_is_no_type_filter(account: Account) -> None:
    """The list of flexible assets is refused as without it."""
    assert account.get("/flexible_assets?filter[flexible_asset_type_id]=").status_code == 422


def test_excluded_ids_may_have_spaces_and_must_be_numbers(account: Account) -> None:
    """As in a filter that is not turned round."""
    one, other = account.organization, account.create("/organizations", name=unique("Org"))["id"]

    shown = {row["id"] for row in account.rows(f"/organizations?filter[exclude][id]={one}, {other}")}

    assert not shown & {one, other}
    assert account.get("/organizations?filter[exclude][id]=abc").status_code == 400


def test_one_name_for_two_organizations_in_a_bulk_is_refused(account: Account) -> None:
    """Names are unique among the rows of a bulk too."""
    one, other = account.organization, account.create("/organizations", name=unique("Org"))["id"]
    name = unique("Same")
    data = [{"type": "organizations", "attributes": {"id": record, "name": name}} for record in (one, other)]

    answer = account.send("PATCH", "/organizations", {"data": data})

    assert answer.status_code == 422
    assert account.rows(f"/organizations?filter[name]={name}") == []


def test_point_5_blanks_are_no_name(account: Account) -> None:
    """A required text of spaces is missing, as a title of spaces is."""
    kind = _kind(account)

    assert error(account.post("/organizations", name="   "))["detail"] == ["can't be blank"]
    assert account.patch(f"/organizations/{account.organization}", name=" ").status_code == 422
    fixed = {"organization_id": account.organization, "flexible_asset_type_id": kind}
    assert error(account.post("/flexible_assets", **fixed, traits={"title": "  "}))["detail"] == ["can't be blank"]


@pytest.mark.parametrize("value", ["nan", "inf", "-Infinity"])
def test_a_number_trait_is_finite(account: Account, value: str) -> None:
    """JSON has no word for the rest, so it could not be read back."""
    kind = _kind(account, {"order": 2, "name": "Seats", "kind": "Number", "decimals": 0})
    fixed = {"organization_id": account.organization, "flexible_asset_type_id": kind}

    assert account.post("/flexible_assets", **fixed, traits={"title": "x", "seats": value}).status_code == 422


def test_the_address_of_an_asset_names_its_type(account: Account) -> None:
    """As the sample of the reference has it."""
    kind = _kind(account)

    asset = _asset(account, kind)

    wanted = f"/{account.organization}/assets/{kind}-psa-contract/records/{asset['id']}"
    assert asset["attributes"]["resource-url"].endswith(wanted)


def test_point_16_names_follow_the_title_fields(account: Account) -> None:
    """Another field in the title, or one less, renames the assets of the type."""
    kind = _kind(account, {"order": 2, "name": "State", "kind": "Text"})
    asset = _asset(account, kind, state="Open")["id"]
    field = account.rows(f"/flexible_asset_types/{kind}/relationships/flexible_asset_fields?sort=created_at")[1]["id"]

    def name() -> str:
        shown: str = account.get(f"/flexible_assets/{asset}").json()["data"]["attributes"]["name"]
        return shown

    assert name() == "SLA"
    account.patch(f"/flexible_asset_fields/{field}", use_for_title=True)
    assert name() == "SLA Open"
    account.patch(f"/flexible_asset_fields/{field}", order=0)
    assert name() == "Open SLA"
    account.send("DELETE", f"/flexible_asset_fields/{field}")
    assert name() == "SLA"


def test_ancestors_follow_when_a_parent_moves(account: Account) -> None:
    """`ancestor-ids` of an organization far below tells the line as it is now."""
    top = account.create("/organizations", name=unique("Top"))["id"]
    middle = account.create("/organizations", name=unique("Middle"))["id"]
    low = account.create("/organizations", name=unique("Low"), parent_id=middle)

    account.patch(f"/organizations/{middle}", parent_id=top)

    shown = account.get(f"/organizations/{low['id']}").json()["data"]["attributes"]
    assert low["attributes"]["ancestor-ids"] == f"[{middle}]"
    assert shown["ancestor-ids"] == f"[{top},{middle}]"


def test_point_4_nested_lists_that_are_not_built_know_their_organizations(account: Account) -> None:
    """An unknown one above is unauthorized; a kind without single reads has no such route."""
    assert account.get("/organizations/99/relationships/expirations").status_code == 401
    assert account.rows(f"/organizations/{account.organization}/relationships/expirations") == []
    for path in ("/domains/5", "/logs/5"):
        assert account.get(path).headers["content-type"].startswith("text/html")
    assert "json" in account.get("/users/5").headers["content-type"]


def test_dropped_traits_stay_as_they_were(simulator: Running, account: Account) -> None:
    """`drop_attributes` reaches all traits, one trait, and the notes of related items."""
    kind = _kind(account, {"order": 2, "name": "State", "kind": "Text"})
    asset = _asset(account, kind, state="Open")["id"]

    def traits(**sent: Any) -> Any:
        answer = account.patch(f"/flexible_assets/{asset}", traits=sent)
        assert answer.status_code == 200
        return answer.json()["data"]["attributes"]["traits"]

    simulator.set(drop_attributes=["flexible_assets.traits.state"])
    assert traits(title="A", state="Closed") == {"title": "A", "state": "Open"}
    simulator.set(drop_attributes=["flexible_assets.traits", "related_items.notes"])
    assert traits(title="B") == {"title": "A", "state": "Open"}
    link = document(
        "related_items", {"destination_type": "Organization", "destination_id": account.organization, "notes": "n"}
    )
    made = account.send("POST", f"/flexible_assets/{asset}/relationships/related_items", link)
    assert (made.status_code, made.json()["data"]["attributes"]["notes"]) == (201, None)
    assert simulator.control.post("/switches", json={"drop_attributes": ["notes"]}).status_code == 400


def test_a_partial_bulk_of_related_items_keeps_the_good_rows(simulator: Running, account: Account) -> None:
    """As other bulks: 422 for the whole, the good rows stored; atomic stores none."""
    record = account.configuration()["id"]
    good = {"destination_type": "Organization", "destination_id": account.organization}
    data = [{"type": "related_items", "attributes": one} for one in (good | {"destination_type": "Foo"}, good)]
    path = f"/configurations/{record}"

    def links() -> int:
        return len(account.get(f"{path}?include=related_items").json()["included"])

    assert account.send("POST", f"{path}/relationships/related_items", {"data": data}).status_code == 422
    assert links() == 0
    simulator.set(bulk="partial")
    assert account.send("POST", f"{path}/relationships/related_items", {"data": data}).status_code == 422
    assert links() == 1


def test_a_repeated_parameter_is_refused_on_related_items_too(account: Account) -> None:
    """As everywhere."""
    path = f"/configurations/{account.configuration()['id']}/relationships/related_items?a=1&a=2"

    assert error(account.send("POST", path, {"data": []}))["title"] == "Duplicate Parameters Specified"


def test_point_15_a_call_is_a_violation_whatever_becomes_of_it(simulator: Running, account: Account) -> None:
    """A fault in its way or a wrong key does not hide it."""
    before = len(simulator.get("/violations"))
    simulator.fault({"status": 503}, path="^/passwords")

    assert account.get("/passwords").status_code == 503
    assert account.send("GET", "/exports", **{"x-api-key": "ITG.wrong"}).status_code == 403

    assert [one["rule"] for one in simulator.get("/violations")[before:]] == ["passwords", "exports"]


def test_a_person_cannot_empty_a_name(simulator: Running, account: Account) -> None:
    """The UI asks for what is required."""
    answer = simulator.control.patch(
        f"/records/organizations/{account.organization}", json={"attributes": {"name": ""}}
    )

    assert answer.status_code == 400


def test_a_person_cannot_delete_what_is_being_synced(simulator: Running) -> None:
    """Once the record is an orphan, or the sync paused, the UI lets it go."""
    body = {
        "attributes": {"name": unique("Owned"), "psa-integration": "enabled"},
        "adapter": {"adapter-type-name": "ConnectWise", "remote-id": "77"},
    }
    record = simulator.person("POST", "organizations", body)["id"]

    assert simulator.control.delete(f"/records/organizations/{record}").status_code == 400
    simulator.person("PATCH", f"organizations/{record}", {"attributes": {"psa-integration": "orphaned"}})
    assert simulator.control.delete(f"/records/organizations/{record}").status_code == 200


def test_what_hangs_on_a_record_cannot_be_moved(account: Account) -> None:
    """Another configuration of an interface, or type of a field, is taken without effect."""
    one = account.configuration(primary_ip="10.0.0.1")["id"]
    other = account.configuration()["id"]
    interface = account.rows(f"/configurations/{one}/relationships/configuration_interfaces")[0]["id"]
    kind, second = _kind(account), _kind(account)
    field = account.rows(f"/flexible_asset_types/{kind}/relationships/flexible_asset_fields")[0]["id"]

    assert account.patch(f"/configuration_interfaces/{interface}", configuration_id=other).status_code == 200
    assert account.patch(f"/flexible_asset_fields/{field}", flexible_asset_type_id=second).status_code == 200

    assert account.get(f"/configurations/{one}/relationships/configuration_interfaces/{interface}").status_code == 200
    assert account.get(f"/configurations/{other}").json()["data"]["attributes"]["primary-ip"] is None
    assert account.get(f"/flexible_asset_types/{kind}/relationships/flexible_asset_fields/{field}").status_code == 200


@pytest.mark.parametrize("path", ["/users?filter[title]=x", "/users?sort=title", "/users?filter[exclude][id]=1"])
def test_lists_that_are_not_built_know_their_words(simulator: Running, account: Account, path: str) -> None:
    """An unknown filter or order is refused there too, unless the switch lets it pass."""
    assert account.get(path).status_code == 400
    assert account.rows("/users?filter[role-name]=Editor&sort=-updated_at") == []
    simulator.set(unknown_filter="ignore")
    assert account.get(path).status_code == 200


def test_a_person_links_records(simulator: Running, account: Account) -> None:
    """Related items can be made, changed and removed by hand, and have a history."""
    record = account.configuration()["id"]
    path = f"configurations/{record}/relationships/related_items"
    wanted = {"destination-type": "Organization", "destination-id": account.organization, "notes": "by hand"}

    link = simulator.person("POST", path, {"attributes": wanted})["id"]
    included = account.get(f"/configurations/{record}?include=related_items").json()["included"]
    again = simulator.control.post(f"/records/{path}", json={"attributes": wanted})
    simulator.person("PATCH", f"{path}/{link}", {"attributes": {"notes": None}})
    simulator.person("DELETE", f"related_items/{link}")

    assert [(one["id"], one["attributes"]["notes"]) for one in included] == [(link, "by hand")]
    assert again.status_code == 400
    (known,) = simulator.get(f"/records/{path}")
    assert [(one["by"], one["verb"]) for one in known["history"]] == [
        ("person", "create"),
        ("person", "update"),
        ("person", "delete"),
    ]
    assert simulator.control.delete(f"/records/related_items/{link}").status_code == 404
    assert simulator.control.post("/records/related_items", json={"attributes": wanted}).status_code == 404


def test_tags_carry_the_extras_of_their_kind(account: Account) -> None:
    """The type of a contact, the address of a flexible asset."""
    plain = _kind(account)
    kind = _kind(
        account,
        {"order": 2, "name": "Who", "kind": "Tag", "tag-type": "Contacts"},
        {"order": 3, "name": "What", "kind": "Tag", "tag-type": f"FlexibleAssetType: {plain}"},
    )
    role = account.create("/contact_types", name=unique("Decision maker"))
    contact = account.create(
        "/contacts", organization_id=account.organization, first_name="A", contact_type_id=role["id"]
    )
    target = _asset(account, plain)

    traits = _asset(account, kind, who=contact["id"], what=[target["id"]])["attributes"]["traits"]

    assert traits["who"]["values"][0]["contact-type-name"] == role["attributes"]["name"]
    assert traits["what"]["values"][0]["resource-url"] == target["attributes"]["resource-url"]


def test_only_a_link_to_a_psa_marks_a_record(simulator: Running, account: Account) -> None:
    """A contact of a directory stays local; linking it by hand to a PSA afterwards marks it."""
    directory = {"adapter-type-name": "Microsoft", "remote-id": "a1"}
    psa = {"adapter-type-name": "ConnectWise", "remote-id": "5"}
    body = {"attributes": {"organization-id": account.organization, "first-name": "A"}, "adapter": directory}
    contact = simulator.person("POST", "contacts", body)["id"]

    def mark() -> Any:
        return account.get(f"/contacts/{contact}").json()["data"]["attributes"]["psa-integration"]

    assert mark() is None
    simulator.person("PATCH", f"contacts/{contact}", {"adapters": [directory, psa]})
    assert mark() == "enabled"
    assert [row["id"] for row in account.rows("/contacts?filter[psa_integration_type]=manage&filter[psa_id]=5")] == [
        contact
    ]


@pytest.mark.parametrize("word", ["filter[name][like]", "filter[range][a][b]", "filter[]"])
def test_a_filter_of_another_form_does_not_exist(simulator: Running, account: Account, word: str) -> None:
    """It is refused as an unknown one, or everything is answered; a write with it is noted."""
    before = len(simulator.get("/violations"))

    assert account.get(f"/configurations?{word}=x").status_code == 400
    assert account.send("PATCH", f"/configurations?{word}=x", document("configurations")).status_code == 400
    assert [one["rule"] for one in simulator.get("/violations")[before:]] == ["filtered_write"]
    simulator.set(unknown_filter="ignore")
    assert account.get(f"/configurations?{word}=x").status_code == 200


def test_point_11_a_select_cannot_lose_its_options(account: Account) -> None:
    """Null for the list of options is refused in a PATCH too."""
    kind = _kind(account, {"order": 2, "name": "State", "kind": "Select", "default-value": "Open"})
    field = account.rows(f"/flexible_asset_types/{kind}/relationships/flexible_asset_fields?sort=created_at")[1]["id"]

    answer = account.patch(f"/flexible_asset_fields/{field}", default_value=None)

    assert (answer.status_code, error(answer)["detail"]) == (422, ["can't be blank"])


@pytest.mark.parametrize(
    ("resource", "body"),
    [
        ("flexible_assets", {"traits": "x"}),
        ("flexible_asset_types", {"attributes": {"name": "T"}, "relationships": 5}),
        ("flexible_asset_types", {"attributes": {"name": "T"}, "relationships": {"flexible-asset-fields": [1]}}),
        (
            "flexible_asset_types",
            {"attributes": {"name": "T"}, "relationships": {"flexible-asset-fields": {"data": [{"bogus": 1}]}}},
        ),
    ],
)
def test_a_person_s_body_of_another_form_is_refused(
    simulator: Running, account: Account, resource: str, body: dict[str, Any]
) -> None:
    """With a 400, and nothing of it is stored."""
    fixed = {"organization-id": account.organization, "flexible-asset-type-id": _kind(account)}
    before = len(simulator.get(f"/records/{resource}"))

    answer = simulator.control.post(
        f"/records/{resource}", json=body | (fixed if resource == "flexible_assets" else {})
    )

    assert answer.status_code == 400
    assert len(simulator.get(f"/records/{resource}")) == before


def test_a_person_s_traits_may_stand_beside_nothing(simulator: Running, account: Account) -> None:
    """A PATCH by hand without `attributes` around it merges traits as well."""
    asset = _asset(account, _kind(account, {"order": 2, "name": "State", "kind": "Text"}), state="Open")["id"]

    shown = simulator.person("PATCH", f"flexible_assets/{asset}", {"traits": {"title": "New"}})

    assert shown["now"]["attributes"]["traits"] == {"title": "New", "state": "Open"}
    assert simulator.control.patch(f"/records/flexible_assets/{asset}", json={"traits": None}).status_code == 400
