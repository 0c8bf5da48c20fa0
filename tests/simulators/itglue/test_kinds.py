"""The checklist's points on locations, contacts, interfaces, flexible assets and the small lists."""

from typing import Any

import pytest

from tests.simulators.itglue.account import Account, document, error, unique
from tests.simulators.itglue.flexible import asset_of, fields_of, traits_of, type_of
from tests.simulators.running import Running

KINDS = ("locations", "contacts", "configuration_interfaces", "flexible_assets", "flexible_asset_fields")


class Kind:
    """One kind with what a good and a bad record of it are, below a parent of this test's own."""

    def __init__(self, account: Account, name: str) -> None:
        self.name = name
        self.good: dict[str, Any]
        self.change: dict[str, Any]
        self.bad: dict[str, Any]
        match name:
            case "locations":
                self.above, self.key = f"/organizations/{account.organization}", "organization_id"
                self.good, self.change, self.bad = {"name": "Main"}, {"city": "Leeds"}, {"country_id": "x"}
            case "contacts":
                self.above, self.key = f"/organizations/{account.organization}", "organization_id"
                self.good, self.change, self.bad = {"first_name": "Ann"}, {"title": "CEO"}, {"important": "perhaps"}
            case "configuration_interfaces":
                self.above, self.key = f"/configurations/{account.configuration()['id']}", "configuration_id"
                self.good, self.change, self.bad = {"name": "lan"}, {"notes": "x"}, {"ip_address": "300.1.1.1"}
            case "flexible_assets":
                self.type = type_of(account, {"name": "State", "kind": "Select", "default-value": "Open\nClosed"})
                self.above, self.key = f"/organizations/{account.organization}", "organization_id"
                self.good = {"flexible_asset_type_id": self.type, "traits": {"title": "SLA"}}
                self.change, self.bad = {"traits": {"title": "New"}}, {"traits": {"title": "x", "state": "Shut"}}
            case _:
                self.above, self.key = f"/flexible_asset_types/{type_of(account)}", "flexible_asset_type_id"
                self.good = {"name": unique("Field"), "kind": "Text", "order": 90}
                self.change, self.bad = {"hint": "x"}, {"kind": "Nonsense"}
        self.parent = self.above.rsplit("/", 1)[1]
        self.nested = f"{self.above}/relationships/{name}"

    def row(self, **attributes: Any) -> Any:
        """Write a good record, changed so far."""
        fresh = {"name": unique("Field"), "order": int(unique("x")[2:]) + 100} if "order" in self.good else {}
        return document(self.name, self.good | fresh | attributes)["data"]

    def make(self, account: Account) -> str:
        """Make a good record by the flat route."""
        number: str = account.create(f"/{self.name}", **self.row()["attributes"], **{self.key: self.parent})["id"]
        return number


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, account: Account) -> Kind:
    """Give each kind in turn."""
    return Kind(account, request.param)


def test_point_04_unknown_ids_above_and_of_a_record(account: Account, kind: Kind) -> None:
    """401 for an id in a body, 404 in JSON for a record in the path."""
    attributes = kind.row()["attributes"]
    unknown = account.post(f"/{kind.name}", **attributes, **{kind.key: 99})
    if kind.name != "flexible_assets":
        assert (unknown.status_code, error(unknown)["source"]) == (401, {"pointer": "id"})
    assert unknown.status_code == 401
    answer = account.patch(f"/{kind.name}/99", **kind.change)
    assert (answer.status_code, error(answer)["detail"]) == (404, "Record not found")


def test_point_05_the_flat_route_needs_its_parent(account: Account, kind: Kind) -> None:
    """The recorded form: the message is the title, there is no detail."""
    answer = account.post(f"/{kind.name}", **kind.row()["attributes"])

    assert answer.status_code == 422
    assert error(answer)["title"] == f"Valid {kind.key} is required"
    assert error(answer)["source"]["pointer"] == f"data/attributes/{kind.key}"


def test_point_05_a_bad_value_is_422_and_nothing_is_stored(account: Account, kind: Kind) -> None:
    """In a POST and in a PATCH."""
    made = kind.make(account)
    path = f"/{kind.name}/{made}"
    before = account.get(path).json()

    posted = account.send("POST", f"/{kind.name}", {"data": kind.row(**kind.bad, **{kind.key: kind.parent})})
    patched = account.patch(path, **kind.change | kind.bad)

    assert (posted.status_code, patched.status_code) == (422, 422)
    assert account.get(path).json() == before


