"""Each invariant holds for an honest history and is seen to fail for one that breaks it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.oracle.accounting import does_not_add_up, held_against_fold, held_against_traps, parents_of
from tests.oracle.convergence import write_requests, writes_between
from tests.oracle.fold import fold
from tests.oracle.judge import Report, judge_world
from tests.oracle.judged import CONFIGURATIONS, TRAPS, Decisions, Judged
from tests.oracle.requests import over_quota, refused, rolling_maximum
from tests.oracle.scene import ORGANIZATION, Scene


@pytest.fixture
def scene() -> Scene:
    """Give an empty world with one company that is matched by its name."""
    return Scene(TRAPS)


def judged(scene: Scene, settings: Judged = TRAPS, **more: Any) -> Report:
    """Judge the scene; what is repaired within 5 s is in time."""
    return judge_world(scene.world(), settings, repair_within=5, **more)


def only(report: Report, invariant: str, *words: str) -> None:
    """Check that an invariant is violated, with these words in a sentence."""
    assert any(all(word in sentence for word in words) for sentence in report.violations[invariant]), report.table(20)


def test_an_honest_history_holds(scene: Scene) -> None:
    """Made once, brought up to date after each change: nothing to say."""
    scene.device(10, notes="Rack 4\nA & B")
    scene.make(11)
    scene.device(20, name="KRK-LT-15", serialNumber=None)
    scene.copy(21)

    report = judged(scene)

    assert report.holds, report.table(20)
    assert "holds" in report.table()


def test_a_change_that_never_arrives_is_lost(scene: Scene) -> None:
    """I1: IT Glue still has the old name."""
    scene.device(10)
    scene.make(11)
    scene.device(20, name="KRK-LT-15")

    only(judged(scene), "I1", "configuration:1", "'KRK-LT-14'", "'KRK-LT-15'")


def test_a_record_that_is_never_made_is_lost(scene: Scene) -> None:
    """I1: the device has no record."""
    scene.device(10)

    only(judged(scene), "I1", "configuration:1 has no record")


def test_a_persons_edit_of_what_the_source_owns_is_to_be_repaired(scene: Scene) -> None:
    """I1: unless IT Glue was not read again since."""
    scene.device(10)
    scene.make(11)
    scene.record(20, serial_number="OLD-1")

    only(judged(scene), "I1", "'OLD-1'")
    assert judged(scene, replace(TRAPS, refreshed=False)).holds


def test_a_persons_edit_of_what_only_it_glue_knows_stays(scene: Scene) -> None:
    """Notes are written once, a tag that the source lacks is IT Glue's."""
    scene.device(10, notes="Rack 4")
    scene.make(11)
    scene.record(20, notes="<p>mine</p>", asset_tag="ITG-1", hostname="h")

    assert judged(scene).holds


@pytest.mark.parametrize(
    ("attribute", "value", "before"),
    [
        ("hostname", "h", None),
        ("notes", "other", "Rack 4<br>cw:configuration:1 https://psa.test/1"),
        ("serial_number", "X-1", "5CG9120X"),
        ("archived", True, False),
    ],
)
def test_a_write_that_nothing_asked_for_is_reported(
    scene: Scene, attribute: str, value: object, before: object
) -> None:
    """I1: no mapping writes it, it is written once, no version has it, gone does not say so."""
    written: dict[str, Any] = {attribute: value}
    restored: dict[str, Any] = {attribute: before}
    scene.device(10, notes="Rack 4")
    scene.make(11)
    scene.record(20, by="api", **written)
    scene.record(21, **restored)

    only(judged(scene), "I1", attribute.replace("_", "-"))


def test_what_is_emptied_at_the_source_is_emptied_if_the_bridge_wrote_it(scene: Scene) -> None:
    """I1 asks for it, safety forbids it for what only IT Glue knew."""
    scene.device(10)
    scene.make(11)
    scene.device(20, serialNumber=None)

    only(judged(scene), "I1", "serial-number", "is empty at the source")

    scene.copy(21)
    assert judged(scene).holds


