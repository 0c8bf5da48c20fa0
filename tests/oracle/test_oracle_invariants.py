"""I1 to I4 hold for an honest history and are seen to fail for one that breaks them."""

from dataclasses import replace
from typing import Any

import pytest

from simulators.oracle.convergence import write_requests, writes_between
from simulators.oracle.judge import judge_world
from simulators.oracle.judged import CONFIGURATIONS, TRAPS, Decisions
from tests.oracle.scene import Scene
from tests.oracle.verdict import is_said, judged


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

    is_said(judged(scene), "I1", "configuration:1", "'KRK-LT-14'", "'KRK-LT-15'")


def test_a_record_that_is_never_made_is_lost(scene: Scene) -> None:
    """I1: the device has no record."""
    scene.device(10)

    is_said(judged(scene), "I1", "configuration:1 has no record")


def test_a_persons_edit_of_what_the_source_owns_is_to_be_repaired(scene: Scene) -> None:
    """I1: unless IT Glue was not read again since."""
    scene.device(10)
    scene.make(11)
    scene.record(20, serial_number="OLD-1")

    is_said(judged(scene), "I1", "'OLD-1'")
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

    is_said(judged(scene), "I1", attribute.replace("_", "-"))


def test_what_is_emptied_at_the_source_is_emptied_if_the_bridge_wrote_it(scene: Scene) -> None:
    """I1 asks for it, safety forbids it for what only IT Glue knew."""
    scene.device(10)
    scene.make(11)
    scene.device(20, serialNumber=None)

    is_said(judged(scene), "I1", "serial-number", "is empty at the source")

    scene.copy(21)
    assert judged(scene).holds


def test_what_only_it_glue_knew_is_not_emptied(scene: Scene) -> None:
    """Safety: the bridge had not written it; `clear` opts in."""
    scene.record(5, name="KRK-LT-14", serial_number="ITG-77", configuration_type_name="Laptop")
    scene.device(10, serialNumber=None)
    scene.copy(20)

    is_said(judged(scene), "safety", "serial-number 'ITG-77' was emptied")
    opted = replace(TRAPS, configurations=replace(TRAPS.configurations, clear=frozenset({"serial_number"})))
    assert judged(scene, opted).holds


def test_notes_need_their_marker(scene: Scene) -> None:
    """I1: what is made carries the Ref in the last line of its notes."""
    scene.device(10, notes="Rack 4")
    scene.make(11, notes="Rack 4")

    is_said(judged(scene), "I1", "no marker")
    assert judged(scene, replace(TRAPS, marker=False)).holds


def test_a_record_made_twice_is_a_duplicate(scene: Scene) -> None:
    """I2: two records carry one marker."""
    scene.device(10)
    scene.make(11)
    scene.make(12, record="502")

    is_said(judged(scene), "I2", "configuration:1", "502 was made while 501 stood for it")


def test_a_record_made_twice_without_a_marker_is_a_duplicate(scene: Scene) -> None:
    """I2: two records for one device of that name and serial number."""
    off = replace(TRAPS, marker=False)
    scene = Scene(off)
    scene.device(10)
    scene.make(11)
    scene.make(12, record="502")

    is_said(judged(scene, off), "I2", "502 was made while 501 stood for it")


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

    is_said(judged(scene), "I2", "502 was made")


def test_a_record_made_again_after_a_deletion_needs_a_persons_yes(scene: Scene) -> None:
    """I2 without, nothing with an accepted recreation."""
    scene.device(10)
    scene.make(11)
    scene.delete(20, "configurations", "501")
    scene.make(30, record="502")

    is_said(judged(scene), "I2", "made again")
    assert judged(scene, replace(TRAPS, decisions=Decisions(recreations=frozenset({"configuration:1"})))).holds


def test_a_name_made_in_another_spelling_is_a_duplicate(scene: Scene) -> None:
    """I2: manufacturers by folded name, models within their manufacturer."""
    scene.name(1, "manufacturers", "1", "Dell")
    scene.name(2, "manufacturers", "2", "DELL ", "api")
    scene.name(1, "models", "1", "R640", manufacturer_id=1)
    scene.name(2, "models", "2", "r640", "api", manufacturer_id=3)

    report = judged(scene)

    is_said(report, "I2", "manufacturers", "'DELL '")
    assert len(report.violations["I2"]) == 1


def test_a_late_write_of_an_older_version_is_stale_until_it_is_repaired(scene: Scene) -> None:
    """I3: it has to be repaired in time; I1 sees it too while it stays."""
    scene.device(10)
    scene.make(11)
    scene.device(20, name="KRK-LT-15")
    scene.device(30, name="KRK-LT-16")
    scene.copy(31)
    scene.copy(40, as_of=20)

    is_said(judged(scene), "I3", "'KRK-LT-15' was written over a newer value")
    is_said(judged(scene), "I1", "'KRK-LT-15'", "'KRK-LT-16'")

    scene.copy(44)
    assert judged(scene).holds

    scene.copy(50, as_of=20)
    scene.copy(58)
    is_said(judged(scene), "I3", "not repaired within 5 s")


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

    is_said(judged(scene), "I4", "written without a change")
    assert writes_between(before, scene.world())