def test_point_08_bulk_creates_are_nested_and_bulk_updates_flat(account: Account, kind: Kind) -> None:
    """The other way round both are 422 with `status` as a word."""
    flat = account.send("POST", f"/{kind.name}", {"data": [kind.row(**{kind.key: kind.parent})]})
    nested = account.send("POST", kind.nested, {"data": [kind.row(), kind.row()]})
    made = [int(row["id"]) for row in nested.json()["data"]]
    changes = {"data": [document(kind.name, {"id": record, **kind.change})["data"] for record in made]}
    wrong = account.send("PATCH", kind.nested, changes)
    changed = account.send("PATCH", f"/{kind.name}", changes)

    assert (flat.status_code, error(flat)["status"]) == (422, "unprocessable_entity")
    assert (nested.status_code, len(made)) == (201, 2)
    assert [int(row["id"]) for row in changed.json()["data"]] == made
    assert wrong.status_code == (404 if kind.name == "flexible_assets" else 422)  # which has no nested PATCH


@pytest.mark.parametrize(("mode", "stored"), [("atomic", 0), ("partial", 1)])
def test_point_08_a_bad_row_of_a_bulk(simulator: Running, account: Account, kind: Kind, mode: str, stored: int) -> None:
    """422 for the whole; the switch keeps the good row."""
    simulator.set(bulk=mode)
    held = len(simulator.get(f"/records/{kind.name}"))

    created = account.send("POST", kind.nested, {"data": [kind.row(), kind.row(**kind.bad)]})
    made = kind.make(account)
    before = account.get(f"/{kind.name}/{made}").json()
    rows = [{"id": int(made), **kind.change}, {"id": int(made), **kind.bad}]
    changed = account.send("PATCH", f"/{kind.name}", {"data": [document(kind.name, row)["data"] for row in rows]})

    assert (created.status_code, changed.status_code) == (422, 422)
    assert len(simulator.get(f"/records/{kind.name}")) == held + stored + 1
    assert (account.get(f"/{kind.name}/{made}").json() != before) == bool(stored)


def test_point_09_relationships_in_a_patch(account: Account, kind: Kind) -> None:
    """422, whatever else is sent."""
    body = document(kind.name, kind.change, relationships={"tags": {"data": [{"id": 1}]}})

    assert account.send("PATCH", f"/{kind.name}/{kind.make(account)}", body).status_code == 422


@pytest.mark.parametrize("do", [{"after_write": True}, {"write_delay": 30}])
def test_point_13_a_504_with_the_write_done(
    simulator: Running, account: Account, kind: Kind, do: dict[str, Any]
) -> None:
    """At once or half a minute later; the history says when."""
    held = len(simulator.get(f"/records/{kind.name}"))
    simulator.fault({"status": 504, **do}, method="POST", path=f"^/{kind.name}$")

    answer = account.send("POST", f"/{kind.name}", {"data": kind.row(**{kind.key: kind.parent})})
    at_once = len(simulator.get(f"/records/{kind.name}"))
    simulator.advance(31)
    [*_, made] = simulator.get(f"/records/{kind.name}")

    assert (answer.status_code, answer.json()["message"]) == (504, "Endpoint request timed out")
    assert at_once == held + ("after_write" in do)
    assert len(simulator.get(f"/records/{kind.name}")) == held + 1
    assert [(event["by"], event["verb"]) for event in made["history"]] == [("api", "create")]


def test_a_new_record_may_be_late_in_lists(simulator: Running, account: Account, kind: Kind) -> None:
    """The single read is immediate."""
    simulator.set(list_lag_seconds=30)
    made = kind.make(account)
    flat = f"/flexible_assets?filter[flexible-asset-type-id]={kind.type}" if kind.name == "flexible_assets" else ""
    path = flat or kind.nested

    assert made not in [row["id"] for row in account.rows(path)]
    assert account.get(f"/{kind.name}/{made}").status_code == 200
    simulator.advance(31)
    assert made in [row["id"] for row in account.rows(path)]


