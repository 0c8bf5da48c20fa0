"""Records of a simulator with everything that happened to them, as its control API tells it."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Row = dict[str, Any]

TRAIT = "traits."
"""What the name of a trait begins with among the attributes of a flexible asset."""

BOOKKEEPING = frozenset({"created-at", "updated-at", "resource-url"})
"""Attributes of IT Glue that move by themselves."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change of a record; `before` is None at a create, `after` at a delete."""

    at: float
    by: str
    verb: str
    before: Row | None
    after: Row | None

    def changed(self) -> set[str]:
        """Name the fields that differ, the ones that move by themselves aside; at a create all that are filled."""
        before, after = self.before or {}, self.after or {}
        return {
            name for name in {*before, *after} - BOOKKEEPING if (before.get(name) or None) != (after.get(name) or None)
        }


@dataclass(frozen=True, slots=True)
class Life:
    """One record from its first event to now; `now` is None once it is deleted."""

    id: str
    now: Row | None
    events: tuple[Event, ...]

    def at(self, moment: float) -> Row | None:
        """Give what it was at a moment, events of that very moment included; None where it was not there."""
        place = bisect_right(self.events, moment, key=_time)
        return self.events[place - 1].after if place else None

    def within(self, since: float, until: float) -> Iterator[Row | None]:
        """Yield every version that was in force at some time of a span, both ends included."""
        yield self.at(since)
        for event in self.events:
            if since < event.at <= until:
                yield event.after

    def last_change(self, field: str) -> Event | None:
        """Give the last event that changed a field."""
        return next((event for event in reversed(self.events) if field in event.changed()), None)

    def written_by_api(self, field: str, before: float = float("inf")) -> Any:
        """Give the value that an API client last wrote into a field before a moment; None if none."""
        for event in reversed(self.events):
            if event.by == "api" and event.at < before and event.after is not None and field in event.changed():
                return event.after.get(field)
        return None

    @property
    def born(self) -> Event:
        """The event that made it."""
        return self.events[0]

    @property
    def made_by_api(self) -> bool:
        """Whether an API client made it."""
        return self.born.by == "api" and self.born.verb == "create"


Lives = dict[str, Life]


def _time(event: Event) -> float:
    return event.at


def seconds(stamp: str) -> float:
    """Turn a stamp of the control API into seconds since the epoch."""
    return datetime.fromisoformat(stamp).timestamp()


def plain(row: Row | None) -> Row | None:
    """Take a record of the PSA as it is."""
    return row


def flat(row: Row | None) -> Row | None:
    """Take a record of IT Glue as its attributes, with the native sync's links under `adapters`.

    Traits stand among the attributes as `traits.KEY`; a tag is the tuple of its ids, a deleted one's left out.
    """
    if row is None:
        return None
    attributes: Row = row["attributes"] | {"adapters": row.get("adapters", [])}
    traits = attributes.pop("traits", None) or {}
    return attributes | {f"{TRAIT}{key}": _trait(value) for key, value in traits.items()}


def _trait(value: Any) -> Any:
    if isinstance(value, dict) and "values" in value:
        return tuple(sorted(str(each["id"]) for each in value["values"] if each.get("id") is not None))
    return value


def lives(dump: Iterable[Row], shape: Callable[[Row | None], Row | None]) -> Lives:
    """Read what `GET records/<resource>` answers, by id."""
    read: Lives = {}
    for item in dump:
        events = tuple(
            Event(seconds(event["at"]), event["by"], event["verb"], shape(event["before"]), shape(event["after"]))
            for event in item["history"]
        )
        read[str(item["id"])] = Life(str(item["id"]), shape(item["now"]), events)
    return read