def test_what_only_it_glue_knew_is_not_emptied(scene: Scene) -> None:
    """Safety: the bridge had not written it; `clear` opts in."""
    scene.record(5, name="KRK-LT-14", serial_number="ITG-77", configuration_type_name="Laptop")
    scene.device(10, serialNumber=None)
    scene.copy(20)

    only(judged(scene), "safety", "serial-number 'ITG-77' was emptied")
    opted = replace(TRAPS, configurations=replace(TRAPS.configurations, clear=frozenset({"serial_number"})))
    assert judged(scene, opted).holds


def test_notes_need_their_marker(scene: Scene) -> None:
    """I1: what is made carries the Ref in the last line of its notes."""
    scene.device(10, notes="Rack 4")
    scene.make(11, notes="Rack 4")

    only(judged(scene), "I1", "no marker")
    assert judged(scene, replace(TRAPS, marker=False)).holds


def test_a_record_made_twice_is_a_duplicate(scene: Scene) -> None:
    """I2: two records carry one marker."""
    scene.device(10)
    scene.make(11)
    scene.make(12, record="502")

    only(judged(scene), "I2", "configuration:1", "502 was made while 501 stood for it")


def test_a_record_made_twice_without_a_marker_is_a_duplicate(scene: Scene) -> None:
    """I2: two records for one device of that name and serial number."""
    off = replace(TRAPS, marker=False)
    scene = Scene(off)
    scene.device(10)
    scene.make(11)
    scene.make(12, record="502")

    only(judged(scene, off), "I2", "502 was made while 501 stood for it")


def test_two_devices_that_look_the_same_are_no_duplicates() -> None:
    """Without a marker each of the records stands for one of them."""
    off = replace(TRAPS, marker=False)
    scene = Scene(off)
    scene.device(10)
    scene.device(10, device="2")
    scene.make(11)
    scene.make(11, device="2", record="502")

    assert judged(scene, off).holds


def test_a_record_made_beside_the_one_to_adopt_is_a_duplicate(scene: Scene) -> None:
    """I2: the serial number stood there already."""
    scene.record(1, name="old name", serial_number="5cg9120x", configuration_type_name="Laptop")
    scene.device(10)
    scene.make(11, record="502")

    only(judged(scene), "I2", "502 was made")


def test_a_record_made_again_after_a_deletion_needs_a_persons_yes(scene: Scene) -> None:
    """I2 without, nothing with an accepted recreation."""
    scene.device(10)
    scene.make(11)
    scene.delete(20, "configurations", "501")
    scene.make(30, record="502")

    only(judged(scene), "I2", "made again")
    assert judged(scene, replace(TRAPS, decisions=Decisions(recreations=frozenset({"configuration:1"})))).holds


def test_a_name_made_in_another_spelling_is_a_duplicate(scene: Scene) -> None:
    """I2: manufacturers by folded name, models within their manufacturer."""
    scene.name(1, "manufacturers", "1", "Dell")
    scene.name(2, "manufacturers", "2", "DELL ", "api")
    scene.name(1, "models", "1", "R640", manufacturer_id=1)
    scene.name(2, "models", "2", "r640", "api", manufacturer_id=3)

    report = judged(scene)

    only(report, "I2", "manufacturers", "'DELL '")
    assert len(report.violations["I2"]) == 1


def test_a_late_write_of_an_older_version_is_stale_until_it_is_repaired(scene: Scene) -> None:
    """I3: it has to be repaired in time; I1 sees it too while it stays."""
    scene.device(10)
    scene.make(11)
    scene.device(20, name="KRK-LT-15")
    scene.device(30, name="KRK-LT-16")
    scene.copy(31)
    scene.copy(40, as_of=20)

    only(judged(scene), "I3", "'KRK-LT-15' was written over a newer value")
    only(judged(scene), "I1", "'KRK-LT-15'", "'KRK-LT-16'")

    scene.copy(44)
    assert judged(scene).holds

    scene.copy(50, as_of=20)
    scene.copy(58)
    only(judged(scene), "I3", "not repaired within 5 s")


