"""Locations, contacts and references: each invariant holds for an honest history and is seen to fail for a broken one."""

from dataclasses import replace
from typing import Any

import pytest

from simulators.oracle.accounting import held_against_traps
from simulators.oracle.judged import TRAPS, Decisions
from tests.oracle.full_scene import FULL, FullScene
from tests.oracle.verdict import is_said, judged

SITED: dict[str, Any] = {"site": {"id": 51, "name": "Leeds"}, "contact": {"id": 41, "name": "Ann Keller"}}


@pytest.fixture
def full() -> FullScene:
    """Give a company with a site, a contact at it, and a device that refers to both, all of it written."""
    scene = FullScene()
    scene.site(10)
    scene.person(10, site={"id": 51, "name": "Leeds"})
    scene.device(10, **SITED)
    scene.sync(11)
    return scene


def test_an_honest_history_of_all_kinds_holds(full: FullScene) -> None:
    """Made once in the order of the waves, brought up to date after each change."""
    full.site(20, addressLine1="2 High Street", country=None, stateReference=None)
    full.person(20, title=None, communicationItems=[])
    full.device(20, site=None)
    full.sync(21)

    report = judged(full, FULL)

    assert report.holds, report.table(20)
    assert report.judged["targets"] == 4
    assert report.judged["records made"] == 3


