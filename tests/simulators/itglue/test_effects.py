"""What follows from a write: points 12 (interfaces) and 16 of the reference's checklist, archive and delete."""

from tests.simulators.itglue.account import Account, document, error, unique
from tests.simulators.running import Running


def _interfaces(record: str) -> str:
    return f"/configurations/{record}/relationships/configuration_interfaces"


def test_point_12_interfaces_have_no_flat_list(account: Account) -> None:
    """The list is nested only; a single one has both routes."""
    record = account.configuration(primary_ip="10.0.0.1")["id"]
    [interface] = account.rows(_interfaces(record))

    assert account.get("/configuration_interfaces").status_code == 404
    assert account.get(f"/configuration_interfaces/{interface['id']}").status_code == 200
    assert account.get(f"{_interfaces(record)}/{interface['id']}").status_code == 200
    assert interface["attributes"]["id"] == int(interface["id"])


def test_point_12_the_flexible_asset_list_needs_its_type(account: Account) -> None:
    """The recorded refusal has the message in its title and a number as its status."""
    answer = account.get("/flexible_assets")

    title = "Cannot index flexible assets without providing a flexible asset type ID filter"
    assert answer.status_code == 422
    assert answer.json() == {"errors": [{"status": 422, "title": title, "source": {"pointer": None}}]}


def test_point_16_the_primary_ip_makes_the_primary_interface(account: Account) -> None:
    """Primary IP and MAC of a configuration appear on an interface."""
    record = account.configuration(primary_ip="10.0.0.1", mac_address="aa:bb:cc:dd:ee:ff")["id"]

    [interface] = account.rows(_interfaces(record))

    shown = interface["attributes"]
    assert (shown["ip-address"], shown["mac-address"], shown["primary"]) == ("10.0.0.1", "aa:bb:cc:dd:ee:ff", True)


def test_point_16_a_changed_primary_ip_changes_the_interface(account: Account) -> None:
    """The same interface is kept; null clears it."""
    record = account.configuration(primary_ip="10.0.0.1")["id"]
    [before] = account.rows(_interfaces(record))

    account.patch(f"/configurations/{record}", primary_ip="10.0.0.2")
    [after] = account.rows(_interfaces(record))
    account.patch(f"/configurations/{record}", primary_ip=None)
    [cleared] = account.rows(_interfaces(record))

    assert (before["id"], after["attributes"]["ip-address"]) == (after["id"], "10.0.0.2")
    assert cleared["attributes"]["ip-address"] is None


