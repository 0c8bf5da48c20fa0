"""What the native PSA sync owns: point 10 of the reference's checklist."""

from typing import Any

import pytest

from tests.simulators.itglue.account import Account, document, error, unique
from tests.simulators.running import Running

_LINK = {"adapter-type-name": "ConnectWise", "remote-id": "311"}


def _owned(simulator: Running, resource: str, *, remote: str = "311", mark: str = "enabled", **attributes: Any) -> str:
    body = {
        "attributes": {"name": unique("Owned"), "psa-integration": mark, **attributes},
        "adapter": _LINK | {"remote-id": remote},
    }
    number: str = simulator.person("POST", resource, body)["id"]
    return number


def _configuration(simulator: Running, account: Account, **more: Any) -> str:
    fixed = {"organization-id": account.organization, "configuration-type-id": account.type}
    return _owned(simulator, "configurations", **fixed, **more)


@pytest.mark.parametrize(
    "attributes",
    [
        {"name": "x"},
        {"hostname": "x"},
        {"configuration-status-id": None},
        {"primary-ip": "10.0.0.1"},
        {"organization-id": 1},
        {"notes": "allowed", "position": "not"},
    ],
)
def test_point_10_a_synced_configuration_refuses_what_the_psa_owns(
    simulator: Running, account: Account, attributes: dict[str, Any]
) -> None:
    """The whole PATCH is refused and nothing of it is written."""
    record = _configuration(simulator, account)

    answer = account.patch(f"/configurations/{record}", **attributes)

    assert answer.status_code == 422
    assert error(answer)["detail"] == "Cannot update a synced resource"
    assert account.get(f"/configurations/{record}").json()["data"]["attributes"]["notes"] is None


@pytest.mark.parametrize(
    "attributes",
    [
        {"archived": True},
        {"asset_tag": "1"},
        {"notes": "x"},
        {"purchased_at": "2026-01-01"},
        {"restricted": True},
        {"serial_number": "1"},
        {"warranty_expires_at": "2027-01-01"},
        {"mitp_device_expiration_date": "2027-01-01"},
        {"mitp_end_of_life_date": "2027-01-01"},
        {"notes": "x", "manufacturer-name": "read-only", "nonsense": 1},
    ],
)
def test_point_10_a_synced_configuration_takes_what_is_open(
    simulator: Running, account: Account, attributes: dict[str, Any]
) -> None:
    """The open attributes pass; read-only ones are ignored as ever."""
    record = _configuration(simulator, account)

    assert account.patch(f"/configurations/{record}", **attributes).status_code == 200


def test_point_10_a_synced_organization_takes_three_attributes(simulator: Running, account: Account) -> None:
    """Alert, description and quick notes."""
    record = _owned(simulator, "organizations")

    answer = account.patch(f"/organizations/{record}", alert="1", description="2", quick_notes="3")

    assert answer.status_code == 200
    assert account.patch(f"/organizations/{record}", short_name="x").status_code == 422


@pytest.mark.parametrize(
    "resource",
    [
        "organization_types",
        "organization_statuses",
        "configuration_types",
        "configuration_statuses",
        "contact_types",
        "manufacturers",
    ],
)
def test_point_10_synced_names_cannot_be_changed(simulator: Running, account: Account, resource: str) -> None:
    """Types, statuses and manufacturers from the PSA refuse a PATCH."""
    record = _owned(simulator, resource)

    answer = account.patch(f"/{resource}/{record}", name="x")

    assert (answer.status_code, error(answer)["detail"]) == (422, "Cannot update a synced resource")


def test_point_10_types_and_statuses_of_organizations_say_that_they_are_synced(
    simulator: Running, account: Account
) -> None:
    """`synced` is a boolean of the read shape."""
    own = account.create("/organization_types", name=unique("Own"))
    theirs = simulator.person("POST", "organization_types", {"attributes": {"name": unique("Theirs"), "synced": True}})

    assert own["attributes"]["synced"] is False
    shown = account.get(f"/organization_types/{theirs['id']}").json()["data"]["attributes"]
    assert shown["synced"] is True
    assert set(shown) == {"name", "synced", "created-at", "updated-at"}


