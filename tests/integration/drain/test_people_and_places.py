"""Locations, contacts, and what refers to them."""

from itertools import permutations
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from bridge.cli.finding import target_of
from bridge.plan_pass import plan_all
from bridge.refresh import refresh
from bridge.restored import started
from tests.integration.drain.world import World

SITE, PERSON, DEVICE = "cw:location:5", "cw:contact:6", "cw:configuration:7"
AT_SITE: dict[str, Any] = {"id": "5", "name": "site 5"}
OF_PERSON: dict[str, Any] = {"id": "6", "name": "Jo Doe 6"}


def _one(world: World, resource: str) -> dict[str, Any]:
    [found] = world.records(resource)
    return found


def _id(record: dict[str, Any], name: str) -> str:
    return str(record[name])


def test_a_site_its_people_and_their_devices_are_made_and_refer_to_each_other(world: World) -> None:
    """Places first, then people, then devices: each names those before it, and all is written in one go."""
    run = world.put(
        world.organization(),
        world.device("7", site=AT_SITE, contact=OF_PERSON),
        world.contact("6", site=AT_SITE, type="Decision Maker", title="CFO", important=True),
        world.site("5", address_1="1 High St", city="Leeds", postal_code="LS1 1AA", country="GB", primary=True),
    )

    world.drain()

    organization = world.record("organizations", "Acme Ltd")
    site, person, device = (_one(world, kind) for kind in ("locations", "contacts", "configurations"))
    assert {_id(one, "organization_id") for one in (site, person, device)} == {organization["id"]}
    assert (site["name"], site["address_1"], site["city"], site["primary"]) == ("site 5", "1 High St", "Leeds", True)
    assert _id(person, "location_id") == site["id"]
    assert person["important"] is True
    assert [each["value"] for each in person["contact_emails"]] == ["jo6@acme.test"]
    assert [each["name"] for each in world.records("contact_types")] == ["Decision Maker"]
    assert (_id(device, "location_id"), _id(device, "contact_id")) == (site["id"], person["id"])
    counts = world.counts(run)
    assert (counts["seen"], counts["written"], counts["open"]) == (4, 4, 0)
    assert [line.word for line in plan_all(world.engine)] == ["equal"] * 4


def test_a_country_is_found_by_name_or_code_and_a_region_inside_it(world: World) -> None:
    """What IT Glue does not list is left out and said: nothing can be added to its lists."""
    world.settle(
        world.organization(),
        world.site("1", country="United States", region="NY"),
        world.site("2", country="us", region="New York"),
        world.site("3", country="Atlantis", region="Poseidonis"),
        world.site("4", country="United States", region="Bavaria"),
    )

    found = {one["name"]: one for one in world.records("locations")}
    [country] = [one["id"] for one in world.itglue.get("/records/countries") if one["now"]["attributes"]["iso"] == "US"]
    assert _id(found["site 1"], "country_id") == str(country)
    assert found["site 1"]["region_id"] is not None
    same = ("country_id", "region_id")
    assert [found["site 2"][name] for name in same] == [found["site 1"][name] for name in same]
    assert [found["site 3"][name] for name in same] == [None, None]
    assert [found["site 4"][name] for name in same] == [found["site 1"]["country_id"], None]
    assert "Atlantis" in world.target("cw:location:3").notes


def test_emails_are_set_at_creation_alone(world: World) -> None:
    """IT Glue refuses to change them later, with all that is sent beside; phones and the rest follow the source."""
    phone = {"value": "(555) 010-7788 x12", "label": "Direct", "primary": True}
    world.settle(world.organization(), world.contact("6", phones=[phone]))

    other = {"value": "new@acme.test", "label": "Email", "primary": True}
    world.settle(world.contact("6", last_name="Roe", emails=[other], phones=[{**phone, "value": "+44 20 7946 0000"}]))

    person = _one(world, "contacts")
    assert person["last_name"] == "Roe"
    assert [each["value"] for each in person["contact_emails"]] == ["jo6@acme.test"]
    [dialled] = person["contact_phones"]
    assert dialled["value"] == "+442079460000"
    assert world.state(PERSON) == ("settled", None)
    assert {line.word for line in plan_all(world.engine)} == {"equal"}


