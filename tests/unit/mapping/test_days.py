"""Words that change with the day."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bridge.mapping.days import RELATIVE, as_of

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def test_days_are_whole_and_counted_from_the_time_that_the_word_holds() -> None:
    """A day is over after 24 hours; the record itself keeps the time."""
    words = {"age_days": "2026-04-28T13:00:00Z", "closed_days": "2026-04-30T12:00:00Z", "title": "It burns"}

    assert as_of("ticket", words, NOON.timestamp()) == {"age_days": 2, "closed_days": 1, "title": "It burns"}
    assert words["age_days"] == "2026-04-28T13:00:00Z"


def test_what_has_no_time_has_no_days() -> None:
    """An open ticket was not closed any number of days ago."""
    assert as_of("ticket", {"closed_days": None}, NOON.timestamp()) == {"closed_days": None}


def test_only_tickets_have_such_words() -> None:
    """The words of the other kinds stand as they are."""
    assert {kind for kind, words in RELATIVE.items() if words} == {"ticket"}
    assert as_of("configuration", {"purchased_at": "2026-04-30"}, NOON.timestamp()) == {"purchased_at": "2026-04-30"}


@given(st.integers(-10_000_000, 10_000_000_000), st.integers(0, 86_399))
def test_days_never_fall_and_are_worked_out_once(since: int, later: int) -> None:
    """A source's clock ahead of ours gives 0, and a word that has been worked out stays."""
    at = NOON.timestamp() + since
    words = {"age_days": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")}

    days = [as_of("ticket", words, at + passed)["age_days"] for passed in (-later, later, later + 86_400)]

    assert days == [0, 0, 1]
    assert as_of("ticket", as_of("ticket", words, at), at + timedelta(days=9).total_seconds())["age_days"] == 0
