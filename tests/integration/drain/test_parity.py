"""What IT Glue's own ConnectWise sync carries, the bridge carries too: docs/cutover.md names these tests, row by row."""

from pathlib import Path
from typing import Any

from tests.integration.drain.world import World

EXAMPLES = Path(__file__).parents[3] / "examples"
SITE: dict[str, Any] = {"id": "5", "name": "HQ"}
PERSON: dict[str, Any] = {"id": "6", "name": "Jo Doe"}
DEVICE: dict[str, Any] = {
    "name": "ACME-FW-1", "serial_number": "SN-77", "asset_tag": "T-17", "type": "Firewall", "status": "Active",
    "manufacturer": "Fortinet", "model": "FG-60F", "os": "FortiOS", "primary_ip": "10.1.0.1",
    "default_gateway": "10.1.0.254", "mac_address": "00:09:0f:aa:bb:cc", "installed_at": "2025-02-03T00:00:00Z",
    "installed_by": "Jo Doe", "purchased_at": "2025-01-02", "warranty_expires_at": "2028-01-02", "notes": "Rack 4\nleft",
    "site": SITE, "contact": PERSON,
}  # fmt: skip
PLACE: dict[str, Any] = {
    "name": "HQ", "address_1": "1 Main St", "address_2": "Floor 2", "city": "Albany", "postal_code": "12207",
    "region": "New York", "country": "United States", "phone": "5185550100", "fax": "5185550101", "primary": True,
}  # fmt: skip
HUMAN: dict[str, Any] = {
    "first_name": "Jo", "last_name": "Doe", "title": "CFO", "type": "Decision Maker", "site": SITE,
    "emails": [{"value": "jo@acme.test", "label": "Work", "primary": True}, {"value": "doe@home.test", "label": "Home"}],
    "phones": [{"value": "518-555-0102", "label": "Direct", "extension": "9", "primary": True},
               {"value": "518-555-0103", "label": "Fax"}],
}  # fmt: skip


def _all(world: World) -> None:
    words = {"status": "Active", "types": [{"id": "1", "name": "Client"}], "identifier": "ACME"}
    world.settle(world.organization("1", "Acme Ltd", **words), world.site("5", **PLACE), world.contact("6", **HUMAN),
                 world.device("7", **DEVICE))  # fmt: skip


def _named(world: World, resource: str, record: dict[str, Any], attribute: str) -> str | None:
    """Give the name behind an id of a record."""
    there = world.itglue.get(f"/records/{resource}")
    return next(
        (each["now"]["attributes"]["name"] for each in there if str(each["id"]) == str(record[attribute])), None
    )


def test_an_organization_has_its_name_short_name_type_and_status(world: World) -> None:
    """Its parent IT Glue's API cannot set; its primary location is the location that says so."""
    _all(world)

    found = world.record("organizations", "Acme Ltd")
    assert found["short_name"] == "ACME"
    assert _named(world, "organization_types", found, "organization_type_id") == "Client"
    assert _named(world, "organization_statuses", found, "organization_status_id") == "Active"


def test_a_location_has_its_address_its_numbers_and_says_whether_it_is_primary(world: World) -> None:
    """Region and country are those of IT Glue's own lists."""
    _all(world)

    [found] = world.records("locations")
    plain = ("name", "address_1", "address_2", "city", "postal_code", "phone", "fax", "primary")
    assert {name: found[name] for name in plain} == {name: PLACE[name] for name in plain}
    assert _named(world, "regions", found, "region_id") == "New York"
    assert _named(world, "countries", found, "country_id") == "United States"


def test_a_contact_has_its_name_title_type_place_addresses_and_numbers(world: World) -> None:
    """All of them, each with its label."""
    _all(world)

    [found] = world.records("contacts")
    assert (found["first_name"], found["last_name"], found["title"]) == ("Jo", "Doe", "CFO")
    assert _named(world, "contact_types", found, "contact_type_id") == "Decision Maker"
    assert _named(world, "locations", found, "location_id") == "HQ"
    assert {(each["value"], each["label-name"], each["primary"]) for each in found["contact_emails"]} == {
        ("jo@acme.test", "Work", True), ("doe@home.test", "Home", False),
    }  # fmt: skip
    assert {(each["value"], each["extension"], each["label-type"]) for each in found["contact_phones"]} == {
        ("5185550102", "9", "phone"), ("5185550103", None, "fax"),
    }  # fmt: skip