def test_what_is_young_is_not_stale_yet(scene: Scene) -> None:
    """I3: there is still time to repair it."""
    scene.device(10)
    scene.make(11)
    scene.device(20, name="KRK-LT-15")
    scene.copy(21)
    scene.copy(22, as_of=10)

    report = judge_world(scene.world(now=24), TRAPS, repair_within=5)

    assert not report.violations["I3"]


def test_a_value_that_goes_and_comes_back_is_not_stale(scene: Scene) -> None:
    """A to B to A: the last write carries the newest version."""
    scene.device(10)
    scene.make(11)
    scene.device(20, name="B")
    scene.copy(21)
    scene.device(30, name="KRK-LT-14")
    scene.copy(31)

    assert judged(scene).holds


def test_a_write_that_changes_nothing_is_needless(scene: Scene) -> None:
    """I4: and so is any write while nothing happens."""
    scene.device(10)
    scene.make(11)
    before = scene.world()
    assert judged(scene, before=before).holds

    scene.copy(50)

    only(judged(scene), "I4", "written without a change")
    assert writes_between(before, scene.world())


def test_requests_that_could_write_are_listed() -> None:
    """I4: an unchanged rerun sends none."""
    scene = Scene(TRAPS)
    scene.request("2026-01-01T00:00:00.000000Z", "GET", "/organizations")
    scene.request("2026-01-01T00:00:05.000000Z", "PATCH", "/configurations")

    assert write_requests(scene.world()) == ["PATCH /configurations answered 200"]
    assert write_requests(scene.world(), since=1_767_225_606) == []


def test_counts_have_to_add_up() -> None:
    """I5: seen = written + equal + held + excluded + gone + open."""
    counts = {"seen": 10, "written": 3, "equal": 4, "held": 2, "excluded": 1, "gone": 0, "open": 0}

    assert does_not_add_up(counts) == []
    assert does_not_add_up(counts | {"held": 1})
    assert does_not_add_up(counts | {"held": 1, "open": 1})
    assert does_not_add_up(counts | {"held": 1, "open": 1}, finished=False) == []


def test_what_is_held_has_to_be_the_seeded_traps() -> None:
    """I5: no more and no less; what a trapped organization hides is no cause of its own."""
    traps = [("configuration:1", "no_type"), ("organization:9", "excluded"), ("configuration:3", "excluded")]
    held = [("cw:configuration:1", "no_type"), ("cw:configuration:2", "parent_held")]
    excluded = [("cw:organization:9", "only"), ("cw:configuration:3", "only"), ("cw:configuration:4", "only")]
    parents = {"configuration:4": "organization:9", "configuration:3": "organization:8"}

    assert held_against_traps(held, excluded, traps, parents) == []
    assert len(held_against_traps(held, excluded, traps)) == 1
    assert held_against_traps(held[1:], excluded, traps, parents) == [
        "configuration:1 is a trap for no_type, and was not caught"
    ]
    assert held_against_traps([*held, ("cw:configuration:7", "bug")], excluded, traps, parents)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"company": {"id": 312, "name": "Bolt Ltd"}}, "moved"),
        ({"company": None}, "no_organization"),
        ({"status": None}, "no_status"),
        ({"name": " "}, "bad_value"),
    ],
)
def test_a_change_that_needs_a_person_is_held(scene: Scene, change: dict[str, Any], code: str) -> None:
    """I5: the fold says the code; another one, or none, is reported."""
    scene.company(0, "312", name="Bolt Ltd", identifier="BOLT")
    scene.organization(0, "901", name="Bolt Ltd", short_name="BOLT")
    scene.device(10)
    scene.make(11)
    scene.device(20, **change)

    assert judged(scene, held=[("cw:configuration:1", code)]).holds
    only(judged(scene, held=[("cw:configuration:1", "bug")]), "I5", "is held bug")
    only(judged(scene, held=[]), "I5", "neither held nor excluded")


