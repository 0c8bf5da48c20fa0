"""What technicians do to locations, contacts and flexible assets by hand, and what clients then meet."""

from typing import Any

import httpx
import pytest

from tests.simulators.itglue.account import Account, error, unique
from tests.simulators.itglue.flexible import asset_of, fields_of, traits_of, type_of
from tests.simulators.running import Running


@pytest.fixture
def type_(account: Account) -> str:
    """Make a type with a title, a choice and a tag."""
    return type_of(
        account,
        {"name": "State", "kind": "Select", "default-value": "Open\nClosed", "use-for-title": True},
        {"name": "Devices", "kind": "Tag", "tag-type": "Configurations"},
    )


def _change(simulator: Running, path: str, **attributes: Any) -> Any:
    return simulator.person("PATCH", path, {"attributes": attributes})


def _refused(simulator: Running, method: str, path: str, **attributes: Any) -> str:
    body = {"attributes": attributes} if attributes else None
    answer: httpx.Response = simulator.control.request(method, f"/records/{path}", json=body)
    assert answer.status_code == 400, answer.text
    text: str = answer.json()["error"]
    return text


def test_a_technician_changes_one_trait(simulator: Running, account: Account, type_: str) -> None:
    """The form sends all: what is not named stays, null empties, the name follows, the history tells who."""
    asset = asset_of(account, type_, state="Open", devices=[account.configuration()["id"]])

    _change(simulator, f"flexible_assets/{asset}", traits={"state": "Closed", "devices": None})

    assert traits_of(account, asset) == {"title": "SLA", "state": "Closed"}
    [record] = simulator.get(f"/records/flexible_assets/{asset}")
    assert record["now"]["attributes"]["name"] == "SLA Closed"
    assert (record["history"][-1]["by"], record["history"][-1]["verb"]) == ("person", "update")
    assert "is not included" in _refused(simulator, "PATCH", f"flexible_assets/{asset}", traits={"state": "Shut"})


def test_a_technician_disables_a_type(simulator: Running, account: Account, type_: str) -> None:
    """It leaves the menu; the API serves type and assets as before, `filter[enabled]` tells (7)."""
    asset = asset_of(account, type_)

    _change(simulator, f"flexible_asset_types/{type_}", enabled=False)

    assert account.get(f"/flexible_asset_types/{type_}").json()["data"]["attributes"]["enabled"] is False
    assert account.rows(f"/flexible_asset_types?filter[id]={type_}&filter[enabled]=true") == []
    assert account.patch(f"/flexible_assets/{asset}", traits={"title": "Still"}).status_code == 200


def test_point_06_a_technician_makes_a_field_required(simulator: Running, account: Account, type_: str) -> None:
    """Assets without it stay as they are, and refuse the next PATCH that leaves it out."""
    asset = asset_of(account, type_)
    field = fields_of(account, type_)["State"]["id"]

    _change(simulator, f"flexible_asset_fields/{field}", required=True)
    refused = account.patch(f"/flexible_assets/{asset}", traits={"title": "New"})

    assert traits_of(account, asset) == {"title": "SLA"}
    assert (refused.status_code, error(refused)["detail"]) == (422, ["can't be blank"])
    assert account.patch(f"/flexible_assets/{asset}", traits={"title": "New", "state": "Open"}).status_code == 200


def test_point_06_a_technician_renames_a_field(simulator: Running, account: Account, type_: str) -> None:
    """The key stays; under the switch it follows, the value moves along, and the old key is unknown."""
    asset = asset_of(account, type_, state="Open")
    field = fields_of(account, type_)["State"]["id"]

    _change(simulator, f"flexible_asset_fields/{field}", name="Contract State")
    assert traits_of(account, asset) == {"title": "SLA", "state": "Open"}
    simulator.set(renamed_field="follow")
    _change(simulator, f"flexible_asset_fields/{field}", name="State of it (all)")

    assert fields_of(account, type_)["State of it (all)"]["attributes"]["name-key"] == "state-of-it-all"
    assert traits_of(account, asset) == {"title": "SLA", "state-of-it-all": "Open"}
    assert account.get(f"/flexible_assets/{asset}").json()["data"]["attributes"]["name"] == "SLA Open"
    refused = account.patch(f"/flexible_assets/{asset}", traits={"title": "SLA", "state": "Open"})
    assert error(refused)["detail"] == "Request contains invalid trait keys"


def test_a_technician_takes_an_option_away(simulator: Running, account: Account, type_: str) -> None:
    """Assets keep the text; sent back it is refused."""
    asset = asset_of(account, type_, state="Open")
    field = fields_of(account, type_)["State"]["id"]

    _change(simulator, f"flexible_asset_fields/{field}", **{"default-value": "Live\nClosed"})

    assert traits_of(account, asset)["state"] == "Open"
    assert account.patch(f"/flexible_assets/{asset}", traits={"title": "SLA", "state": "Open"}).status_code == 422


def test_a_technician_deletes_a_field(simulator: Running, account: Account, type_: str) -> None:
    """Its value goes from every asset (5.8)."""
    asset = asset_of(account, type_, state="Open")

    simulator.person("DELETE", f"flexible_asset_fields/{fields_of(account, type_)['State']['id']}")

    assert traits_of(account, asset) == {"title": "SLA"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "Title"}, "has already been taken"),
        ({"order": 1}, "has already been taken"),
        ({"kind": "Text"}, "cannot be changed"),
        ({"kind": "Nonsense"}, "is not included"),
        ({"default-value": ""}, "can't be blank"),
    ],
)
def test_the_form_of_a_field_checks_too(
    simulator: Running, account: Account, type_: str, change: dict[str, Any], says: str
) -> None:
    """A person cannot make a field that the API could not."""
    asset_of(account, type_, state="Open")
    field = fields_of(account, type_)["State"]["id"]

    assert says in _refused(simulator, "PATCH", f"flexible_asset_fields/{field}", **change)