def test_attributes_can_be_dropped(simulator: Running, account: Account, kind: Kind) -> None:
    """A 200 that is no proof of a write (1.5)."""
    made = kind.make(account)
    [word] = kind.change
    before = account.get(f"/{kind.name}/{made}").json()["data"]["attributes"][word]
    simulator.set(drop_attributes=[f"{kind.name}.{word}"])

    answer = account.patch(f"/{kind.name}/{made}", **kind.change)

    assert answer.status_code == 200
    assert answer.json()["data"]["attributes"][word] == before


def test_point_16_a_write_moves_updated_at_and_stands_in_the_history(
    simulator: Running, account: Account, kind: Kind
) -> None:
    """Before and after, whole."""
    made = kind.make(account)
    before = account.get(f"/{kind.name}/{made}").json()["data"]["attributes"]

    after = account.patch(f"/{kind.name}/{made}", **kind.change).json()["data"]["attributes"]
    [record] = simulator.get(f"/records/{kind.name}/{made}")

    assert after["updated-at"] > before["updated-at"]
    event = record["history"][-1]
    assert (event["by"], event["verb"]) == ("api", "update")
    [word] = kind.change
    assert event["before"]["attributes"][word] == before[word]
    assert event["after"]["attributes"][word] == after[word] != before[word]


def test_point_15_deleting_with_a_filter_is_noted(simulator: Running, account: Account, kind: Kind) -> None:
    """For every kind."""
    before = len(simulator.get("/violations"))

    account.send("DELETE", f"/{kind.name}?filter[id]=1")

    assert [each["rule"] for each in simulator.get("/violations")[before:]] == ["filtered_write"]


@pytest.mark.parametrize(
    "path",
    [
        "organization_types", "organization_statuses", "configuration_types", "configuration_statuses", "contact_types",
        "manufacturers", "operating_systems", "platforms", "countries", "regions",
    ],
)  # fmt: skip
def test_point_14_the_small_lists_take_an_exact_name_and_four_orders(account: Account, path: str) -> None:
    """`filter[name]` is exact and case-sensitive; name, id and the two stamps order (5.2)."""
    if path not in ("operating_systems", "platforms", "countries", "regions"):
        account.create(f"/{path}", name=unique("Äpfel, Birnen"))
    name = account.names(f"/{path}?sort=-created_at&page[size]=1")[0]
    escaped = name.replace(",", "\\,")

    assert account.names(f"/{path}?filter[name]={escaped}") == [name]
    assert account.names(f"/{path}?filter[name]={escaped.swapcase()}") == []
    assert account.names(f"/{path}?filter[name]={escaped[:-1]}") == []
    for word in ("name", "id", "created_at", "-updated-at"):
        assert account.get(f"/{path}?sort={word}&page[size]=1").status_code == 200
    assert account.get(f"/{path}?sort=iso").status_code == 400
    [row] = account.rows(f"/{path}?filter[name]={escaped}&page[size]=1")
    assert account.get(f"/{path}/{row['id']}").json()["data"] == row


@pytest.mark.parametrize("path", ["operating_systems", "platforms", "countries", "regions"])
def test_point_04_the_vendors_own_lists_take_no_writes(account: Account, path: str) -> None:
    """No create, no change: there is no such route."""
    [row] = account.rows(f"/{path}?sort=id&page[size]=1")

    assert account.post(f"/{path}", name="Atlantis").status_code == 404
    assert account.patch(f"/{path}/{row['id']}", name="Atlantis").status_code == 404


def test_the_vendors_own_lists_are_found_by_their_codes(account: Account) -> None:
    """Countries and regions by iso, regions by country, operating systems with their platform."""
    [country] = account.rows("/countries?filter[iso]=GB")
    [region] = account.rows(f"/regions?filter[country-id]={country['id']}&filter[iso]=ENG")
    [system] = account.rows("/operating_systems?filter[name]=Windows 11")

    assert country["attributes"]["name"] == "United Kingdom"
    assert region["attributes"]["country-id"] == int(country["id"])
    assert system["attributes"]["platform-name"] == "Windows"
    assert account.get(f"/platforms/{system['attributes']['platform-id']}").status_code == 200