def test_the_last_number_of_a_contact_is_taken_away(world: World) -> None:
    """What we wrote is cleared, though IT Glue shows more of each number than was sent."""
    numbers = [{"value": "5550107788", "label": "Direct", "primary": True}, {"value": "5550107789", "label": "Cell"}]
    world.settle(world.organization(), world.contact("6", phones=numbers))

    world.settle(world.contact("6", phones=[]))

    assert not _one(world, "contacts")["contact_phones"]
    assert world.state(PERSON) == ("settled", None)
    assert {line.word for line in plan_all(world.engine)} == {"equal"}


def test_an_email_that_it_glue_refuses_holds_its_contact_alone(world: World) -> None:
    """The rest of the batch is written; the hold says what IT Glue said. Whether a domain has a dot is not ours to judge."""
    bad = {"value": "jo@localhost", "label": "Email", "primary": True}
    world.put(world.organization(), *[world.contact(str(number)) for number in (1, 2, 3)],
              world.contact("6", emails=[bad]))  # fmt: skip

    world.drain(seconds=30.0)

    assert world.state(PERSON) == ("held", "rejected")
    assert "mail" in world.target(PERSON).reason
    assert {one["last_name"] for one in world.records("contacts")} == {"Doe 1", "Doe 2", "Doe 3"}


def test_an_email_that_is_no_address_is_held_before_anything_is_sent(world: World) -> None:
    """IT Glue refuses a whole request for it: the rest goes in one, and the contact once it is corrected."""
    both = {"value": "jo@acme.test; office@acme.test", "label": "Email", "primary": True}
    world.settle(world.organization(), *[world.contact(str(number)) for number in (1, 2, 3)],
                 world.contact("6", emails=[both]))  # fmt: skip
    held, reason, sent = world.state(PERSON), world.target(PERSON).reason, len(world.sent("POST", path="contacts"))
    planned = {line.ref: line.word for line in plan_all(world.engine)}

    world.settle(world.contact("6"))

    assert held == ("held", "bad_value")
    assert reason == 'e-mail "jo@acme.test; office@acme.test" is no address: correct it in the PSA, one address in each'
    assert sent == 1
    assert planned[PERSON] == "held"
    assert world.state(PERSON) == ("settled", None)


def test_an_email_that_is_not_written_holds_nobody(world: World) -> None:
    """A contact that is there keeps its addresses as IT Glue has them, whatever the source says of them later."""
    world.settle(world.organization(), world.contact("6"))

    world.settle(world.contact("6", last_name="Roe", emails=[{"value": "none"}]))

    assert _one(world, "contacts")["last_name"] == "Roe"
    assert world.state(PERSON) == ("settled", None)


def test_a_device_waits_for_a_site_that_is_held_and_goes_on_when_it_is_decided(world: World) -> None:
    """A reference without a link acts as a parent."""
    world.settle(world.organization())
    organization = world.record("organizations", "Acme Ltd")["id"]
    twins = [world.person("locations", name="site 5", organization_id=int(organization)) for _ in range(2)]
    refresh(world.engine, "locations", lane="backfill")
    world.put(world.site("5"), world.device("7", site=AT_SITE))
    world.drain()
    before = (world.state(SITE), world.state(DEVICE))

    world.decide(SITE, "pin", itglue_id=twins[0])
    world.drain()

    assert before == (("held", "ambiguous"), ("held", "parent_held"))
    assert _id(_one(world, "configurations"), "location_id") == twins[0]


def test_what_is_excluded_or_unknown_is_left_out_and_said(world: World) -> None:
    """Nobody waits for what a rule keeps out, or for what the source never showed."""
    world.configure(locations="only = \"name != 'site 5'\"")
    world.settle(world.organization(), world.site("5"), world.device("7", site=AT_SITE, contact=OF_PERSON))

    device = _one(world, "configurations")
    assert (device["location_id"], device["contact_id"]) == (None, None)
    assert "excluded" in world.target(DEVICE).notes
    assert "has not been read" in world.target(DEVICE).notes