def test_a_technician_adds_a_field(simulator: Running, account: Account, type_: str) -> None:
    """It has a key and no value anywhere."""
    asset = asset_of(account, type_)
    attributes = {"flexible-asset-type-id": type_, "order": 9, "name": "Seats #", "kind": "Number", "decimals": 0}

    simulator.person("POST", "flexible_asset_fields", {"attributes": attributes})

    assert fields_of(account, type_)["Seats #"]["attributes"]["name-key"] == "seats"
    assert account.patch(f"/flexible_assets/{asset}", traits={"title": "x", "seats": 3}).status_code == 200


def test_a_technician_deletes_an_organization(simulator: Running, account: Account, type_: str) -> None:
    """All below it goes at once; tags and links from elsewhere lead nowhere; its id is unauthorized (9.4)."""
    device = account.configuration()["id"]
    location = account.create("/locations", organization_id=account.organization, name="Main")["id"]
    contact = account.create("/contacts", organization_id=account.organization, first_name="Ann")["id"]
    own = asset_of(account, type_)
    elsewhere = account.create("/organizations", name=unique("Elsewhere"))["id"]
    fixed = {"organization_id": elsewhere, "flexible_asset_type_id": type_}
    tagging = account.create("/flexible_assets", **fixed, traits={"title": "x", "devices": device})["id"]

    simulator.person("DELETE", f"organizations/{account.organization}")

    below = {"configurations": device, "locations": location, "contacts": contact, "flexible_assets": own}
    for kind, record in below.items():
        assert account.get(f"/{kind}/{record}").status_code == 404
        [entry] = simulator.get(f"/records/{kind}/{record}")
        assert (entry["history"][-1]["by"], entry["history"][-1]["verb"]) == ("person", "delete")
    assert all("id" not in value for value in traits_of(account, tagging)["devices"]["values"])
    assert account.post("/locations", organization_id=account.organization, name="x").status_code == 401
    stale = account.patch(f"/flexible_assets/{tagging}", traits={"title": "x", "devices": [device]})
    assert (stale.status_code, error(stale)["detail"]) == (422, "is invalid")


def test_what_is_synced_goes_with_its_organization_only_when_let_go(simulator: Running, account: Account) -> None:
    """A synced organization cannot be deleted by hand; an orphan can."""
    made = simulator.person(
        "POST",
        "organizations",
        {"attributes": {"name": unique("Synced")}, "adapter": {"adapter-type-name": "ConnectWise", "remote-id": "311"}},
    )["id"]

    assert "is being synced" in _refused(simulator, "DELETE", f"organizations/{made}")
    _change(simulator, f"organizations/{made}", **{"psa-integration": "orphaned"})
    simulator.person("DELETE", f"organizations/{made}")
    assert account.get(f"/organizations/{made}").status_code == 404


def test_a_technician_works_on_locations_and_contacts(simulator: Running, account: Account) -> None:
    """Create, change and delete; a deleted location leaves its contacts and devices without one."""
    fixed = {"organization-id": account.organization}
    location = simulator.person("POST", "locations", {"attributes": fixed | {"name": "Main"}})["id"]
    emails = [{"value": "ann@lumen.test", "label-name": "Work"}]
    contact = simulator.person(
        "POST",
        "contacts",
        {"attributes": fixed | {"first-name": "Ann", "location-id": location, "contact-emails": emails}},
    )["id"]
    device = account.configuration(location_id=location, contact_id=contact)["id"]

    _change(simulator, f"contacts/{contact}", **{"contact-emails": [{"value": "new@x.test", "label-name": "Work"}]})
    simulator.person("DELETE", f"locations/{location}")

    person = account.get(f"/contacts/{contact}").json()["data"]["attributes"]
    shown = account.get(f"/configurations/{device}").json()["data"]["attributes"]
    assert (person["contact-emails"][0]["value"], person["location-id"]) == ("new@x.test", None)
    assert (shown["location-id"], shown["location-name"], shown["contact-name"]) == (None, None, "Ann")


def test_a_technician_moves_and_archives_an_asset(simulator: Running, account: Account, type_: str) -> None:
    """It shows at the other organization, archived, and in lists all the same."""
    asset = asset_of(account, type_)
    other = account.create("/organizations", name=unique("Other"))["id"]

    _change(simulator, f"flexible_assets/{asset}", **{"organization-id": other, "archived": True})

    path = f"/flexible_assets?filter[flexible-asset-type-id]={type_}&filter[organization-id]={other}"
    [row] = account.rows(path)
    assert (row["id"], row["attributes"]["archived"]) == (asset, True)


def test_a_merge_brings_everything_along(simulator: Running, account: Account, type_: str) -> None:
    """Locations, contacts and assets of the loser stand at the winner."""
    location = account.create("/locations", organization_id=account.organization, name="Main")["id"]
    asset = asset_of(account, type_)
    winner = account.create("/organizations", name=unique("Winner"))["id"]

    simulator.person("POST", f"organizations/{account.organization}/merge", {"into": winner})

    for path in (f"/locations/{location}", f"/flexible_assets/{asset}"):
        assert account.get(path).json()["data"]["attributes"]["organization-id"] == int(winner)
