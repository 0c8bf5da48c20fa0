"""Flexible assets: what blocks make of tickets, and that no trait of theirs is stale and none of anybody else's is lost."""

from dataclasses import replace
from typing import Any

import pytest

from simulators.oracle.blocks import AssetBlock, Field
from simulators.oracle.judge import Report, judge_world
from simulators.oracle.judged import Judged
from tests.oracle.full_scene import FULL, TYPE, WITH_TICKETS, FullScene
from tests.oracle.verdict import is_said, judged

TICKETS = replace(FULL, assets=(WITH_TICKETS,))
REF = "psa-ticket/ticket:9"
DAY = 86_400.0
CLOSED: dict[str, Any] = {
    "closedFlag": True,
    "closedDate": "1970-01-01T00:00:20Z",
    "status": {"id": 4, "name": "Completed"},
}


def table(words: dict[str, Any]) -> str:
    """Write the numbers of open tickets as a table."""
    rows = "".join(f"<tr><td>{each['number']}</td><td>{each['title']}</td></tr>" for each in words["tickets"])
    return f"<table>{rows}</table>"


SUMMARY = AssetBlock(
    name="open",
    type="PSA Ticket",
    per="organization",
    only=lambda words: words["open"],
    fields=(
        Field("Ticket", "Text", lambda _: "Open tickets", title=True, required=True),
        Field("Lessons", "Textbox", table),
    ),
)
SUMMARIES = replace(FULL, assets=(SUMMARY,))


@pytest.fixture
def full() -> FullScene:
    """Give a ticket at a site that is linked to a device, all of it written."""
    scene = FullScene(TICKETS)
    scene.site(10)
    scene.device(10)
    scene.ticket(10, site={"id": 51, "name": "Leeds"}, configurations=[1])
    scene.sync(11)
    return scene


def edited(full: FullScene, at: float, by: str = "person", **given: Any) -> None:
    """Write into the ticket's asset."""
    full.shown(at, REF, full.record_of(REF), by, **given)


def later(full: FullScene, days: float, settings: Judged = TICKETS) -> Report:
    """Judge so many days later."""
    return judge_world(full.world(now=days * DAY), settings, repair_within=5)


def test_an_honest_history_of_tickets_holds(full: FullScene) -> None:
    """One asset per ticket, tagged with what it is linked to, brought up to date, a person's trait untouched."""
    edited(full, 15, traits={"lessons": "<p>Tray 2</p>"})
    full.ticket(20, status={"id": 2, "name": "In Progress"}, summary="Printer jams again", site=None)
    full.sync(21)

    report = judged(full, TICKETS)

    assert report.holds, report.table(20)
    row = full.world().others["flexible_assets"][full.record_of(REF)].now or {}
    assert row["traits.ticket"] == "#9 Printer jams again"
    assert row["traits.devices"] == (full.record_of("configuration:1"),)
    assert row["traits.bridge-ref"] == "cw:ticket:9"
    assert row["traits.lessons"] == "<p>Tray 2</p>"