def test_a_reference_that_comes_later_is_written_then(world: World) -> None:
    """The device was made without its site, which the source shows only now."""
    world.settle(world.organization(), world.device("7", site=AT_SITE))

    world.settle(world.site("5"))

    assert _id(_one(world, "configurations"), "location_id") == _one(world, "locations")["id"]
    assert world.target(DEVICE).notes is None


def test_a_site_of_another_customer_is_not_sent(world: World) -> None:
    """IT Glue refuses it with all that is sent beside."""
    world.settle(
        world.organization(), world.organization("2", "Bolt Ltd"), world.site("5", "2"), world.device("7", site=AT_SITE)
    )

    assert _one(world, "configurations")["location_id"] is None
    assert "another organization" in world.target(DEVICE).notes
    assert world.state(DEVICE) == ("settled", None)


def test_a_site_that_is_pinned_elsewhere_takes_its_devices_along(world: World) -> None:
    """Its id changes: what refers to it is planned again."""
    world.settle(world.organization(), world.site("5"), world.device("7", site=AT_SITE))
    organization = world.record("organizations", "Acme Ltd")["id"]
    other = world.person("locations", name="site 5, new", organization_id=int(organization))
    refresh(world.engine, "locations", lane="backfill")

    world.decide(SITE, "pin", itglue_id=other)
    world.drain()

    assert _id(_one(world, "configurations"), "location_id") == other


def test_a_site_that_a_person_deleted_is_not_sent_any_more(world: World) -> None:
    """It is held for a person; its devices go on without it."""
    world.settle(world.organization(), world.site("5"), world.device("7", site=AT_SITE))
    world.delete("locations", _one(world, "locations")["id"])
    world.wait_for_lists()
    refresh(world.engine, "locations", lane="backfill")
    world.drain()

    world.settle(world.device("7", site=AT_SITE, asset_tag="T-1"))

    assert world.state(SITE) == ("held", "target_gone")
    assert world.state(DEVICE) == ("settled", None)
    assert _one(world, "configurations")["asset_tag"] == "T-1"


def test_a_plan_counts_what_it_has_planned_itself(world: World) -> None:
    """Nothing has been written yet, and the device is a create that names its site."""
    world.put(
        world.organization(), world.site("5"), world.contact("6"), world.device("7", site=AT_SITE, contact=OF_PERSON)
    )
    for kind in world.engine.mapping.blocks:
        refresh(world.engine, kind.id, lane="backfill")

    lines = {line.ref: line for line in plan_all(world.engine)}

    assert {ref: line.word for ref, line in lines.items()}[SITE] == "create"
    device = lines[DEVICE]
    assert device.plan is not None
    assert device.plan["fields"]["location_id"]["new"] == f"new {SITE}"
    assert device.plan["fields"]["contact_id"]["new"] == f"new {PERSON}"
    assert lines[PERSON].name == "Jo Doe 6"


def test_a_contact_is_recognised_by_its_address_then_by_its_name(world: World) -> None:
    """An address that stands on several people says nothing."""
    world.settle(world.organization())
    organization = int(world.record("organizations", "Acme Ltd")["id"])
    mail = [{"value": "JO6@acme.test", "label-name": "Work", "primary": True}]
    by_mail = world.person(
        "contacts", first_name="Joanna", last_name="D", organization_id=organization, contact_emails=mail
    )
    by_name = world.person("contacts", first_name="jo", last_name="DOE 8", organization_id=organization)
    refresh(world.engine, "contacts", lane="backfill")
    shared = [{"value": "info@acme.test"}]

    world.settle(world.contact("6"), world.contact("8", emails=shared), world.contact("9", emails=shared))

    assert world.link(PERSON).itglue_id == by_mail
    assert world.link("cw:contact:8").itglue_id == by_name
    assert len(world.records("contacts")) == 3