def test_point_10_synced_contacts_and_locations_refuse_everything(simulator: Running, account: Account) -> None:
    """Nothing of them is open."""
    fixed = {"organization-id": account.organization}
    location = _owned(simulator, "locations", **fixed)
    body = {"attributes": {"first-name": "Ada", "psa-integration": "enabled", **fixed}, "adapter": _LINK}
    contact = simulator.person("POST", "contacts", body)["id"]

    assert account.patch(f"/locations/{location}", notes="x").status_code == 422
    assert account.patch(f"/contacts/{contact}", notes="x").status_code == 422


def test_point_10_the_emails_of_any_contact_are_refused_in_a_patch(account: Account) -> None:
    """They are set at creation; a change was refused even without a PSA link."""
    emails = [{"value": "ada@lumen.example", "label-name": "Work", "primary": True}]
    contact = account.create("/contacts", organization_id=account.organization, first_name="Ada", contact_emails=emails)

    answer = account.patch(f"/contacts/{contact['id']}", contact_emails=[])

    assert contact["attributes"]["contact-emails"][0]["value"] == "ada@lumen.example"
    assert answer.status_code == 422
    assert error(answer)["source"]["pointer"] == "/data/attributes/contact-emails.base"
    assert account.patch(f"/contacts/{contact['id']}", first_name="Grace").status_code == 200


def test_point_10_the_primary_ip_of_a_synced_configuration_stays(simulator: Running, account: Account) -> None:
    """Its interfaces take everything but that."""
    record = _configuration(simulator, account, **{"primary-ip": "10.0.0.1"})
    path = f"/configurations/{record}/relationships/configuration_interfaces"
    [primary] = account.rows(path)

    assert account.patch(f"{path}/{primary['id']}", ip_address="10.0.0.2").status_code == 422
    assert account.patch(f"{path}/{primary['id']}", notes="x", mac_address="aa:bb:cc:dd:ee:ff").status_code == 200
    assert account.post(path, ip_address="10.0.0.3").status_code == 201
    assert account.post(path, ip_address="10.0.0.4", primary=True).status_code == 422
    assert account.send("DELETE", f"{path}/{primary['id']}").status_code == 422
    assert account.get(f"/configurations/{record}").json()["data"]["attributes"]["primary-ip"] == "10.0.0.1"


@pytest.mark.parametrize(("mark", "status"), [("orphaned", 422), ("surprise", 422), ("disabled", 200), (None, 200)])
def test_point_10_the_mark_decides(simulator: Running, account: Account, mark: str | None, status: int) -> None:
    """Any mark but none and `disabled` guards the record; an orphan stays guarded."""
    record = _configuration(simulator, account)
    simulator.person("PATCH", f"configurations/{record}", {"attributes": {"psa-integration": mark}})

    assert account.patch(f"/configurations/{record}", hostname="x").status_code == status
    assert account.patch(f"/configurations/{record}", archived=True).status_code == 200


def test_point_10_a_synced_record_cannot_be_deleted(simulator: Running, account: Account) -> None:
    """The bulk that names it is refused as a whole."""
    owned, own = _configuration(simulator, account), account.configuration()["id"]
    rows = [document("configurations", {"id": record})["data"] for record in (own, owned)]

    assert account.send("DELETE", "/configurations", {"data": rows}).status_code == 422
    assert account.get(f"/configurations/{own}").status_code == 200


