"""Which versions of its records a summary was written from: the bridge reads each of them at a time of its own."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import inf, prod
from typing import Final

from . import markup
from .attributes import Attribute, Wanted, words_of
from .blocks import AssetBlock
from .story import Event, Life, Row
from .text import SKIP
from .versions import CLOCKS, Version, Versions

Agrees = Callable[[Attribute, Wanted, Row], bool]
Places = tuple[int, ...]
"""A version of each part, by its place; the first part is what the summary stands for."""

_MOST: Final = 2_000
"""Combinations that are tried; where there are more, those go first that are older, or that a text does not show."""
_PLANNED: Final = 60.0
"""Seconds between a plan and its write, in which an age may turn."""


@dataclass(frozen=True, slots=True)
class Written:
    """A write of a summary by an API client, with a version that gives all of it, None where there is none.

    It is `older` where each version that gives it has a record older than what was written before. `alone` are the
    attributes, as they are stored, that some version gives each by itself. `least` is what was written before, of equals
    the oldest.
    """

    event: Event
    version: Version | None
    older: bool
    alone: frozenset[str]
    least: tuple[Places, ...]


class Composed:
    """One summary, its parts each in any version that it had by a moment.

    What left, by a deletion or a change, may be shown for `noticed_within` seconds. What is old otherwise is no lie, but may
    not stay (I3, and I1 in the end). `attributes` are those that are looked at, all of a row at once.
    """

    def __init__(
        self,
        versions: Versions,
        kind: str,
        source_id: str,
        *,
        attributes: Iterable[Attribute],
        agrees: Agrees,
        noticed_within: float,
    ) -> None:
        self._versions = versions
        self._target = (kind, source_id)
        # Texts last: they cost the most.
        self._attributes = sorted(attributes, key=lambda each: each.form == "html")
        self._agrees = agrees
        self._noticed_within = noticed_within
        self._block = versions.block(kind, source_id)
        own, *others = versions.parts(kind, source_id)
        self._ids = ("", *(life.id for life in others))
        self._moments = [sorted({event.at for event in own.events}), *(self._told(life) for life in others)]
        self._first: Places = (0,) * len(self._moments)

    def writes(self, life: Life) -> Iterator[Written]:
        """Yield the writes of a record, each with what it was made of."""
        least: tuple[Places, ...] = (self._first,)
        ours: set[str] = set()
        for event in life.events:
            changed = event.changed()
            if event.by != "api" or event.after is None:
                ours -= changed
                continue
            ours |= changed
            looked = [each for each in self._attributes if self._is_looked_at(each, event, changed, ours)]
            if not any(each.stored in changed for each in looked):
                continue
            found, version = self._search(event.after, looked, changed, event.at, least)
            older = not found
            if older:
                found, version = self._search(event.after, looked, changed, event.at, (self._first,))
            yield Written(event, version, older and bool(found), self._alone(event, looked, version), least)
            if not older:
                least = tuple(found)

    def shows(self, life: Life, least: tuple[Places, ...], moment: float) -> bool:
        """Say whether a record showed at a moment nothing older than `least`, in what an API client wrote last."""
        row = life.at(moment)
        ours: set[str] = set()
        for event in life.events:
            if event.at <= moment:
                ours = ours | event.changed() if event.by == "api" else ours - event.changed()
        looked = [each for each in self._attributes if each.stored in ours]
        return row is None or bool(self._search(row, looked, (), moment, least)[0])

    def _told(self, life: Life) -> list[float]:
        """Give when a record changed as the summary sees it; before it was there it did not feed it."""
        moments = [-inf]
        fed = False
        for moment in sorted({event.at for event in life.events}):
            feeds = self._feeds(life.id, moment, moment)
            if feeds or fed:
                moments.append(moment)
            fed = feeds
        return moments

    def _feeds(self, record: str, moment: float, now: float) -> bool:
        return moment != -inf and self._versions.feeds(*self._target, record, moment, now)

    def _is_looked_at(self, attribute: Attribute, event: Event, changed: set[str], ours: set[str]) -> bool:
        exception = words_of(self._block, attribute)
        if event.verb == "create":
            return exception != "ignore"
        return attribute.stored in (changed if exception == "fill" else ours) and exception not in {"ignore", "once"}

    def _alone(self, event: Event, looked: Sequence[Attribute], version: Version | None) -> frozenset[str]:
        names = frozenset(each.stored for each in looked)
        if version is not None:
            return names
        row, changed = event.after or {}, event.changed()
        return frozenset(
            each.stored for each in looked if self._search(row, [each], changed, event.at, (self._first,))[0]
        )

    def _search(
        self,
        row: Row,
        looked: Sequence[Attribute],
        changed: Collection[str],
        moment: float,
        least: tuple[Places, ...],
    ) -> tuple[list[Places], Version | None]:
        """Find the versions that give a row, not older than one of `least`: the oldest ones, and one as it is mapped."""
        is_aged = self._versions.is_relative(self._target[0])
        found: list[Places] = []
        fitting = None
        for now in (moment, moment - _PLANNED) if is_aged else (moment,):
            for places in self._candidates(row, looked, moment, now, least):
                if any(_is_at_least(places, older) for older in found):
                    continue
                if not any(_is_at_least(places, older) for older in least):
                    continue
                version = self._at(places, now)
                if self._gives(version, row, looked, changed):
                    found = [*(each for each in found if not _is_at_least(each, places)), places]
                    fitting = version
            if found:
                break
        return found, fitting

    def _at(self, places: Places, now: float) -> Version:
        moments = [told[place] for told, place in zip(self._moments, places, strict=True)]
        return self._versions.composed(*self._target, moments, now)

    def _gives(self, version: Version, row: Row, looked: Sequence[Attribute], changed: Collection[str]) -> bool:
        if version.mapped is None:
            return False
        for each in looked:
            wanted = version.mapped.wanted.get(each.word)
            if (wanted is SKIP and each.stored in changed) or not self._agrees(each, wanted, row):
                return False
        return True

    def _candidates(
        self, row: Row, looked: Sequence[Attribute], moment: float, now: float, least: tuple[Places, ...]
    ) -> Iterator[Places]:
        options = [
            self._open(part, moment, now, min(each[part] for each in least)) for part in range(len(self._moments))
        ]
        if not all(options):
            return
        if prod(map(len, options)) > _MOST:
            # As everything was at one moment is tried whatever is left out.
            for at in sorted(
                {told for part in self._moments for told in part if told <= moment + CLOCKS}, reverse=True
            ):
                places = tuple(max(0, bisect_right(told, at) - 1) for told in self._moments)
                if all(place in each for place, each in zip(places, options, strict=True)):
                    yield places
            options = self._narrowed(options, row, looked, now)
        yield from product(*options)

    def _open(self, part: int, moment: float, now: float, least: int) -> list[int]:
        """Give the places of a part's versions that may be shown at a moment."""
        told = self._moments[part]
        places = list(range(least, bisect_right(told, moment + CLOCKS)))
        if part == 0:
            return places
        since = max(0, bisect_right(told, moment - self._noticed_within - CLOCKS) - 1)
        recent = range(since, bisect_right(told, moment + CLOCKS))
        if any(self._is_there(part, place, now) for place in recent):
            return places
        return [place for place in places if not self._is_there(part, place, now)]

    def _is_there(self, part: int, place: int, now: float) -> bool:
        return self._feeds(self._ids[part], self._moments[part][place], now)

    def _narrowed(
        self, options: Sequence[list[int]], row: Row, looked: Sequence[Attribute], now: float
    ) -> list[list[int]]:
        """Leave out what a text that lists every record cannot show, then what is oldest, until there are few enough."""
        left = [list(places) for places in options]
        for each in looked:
            if each.form == "html" and each.holds(row) is not None:
                left = self._by_text(left, each, set(markup.parts(each.holds(row))), now)
        while prod(map(len, left)) > _MOST:
            max(left, key=len).pop(0)
        return left

    def _by_text(
        self, options: Sequence[list[int]], attribute: Attribute, held: set[str], now: float
    ) -> list[list[int]]:
        texts: list[dict[int, set[str]]] = [{}]
        for part, places in enumerate(options[1:], start=1):
            there = [place for place in places if self._is_there(part, place, now)]
            texts.append({place: self._text(options[0][-1], part, place, attribute, now) for place in there})
        left = [list(options[0])]
        for part, places in enumerate(options[1:], start=1):
            shown = {place for place, text in texts[part].items() if text <= held}
            others = set[str]().union(*(text for one in texts if one is not texts[part] for text in one.values()))
            is_shown = any((texts[part][place] - others) & held for place in shown)
            fitting = [place for place in places if place in shown or (place not in texts[part] and not is_shown)]
            left.append(fitting or list(places))
        return left

    def _text(self, own: int, part: int, place: int, attribute: Attribute, now: float) -> set[str]:
        """Give the words of a text that lists one record alone."""
        places = tuple(own if each == 0 else place if each == part else 0 for each in range(len(self._moments)))
        mapped = self._at(places, now).mapped
        wanted = None if mapped is None else mapped.wanted.get(attribute.word)
        return set(markup.parts(wanted)) if isinstance(wanted, str) else set()


def is_summary(versions: Versions, kind: str, source_id: str) -> bool:
    """Say whether a target is made of several records."""
    block = versions.block(kind, source_id)
    return isinstance(block, AssetBlock) and block.per != "record" and bool(versions.parts(kind, source_id))


def _is_at_least(places: Places, older: Places) -> bool:
    return all(place >= least for place, least in zip(places, older, strict=True))