def test_an_accepted_move_is_followed_and_another_one_is_not(scene: Scene) -> None:
    """I1: the record has to be where the person said, and nowhere else."""
    scene.company(0, "312", name="Bolt Ltd", identifier="BOLT")
    scene.organization(0, "901", name="Bolt Ltd", short_name="BOLT")
    scene.device(10)
    scene.make(11)
    scene.device(20, company={"id": 312, "name": "Bolt Ltd"})
    accepted = replace(TRAPS, decisions=Decisions(moves={"configuration:1": "312"}))

    only(judged(scene, accepted), "I1", f"is in organization {ORGANIZATION}")
    scene.record(30, by="api", organization_id=901)
    assert judged(scene, accepted).holds
    only(judged(scene), "I1", "moved, and no person accepted it")


def test_a_recycled_company_is_held_and_so_is_all_below_it(scene: Scene) -> None:
    """I5: the company is recycle_bin, its devices parent_held, which may be left out of the list."""
    scene.device(10)
    scene.make(11)
    scene.company(20, deletedFlag=True)
    found = fold(scene.world(), TRAPS)

    assert found.held() == {"organization:311": {"recycle_bin"}}
    assert held_against_fold([("organization:311", "recycle_bin")], [], found) == []
    assert held_against_fold([("organization:311", "recycle_bin"), ("configuration:1", "parent_held")], [], found) == []
    assert parents_of(scene.world()) == {"configuration:1": "organization:311"}


def test_a_record_that_a_technician_deleted_is_held(scene: Scene) -> None:
    """I5: target_gone; it is not made again."""
    scene.device(10)
    scene.make(11)
    scene.delete(20, "configurations", "501")

    assert judged(scene, held=[("configuration:1", "target_gone")]).holds


@pytest.mark.parametrize("archived", [True, False])
def test_gone_archives_where_the_settings_say_so(scene: Scene, archived: bool) -> None:
    """I1: by default it does nothing at IT Glue."""
    archiving = replace(TRAPS, configurations=replace(TRAPS.configurations, gone="archive after 14d"))
    scene.device(10)
    scene.make(11)
    scene.delete(20, "devices", "1")
    if archived:
        scene.record(30, by="api", archived=True)

    assert judged(scene, archiving).holds == archived
    assert judged(scene).holds != archived
    assert judged(scene, replace(archiving, deletions_confirmed=False)).holds


def test_fill_writes_only_while_it_is_empty(scene: Scene) -> None:
    """I1: a tag that stands in IT Glue stays."""
    filling = replace(TRAPS, configurations=replace(CONFIGURATIONS, fill=frozenset({"asset_tag"})))
    scene.record(1, name="KRK-LT-14", serial_number="5CG9120X", configuration_type_name="Laptop",
                 configuration_status_name="Active", primary_ip="10.0.0.7", asset_tag="ITG-1")  # fmt: skip
    scene.device(10, tagNumber="T-17")
    assert judged(scene, filling).holds

    scene.record(20, by="api", asset_tag="T-17")
    only(judged(scene, filling), "I1", "fill stands for empty attributes only")


def test_nothing_is_deleted_and_nothing_forbidden_is_called(scene: Scene) -> None:
    """Safety: by the history, by the request log, by what the simulators noted."""
    scene.device(10)
    scene.make(11)
    scene.name(1, "manufacturers", "1", "Dell")
    scene.delete(20, "manufacturers", "1", "api")
    scene.request("2026-01-01T00:00:00.000000Z", "DELETE", "/configurations")
    scene.request("2026-01-01T00:00:00.000000Z", "PATCH", "/company/companies/1", system="connectwise")
    scene.request("2026-01-01T00:00:00.000000Z", "POST", "/system/callbacks", system="connectwise")
    scene.request("2026-01-01T00:00:00.000000Z", "GET", "/configurations", 429)
    scene.request("2026-01-01T00:00:00.000000Z", "GET", "/configurations", 429, fault=1)
    scene.violations["itglue"].append({"rule": "passwords"})

    assert len(judged(scene).violations["safety"]) == 5