def test_point_16_a_location_shows_names_and_formatted_numbers(account: Account) -> None:
    """Twins of region and country, telephone numbers as the UI shows them (5.6)."""
    [country] = account.rows("/countries?filter[iso]=US")
    [region] = account.rows(f"/regions?filter[country_id]={country['id']}&filter[iso]=TX")
    made = account.create(
        "/locations", organization_id=account.organization, name="Main", primary=True, address_1="1 High St", phone="5551234567",
        fax="555 1234", country_id=country["id"], region_id=region["id"], postal_code="78701",
    )["attributes"]  # fmt: skip

    assert (made["country-name"], made["region-name"]) == (country["attributes"]["name"], region["attributes"]["name"])
    assert (made["formatted-phone"], made["formatted-fax"], made["primary"]) == ("(555) 123-4567", "555 1234", True)


@pytest.mark.parametrize(
    ("path", "filter_"),
    [
        ("/locations", "name"),
        ("/locations", "city"),
        ("/contacts", "first_name"),
        ("/contacts", "last_name"),
        ("/contacts", "title"),
        ("/contacts", "primary_email"),
    ],
)
def test_point_14_locations_and_contacts_are_found_by_exact_values(account: Account, path: str, filter_: str) -> None:
    """And by no other word."""
    value = unique("Mixed Case") if filter_ != "primary_email" else "Ann.Lee@lumen.test"
    given = {filter_: value}
    if filter_ == "primary_email":
        emails = [
            {"value": "x@lumen.test", "label_name": "Home"},
            {"value": value, "label_name": "Work", "primary": True},
        ]
        given = {"contact_emails": emails}  # type: ignore[dict-item]  # a list beside texts
    extra = {} if "name" in given or path == "/contacts" else {"name": "x"}
    made = account.create(path, organization_id=account.organization, **given, **extra)["id"]
    own = f"filter[organization_id]={account.organization}"

    assert [row["id"] for row in account.rows(f"{path}?{own}&filter[{filter_}]={value}")] == [made]
    assert account.rows(f"{path}?{own}&filter[{filter_}]={value.upper()}") == []
    assert account.get(f"{path}?filter[notes]=x").status_code == 400


def test_point_05_contacts_take_lists_of_ways_to_reach_them(account: Account) -> None:
    """Labels are required, separators are stripped, a list is replaced whole; beside `attributes` it does nothing."""
    phones = [{"value": "+44 (113) 496-0001", "label_name": "Work", "extension": "12", "primary": True}]
    made = account.create("/contacts", organization_id=account.organization, first_name="Ann", contact_phones=phones)
    path = f"/contacts/{made['id']}"

    assert made["attributes"]["contact-phones"][0]["value"] == "+441134960001"
    assert made["attributes"]["contact-phones"][0]["label-type"] == "phone"
    refused = account.patch(path, contact_phones=[{"value": "1"}])
    assert refused.status_code == 422
    replaced = account.patch(path, contact_phones=[{"value": "2", "label_name": "Fax", "label_type": "fax"}])
    assert [each["value"] for each in replaced.json()["data"]["attributes"]["contact-phones"]] == ["2"]
    beside = {"data": {"type": "contacts", "attributes": {"title": "CEO"}, "contact-phones": phones}}
    assert account.send("PATCH", path, beside).json()["data"]["attributes"]["contact-phones"][0]["value"] == "2"


def test_point_10_a_synced_contact_may_take_two_attributes(simulator: Running, account: Account) -> None:
    """The switches `synced_contacts` and `contact_emails` give what live tests found."""
    link = {"adapter-type-name": "ConnectWise", "remote-id": "57"}
    attributes = {"organization-id": account.organization, "first-name": "Ann", "psa-integration": "enabled"}
    made = simulator.person("POST", "contacts", {"attributes": attributes, "adapter": link})["id"]
    path = f"/contacts/{made}"

    assert account.patch(path, notes="x").status_code == 422
    simulator.set(synced_contacts="important_and_notes", contact_emails="take")
    assert account.patch(path, notes="x", important=True).status_code == 200
    assert account.patch(path, title="CEO").status_code == 422
    emails = [{"value": "ann@lumen.test", "label_name": "Work"}]
    assert account.patch(path, contact_emails=emails).status_code == 422
    local = account.create("/contacts", organization_id=account.organization, first_name="Ben")["id"]
    answer = account.patch(f"/contacts/{local}", contact_emails=emails)
    assert answer.json()["data"]["attributes"]["contact-emails"][0]["value"] == "ann@lumen.test"