def test_two_kinds_are_judged_until_the_caller_says_more(full: FullScene) -> None:
    """What is written into a kind that is off is nobody's: locations, contacts, references to them."""
    is_said(judged(full, TRAPS), "I1", "locations 601 was written, and no block writes there")
    is_said(judged(full, TRAPS), "I1", "location-id 601, which no mapping writes")

    untouched = FullScene(TRAPS)
    untouched.site(10)
    untouched.person(10)
    untouched.device(10, **SITED)
    untouched.make(11)
    assert judged(untouched, TRAPS).holds


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("site", {"city": "York"}, ("location:51", "city", "'York'")),
        ("site", {"country": None, "stateReference": None}, ("location:51", "country-id", "is empty at the source")),
        ("person", {"lastName": "Novak"}, ("contact:41", "'Novak'")),
        ("person", {"communicationItems": []}, ("contact:41", "contact-phones")),
        ("person", {"site": None}, ("contact:41", "location-id")),
        ("device", {"contact": None}, ("configuration:1", "contact-id")),
    ],
)
def test_a_change_that_never_arrives_is_lost(
    full: FullScene, kind: str, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    """I1: each attribute and reference is the fold of the source's history."""
    {"site": full.site, "person": full.person, "device": full.device}[kind](20, **change)
    is_said(judged(full, FULL), "I1", *words)

    full.sync(21)
    assert judged(full, FULL).holds


def test_addresses_are_written_at_creation_only(full: FullScene) -> None:
    """I1: a new address at the source changes nothing; one that is written later is reported."""
    items = [{"id": 1, "type": {"id": 1}, "value": "new@acme.test", "communicationType": "Email"}]
    full.person(20, communicationItems=[*items, {"id": 2, "value": "0113 496 1234", "communicationType": "Phone"}])
    assert judged(full, FULL).holds

    full.shown(21, "contact", full.record_of("contact:41"), "api", contact_emails=[{"value": "new@acme.test"}])
    is_said(judged(full, FULL), "I1", "contact-emails", "the block says once")


def test_what_is_made_carries_all_of_its_version() -> None:
    """I1: a contact made without its address never gets one."""
    scene = FullScene()
    scene.person(10)
    scene.shown(11, "contact", "801", "api", first_name="Ann", last_name="Keller", title="Director", contact_emails=[],
                contact_phones=[{"value": "01134961234"}], contact_type_name="Primary")  # fmt: skip

    is_said(judged(scene, FULL), "I2", "801 was made, and stands for no record")


def test_a_persons_edit_is_repaired_and_what_is_theirs_stays(full: FullScene) -> None:
    """I1: the source owns its attributes, notes are IT Glue's."""
    full.shown(20, "location", full.record_of("location:51"), notes="<p>Key at the desk</p>")
    assert judged(full, FULL).holds

    full.shown(21, "location", full.record_of("location:51"), city="Elsewhere")
    is_said(judged(full, FULL), "I1", "location:51", "'Elsewhere'", "'Leeds'")
    full.shown(30, "location", full.record_of("location:51"), "api", city="Leeds", notes=None)
    is_said(judged(full, FULL), "I1", "notes", "the block says once")
    is_said(judged(full, FULL), "safety", "was emptied, and only IT Glue knew it")


def test_a_second_record_is_found(full: FullScene) -> None:
    """I2: of a location and of a contact, made by us twice, or beside one that a person made."""
    row = full.world().others["locations"][full.record_of("location:51")].now or {}
    full.put("locations", "801", 20, "api", {}, row)
    is_said(judged(full, FULL), "I2", "location:51: 801 was made while 601 stood for it")

    beside = FullScene()
    beside.shown(0, "contact", "801", first_name="ann", last_name="KELLER")
    beside.person(10)
    assert beside.fold().outcomes["contact:41"].record == "801"
    other = FullScene(replace(FULL, decisions=Decisions(new=frozenset({"contact:41"}))))
    other.shown(0, "contact", "801", first_name="ann", last_name="KELLER")
    other.person(10)
    other.sync(11)
    is_said(judged(other, FULL), "I2", "contact:41", "801")


def test_an_older_version_has_to_be_repaired(full: FullScene) -> None:
    """I3: a late write of an older version, found and repaired in time or not."""
    full.site(20, city="York")
    full.sync(21)
    full.shown(30, "location", full.record_of("location:51"), "api", city="Leeds")
    full.shown(38, "location", full.record_of("location:51"), "api", city="York")

    is_said(judged(full, FULL), "I3", "location:51", "'Leeds' was written over a newer value")


def test_a_write_without_a_change_is_needless(full: FullScene) -> None:
    """I4: the same again."""
    full.shown(20, "contact", full.record_of("contact:41"), "api", title="Director")

    is_said(judged(full, FULL), "I4", "contacts", "written without a change")


def test_a_deletion_is_found(full: FullScene) -> None:
    """Safety: contacts and locations are never deleted; gone does nothing to them."""
    full.delete(20, "people", "41")
    full.device(20, contact=None)
    full.sync(21)
    assert judged(full, FULL).holds

    full.delete(30, "contacts", full.fold().outcomes["contact:41"].record or "", "api")
    is_said(judged(full, FULL), "safety", "was deleted")


@pytest.mark.parametrize(
    ("ref", "code"),
    [
        ("contact:41", "ambiguous"),
        ("contact:42", "no_organization"),
        ("contact:43", "bad_value"),
        ("location:51", "ambiguous"),
    ],
)
def test_the_held_set_has_no_more_and_no_less(ref: str, code: str) -> None:
    """I5: by kind; another code, or none, is reported."""
    scene = FullScene()
    scene.person(10)
    scene.person(10, "42", company=None)
    scene.person(10, "43", lastName="x" * 256)
    scene.site(10)
    for number in ("801", "802"):
        scene.shown(0, "contact", number, first_name="Ann", last_name="Keller")
        scene.shown(0, "location", f"9{number}", name="Leeds")
    held = [("cw:contact:41", "ambiguous"), ("cw:contact:42", "no_organization"), ("cw:contact:43", "bad_value"),
            ("cw:location:51", "ambiguous")]  # fmt: skip
    assert judged(scene, FULL, held=held).holds

    others = [(each, said) for each, said in held if not each.endswith(ref)]
    is_said(judged(scene, FULL, held=others), "I5", f"{ref} is neither held nor excluded", code)
    is_said(judged(scene, FULL, held=[*others, (f"cw:{ref}", "bug")]), "I5", f"{ref} is held bug")


@pytest.mark.parametrize("excluded", [(), ("location:51",)])
def test_the_sites_of_an_excluded_company_may_be_unknown(excluded: tuple[str, ...]) -> None:
    """I5: they are asked for company by company; its contacts come in one list, and are excluded."""
    scene = FullScene()
    scene.site(10)
    scene.person(10)
    scene.company(20, types=[])
    told = [(ref, "only") for ref in ("organization:311", "contact:41", *excluded)]

    assert judged(scene, FULL, held=[], excluded=told).holds
    is_said(judged(scene, FULL, held=[], excluded=told[:1]), "I5", "contact:41 is neither held nor excluded")
    is_said(judged(scene, FULL, held=[("location:51", "ambiguous")], excluded=told), "I5", "location:51 is held")


@pytest.mark.parametrize("held", [(), ("location:51",)])
def test_the_sites_of_a_recycled_company_may_be_unknown(held: tuple[str, ...]) -> None:
    """I5: of one that is held for anything else they are known."""
    scene = FullScene()
    scene.site(10)
    scene.person(10)
    scene.company(20, deletedFlag=True)
    told = [("organization:311", "recycle_bin"), *((ref, "parent_held") for ref in ("contact:41", *held))]

    assert judged(scene, FULL, held=told).holds
    scene.company(30, deletedFlag=False, name="")
    told[0] = ("organization:311", "bad_value")
    if not held:
        is_said(judged(scene, FULL, held=told), "I5", "location:51 is neither held nor excluded")


def test_a_trap_below_another_may_be_held_for_that() -> None:
    """I5: what refers to a held record is held for it before it is matched."""
    traps = [("location:51", "ambiguous"), ("contact:41", "ambiguous")]
    assert held_against_traps([traps[0], ("contact:41", "parent_held")], [], traps) == []
    assert held_against_traps([traps[0]], [], traps) == ["contact:41 is a trap for ambiguous, and was not caught"]


def test_what_refers_to_a_held_record_is_held(full: FullScene) -> None:
    """I5: without a link a reference acts as a parent while it is held."""
    full.shown(0, "location", "801", name="York")
    full.shown(0, "location", "802", name="York")
    full.site(20, "52", name="York")
    full.device(20, site={"id": 52, "name": "York"})

    assert full.fold().outcomes["configuration:1"].codes == {"parent_held"}
    held = [("location:52", "ambiguous"), ("configuration:1", "parent_held")]
    assert judged(full, FULL, held=held).holds
    is_said(judged(full, FULL, held=[held[0], ("configuration:1", "bug")]), "I5", "configuration:1")


def test_a_reference_to_what_is_excluded_is_left_out() -> None:
    """I1: it is no parent, and nothing is written for it."""
    only = replace(FULL, locations=replace(FULL.locations, only=lambda words: words["name"] != "Leeds"))
    scene = FullScene(only)
    scene.site(10)
    scene.device(10, site={"id": 51, "name": "Leeds"})
    scene.sync(11)
    assert scene.fold().excluded() == {"location:51"}
    assert judged(scene, only, held=[], excluded=[("location:51", "only")]).holds
    is_said(judged(scene, only, held=[], excluded=[]), "I5", "location:51 is neither held nor excluded")

    scene.site(20, name="York")
    is_said(judged(scene, only), "I1", "location:51 has no record")
    scene.sync(21)
    assert judged(scene, only).holds
    assert (scene.world().configurations[scene.record_of("configuration:1")].now or {})["location-id"] == 602


def test_a_contact_that_changes_its_company_is_held(full: FullScene) -> None:
    """I5: moved, until a person accepts it."""
    full.company(0, "312", name="Bolt Ltd", identifier="BOLT")
    full.organization(0, "901", name="Bolt Ltd", short_name="BOLT")
    full.person(20, company={"id": 312, "name": "Bolt Ltd"}, site=None)
    full.device(20, contact=None)
    full.sync(21)

    assert judged(full, FULL, held=[("contact:41", "moved")]).holds
    accepted = replace(FULL, decisions=Decisions(moves={"contact:41": "312"}))
    is_said(judged(full, accepted), "I1", "contact:41", "belongs to 901")


def test_nothing_is_made_while_the_native_sync_owns_the_kind() -> None:
    """Safety, by kind: the location waits, the contact does not."""
    scene = FullScene()
    scene.shown(0, "location", "801", name="Depot", psa_integration="enabled")
    scene.site(10)
    scene.person(10)
    scene.sync(11)
    assert judged(scene, FULL, held=[("location:51", "native_sync_on")]).holds

    scene.put("locations", "802", 20, "api", {}, {"organization-id": 900, "name": "Leeds", "adapters": []})
    is_said(judged(scene, FULL), "safety", "location 802 was made while the native sync owned")
