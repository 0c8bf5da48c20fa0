"""I3, no stale overwrite: an older version that came late is noticed and repaired."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

from .attributes import Attribute, words_of
from .composed import Composed, is_summary
from .fold import Fold
from .story import Event, Life
from .text import SKIP
from .versions import CLOCKS, Version
from .world import World


class Late(NamedTuple):
    """A write of an older version over a newer one, and whether that was repaired by a moment."""

    attribute: Attribute
    event: Event
    is_repaired: Callable[[float], bool]


def stale_overwrites(world: World, fold: Fold, *, repair_within: float, noticed_within: float) -> list[str]:
    """List writes that put an older version over a newer one and were not repaired in time.

    `repair_within` are the seconds for it: E and one sweep, and what the reading of the record costs. What is younger
    than that when the world was read is not judged here; that nothing stale stays in the end is I1's. A summary is older
    where one of its records is, whatever the others are; it may show for `noticed_within` seconds what has left it.
    """
    found = []
    there = {life.id for lives in world.itglue.values() for life in lives.values() if life.now is not None}
    for kind in fold.versions.kinds:
        lives = world.records(kind)
        for record, source_id in fold.by_record(kind).items():
            life = lives[record]
            if not any(event.by == "api" for event in life.events):
                continue
            of_record = fold.versions.of(kind, source_id)
            block = fold.versions.block(kind, source_id)
            looked = [
                attribute
                for attribute in fold.versions.attributes(kind)
                if attribute.word != "notes"
                and not words_of(block, attribute)
                and (attribute.form != "tags" or _is_whole(attribute, of_record, there))
            ]
            if is_summary(fold.versions, kind, source_id):
                composed = Composed(
                    fold.versions, kind, source_id, attributes=looked, agrees=Attribute.agrees,
                    noticed_within=noticed_within,
                )  # fmt: skip
                late = [*_of_summary(life, looked, composed)]
            else:
                late = [each for attribute in looked for each in _of_attribute(life, attribute, of_record)]
            for attribute, event, is_repaired in late:
                deadline = event.at + repair_within
                if deadline < world.now and not _is_parked(of_record, deadline) and not is_repaired(deadline):
                    held = attribute.holds(event.after or {})
                    found.append(
                        f"{kind}:{source_id} in {record}: {attribute.shown} {held!r} was written over a newer value"
                        f" and not repaired within {repair_within:g} s"
                    )
    return found


def _of_attribute(life: Life, attribute: Attribute, versions: tuple[Version, ...]) -> Iterator[Late]:
    for event, newer in _overwrites(life, attribute, versions):
        yield Late(attribute, event, partial(_is_repaired, life, attribute, versions, newer))


def _of_summary(life: Life, looked: Sequence[Attribute], composed: Composed) -> Iterator[Late]:
    for written in composed.writes(life):
        for attribute in looked if written.older else ():
            if attribute.stored in written.event.changed():
                yield Late(attribute, written.event, partial(composed.shows, life, written.least))


def _overwrites(life: Life, attribute: Attribute, versions: tuple[Version, ...]) -> Iterator[tuple[Event, int]]:
    """Yield the writes of an older version than one that was written before, with the place of that newer one."""
    top = -1
    for event in life.events:
        if event.by != "api" or event.after is None or attribute.stored not in event.changed():
            continue
        places = [place for place, version in enumerate(versions) if _carries(event, attribute, version)]
        if not places:
            continue  # explained by nothing: that is I1's
        if places[-1] < top:
            yield event, top
        top = max(top, places[-1])


def _is_whole(attribute: Attribute, versions: tuple[Version, ...], there: set[str]) -> bool:
    """Say whether all that a field was ever to be tagged with is still there: what is deleted is shown in no history."""
    wanted = [version.mapped.wanted.get(attribute.word) for version in versions if version.mapped is not None]
    return all(record in there for each in wanted if isinstance(each, frozenset) for record in each)


def _carries(event: Event, attribute: Attribute, version: Version) -> bool:
    if version.mapped is None or version.since > event.at + CLOCKS:
        return False
    wanted = version.mapped.wanted.get(attribute.word)
    return wanted is not SKIP and attribute.agrees(wanted, event.after or {})


def _is_repaired(life: Life, attribute: Attribute, versions: tuple[Version, ...], newer: int, deadline: float) -> bool:
    row = life.at(deadline)
    if row is None:
        return True
    good = [version for version in versions[newer:] if version.mapped is not None and version.since <= deadline]
    return any(attribute.agrees(version.mapped.wanted.get(attribute.word), row) for version in good if version.mapped)


def _is_parked(versions: tuple[Version, ...], moment: float) -> bool:
    """Say whether nothing is written for a record any more."""
    in_force = next((version for version in reversed(versions) if version.since <= moment), versions[-1])
    return in_force.mapped is None or bool(in_force.mapped.rule or in_force.mapped.code)