def test_what_the_native_sync_owns_stays_whole_and_nothing_is_made_beside_it(world: World) -> None:
    """A synced location takes nothing, and none of its kind is created."""
    world.settle(world.organization())
    organization = int(world.record("organizations", "Acme Ltd")["id"])
    synced = world.person("locations", name="site 5", organization_id=organization, psa_integration="enabled",
                          adapter={"adapter-type-name": "ConnectWise", "remote-id": "5"})  # fmt: skip
    refresh(world.engine, "locations", lane="backfill")

    world.settle(world.site("5", city="Leeds"), world.site("6"))

    assert world.link(SITE).itglue_id == synced
    assert world.state(SITE) == ("settled", None)
    assert _one(world, "locations")["city"] is None
    assert world.state("cw:location:6") == ("held", "native_sync_on")


def test_a_kind_that_is_switched_off_is_not_written_and_not_referred_to(world: World) -> None:
    """What was mirrored before is excluded by the key that says so."""
    world.configure(locations="enabled = false")
    world.settle(world.organization(), world.site("5"), world.device("7", site=AT_SITE))

    assert world.records("locations") == []
    assert world.state(SITE) == ("excluded", "[locations].enabled")
    assert world.target(DEVICE).notes is None
    assert not [one for one in world.sent("GET") if one["path"].startswith("/locations")]


def test_an_organization_that_is_deleted_under_us_holds_what_is_below_it(world: World) -> None:
    """Its people and places went with it: nothing of them is made again elsewhere."""
    world.settle(world.organization(), world.site("5"), world.contact("6", site=AT_SITE))
    world.delete("organizations", world.record("organizations", "Acme Ltd")["id"])
    world.wait_for_lists()
    refresh(world.engine, "organizations", lane="backfill")
    world.drain()

    world.settle(world.site("5", city="Leeds"), world.contact("6", title="CFO"))

    assert world.state("cw:organization:1") == ("held", "target_gone")
    assert world.state(SITE) == ("held", "parent_held")
    assert world.state(PERSON) == ("held", "parent_held")


def test_control_characters_and_html_do_no_harm(world: World) -> None:
    """One line stays one line; what the source says is text, never HTML."""
    evil = "<b>A</b>\u200b\x07\r\nB"
    world.settle(
        world.organization(),
        world.site("5", name=evil, address_1=evil, phone="12\u200b3"),
        world.contact("6", first_name=evil, title=evil, notes=f"{evil} & C"),
    )

    site, person = _one(world, "locations"), _one(world, "contacts")
    assert (site["name"], site["address_1"], site["phone"]) == ("<b>A</b>  B", "<b>A</b>  B", "123")
    assert person["first_name"] == "<b>A</b>  B"
    assert person["notes"] == "&lt;b&gt;A&lt;/b&gt;<br>B &amp; C"
    assert {line.word for line in plan_all(world.engine)} == {"equal"}


def test_a_lost_answer_to_a_batch_of_people_makes_none_twice(world: World) -> None:
    """They carry no marker: found by what was sent."""
    world.settle(world.organization())
    world.fault({"status": 504, "after_write": True}, method="POST", path="contacts", nth=[1])

    world.settle(*[world.contact(str(number)) for number in range(1, 6)])

    assert sorted(one["last_name"] for one in world.records("contacts", dead=True)) == [f"Doe {n}" for n in range(1, 6)]


def test_a_site_that_vanished_since_it_was_read_is_noticed_by_the_write_that_names_it(world: World) -> None:
    """IT Glue refuses it, on a create and on an update: both go on without it, and the site is held for a person."""
    world.settle(world.organization(), world.site("5"), world.device("8"))
    world.delete("locations", _one(world, "locations")["id"])

    world.settle(world.device("7", site=AT_SITE), world.device("8", site=AT_SITE, asset_tag="T-8"))

    devices = {one["name"]: one for one in world.records("configurations")}
    assert {name: one["location_id"] for name, one in devices.items()} == {"device 7": None, "device 8": None}
    assert devices["device 8"]["asset_tag"] == "T-8"
    assert (world.state(DEVICE), world.state("cw:configuration:8")) == (("settled", None), ("settled", None))
    assert world.state(SITE) == ("held", "target_gone")
    assert "gone there" in world.target(DEVICE).notes