def test_point_07_a_patch_without_traits_may_delete_them_all(simulator: Running, account: Account) -> None:
    """What such a PATCH does is an open question (10.11); a required one then refuses it."""
    asset = asset_of(account, type_of(account, {"name": "Body", "kind": "Textbox"}), body="x")
    type_ = account.get(f"/flexible_assets/{asset}").json()["data"]["attributes"]["flexible-asset-type-id"]
    title = fields_of(account, str(type_))["Title"]["id"]
    simulator.set(absent_traits="delete")

    refused = account.patch(f"/flexible_assets/{asset}", archived=True)
    account.patch(f"/flexible_asset_fields/{title}", required=False)
    answer = account.patch(f"/flexible_assets/{asset}", archived=True)

    assert (refused.status_code, error(refused)["detail"]) == (422, ["can't be blank"])
    assert (answer.status_code, traits_of(account, asset)) == (200, {})


def test_point_11_a_tag_needs_a_type_that_exists(account: Account) -> None:
    """`FlexibleAssetType: <id>` names one; such a tag takes its assets and no others."""
    first, second = type_of(account), type_of(account)
    fixed = {"flexible_asset_type_id": second, "name": "To", "kind": "Tag", "order": 2}

    refused = account.post("/flexible_asset_fields", **fixed, tag_type="FlexibleAssetType: 99")
    account.create("/flexible_asset_fields", **fixed, tag_type=f"FlexibleAssetType: {first}")
    target, other = asset_of(account, first), asset_of(account, second)
    tagged = asset_of(account, second, to=target)

    assert (refused.status_code, error(refused)["source"]["pointer"]) == (422, "data/attributes/tag-type")
    assert [value["id"] for value in traits_of(account, tagged)["to"]["values"]] == [int(target)]
    assert account.patch(f"/flexible_assets/{tagged}", traits={"title": "x", "to": other}).status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        {"organization_id": 0},
        {"archived": "perhaps"},
        {"restricted": "perhaps"},
    ],
)
def test_point_05_attributes_of_an_asset_are_checked(account: Account, change: dict[str, Any]) -> None:
    """Not its traits only."""
    asset = asset_of(account, type_of(account))

    assert account.patch(f"/flexible_assets/{asset}", **change).status_code == 422


def test_flexible_asset_types_are_filtered_and_side_load_their_fields(account: Account) -> None:
    """By id, name, icon and enabled; fields by include on list and single (4.16, 4.17)."""
    one, other = type_of(account), type_of(account)
    account.patch(f"/flexible_asset_types/{other}", enabled=False, icon="envelope")
    both = f"filter[id]={one},{other}"

    assert [row["id"] for row in account.rows(f"/flexible_asset_types?{both}&filter[enabled]=true")] == [one]
    assert [row["id"] for row in account.rows(f"/flexible_asset_types?{both}&filter[icon]=envelope")] == [other]
    for path in (f"/flexible_asset_types/{one}?", f"/flexible_asset_types?filter[id]={one}&"):
        [field] = account.get(f"{path}include=flexible-asset-fields").json()["included"]
        assert (field["type"], field["attributes"]["name-key"]) == ("flexible-asset-fields", "title")


@pytest.mark.parametrize(("mode", "stored"), [("atomic", 0), ("partial", 1)])
def test_point_11_fields_of_one_bulk_are_compared_with_each_other(
    simulator: Running, account: Account, mode: str, stored: int
) -> None:
    """The second of one name is the bad row."""
    simulator.set(bulk=mode)
    type_ = type_of(account)
    twins = [
        document("flexible_asset_fields", {"name": "Twin", "kind": "Text", "order": order})["data"] for order in (8, 9)
    ]

    answer = account.send("POST", f"/flexible_asset_types/{type_}/relationships/flexible_asset_fields", {"data": twins})

    assert (answer.status_code, error(answer)["detail"]) == (422, "has already been taken")
    assert len(fields_of(account, type_)) == 1 + stored