def test_point_16_the_primary_interface_shows_on_the_configuration(account: Account) -> None:
    """A second primary interface takes over, a deleted one leaves nothing."""
    record = account.configuration(primary_ip="10.0.0.1")["id"]

    def primary_ip() -> str | None:
        found: str | None = account.get(f"/configurations/{record}").json()["data"]["attributes"]["primary-ip"]
        return found

    second = account.create(_interfaces(record), ip_address="10.0.0.2", primary=True)["id"]
    assert primary_ip() == "10.0.0.2"
    assert [row["attributes"]["primary"] for row in account.rows(f"{_interfaces(record)}?sort=created_at")] == [
        False,
        True,
    ]
    account.patch(f"/configuration_interfaces/{second}", ip_address="10.0.0.3")
    assert primary_ip() == "10.0.0.3"
    deleted = account.send("DELETE", f"{_interfaces(record)}/{second}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert primary_ip() is None
    assert account.send("DELETE", f"/configuration_interfaces/{second}").status_code == 404


def test_point_16_several_interfaces_are_made_at_once(account: Account) -> None:
    """Bulk create goes to the nested route; the flat one needs the configuration."""
    record = account.configuration()["id"]
    rows = [document("configuration_interfaces", {"ip_address": ip})["data"] for ip in ("10.0.0.1", "10.0.0.2")]

    assert account.send("POST", _interfaces(record), {"data": rows}).status_code == 201
    assert account.post("/configuration_interfaces", configuration_id=record, name="eth1").status_code == 201
    assert account.post("/configuration_interfaces", name="eth2").status_code == 422
    assert len(account.rows(_interfaces(record))) == 3
    assert account.post(_interfaces(record), mac_address="nonsense").status_code == 422


def test_point_16_twins_are_filled_in(account: Account) -> None:
    """Every id has its name beside it, and follows a rename."""
    maker = account.create("/manufacturers", name=unique("Maker"))["id"]
    status = account.create("/configuration_statuses", name=unique("Active"))["id"]
    record = account.configuration(manufacturer_id=maker, configuration_status_id=int(status))
    organization = account.get(f"/organizations/{account.organization}").json()["data"]["attributes"]["name"]

    account.patch(f"/manufacturers/{maker}", name="Renamed Maker")
    account.patch(f"/organizations/{account.organization}", short_name="ORG")
    shown = account.get(f"/configurations/{record['id']}").json()["data"]["attributes"]

    assert record["attributes"]["organization-name"] == organization
    assert record["attributes"]["configuration-type-kind"] == "workstation"
    assert record["attributes"]["configuration-status-name"].startswith("Active")
    assert (shown["manufacturer-name"], shown["organization-short-name"]) == ("Renamed Maker", "ORG")
    assert shown["resource-url"] == f"https://acme.itglue.test/{account.organization}/configurations/{record['id']}"
    assert isinstance(shown["manufacturer-id"], int)


def test_point_16_every_write_moves_updated_at(account: Account) -> None:
    """Two writes in one millisecond still have two stamps; `created-at` stays."""
    record = account.configuration()["id"]

    stamps = [
        account.patch(f"/configurations/{record}", notes=str(number)).json()["data"]["attributes"]
        for number in range(5)
    ]

    moved = [stamp["updated-at"] for stamp in stamps]
    assert sorted(set(moved)) == moved
    assert len({stamp["created-at"] for stamp in stamps}) == 1
    assert moved[0].endswith("Z")
    assert len(moved[0]) == len("2026-03-02T10:11:12.000Z")


def test_point_16_a_created_record_has_the_vendors_attributes(account: Account) -> None:
    """In the order and with the nulls of the reference's sample."""
    record = account.create("/organizations", name=unique("Lumen Bakery"), **{"quick-notes": "<p>PSA 8841</p>"})

    shown = record["attributes"]
    assert (record["type"], record["relationships"]) == ("organizations", {})
    assert (shown["alert"], shown["primary"], shown["logo"], shown["ancestor-ids"]) == (None, False, "", "[]")
    assert shown["psa-integration"] is None
    assert shown["created-at"] == shown["updated-at"]


def test_an_organization_shows_its_parent_as_text(account: Account) -> None:
    """`parent-id` is a string and `ancestor-ids` a string with a list; a circle is refused."""
    top = account.create("/organizations", name=unique("Org"))["id"]
    middle = account.create("/organizations", name=unique("Org"), parent_id=int(top))["id"]
    low = account.create("/organizations", name=unique("Org"), parent_id=middle)

    assert low["attributes"]["parent-id"] == middle
    assert low["attributes"]["ancestor-ids"] == f"[{top},{middle}]"
    assert account.patch(f"/organizations/{top}", parent_id=low["id"]).status_code == 422


def test_configurations_are_deleted_in_bulk_only(account: Account) -> None:
    """The answer is 200 with the deleted records; afterwards they are not there."""
    first, second = account.configuration()["id"], account.configuration()["id"]
    nested = f"/organizations/{account.organization}/relationships/configurations"

    flat = account.send("DELETE", "/configurations", {"data": [document("configurations", {"id": first})["data"]]})
    below = account.send("DELETE", nested, {"data": [document("configurations", {"id": int(second)})["data"]]})

    assert (flat.status_code, [row["id"] for row in flat.json()["data"]]) == (200, [first])
    assert (below.status_code, [row["id"] for row in below.json()["data"]]) == (200, [second])
    assert account.get(f"/configurations/{first}").status_code == 404
    assert account.patch(f"/configurations/{first}", notes="x").status_code == 404


def test_an_unknown_id_in_a_bulk_is_unreachable(account: Account) -> None:
    """An id in a body that is not there is 401."""
    body = {"data": [document("configurations", {"id": 999, "notes": "x"})["data"]]}

    assert account.send("PATCH", "/configurations", body).status_code == 401
    assert account.send("DELETE", "/configurations", body).status_code == 401


def test_archived_records_stay_in_lists_and_can_be_brought_back(account: Account) -> None:
    """Archiving is an attribute."""
    record = account.configuration(archived=True)["id"]

    [row] = account.rows(f"/configurations?filter[organization_id]={account.organization}")
    back = account.patch(f"/configurations/{record}", archived=False)

    assert row["attributes"]["archived"] is True
    assert back.json()["data"]["attributes"]["archived"] is False


def test_a_person_deletes_what_the_api_then_does_not_find(simulator: Running, account: Account) -> None:
    """A deleted record is 404, a deleted organization takes everything along and is 401 as a parent."""
    record = account.configuration()["id"]
    organization = account.organization

    simulator.person("DELETE", f"organizations/{organization}")

    assert account.get(f"/configurations/{record}").status_code == 404
    assert account.get(f"/organizations/{organization}").status_code == 404
    answer = account.post("/configurations", name="x", organization_id=organization, configuration_type_id=account.type)
    assert (answer.status_code, error(answer)["source"]["pointer"]) == (401, "id")


def test_a_person_merges_two_organizations(simulator: Running, account: Account) -> None:
    """What belonged to the one belongs to the other; the loser is gone."""
    record = account.configuration()["id"]
    winner = account.create("/organizations", name=unique("Org"))["id"]

    simulator.person("POST", f"organizations/{account.organization}/merge", {"into": int(winner)})

    shown = account.get(f"/configurations/{record}").json()["data"]["attributes"]
    assert shown["organization-id"] == int(winner)
    assert account.get(f"/organizations/{account.organization}").status_code == 404


def test_an_organization_marked_for_deletion_goes_later(simulator: Running, account: Account) -> None:
    """The answer lists it; everything below it is lost when it goes."""
    record = account.configuration()["id"]
    body = {"data": [document("organizations", {"id": account.organization})["data"]]}

    assert account.send("DELETE", "/organizations", body).status_code == 200
    assert account.get(f"/organizations/{account.organization}").status_code == 200
    simulator.advance(600)
    assert account.get(f"/organizations/{account.organization}").status_code == 404
    assert account.get(f"/configurations/{record}").status_code == 404
