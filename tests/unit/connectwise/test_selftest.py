"""The time self-test against servers with each habit (api/connectwise.md 3.1)."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from connectors.connectwise.classify import RefusedError
from tests.unit.connectwise.scripted import LAST, Answer, Asked, rows, scripted

STAMP = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
Habit = Callable[[str], datetime | None]


def utc(text: str) -> datetime:
    """Read a time of a condition as UTC, with Z or without."""
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def shifted(by: timedelta) -> Habit:
    """Shift what comes with Z, as a server does that takes it for its own zone."""
    return lambda text: utc(text) + (by if text.endswith("Z") else timedelta())


def naive_only(text: str) -> datetime | None:
    """Refuse what comes with Z."""
    return None if text.endswith("Z") else utc(text)


def zulu_only(text: str) -> datetime | None:
    """Refuse what comes without Z."""
    return utc(text) if text.endswith("Z") else None


def always_shifted(text: str) -> datetime:
    """Shift everything."""
    return utc(text) + timedelta(hours=-5)


def server(habit: Habit, listed: list[dict[str, object]]) -> Callable[[Asked], Answer]:
    """Filter records of one stamp with the habit; a form that it gives no time for is a 400."""

    def script(asked: Asked) -> Answer:
        for operator, text in re.findall(r"lastUpdated(>=|<=)\[([^\]]*)\]", asked.query.get("conditions", "")):
            bound = habit(text)
            if bound is None:
                return Answer.sample("bad_condition.400")
            if not (bound <= STAMP if operator == ">=" else bound >= STAMP):
                return Answer([], headers=LAST)
        return Answer(listed, headers=LAST)

    return script


@pytest.mark.parametrize(
    ("habit", "form"),
    [
        (utc, "2026-05-01T08:00:00Z"),
        (zulu_only, "2026-05-01T08:00:00Z"),
        (naive_only, "2026-05-01T08:00:00"),
        (shifted(timedelta(hours=-5)), "2026-05-01T08:00:00"),
        (shifted(timedelta(hours=5, minutes=30)), "2026-05-01T08:00:00"),
        (shifted(timedelta(hours=1)), "2026-05-01T08:00:00"),
    ],
)
def test_a_poll_asks_in_the_form_that_the_server_understands(habit: Habit, form: str) -> None:
    """Found by trying on a known record, once; a shift of hours either way shows."""
    with scripted(server(habit, rows(1))) as (connector, seen):
        for _ in range(2):
            pages = list(connector.changes("configuration", "2026-05-01T08:00:00Z", frozenset()))

    assert [record.ref.id for page in pages for record in page.records] == ["1"]
    polls = [asked.query["conditions"] for asked in seen.asked if asked.path == "/company/configurations"]
    assert polls == [f"lastUpdated>=[{form}]"] * 2


@pytest.mark.parametrize("habit", [always_shifted, lambda _: None, lambda _: STAMP], ids=["shifted", "400", "ignored"])
def test_a_server_that_understands_neither_form_is_refused_loudly(habit: Habit) -> None:
    """A poll there would be empty or wrong for hours, and say nothing."""
    with scripted(server(habit, rows(1))) as (connector, _), pytest.raises(RefusedError) as caught:
        list(connector.changes("configuration", "2026-05-01T08:00:00Z", frozenset()))

    assert caught.value.code == "B205"


def test_without_a_record_to_try_on_it_is_tried_again_next_time() -> None:
    """An empty instance is no proof of anything."""
    listed: list[dict[str, object]] = []
    with scripted(server(naive_only, listed)) as (connector, _):
        with pytest.raises(Exception, match="colour"):
            list(connector.changes("configuration", "2026-05-01T08:00:00Z", frozenset()))
        listed.extend(rows(1))

        pages = list(connector.changes("configuration", "2026-05-01T08:00:00Z", frozenset()))

    assert [record.ref.id for page in pages for record in page.records] == ["1"]


def test_an_upgrade_is_tried_anew() -> None:
    """Another release may have another habit."""
    with scripted(server(utc, rows(1))) as (connector, seen):
        list(connector.changes("configuration", "2026-05-01T08:00:00Z", frozenset()))
        before = len(seen.asked)
        seen.info = {**seen.info, "Codebase": "v2026_2/"}
        refused = iter([Answer.sample("no_endpoint.404")])
        seen.script = lambda asked: next(refused, None) or server(naive_only, rows(1))(asked)
        list(connector.changes("configuration", None, frozenset()))

        list(connector.changes("configuration", "2026-05-01T08:00:00Z", frozenset()))

    assert seen.asked[-1].query["conditions"] == "lastUpdated>=[2026-05-01T08:00:00]"
    assert len(seen.asked) > before
