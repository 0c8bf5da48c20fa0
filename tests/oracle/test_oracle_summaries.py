"""Summaries: made of tickets that were each read at a time of their own, and of nothing that no ticket ever said."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape
from typing import Any

import pytest

from simulators.oracle.blocks import AssetBlock, Field
from simulators.oracle.judge import Report, judge_world
from simulators.oracle.judged import Judged
from tests.oracle.full_scene import FULL, FullScene
from tests.oracle.verdict import is_said

NOTICED = 60.0
REF = "open/organization:311"
CLOSED: dict[str, Any] = {"closedFlag": True, "closedDate": "1970-01-01T00:00:30Z"}
ELSEWHERE: dict[str, Any] = {"company": {"id": 312, "name": "Bolt Ltd"}}


def table(words: dict[str, Any]) -> str:
    """List the open tickets."""
    return html((each["number"], each["title"]) for each in words["tickets"])


def html(rows: Iterable[tuple[int, str]]) -> str:
    """Write numbers and titles as a table."""
    cells = (f"<tr><td>{number}</td><td>{escape(title)}</td></tr>" for number, title in rows)
    return f"<table>{''.join(cells)}</table>"


def joined(words: dict[str, Any]) -> str:
    """Join the titles, as far as there is room."""
    return ", ".join(each["title"] for each in words["tickets"])[:60]


def newest(words: dict[str, Any]) -> int | None:
    """Give the highest number."""
    return max((each["number"] for each in words["tickets"]), default=None)


SUMMARY = AssetBlock(
    name="open",
    type="PSA Ticket",
    per="organization",
    only=lambda words: words["open"],
    fields=(
        Field("Ticket", "Text", lambda words: f"Open tickets of {words['name']}", title=True, required=True),
        Field("Count", "Number", lambda words: len(words["tickets"])),
        Field("Newest", "Number", newest),
        Field("Titles", "Text", joined),
        Field("Devices", "Tag", lambda words: [one for each in words["tickets"] for one in each["configurations"]],
              tags="configuration"),
        Field("Lessons", "Textbox", table),
    ),
)  # fmt: skip
SETTINGS = replace(FULL, assets=(SUMMARY,))
Tell = Callable[[FullScene], None]


@pytest.fixture
def scene() -> FullScene:
    """Give two open tickets of one organization, in a summary that shows both; another organization has one too."""
    scene = FullScene(SETTINGS)
    for place, (name, kind) in enumerate({"Count": "Number", "Newest": "Number", "Titles": "Text"}.items(), start=10):
        scene.field(name, name.lower(), place, kind)
    scene.company(0, "312", name="Bolt Ltd", identifier="BOLT")
    scene.organization(0, "901", name="Bolt Ltd", short_name="BOLT")
    scene.device(5)
    scene.ticket(10, "9", summary="Printer jams", configurations=[1])
    scene.ticket(10, "10", summary="VPN drops")
    scene.ticket(10, "7", summary="Of another", **ELSEWHERE)
    scene.sync(11)
    return scene


def shown(scene: FullScene, at: float, *rows: tuple[int, str], by: str = "api", **given: Any) -> None:
    """Write a summary that shows these tickets, all of it in agreement."""
    devices = (scene.record_of("configuration:1"),) if any(number == 9 for number, _ in rows) else None
    traits: dict[str, Any] = {
        "count": len(rows), "newest": max((number for number, _ in rows), default=None),
        "titles": ", ".join(title for _, title in rows)[:60] or None, "devices": devices, "lessons": html(rows),
    }  # fmt: skip
    scene.shown(at, REF, scene.record_of(REF), by, traits=traits | given)


def judged(scene: FullScene, settings: Judged = SETTINGS, now: float = 1_000.0) -> Report:
    """Judge the scene; a ticket that left may show for a minute, and what is older than it was for five seconds."""
    return judge_world(scene.world(now=now), settings, repair_within=5, noticed_within=NOTICED)


JAMS, DROPS, FULL_BOX = (9, "Printer jams"), (10, "VPN drops"), (11, "Mailbox is full")


def test_a_deleted_ticket_shows_until_it_is_noticed(scene: FullScene) -> None:
    """I1: beside one that was opened since, which never was so at one moment."""
    scene.delete(20, "tickets", "10")
    scene.ticket(30, "11", summary="Mailbox is full")
    shown(scene, 40, JAMS, DROPS, FULL_BOX)
    scene.sync(70)

    report = judged(scene)

    assert report.holds, report.table(20)
    row = scene.world().others["flexible_assets"][scene.record_of(REF)].now or {}
    assert row["traits.lessons"] == html([JAMS, FULL_BOX])


@pytest.mark.parametrize(
    "leave",
    [
        lambda scene: scene.delete(20, "tickets", "10"),
        lambda scene: scene.ticket(20, "10", **CLOSED),
        lambda scene: scene.ticket(20, "10", **ELSEWHERE),
    ],
    ids=["deleted", "closed", "moved"],
)
def test_what_left_long_ago_is_not_shown(scene: FullScene, leave: Tell) -> None:
    """I1: however it left, and whatever is repaired later; a write in time may show it."""
    leave(scene)
    scene.ticket(30, "11", summary="Mailbox is full")
    shown(scene, 79, JAMS, DROPS, FULL_BOX)
    scene.sync(83)
    assert judged(scene).holds, judged(scene).table()

    scene.ticket(90, "11", summary="Mailbox still full")
    shown(scene, 100, JAMS, DROPS, (11, "Mailbox still full"))
    scene.sync(103)
    is_said(judged(scene), "I1", REF, "traits.lessons", "no version of the source says this")


@pytest.mark.parametrize(
    "rows",
    [
        (JAMS, DROPS, (12, "Invented")),
        (JAMS, (10, "Never its title")),
        (JAMS, (7, "Of another"), DROPS),
        (JAMS, JAMS, DROPS),
    ],
    ids=["no-ticket", "no-version", "of-another-organization", "twice"],
)
def test_a_row_that_no_ticket_said_is_reported(scene: FullScene, rows: tuple[tuple[int, str], ...]) -> None:
    """I1: at once, though it is repaired within the second."""
    shown(scene, 20, *rows)
    scene.sync(20.5)

    is_said(judged(scene), "I1", REF, "traits.lessons", "no version of the source says this")


def test_a_title_is_not_shown_before_the_ticket_has_it(scene: FullScene) -> None:
    """I1: a version of later on is none by then."""
    shown(scene, 20, JAMS, (10, "VPN is back"))
    scene.ticket(30, "10", summary="VPN is back")

    is_said(judged(scene), "I1", REF, "VPN is back", "no version of the source says this")


@pytest.mark.parametrize("key", ["count", "newest", "titles", "lessons"])
def test_the_traits_of_a_summary_agree_with_each_other(scene: FullScene, key: str) -> None:
    """I1: each alone was so at some moment, and all of them never; of one that stayed as it was too."""
    before = scene.world().others["flexible_assets"][scene.record_of(REF)].now or {}
    scene.ticket(20, "11", summary="Mailbox is full")
    shown(scene, 21, JAMS, DROPS, FULL_BOX, **{key: before[f"traits.{key}"]})
    shown(scene, 22, JAMS, DROPS, FULL_BOX)

    is_said(judged(scene), "I1", REF, "no version of the source says these together")


def test_a_wrong_count_is_reported(scene: FullScene) -> None:
    """I1: more than there ever were."""
    shown(scene, 20, JAMS, DROPS, count=3)
    shown(scene, 21, JAMS, DROPS)

    is_said(judged(scene), "I1", REF, "traits.count", "no version of the source says this")


def test_changes_may_arrive_in_any_order(scene: FullScene) -> None:
    """I1: a later change of one ticket shows beside an earlier version of another, in every kind of trait."""
    scene.ticket(20, "9", summary="Printer burns")
    scene.ticket(21, "10", **CLOSED)
    scene.ticket(22, "11", summary="Mailbox is full")
    shown(scene, 23, JAMS, DROPS, FULL_BOX)
    shown(scene, 24, JAMS, FULL_BOX)
    scene.sync(25)

    report = judged(scene)

    assert report.holds, report.table(20)


def test_a_summary_is_made_of_what_was_read_so_far() -> None:
    """I1: at its making too; what is missing in the end is lost, and what no ticket said is reported."""
    scene = FullScene(replace(FULL, assets=(replace(SUMMARY, fields=(SUMMARY.fields[0], SUMMARY.fields[-1])),)))
    scene.ticket(10, "9", summary="Printer jams")
    scene.sync(11)
    made = scene.world().others["flexible_assets"][scene.record_of(REF)].events[0]
    for number in range(20, 60):
        scene.ticket(9, str(number), summary=f"Ticket {number}")
    scene.delete(10.5, "tickets", "30")
    is_said(judged(scene, scene.judged), "I1", REF, "the source says")
    assert len(judged(scene, scene.judged).violations["I1"]) == 1

    scene.sync(12)
    assert judged(scene, scene.judged).holds, judged(scene, scene.judged).table()
    scene.put("flexible_assets", "801", 13, "api", {}, {**(made.after or {}), "traits.lessons": html([(9, "Else")])})
    is_said(judged(scene, scene.judged), "I1", "made with what no version of the source says", "Else")


def test_an_older_version_of_one_ticket_has_to_be_repaired(scene: FullScene) -> None:
    """I3: though another ticket is newer than before, so that the whole never was so at one moment."""
    scene.ticket(20, "10", summary="VPN is back")
    scene.sync(21)
    scene.ticket(30, "11", summary="Mailbox is full")
    shown(scene, 31, JAMS, DROPS, FULL_BOX)
    shown(scene, 35, JAMS, (10, "VPN is back"), FULL_BOX)
    assert judged(scene).holds, judged(scene).table()

    shown(scene, 40, JAMS, DROPS, FULL_BOX)
    shown(scene, 46, JAMS, (10, "VPN is back"), FULL_BOX)
    is_said(judged(scene), "I3", REF, "traits.lessons", "was written over a newer value")
    assert not judged(scene).violations["I1"]


def test_a_ticket_that_is_missing_in_the_end_is_lost(scene: FullScene) -> None:
    """I1: it may come late, and has to come."""
    scene.ticket(20, "11", summary="Mailbox is full")
    scene.ticket(21, "9", summary="Printer burns")
    shown(scene, 22, (9, "Printer burns"), DROPS)
    is_said(judged(scene), "I1", REF, "traits.count is 2, the source says 3")

    scene.sync(30)
    assert judged(scene).holds


def test_many_changes_at_a_time_are_told_apart(scene: FullScene) -> None:
    """I1: more versions than can be tried one by one; the text says which of them it shows."""
    numbers = range(20, 50)
    for number in numbers:
        scene.ticket(20, str(number), summary=f"Ticket {number}")
        scene.ticket(21 + number / 100, str(number), summary=f"Ticket {number} again")
    rows = [(number, f"Ticket {number}{' again' if number % 3 else ''}") for number in numbers if number % 7]
    shown(scene, 22, JAMS, DROPS, *rows)
    scene.sync(23)
    assert judged(scene).holds, judged(scene).table()

    shown(scene, 30, JAMS, DROPS, *rows[:-1], (49, "Ticket 48"))
    scene.sync(30.5)
    is_said(judged(scene), "I1", REF, "traits.lessons", "no version of the source says this")