def test_point_10_a_psa_id_is_found_with_its_type_only(simulator: Running, account: Account) -> None:
    """Both filters are needed; the list of types is closed."""
    record = _configuration(simulator, account, remote="4711")
    both = "filter[psa_integration_type]=manage&filter[psa_id]=4711"

    assert [row["id"] for row in account.rows(f"/configurations?{both}")] == [record]
    assert [row["id"] for row in account.rows(f"/configurations?{both},4712&sort=id")] == [record]
    assert account.rows("/configurations?filter[psa_integration_type]=autotask&filter[psa_id]=4711") == []
    assert record in {row["id"] for row in account.rows("/configurations?filter[psa_integration_type]=manage")}
    assert account.get("/configurations?filter[psa_id]=4711").status_code == 422
    assert account.get("/configurations?filter[psa_integration_type]=xurrent").status_code == 400


def test_point_10_the_adapter_is_reached_by_include_only(simulator: Running, account: Account) -> None:
    """Type, remote id and state of the link come as an `adapters-resources` record."""
    record = _configuration(simulator, account, remote="4713")

    body = account.get(f"/configurations/{record}?include=adapters-resources").json()

    [link] = body["included"]
    assert link["type"] == "adapters-resources"
    assert link["attributes"] == {
        "adapter-type-name": "ConnectWise",
        "remote-id": "4713",
        "sync": True,
        "orphaned": False,
    }
    assert body["data"]["relationships"]["adapters-resources"]["data"] == [{"id": link["id"], "type": link["type"]}]
    assert body["data"]["attributes"]["psa-integration"] == "enabled"


def test_point_10_a_record_can_have_several_adapters(simulator: Running, account: Account) -> None:
    """A contact may come from a PSA and from a directory."""
    links = [_LINK | {"remote-id": "5"}, {"adapter-type-name": "Microsoft", "remote-id": "a-b-c"}]
    attributes = {"organization-id": account.organization, "first-name": "Ada"}
    record = simulator.person("POST", "contacts", {"attributes": attributes, "adapter": links})["id"]

    included = account.get(f"/contacts/{record}?include=adapters_resources").json()["included"]

    assert [link["attributes"]["adapter-type-name"] for link in included] == ["ConnectWise", "Microsoft"]


@pytest.mark.parametrize(
    ("mark", "link"), [("orphaned", (True, True)), ("disabled", (False, False)), ("enabled", (True, False))]
)
def test_the_link_agrees_with_the_mark(
    simulator: Running, account: Account, mark: str, link: tuple[bool, bool]
) -> None:
    """Actively synced is what syncs and is no orphan; without a mark there is no link."""
    record = _configuration(simulator, account, mark=mark)
    path = f"/configurations/{record}?include=adapters_resources"

    [shown] = account.get(path).json()["included"]
    simulator.person("PATCH", f"configurations/{record}", {"attributes": {"psa-integration": None}})

    assert (shown["attributes"]["sync"], shown["attributes"]["orphaned"]) == link
    assert account.get(path).json()["included"] == []


def test_a_native_sync_is_paused_resumed_and_disconnected(simulator: Running, account: Account) -> None:
    """Paused marks `disabled` and keeps the links; disconnected clears the mark and drops them."""
    record = _configuration(simulator, account, remote="4714")
    path = f"/configurations/{record}?include=adapters_resources"

    def state(name: str) -> tuple[Any, list[Any]]:
        simulator.control.post("/native_sync", json={"state": name}).raise_for_status()
        body = account.get(path).json()
        links = [(link["attributes"]["remote-id"], link["attributes"]["sync"]) for link in body["included"]]
        return body["data"]["attributes"]["psa-integration"], links

    assert state("paused") == ("disabled", [("4714", False)])
    assert account.patch(f"/configurations/{record}", hostname="x").status_code == 200
    assert state("on") == ("enabled", [("4714", True)])
    assert account.patch(f"/configurations/{record}", hostname="y").status_code == 422
    assert state("disconnected") == (None, [])
    assert account.patch(f"/configurations/{record}", hostname="z").status_code == 200
    assert account.rows("/configurations?filter[psa_integration_type]=manage&filter[psa_id]=4714") == []
    assert state("on") == (None, [])
    assert simulator.control.post("/native_sync", json={"state": "off"}).status_code == 400