def test_nothing_is_made_while_the_native_sync_owns_its_kind(scene: Scene) -> None:
    """Safety, and the hold is native_sync_on."""
    scene.record(1, "600", name="X", configuration_type_name="Laptop", psa_integration="enabled")
    scene.device(10)
    assert judged(scene, held=[("configuration:1", "native_sync_on")]).holds

    scene.make(20)
    only(judged(scene), "safety", "501 was made while the native sync owned")


def test_nothing_outside_the_rollout_is_written(scene: Scene) -> None:
    """Safety: the device and its company are excluded."""
    elsewhere = replace(TRAPS, rollout=frozenset({"Bolt Ltd"}))
    scene.record(1, name="KRK-LT-14", serial_number="5CG9120X", configuration_type_name="Laptop")
    scene.device(10)
    scene.copy(20)

    assert fold(scene.world(), elsewhere).excluded() == {"organization:311", "configuration:1"}
    only(judged(scene, elsewhere), "safety", "configuration:1 is outside the rollout")


def test_what_is_excluded_is_kept_as_it_is(scene: Scene) -> None:
    """I1: a write on it may land only while the bridge cannot know better."""
    scene.device(10)
    scene.make(11)
    scene.device(20, serialNumber="NEW-1")
    scene.device(30, type={"id": 32, "name": "Spare"})
    scene.copy(35, as_of=20)

    assert judged(scene, lag=10).holds
    only(judged(scene, lag=3), "I1", "had been held or excluded")


def test_what_is_held_by_its_company_is_kept_as_it_is(scene: Scene) -> None:
    """I1: the company is in the recycle bin, its device changes on."""
    scene.device(10)
    scene.make(11)
    scene.company(20, deletedFlag=True)
    scene.device(30, serialNumber="NEW-1")
    assert judged(scene, lag=3).holds

    scene.copy(40)
    only(judged(scene, lag=3), "I1", "configuration:1", "had been held or excluded")


def test_a_name_that_nothing_needs_is_reported(scene: Scene) -> None:
    """I1: names are made on demand, for records that are written, and never changed."""
    scene.device(10, manufacturer={"id": 1, "name": "Dell"})
    scene.make(11)
    scene.name(11, "manufacturers", "1", "DELL", "api")
    assert judged(scene).holds

    scene.name(12, "manufacturers", "2", "Acer", "api")
    only(judged(scene), "I1", "'Acer' was made, and no record has that name")
    scene.name(13, "manufacturers", "1", "Dell", "api")
    only(judged(scene), "I1", "names are only ever made")


def test_the_quota_is_proven_by_the_rolling_maximum() -> None:
    """Any window of the length, not those that begin on the minute; a window's end is not part of it."""
    requests = [
        {"at": f"2026-01-01T00:00:{second:02d}.000000Z", "key": "k", "status": 200} for second in (0, 9, 10, 11, 12, 19)
    ]

    assert rolling_maximum(requests, 10) == 4
    assert rolling_maximum(requests, 10, key="other") == 0
    assert over_quota(requests, 4, 10) == []
    assert over_quota(requests, 3, 10) == ["4 requests in 10 s, 3 are allowed"]


def test_refused_requests_are_listed(scene: Scene) -> None:
    """What the bridge sent wrongly, not what was injected."""
    scene.request("2026-01-01T00:00:00.000000Z", "PATCH", "/configurations", 422)
    scene.request("2026-01-01T00:00:00.000000Z", "PATCH", "/configurations", 422, fault=3)

    assert len(refused(scene.requests["itglue"])) == 1