def test_requests_that_could_write_are_listed() -> None:
    """I4: an unchanged rerun sends none."""
    scene = Scene(TRAPS)
    scene.request("2026-01-01T00:00:00.000000Z", "GET", "/organizations")
    scene.request("2026-01-01T00:00:05.000000Z", "PATCH", "/configurations")

    assert write_requests(scene.world()) == ["PATCH /configurations answered 200"]
    assert write_requests(scene.world(), since=1_767_225_606) == []


def test_fill_writes_only_while_it_is_empty(scene: Scene) -> None:
    """I1: a tag that stands in IT Glue stays."""
    filling = replace(TRAPS, configurations=replace(CONFIGURATIONS, fill=frozenset({"asset_tag"})))
    scene.record(1, name="KRK-LT-14", serial_number="5CG9120X", configuration_type_name="Laptop",
                 configuration_status_name="Active", primary_ip="10.0.0.7", asset_tag="ITG-1")  # fmt: skip
    scene.device(10, tagNumber="T-17")
    assert judged(scene, filling).holds

    scene.record(20, by="api", asset_tag="T-17")
    is_said(judged(scene, filling), "I1", "fill stands for empty attributes only")


def test_what_is_excluded_is_kept_as_it_is(scene: Scene) -> None:
    """I1: a write on it may land only while the bridge cannot know better."""
    scene.device(10)
    scene.make(11)
    scene.device(20, serialNumber="NEW-1")
    scene.device(30, type={"id": 32, "name": "Spare"})
    scene.copy(35, as_of=20)

    assert judged(scene, lag=10).holds
    is_said(judged(scene, lag=3), "I1", "had been held or excluded")


def test_what_is_held_by_its_company_is_kept_as_it_is(scene: Scene) -> None:
    """I1: the company is in the recycle bin, its device changes on."""
    scene.device(10)
    scene.make(11)
    scene.company(20, deletedFlag=True)
    scene.device(30, serialNumber="NEW-1")
    assert judged(scene, lag=3).holds

    scene.copy(40)
    is_said(judged(scene, lag=3), "I1", "configuration:1", "had been held or excluded")


@pytest.mark.parametrize(
    ("polls", "silent", "said"),
    [
        ((28, 29), False, False),
        ((29, 31), False, False),
        ((31, 33), False, True),
        ((31, 33), True, False),
        ((), False, False),
    ],
)
def test_what_no_poll_told_may_be_written(scene: Scene, polls: tuple[int, ...], silent: bool, said: bool) -> None:
    """I1: nor what the last one alone told, which may have died, nor what moves no change stamp."""
    scene.device(10, _info={"lastUpdated": "1970-01-01T00:00:10Z"})
    scene.make(11)
    scene.device(20, serialNumber="NEW-1", _info={"lastUpdated": "1970-01-01T00:00:20Z"})
    stamp = "1970-01-01T00:00:20Z" if silent else "1970-01-01T00:00:30Z"
    scene.device(30, type={"id": 32, "name": "Spare"}, _info={"lastUpdated": stamp})
    scene.copy(40, as_of=20)
    scene.request("1970-01-01T00:00:01Z", "GET", "/system/info", system="connectwise")
    for second in polls:
        for path in ("/company/companies", "/company/configurations"):
            query = "conditions=lastUpdated>%3D[1970-01-01T00:00:00Z]"
            scene.request(
                f"1970-01-01T00:00:{second}Z", "GET", f"/v2025_1/apis/3.0{path}", system="connectwise", query=query
            )
    scene.request("1970-01-01T00:00:34Z", "GET", "/company/configurations", system="connectwise", query="fields=id")

    found = [each for each in judged(scene, lag=3).violations["I1"] if "had been held or excluded" in each]
    assert bool(found) == said


def test_a_name_that_nothing_needs_is_reported(scene: Scene) -> None:
    """I1: names are made on demand, for records that are written, and never changed."""
    scene.device(10, manufacturer={"id": 1, "name": "Dell"})
    scene.make(11)
    scene.name(11, "manufacturers", "1", "DELL", "api")
    assert judged(scene).holds

    scene.name(12, "manufacturers", "2", "Acer", "api")
    is_said(judged(scene), "I1", "'Acer' was made, and no record has that name")
    scene.name(13, "manufacturers", "1", "Dell", "api")
    is_said(judged(scene), "I1", "names are only ever made")
