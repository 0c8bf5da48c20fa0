"""The native sync's other way: what is written on synced kinds lands in the PSA (reference 6)."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulators.connectwise.entries import until
from tests.simulators.itglue.account import Account, unique
from tests.simulators.running import Running, running


@pytest.fixture(scope="module")
def psa() -> Iterator[Running]:
    """Start a ConnectWise simulator beside."""
    with running("connectwise", "--empty", "--limits", "off") as simulator:
        yield simulator


@pytest.fixture
def remote(psa: Running, simulator: Running, account: Account) -> dict[str, Any]:
    """Link an organization and one configuration of it to a company and a device of the PSA."""
    kind = unique("Workstation")
    type_ = psa.person("POST", "company/configurations/types", {"name": kind})["id"]
    company = psa.person("POST", "company/companies", {"name": unique("Lumen"), "identifier": unique("lumen")[:30]})[
        "id"
    ]
    device = psa.person(
        "POST", "company/configurations", {"name": "PC", "type": {"id": type_}, "company": {"id": company}}
    )["id"]

    def linked(resource: str, number: int, **attributes: Any) -> str:
        link = {"adapter-type-name": "ConnectWise", "remote-id": str(number)}
        made: str = simulator.person("POST", resource, {"attributes": attributes, "adapter": link})["id"]
        return made

    kinds = linked("configuration_types", type_, name=kind)
    organization = linked("organizations", company, name=unique("Lumen"))
    fixed = {"organization-id": organization, "configuration-type-id": kinds}
    record = linked("configurations", device, name="PC", **fixed)
    simulator.set(two_way=psa.line["control"])
    return {"company": company, "device": device, "record": record, "fixed": fixed, "organization": organization}


def _now(psa: Running, number: Any) -> Any:
    [found] = [item for item in psa.get("/records/company/configurations") if str(item["id"]) == str(number)]
    return found["now"]


def test_an_edit_of_a_synced_record_lands_in_the_psa(psa: Running, account: Account, remote: dict[str, Any]) -> None:
    """Mapped attributes only, and before the API answers."""
    path = f"/configurations/{remote['record']}"
    answer = account.patch(path, serial_number="X7", archived=True, purchased_at="2026-01-02")

    shown = _now(psa, remote["device"])
    assert answer.status_code == 200
    assert shown["serialNumber"] == "X7"
    assert shown["purchaseDate"].startswith("2026-01-02")
    assert shown["name"] == "PC"


def test_a_create_on_a_synced_kind_lands_in_the_psa(
    psa: Running, simulator: Running, account: Account, remote: dict[str, Any]
) -> None:
    """The record appears there and is linked here: from then on the PSA owns it."""
    made = account.create("/configurations", name="Made here", **remote["fixed"], **{"asset-tag": "7"})

    body = account.get(f"/configurations/{made['id']}?include=adapters_resources").json()

    [link] = body["included"]
    shown = _now(psa, link["attributes"]["remote-id"])
    assert (shown["name"], shown["tagNumber"], shown["company"]["id"]) == ("Made here", "7", remote["company"])
    assert body["data"]["attributes"]["psa-integration"] == "enabled"
    history = simulator.get(f"/records/configurations/{made['id']}")[0]["history"]
    assert [(event["by"], event["verb"]) for event in history] == [("api", "create"), ("sync", "update")]


def test_a_persons_edit_lands_in_the_psa(psa: Running, simulator: Running, remote: dict[str, Any]) -> None:
    """Soon after, behind the control call's answer."""
    simulator.person("PATCH", f"configurations/{remote['record']}", {"attributes": {"serial-number": "BY-HAND"}})

    until(lambda: _now(psa, remote["device"]).get("serialNumber") == "BY-HAND")


def test_nothing_lands_in_the_psa_while_the_sync_is_paused(
    psa: Running, simulator: Running, account: Account, remote: dict[str, Any]
) -> None:
    """Neither edits nor creates."""
    simulator.control.post("/native_sync", json={"state": "paused"}).raise_for_status()
    before = psa.get("/records/company/configurations")

    account.patch(f"/configurations/{remote['record']}", serial_number="X8")
    account.create("/configurations", name="Paused", **remote["fixed"])

    assert psa.get("/records/company/configurations") == before
    simulator.control.post("/native_sync", json={"state": "on"}).raise_for_status()


def test_what_is_no_part_of_the_sync_stays_here(psa: Running, account: Account, remote: dict[str, Any]) -> None:
    """A device of an organization without a link is not pushed."""
    before = psa.get("/records/company/configurations")

    account.configuration()

    assert psa.get("/records/company/configurations") == before


def _linked(simulator: Running, kind: str, number: int, **attributes: Any) -> str:
    link = {"adapter-type-name": "ConnectWise", "remote-id": str(number)}
    made: str = simulator.person("POST", kind, {"attributes": attributes, "adapter": link})["id"]
    return made


def test_a_contact_and_a_location_made_here_land_in_the_psa(
    psa: Running, simulator: Running, account: Account, remote: dict[str, Any]
) -> None:
    """With address, e-mail and telephone, once these kinds are synced; and a person's edits follow."""
    company, organization = remote["company"], remote["organization"]
    site = psa.person("POST", f"company/companies/{company}/sites", {"name": "Main"})["id"]
    person = psa.person("POST", "company/contacts", {"firstName": "Ann", "company": {"id": company}})["id"]
    _linked(simulator, "locations", site, **{"organization-id": organization, "name": "Main"})
    _linked(simulator, "contacts", person, **{"organization-id": organization, "first-name": "Ann"})

    place = account.create("/locations", organization_id=organization, name="Branch", city="Leeds")["id"]
    made = account.create(
        "/contacts", organization_id=organization, first_name="Ben", last_name="Lee",
        contact_emails=[{"value": "ben@lumen.test", "label_name": "Work", "primary": True}],
        contact_phones=[{"value": "0113 496 0001", "label_name": "Work", "extension": "7"}],
    )["id"]  # fmt: skip
    phones = [{"value": "0113 496 0002", "label-name": "Work"}]
    simulator.person("PATCH", f"contacts/{made}", {"attributes": {"title": "CEO", "contact-phones": phones}})

    sites = {each["now"]["name"]: each["now"] for each in psa.get(f"/records/company/companies/{company}/sites")}
    assert sites["Branch"]["city"] == "Leeds"
    [shown] = [each["now"] for each in psa.get("/records/company/contacts") if each["now"]["firstName"] == "Ben"]
    assert shown["company"]["id"] == company
    for kind, record in (("locations", place), ("contacts", made)):
        assert account.get(f"/{kind}/{record}").json()["data"]["attributes"]["psa-integration"] == "enabled"

    def landed() -> dict[str, str]:
        [now] = [each["now"] for each in psa.get("/records/company/contacts") if each["now"]["firstName"] == "Ben"]
        return {item["communicationType"]: item["value"] for item in now["communicationItems"]} | {
            "title": now.get("title", "")
        }

    wanted = {"Email": "ben@lumen.test", "Phone": "01134960002", "title": "CEO"}
    until(lambda: landed() == wanted)
