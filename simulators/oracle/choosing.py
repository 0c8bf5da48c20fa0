"""Which documentation a ticket is about: rules over whole words, the items that may be shown, the last updated first."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from .blocks import Suggestion
from .story import Row, seconds
from .words import Words

FIRST: Final = 5
MORE: Final = 30


@dataclass(frozen=True)
class Subject:
    """What a rule looks at: a ticket, the devices that it is linked to, its organization."""

    ticket: Words
    devices: Sequence[Words]
    organization: Words


class Slice(NamedTuple):
    """The ids that a tag has to hold: all of `must`, none that is not in `may`, so many of them."""

    must: frozenset[str]
    may: frozenset[str]
    number: int

    def fits(self, held: Collection[str]) -> bool:
        """Say whether a tag holds what it has to; of items updated at one moment either may come first."""
        return self.must <= set(held) <= self.may and len(held) == self.number


def parts(text: object) -> list[str]:
    """Take a text apart into words, whatever their case; what is neither letter nor digit stands between them."""
    folded = unicodedata.normalize("NFKC", str(text)).casefold()
    return re.findall(r"[^\W_]+", folded)


def holds(text: object, phrases: Iterable[str]) -> bool:
    """Say whether a text holds one of the words; several words stand in a row."""
    inside = parts(text)
    return any(_stands_in(parts(phrase), inside) for phrase in phrases)


def fits(rule: Suggestion, subject: Subject) -> bool:
    """Say whether each attribute that a rule names holds one of its words; of devices any one."""
    return all(any(holds(text, phrases) for text in _texts(subject, name)) for name, phrases in rule.when.items())


def is_shown(row: Row | None, *, needs_flag: bool) -> bool:
    """Say whether an item may be shown: neither restricted nor archived; `needs_flag` where IT Glue has to say so."""
    if row is None or row.get("archived") or row.get("restricted"):
        return False
    return not needs_flag or row.get("restricted") is False


def slices(items: Iterable[Row], own: str) -> tuple[Slice, Slice]:
    """Give the first five of what is chosen, and up to thirty after them; rows with their `id`, those of `own` come first."""

    def place(row: Row) -> tuple[bool, float]:
        return str(row["organization-id"]) != own, -seconds(row["updated-at"])

    ordered = sorted(((place(row), str(row["id"])) for row in items), key=lambda each: each[0])
    return _slice(ordered, 0, FIRST), _slice(ordered, FIRST, FIRST + MORE)


def _slice(ordered: list[tuple[tuple[bool, float], str]], since: int, until: int) -> Slice:
    chosen = ordered[since:until]
    places = {place for place, _ in chosen}
    beside = {place for place, _ in (*ordered[:since], *ordered[until:])}
    must = frozenset(item for place, item in chosen if place not in beside)
    return Slice(must, frozenset(item for place, item in ordered if place in places), len(chosen))


def _stands_in(phrase: list[str], inside: list[str]) -> bool:
    places = range(len(inside) - len(phrase) + 1)
    return bool(phrase) and any(inside[place : place + len(phrase)] == phrase for place in places)


def _texts(subject: Subject, name: str) -> Iterator[Any]:
    about, _, word = name.partition(".")
    records = {"ticket": [subject.ticket], "device": subject.devices, "organization": [subject.organization]}[about]
    word, _, caption = word.partition(".")
    for record in records:
        value = record.get(word)
        if caption:
            value = value.get(caption) if isinstance(value, Mapping) else None
        for each in value if isinstance(value, list) else [value]:
            shown = each.get("name", each.get("value")) if isinstance(each, Mapping) else each
            if shown is not None:
                yield shown