def test_assets_are_nobodys_until_a_block_writes_them(full: FullScene) -> None:
    """I1: without a block the very same history is reported."""
    is_said(judged(full, FULL), "I1", "flexible_assets", "no block writes there")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"summary": "New title"}, ("'#9 New title'",)),
        ({"status": {"id": 4, "name": "Completed"}}, ("traits.status", "'Completed'")),
        ({"site": None}, ("traits.site", "is empty at the source")),
    ],
)
def test_a_trait_that_is_never_brought_up_to_date_is_lost(
    full: FullScene, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    """I1: each trait is the fold of the source's history."""
    full.ticket(20, **change)
    is_said(judged(full, TICKETS), "I1", REF, *words)

    full.sync(21)
    assert judged(full, TICKETS).holds


def test_a_tag_follows_the_ticket(full: FullScene) -> None:
    """I1: a device that is unlinked leaves the tag; one that never was anybody's is reported."""
    full.device(20, "2", name="KRK-LT-77", serialNumber="77")
    full.sync(20)
    full.ticket(21, configurations=[1, 2])
    is_said(judged(full, TICKETS), "I1", "traits.devices")
    full.sync(21)
    assert judged(full, TICKETS).holds

    edited(full, 30, "api", traits={"devices": ("12345",)})
    is_said(judged(full, TICKETS), "I1", "traits.devices", "no version of the source says this")


def test_a_tag_is_judged_as_of_when_it_was_written(full: FullScene) -> None:
    """I1: a device that the ticket was linked to only later is reported, whatever is right in the end."""
    full.device(20, "2", name="KRK-LT-77", serialNumber="77")
    full.sync(20)
    devices = tuple(sorted(full.record_of(f"configuration:{number}") for number in (1, 2)))
    edited(full, 25, "api", traits={"devices": devices})
    full.ticket(30, configurations=[1, 2])

    is_said(judged(full, TICKETS), "I1", "traits.devices", "no version of the source says this")


def test_an_older_tag_has_to_be_repaired(full: FullScene) -> None:
    """I3: what the ticket was linked to before, over what it is linked to since."""
    first = (full.record_of("configuration:1"),)
    full.device(20, "2", name="KRK-LT-77", serialNumber="77")
    full.ticket(20, configurations=[2])
    full.sync(21)
    second = (full.record_of("configuration:2"),)
    edited(full, 30, "api", traits={"devices": first})
    edited(full, 38, "api", traits={"devices": second})

    is_said(judged(full, TICKETS), "I3", "traits.devices", "was written over a newer value")
    full.delete(39, "configurations", first[0])
    assert not judged(full, TICKETS).violations["I3"]


def test_a_persons_edit_of_an_owned_trait_is_repaired(full: FullScene) -> None:
    """I1: unless the block says once."""
    edited(full, 20, traits={"status": "Completed"})
    is_said(judged(full, TICKETS), "I1", "traits.status", "'Completed'")
    once = replace(TICKETS, assets=(replace(WITH_TICKETS, once=frozenset({"Status"})),))
    assert judged(full, once).holds

    full.sync(21)
    assert judged(full, TICKETS).holds
    is_said(judged(full, once), "I1", "traits.status", "the block says once")


def test_a_trait_that_nobody_owns_is_never_lost(full: FullScene) -> None:
    """Safety: a PATCH that leaves it out deletes it; also one that a person filled in while we wrote, and in any type."""
    edited(full, 15, traits={"lessons": "<p>Tray 2</p>", "own": ("5", "6")})
    full.ticket(20, summary="New title")
    full.sync(21)
    assert judged(full, TICKETS).holds

    full.ticket(30, summary="Other title")
    edited(full, 31, "api", traits={"ticket": "#9 Other title", "lessons": None})
    is_said(judged(full, TICKETS), "safety", "traits.lessons '<p>Tray 2</p>' -> None, and no block writes it")
    edited(full, 32, "api", traits={"lessons": "<p>Tray 2</p>", "own": ("5",)})
    is_said(judged(full, TICKETS), "safety", "traits.own ('5', '6') -> ('5',)")


def test_a_trait_that_only_it_glue_knew_is_not_emptied() -> None:
    """Safety: of an asset that was adopted by its title; the title is no proof that the rest is ours."""
    scene = FullScene(TICKETS)
    scene.shown(
        0, REF, "801", name="#9 Printer jams", traits={"ticket": "#9 Printer jams", "site": ("1",), "status": "New"}
    )
    scene.ticket(10)
    scene.sync(11)
    assert scene.record_of(REF) == "801"
    assert judged(scene, TICKETS).holds

    scene.shown(20, REF, "801", "api", traits={"site": None})
    is_said(judged(scene, TICKETS), "safety", "traits.site ('1',) was emptied")


def test_a_type_with_uploads_is_never_written(full: FullScene) -> None:
    """Safety; the type is held, its targets follow as parent_held."""
    assert judged(full, TICKETS).holds
    full.field("Licence", "licence", 9, "Upload")
    edited(full, 30, "api", traits={"status": "Completed"})

    is_said(judged(full, TICKETS), "safety", "its type holds uploads or passwords")
    assert full.fold().outcomes[REF].codes == {"parent_held"}
    assert judged(full, TICKETS, held=[("location:51", "bug"), (REF, "parent_held")]).violations["I5"] == [
        "location:51 is held bug, and has to be settled"
    ]


def test_a_second_asset_is_found(full: FullScene) -> None:
    """I2: by the marker, also under another title; and without a marker it is nobody's."""
    row = full.world().others["flexible_assets"][full.record_of(REF)].now or {}
    full.put("flexible_assets", "801", 20, "api", {}, {**row, "traits.ticket": "other"})
    is_said(judged(full, TICKETS), "I2", f"{REF}: 801 was made while")

    bare = FullScene(TICKETS)
    bare.ticket(10)
    bare.sync(11)
    without = {**row, "traits.bridge-ref": None, "name": "#9 Printer jams", "traits.devices": None, "traits.site": None}
    bare.put("flexible_assets", "802", 20, "api", {}, without)
    is_said(judged(bare, TICKETS), "I1", REF, "no marker in the field Bridge ref")
    is_said(judged(bare, TICKETS), "I2", "802")


def test_an_older_trait_has_to_be_repaired(full: FullScene) -> None:
    """I3: trait by trait."""
    full.ticket(20, summary="New title")
    full.sync(21)
    edited(full, 30, "api", traits={"ticket": "#9 Printer jams"})
    edited(full, 38, "api", traits={"ticket": "#9 New title"})

    is_said(judged(full, TICKETS), "I3", "'#9 Printer jams' was written over a newer value")


def test_a_write_of_the_same_traits_is_needless(full: FullScene) -> None:
    """I4: the whole set of traits sent again without a change."""
    edited(full, 20, "api", traits={"status": "New"})

    is_said(judged(full, TICKETS), "I4", "flexible_assets", "written without a change")


def test_what_is_closed_is_archived_after_its_grace_and_restored(full: FullScene) -> None:
    """I1: neither too early nor never; what comes back is restored if we archived it."""
    full.ticket(20, **CLOSED)
    full.sync(21)
    assert later(full, 10).holds
    is_said(later(full, 40), "I1", REF, "gone at the source, and not archived")
    early = FullScene(TICKETS)
    early.ticket(10)
    early.sync(11)
    early.shown(20, REF, early.record_of(REF), "api", archived=True)
    is_said(judged(early, TICKETS), "I1", "archived, though the source still has it")

    relative = replace(TICKETS, assets=(replace(WITH_TICKETS, relative=True),))
    edited(full, 31 * DAY, "api", archived=True)
    assert later(full, 40, relative).holds, later(full, 40, relative).table()
    full.ticket(41 * DAY, closedFlag=False, closedDate=None, status={"id": 1, "name": "New"})
    is_said(later(full, 42, relative), "I1", "archived by the bridge, and not restored")


def test_what_counts_as_gone_is_never_made() -> None:
    """I1: a ticket that was closed long ago gets no asset."""
    scene = FullScene(TICKETS)
    scene.ticket(31 * DAY, **CLOSED)
    assert later(scene, 40).holds

    row = {"organization-id": 900, "flexible-asset-type-id": int(TYPE), "archived": False, "adapters": [],
           "traits.ticket": "#9 Printer jams", "traits.status": "Completed", "traits.bridge-ref": "cw:ticket:9"}  # fmt: skip
    scene.put("flexible_assets", "801", 35 * DAY, "api", {}, row)
    is_said(later(scene, 40), "I1", REF, "made though it counts as gone")


@pytest.mark.parametrize(
    ("ticket", "code"),
    [
        ({"summary": "x" * 300}, "bad_value"),
        ({"status": {"id": 9, "name": "Waiting"}}, "bad_value"),
        ({"company": None}, "no_organization"),
    ],
)
def test_bad_input_is_held_with_its_code(ticket: dict[str, Any], code: str) -> None:
    """I5: text too long, a select value that is no option, nobody's ticket; the Ref names the block."""
    scene = FullScene(TICKETS)
    scene.ticket(10, **ticket)
    scene.ticket(10, "10")
    scene.sync(11)

    assert judged(scene, TICKETS, held=[("psa-ticket/cw:ticket:9", code)]).holds
    is_said(judged(scene, TICKETS, held=[]), "I5", REF, code)


def test_a_tag_to_what_is_held_holds_its_asset(full: FullScene) -> None:
    """I5: the site is ambiguous, the ticket parent_held."""
    full.shown(0, "location", "801", name="York")
    full.shown(0, "location", "802", name="York")
    full.site(20, "52", name="York")
    full.ticket(20, site={"id": 52, "name": "York"})

    assert judged(full, TICKETS, held=[("location:52", "ambiguous"), (REF, "parent_held")]).holds
    is_said(judged(full, TICKETS, held=[(REF, "parent_held")]), "I5", "location:52")


def test_a_summary_is_kept_true_when_a_contributor_changes_or_leaves() -> None:
    """I1: one asset per organization, its table in any spelling of the same HTML, empty when the last one is closed."""
    scene = FullScene(SUMMARIES)
    scene.ticket(10)
    scene.ticket(10, "10", summary="VPN <drops>")
    scene.sync(11)
    assert judged(scene, SUMMARIES).holds
    ref = "open/organization:311"
    record = scene.record_of(ref)
    spelled = "<TABLE>\n<tr><td>9</td><td>Printer jams</td></tr> <tr><td>10</td><td>VPN <drops></td></tr></TABLE>"
    scene.shown(12, ref, record, traits={"lessons": spelled})
    assert judged(scene, SUMMARIES).holds

    scene.ticket(20, "10", **CLOSED)
    is_said(judged(scene, SUMMARIES), "I1", ref, "traits.lessons")
    scene.sync(21)
    assert judged(scene, SUMMARIES).holds
    scene.ticket(30, **CLOSED)
    is_said(judged(scene, SUMMARIES), "I1", ref, "<table></table>")
    scene.sync(31)
    assert judged(scene, SUMMARIES, held=[]).holds


def test_a_summary_of_a_device_is_judged_by_its_end(full: FullScene) -> None:
    """I1: in the end; I3: a write that shows less than before has to be repaired."""
    block = replace(SUMMARY, name="dev", per="configuration")
    settings = replace(FULL, assets=(block,))
    scene = FullScene(settings)
    scene.device(10)
    scene.ticket(10, configurations=[1])
    scene.sync(11)
    ref = "dev/configuration:1"
    assert judged(scene, settings).holds

    scene.ticket(30, configurations=[])
    assert judged(scene, settings).violations["I1"] == [
        (
            f"{ref} in {scene.record_of(ref)}: traits.lessons is '<table><tr><td>9</td><td>Printer jams</td></tr></table>',"
            " the source says '<table></table>'"
        )
    ]
    scene.shown(15, ref, scene.record_of(ref), "api", traits={"lessons": "<table></table>"})
    is_said(judged(scene, settings), "I3", "traits.lessons", "was written over a newer value")


def test_a_summary_of_a_device_takes_its_organizations_tickets_alone() -> None:
    """I1: another customer's ticket that names the device is none of its own, until the ticket moves there."""
    settings = replace(FULL, assets=(replace(SUMMARY, name="dev", per="configuration"),))
    scene = FullScene(settings)
    scene.company(0, "312", name="Bolt Ltd", identifier="BOLT")
    scene.organization(0, "901", name="Bolt Ltd", short_name="BOLT")
    scene.device(10)
    scene.ticket(10, configurations=[1])
    scene.ticket(10, "10", company={"id": 312, "name": "Bolt Ltd"}, summary="VPN drops", configurations=[1])
    scene.sync(11)
    ref = "dev/configuration:1"
    assert judged(scene, settings).holds
    held = scene.world().others["flexible_assets"][scene.record_of(ref)].now or {}
    assert held["traits.lessons"] == "<table><tr><td>9</td><td>Printer jams</td></tr></table>"

    scene.ticket(30, "10", company={"id": 311, "name": "Acme Ltd"})
    is_said(judged(scene, settings), "I1", ref, "VPN drops")
    scene.sync(31)
    assert judged(scene, settings).holds


def test_types_and_fields_are_added_and_never_changed(full: FullScene) -> None:
    """I1: a field of the block may be made; another one, or another kind of one, is reported. I2: a type is made once."""
    named = {"flexible-asset-type-id": int(TYPE), "kind": "Text"}
    full.put("flexible_asset_fields", "720", 20, "api", {}, {**named, "name": "status", "name-key": "status-2"})
    full.put("flexible_asset_fields", "721", 20, "api", {}, {**named, "name": "Else", "name-key": "else"})
    full.put("flexible_asset_fields", "700", 21, "api", {}, {"kind": "Textbox"})
    full.put("flexible_asset_types", "71", 22, "api", {}, {"name": "psa ticket", "enabled": True})

    is_said(judged(full, TICKETS), "I1", "flexible_asset_fields 721 'Else' was made, and no block has that field")
    is_said(judged(full, TICKETS), "I1", "flexible_asset_fields 700 was changed: kind")
    is_said(judged(full, TICKETS), "I2", "flexible_asset_types: 71 'psa ticket' was made beside 70")


def test_an_age_may_be_a_day_old_and_no_older() -> None:
    """I1: what changes by itself is worked out again once a day; a change at the source excuses nothing."""
    ages = replace(
        SUMMARY,
        relative=True,
        fields=(
            SUMMARY.fields[0],
            Field("Lessons", "Textbox", lambda words: str([t["age_days"] for t in words["tickets"]])),
        ),
    )
    settings = replace(FULL, assets=(ages,))
    scene = FullScene(settings)
    scene.ticket(10, _info={"dateEntered": "1970-01-01T00:00:10Z"})
    scene.sync(11)
    ref = "open/organization:311"
    scene.shown(2.1 * DAY, ref, scene.record_of(ref), "api", traits={"lessons": "[2]"})

    assert later(scene, 2.9, settings).holds, later(scene, 2.9, settings).table()
    assert later(scene, 3.5, settings).holds
    is_said(later(scene, 4.5, settings), "I1", ref, "'[2]'", "'[4]'")
    scene.ticket(2.2 * DAY, "10", _info={"dateEntered": "1970-01-03T00:00:00Z"})
    is_said(later(scene, 2.3, settings), "I1", ref, "'[2, 0]'")


def test_a_deleted_ticket_is_archived_where_the_block_says_so(full: FullScene) -> None:
    """I1: by default the asset is kept; with `archive when` either is right."""
    archiving = replace(FULL, assets=(replace(WITH_TICKETS, gone="archive", archive_when=None),))
    keeping = replace(FULL, assets=(replace(WITH_TICKETS, archive_when=None),))
    full.delete(20, "tickets", "9")
    assert judged(full, keeping).holds
    assert judged(full, TICKETS).holds
    is_said(judged(full, archiving), "I1", REF, "gone at the source, and not archived")

    edited(full, 30, "api", archived=True)
    assert judged(full, archiving).holds
    assert judged(full, TICKETS).holds
    is_said(judged(full, keeping), "I1", REF, "archived, though the source still has it or gone does not say so")


def test_what_is_excluded_is_kept_as_it_is(full: FullScene) -> None:
    """I1: of an asset too; and nothing outside the rollout is written (safety)."""
    only = replace(FULL, assets=(replace(WITH_TICKETS, only=lambda words: words["status"] != "Completed"),))
    full.ticket(20, summary="New title")
    full.ticket(30, status={"id": 4, "name": "Completed"})
    assert judged(full, only, lag=3, held=[], excluded=[(REF, "only")]).holds
    is_said(judged(full, only, held=[]), "I5", f"{REF} is neither held nor excluded")
    edited(full, 40, "api", traits={"ticket": "#9 New title"})
    is_said(judged(full, only, lag=3), "I1", REF, "had been held or excluded")

    elsewhere = replace(TICKETS, rollout=frozenset({"Bolt Ltd"}))
    is_said(judged(full, elsewhere), "safety", f"{REF} is outside the rollout")
    is_said(judged(full, elsewhere), "safety", "location:51 is outside the rollout")