def test_point_12_one_type_per_query(account: Account) -> None:
    """Two types, or one twice, are refused as none is."""
    one, other = type_of(account), type_of(account)

    for value in (f"{one},{other}", f"{one},{one}", ""):
        answer = account.get(f"/flexible_assets?filter[flexible-asset-type-id]={value}")
        assert answer.status_code == 422
        assert error(answer)["title"].startswith("Cannot index flexible assets")


def test_point_12_related_items_of_every_kind(account: Account) -> None:
    """Contacts, locations and assets own links and are their ends; notes are the only thing to change; DELETE by link."""
    contact = account.create("/contacts", organization_id=account.organization, first_name="Ann")["id"]
    location = account.create("/locations", organization_id=account.organization, name="Main")["id"]
    asset = asset_of(account, type_of(account))
    ends = {"Contact": contact, "Location": location, "Flexible Asset": asset, "Organization": account.organization}
    path = f"/configurations/{account.configuration()['id']}"
    links = f"{path}/relationships/related_items"

    several = [
        document("related_items", {"destination_type": word, "destination_id": number})["data"]
        for word, number in ends.items()
    ]
    made = account.send("POST", links, {"data": several}).json()["data"]
    one = made[0]["id"]
    changed = account.send("PATCH", f"{links}/{one}", document("related_items", {"notes": "x", "destination_id": "1"}))
    gone = account.send("DELETE", links, {"data": [document("related_items", {"id": made[1]["id"]})["data"]]})

    assert [row["attributes"]["resource-type-name"] for row in made] == list(ends)
    attributes = changed.json()["data"]["attributes"]
    assert (attributes["notes"], attributes["resource-id"]) == ("x", int(contact))
    assert gone.status_code == 200
    shown = account.get(f"{path}?include=related_items").json()["included"]
    assert {row["attributes"]["resource-id"] for row in shown} == {int(contact), int(asset), int(account.organization)}
    unknown = document("related_items", {"destination_type": "Contact", "destination_id": "99"})
    assert account.send("POST", links, unknown).status_code == 401
    assert account.send("GET", links).status_code == 404


def test_point_06_kinds_that_nobody_here_has_take_no_tag(account: Account) -> None:
    """Users, tickets and the like are no records of this account: each id is one of nobody."""
    for tag_type in ("AccountsUsers", "ChecklistTemplates", "SslCertificates", "Tickets", "Passwords"):
        type_ = type_of(account, {"name": "To", "kind": "Tag", "tag-type": tag_type})
        fixed = {"organization_id": account.organization, "flexible_asset_type_id": type_}
        answer = account.post("/flexible_assets", **fixed, traits={"title": "x", "to": account.organization})
        assert (answer.status_code, error(answer)["detail"]) == (422, "is invalid")


def test_what_a_list_brings_along_may_be_late_too(simulator: Running, account: Account) -> None:
    """New fields, interfaces and links are missing from lists' includes; a single read brings them at once."""
    type_, device = type_of(account), account.configuration()["id"]
    simulator.set(list_lag_seconds=30)
    field = {"flexible_asset_type_id": type_, "name": "New", "kind": "Text", "order": 9}
    account.create("/flexible_asset_fields", **field)
    account.create("/configuration_interfaces", configuration_id=device, name="lan")
    link = document("related_items", {"destination_type": "Organization", "destination_id": account.organization})
    account.send("POST", f"/configurations/{device}/relationships/related_items", link)

    def brought(path: str) -> int:
        return len(account.get(path).json()["included"])

    words = "include=configuration_interfaces,related_items"
    assert brought(f"/flexible_asset_types/{type_}?include=flexible_asset_fields") == 2
    assert brought(f"/flexible_asset_types?filter[id]={type_}&include=flexible_asset_fields") == 1
    assert brought(f"/configurations/{device}?{words}") == 2
    assert brought(f"/configurations?filter[id]={device}&{words}") == 0
    simulator.advance(31)
    assert brought(f"/configurations?filter[id]={device}&{words}") == 2
    assert brought(f"/flexible_asset_types?filter[id]={type_}&include=flexible_asset_fields") == 2