def test_a_configuration_has_its_texts_and_dates(world: World) -> None:
    """Its notes once, with our marker below."""
    _all(world)

    [found] = world.records("configurations")
    plain = (
        "name",
        "serial_number",
        "asset_tag",
        "default_gateway",
        "installed_by",
        "purchased_at",
        "warranty_expires_at",
    )
    assert {name: found[name] for name in plain} == {name: DEVICE[name] for name in plain}
    assert found["installed_at"] == "2025-02-03"
    assert found["notes"].startswith("Rack 4<br>left")


def test_a_configuration_has_the_names_behind_its_words(world: World) -> None:
    """Made where they are missing; an operating system is one that IT Glue lists."""
    _all(world)

    [found] = world.records("configurations")
    assert _named(world, "configuration_types", found, "configuration_type_id") == "Firewall"
    assert _named(world, "configuration_statuses", found, "configuration_status_id") == "Active"
    assert _named(world, "manufacturers", found, "manufacturer_id") == "Fortinet"
    assert _named(world, "models", found, "model_id") == "FG-60F"
    assert _named(world, "operating_systems", found, "operating_system_id") == "FortiOS"


def test_a_configuration_has_its_place_and_its_contact(world: World) -> None:
    """Those of its own organization."""
    _all(world)

    [found], [place], [person] = (world.records(kind) for kind in ("configurations", "locations", "contacts"))
    assert (str(found["location_id"]), str(found["contact_id"])) == (place["id"], person["id"])


def test_a_configuration_has_one_primary_interface_with_its_addresses(world: World) -> None:
    """IT Glue makes it from the two attributes, and keeps it the same; an address that is joined is skipped and said."""
    _all(world)
    joined = "00:09:0f:aa:bb:01, 00:09:0f:aa:bb:02"
    world.settle(world.device("8", primary_ip="10.1.0.8", mac_address=joined))

    shown = {str(one["now"]["attributes"]["configuration-id"]): one["now"]["attributes"]
             for one in world.itglue.get("/records/configuration_interfaces") if one["now"] is not None}  # fmt: skip
    one, other = (world.record("configurations", name)["id"] for name in ("ACME-FW-1", "device 8"))
    assert (shown[one]["ip-address"], shown[one]["mac-address"]) == ("10.1.0.1", "00-09-0F-AA-BB-CC")
    assert shown[one]["primary"] is True
    assert (shown[other]["ip-address"], shown[other]["mac-address"]) == ("10.1.0.8", None)
    assert "is not one MAC address" in world.target("cw:configuration:8").notes


def test_a_ticket_has_its_board_number_contact_status_priority_and_day(world: World) -> None:
    """The ready block, with the contact as everything.toml shows it; the link leads to the ticket in the PSA."""
    contact = (
        '\n[[flexible_assets.fields]]\nname = "Contact"\nkind = "Tag"\ntags = "Contacts"\nvalue = "{{ contact }}"\n'
    )
    world.configure(assets=(EXAMPLES / "psa-ticket.toml").read_text(encoding="utf-8") + contact)
    _all(world)
    told: dict[str, Any] = {"title": "No mail", "board": "Help Desk", "status": "In Progress", "priority": "High",
            "created_at": "2026-03-04T09:00:00Z", "contact": PERSON, "url": "https://psa.test/9"}  # fmt: skip

    world.settle(world.ticket("9", **told))

    [found] = world.records("flexible_assets")
    traits = {**found["traits"], "contact": [each["name"] for each in found["traits"]["contact"]["values"]]}
    assert traits == {
        "ticket": "#9 No mail", "board": "Help Desk", "status": "In Progress", "priority": "High", "open": True,
        "opened": "2026-03-04", "contact": ["Jo Doe"], "link": "https://psa.test/9", "bridge-ref": "cw:ticket:9",
    }  # fmt: skip

    writes = world.writes()
    world.settle(world.ticket("9", **told))  # a later version, of which nothing else is new
    assert world.writes() == writes