def test_a_decision_about_a_record_finds_it_among_what_is_made_of_it(world: World) -> None:
    """Locations and contacts are records of their own, like devices."""
    world.settle(world.organization(), world.site("5"), world.contact("6"))

    settings = world.settings()
    with world.engine.db.read() as connection:
        assert target_of(settings, connection, SITE).block == "locations"
        assert target_of(settings, connection, PERSON).block == "contacts"


def test_a_restored_store_writes_no_place_and_no_person_again(world: World, tmp_path: Path) -> None:
    """Everything is read and planned anew, references too; what stands there is what was to be."""
    data = tmp_path / "data"
    started(world.engine, data, silence=3600.0)
    world.settle(world.organization(), world.site("5", country="GB"), world.contact("6", site=AT_SITE),
                 world.device("7", site=AT_SITE, contact=OF_PERSON))  # fmt: skip
    (data / "starts").write_text("7")
    before = len(world.sent("POST", "PATCH"))

    why = started(world.engine, data, silence=3600.0)
    world.drain()

    assert why is not None
    assert len(world.sent("POST", "PATCH")) == before
    assert {world.state(ref) for ref in (SITE, PERSON, DEVICE)} == {("settled", None)}


def test_a_contact_that_is_gone_is_kept_and_its_devices_keep_it(world: World) -> None:
    """IT Glue cannot archive one: it is listed as an orphan, and whatever is linked to it stays so."""
    world.settle(world.organization(), world.contact("6"), world.device("7", contact=OF_PERSON))

    world.lose(PERSON)
    world.settle(world.device("7", contact=OF_PERSON, asset_tag="T-7"))

    device = _one(world, "configurations")
    assert world.state(PERSON)[0] == "gone"
    assert _id(device, "contact_id") == _one(world, "contacts")["id"]
    assert device["asset_tag"] == "T-7"
    assert {line.word for line in plan_all(world.engine)} == {"equal", "gone"}


@pytest.mark.parametrize("order", list(permutations("SPD")), ids="".join)
def test_any_order_of_arrival_ends_the_same(world: World, order: tuple[str, ...]) -> None:
    """What came without what it refers to is written again once that is there; then nothing is left to do."""
    arrivals = {
        "S": lambda: world.site("5"),
        "P": lambda: world.contact("6", site=AT_SITE),
        "D": lambda: world.device("7", site=AT_SITE, contact=OF_PERSON),
    }
    world.settle(world.organization())

    for each in order:
        world.settle(arrivals[each]())

    site, person, device = (_one(world, kind) for kind in ("locations", "contacts", "configurations"))
    assert _id(person, "location_id") == site["id"]
    assert (_id(device, "location_id"), _id(device, "contact_id")) == (site["id"], person["id"])
    assert [line.word for line in plan_all(world.engine)] == ["equal"] * 4


def test_two_workers_at_once_make_one_of_each(world: World) -> None:
    """One may be at the devices while the other is at what they refer to."""
    world.put(
        world.organization(),
        *[world.site(str(number)) for number in range(1, 4)],
        *[world.contact(str(number), site={"id": str(1 + number % 3), "name": None}) for number in range(1, 13)],
        *[world.device(str(number), site={"id": str(1 + number % 3), "name": None}, contact={"id": str(number), "name": None})
          for number in range(1, 13)],
    )  # fmt: skip
    other = world.another()
    threads = [Thread(target=world.drain, args=(engine,), kwargs={"seconds": 30.0}) for engine in (world.engine, other)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.drain()

    people = {one["id"]: one for one in world.records("contacts", dead=True)}
    devices = world.records("configurations", dead=True)
    assert (len(world.records("locations", dead=True)), len(people), len(devices)) == (3, 12, 12)
    assert all(people[_id(one, "contact_id")]["location_id"] == one["location_id"] for one in devices)
    assert {line.word for line in plan_all(world.engine)} == {"equal"}
