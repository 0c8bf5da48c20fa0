"""I5 and the fold's holds: what is held, excluded and gone, against what the bridge says of it."""

from dataclasses import replace
from typing import Any

import pytest

from simulators.oracle.accounting import does_not_add_up, held_against_fold, held_against_traps, parents_of
from simulators.oracle.fold import fold
from simulators.oracle.judged import TRAPS, Decisions
from tests.oracle.full_scene import FullScene
from tests.oracle.scene import ORGANIZATION, Scene
from tests.oracle.verdict import is_said, judged


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
    is_said(judged(scene, held=[("cw:configuration:1", "bug")]), "I5", "is held bug")
    is_said(judged(scene, held=[]), "I5", "neither held nor excluded")


def test_an_accepted_move_is_followed_and_another_one_is_not(scene: Scene) -> None:
    """I1: the record has to be where the person said, and nowhere else."""
    scene.company(0, "312", name="Bolt Ltd", identifier="BOLT")
    scene.organization(0, "901", name="Bolt Ltd", short_name="BOLT")
    scene.device(10)
    scene.make(11)
    scene.device(20, company={"id": 312, "name": "Bolt Ltd"})
    accepted = replace(TRAPS, decisions=Decisions(moves={"configuration:1": "312"}))

    is_said(judged(scene, accepted), "I1", f"is in organization {ORGANIZATION}")
    scene.record(30, by="api", organization_id=901)
    assert judged(scene, accepted).holds
    is_said(judged(scene), "I1", "moved, and no person accepted it")


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


@pytest.mark.parametrize(
    ("company", "said"),
    [
        ({"types": [{"id": 5, "name": "Prospect"}]}, ([], [("organization:311", "only")])),
        ({"deletedFlag": True}, ([("organization:311", "recycle_bin")], [])),
    ],
)
def test_sites_of_a_company_that_is_not_let_in_need_not_be_read(
    company: dict[str, Any], said: tuple[list[tuple[str, str]], list[tuple[str, str]]]
) -> None:
    """A request for each company is spent only where `only` lets it in (DESIGN 4); what was read before is said."""
    scene = FullScene()
    scene.site(10)
    scene.company(20, **company)
    found = scene.fold()
    held, excluded = said
    state = "held" if held else "excluded"

    assert found.outcomes["location:51"].state == state
    assert held_against_fold(held, excluded, found) == []
    known = ([("location:51", "parent_held")], []) if held else ([], [("location:51", "only")])
    assert held_against_fold(held + known[0], excluded + known[1], found) == []
