"""The mapping of any target at any moment: what it is made of, when that changed, what must come of it."""

from collections.abc import Sequence
from typing import Any

from . import assets, customers, desired, words
from .blocks import AssetBlock
from .desired import Mapped
from .geography import Geography
from .judged import Judged
from .story import Life, Lives, Row
from .text import folded
from .words import Words
from .world import World


class Mapper:
    """Map targets by their kind and the id of what they stand for at the source."""

    def __init__(self, world: World, judged: Judged) -> None:
        self._world = world
        self._judged = judged
        self._systems = _systems(world)
        self._geography = Geography(world)
        self._blocks = {block.target: block for block in judged.assets}
        self._feeding: dict[str, dict[str, list[str]]] = {
            kind: _feeding(world, block) for kind, block in self._blocks.items() if block.per != "record"
        }
        self._parts: dict[tuple[str, str, float, float], Words | None] = {}

    def anchors(self, kind: str) -> Lives:
        """Give what the targets of a kind stand for."""
        block = self._blocks.get(kind)
        return self._world.source(kind if block is None else block.anchor)

    def moments(self, kind: str, source_id: str) -> list[float]:
        """Give the moments at which something that a target is made of changed, in their order."""
        return sorted({event.at for life in self.parts(kind, source_id) for event in life.events})

    def company(self, kind: str, source_id: str, moment: float) -> str | None:
        """Give the company of what a target stands for, as it was last known by a moment."""
        if self._anchor(kind) == "organization":
            return source_id
        life = self.anchors(kind)[source_id]
        row = life.at(moment) or next((event.after for event in reversed(life.events) if event.after), None) or {}
        found = (row.get("company") or {}).get("id")
        return None if found is None else str(found)

    def parts(self, kind: str, source_id: str) -> list[Life]:
        """Give the records that a target is made of: its own, then those that ever fed it, if it is a summary."""
        return [self.anchors(kind)[source_id], *self._contributors(kind, source_id)]

    def feeds(self, kind: str, source_id: str, record: str, moment: float, now: float) -> bool:
        """Say whether a record, as it was at a moment, belongs to a summary; its ages are worked out `now`."""
        block = self._blocks[kind]
        given = self._part(block.kind, record, moment, now)
        company = self.company(kind, source_id, moment)
        return given is not None and _feeds(block, given, source_id, company) and block.only(given)

    def words(self, kind: str, source_id: str, moment: float) -> Words | None:
        """Read what a target is made of at a moment; None where it is not there."""
        return self._seen(kind, source_id, [moment] * len(self.parts(kind, source_id)), moment)

    def mapped(self, kind: str, source_id: str, moment: float, company: Words | None) -> Mapped | None:
        """Map a target as it is at a moment, at a company as it is to be taken; None where it is not there."""
        return self._map(kind, self.words(kind, source_id, moment), company)

    def composed(
        self, kind: str, source_id: str, moments: Sequence[float], now: float, company: Words | None
    ) -> Mapped | None:
        """Map a summary of `parts` that are each as they were at a moment of their own; their ages are worked out `now`."""
        return self._map(kind, self._seen(kind, source_id, moments, now), company)

    def _map(self, kind: str, found: Words | None, company: Words | None) -> Mapped | None:
        if found is None:
            return None
        if kind == "organization":
            return desired.organization(found, self._judged)
        if kind == "configuration":
            return desired.configuration(found, company, self._judged, self._systems)
        if kind == "location":
            return customers.location(found, company, self._judged, self._geography)
        if kind == "contact":
            return customers.contact(found, company, self._judged)
        return assets.asset(found, company, self._blocks[kind], self._judged)

    def _seen(self, kind: str, source_id: str, moments: Sequence[float], now: float) -> Words | None:
        own, *others = moments
        found = self._words(self._anchor(kind), source_id, own, now)
        block = self._blocks.get(kind)
        if found is None or block is None or block.per == "record":
            return found
        lives = self._contributors(kind, source_id)
        given = [self._part(block.kind, life.id, moment, now) for life, moment in zip(lives, others, strict=True)]
        company = self.company(kind, source_id, own)
        here = [
            each for each in given if each is not None and _feeds(block, each, source_id, company) and block.only(each)
        ]
        return found | {block.feeds: here}

    def _anchor(self, kind: str) -> str:
        block = self._blocks.get(kind)
        return kind if block is None else block.anchor

    def _contributors(self, kind: str, source_id: str) -> list[Life]:
        if kind not in self._feeding:
            return []
        lives = self._world.source(self._blocks[kind].kind)
        return [lives[each] for each in self._feeding[kind].get(source_id, ())]

    def _part(self, kind: str, source_id: str, moment: float, now: float) -> Words | None:
        """Read what feeds a summary; it is asked for once for each of many combinations."""
        asked = (kind, source_id, moment, now)
        if asked not in self._parts:
            self._parts[asked] = self._words(*asked)
        return self._parts[asked]

    def _words(self, kind: str, source_id: str, moment: float, now: float) -> Words | None:
        life = self._world.source(kind)[source_id]
        row = life.at(moment)
        if row is None:
            return None
        source = self._judged.source
        if kind == "ticket":
            return words.ticket_words(row, source, self._devices(row, moment), min(now, self._world.now))
        by_kind = {
            "organization": words.organization_words,
            "configuration": words.configuration_words,
            "location": words.location_words,
            "contact": words.contact_words,
        }
        return by_kind[kind](row, source)

    def _devices(self, ticket: Row, moment: float) -> list[Row]:
        lives = (self._world.devices.get(str(device)) for device in ticket.get("configurations", ()))
        return [row for life in lives if life is not None and (row := life.at(moment)) is not None]


def _feeds(block: AssetBlock, record: Words, anchor: str, company: str | None) -> bool:
    """Say whether a record belongs to a summary: what names a configuration has to be of its organization too (MAPPING)."""
    home: Any = record["organization"]
    if home is None or home["id"] != company:
        return False
    return block.per != "configuration" or any(device["id"] == anchor for device in record["configurations"])


def _systems(world: World) -> dict[str, str]:
    """Give IT Glue's operating systems by folded name."""
    names = [life.now["name"] for life in world.names["operating_systems"].values() if life.now]
    return {folded(name): name for name in names}


def _feeding(world: World, block: AssetBlock) -> dict[str, list[str]]:
    """Give the records that ever fed each summary, by the id of its anchor."""
    found: dict[str, list[str]] = {}
    for life in world.source(block.kind).values():
        rows = [event.after for event in life.events if event.after]
        if block.per == "configuration":
            anchors = {str(device) for row in rows for device in row.get("configurations", ())}
        else:
            anchors = {
                str(company["id"]) for row in rows if (company := row.get("company") or {}).get("id") is not None
            }
        for anchor in sorted(anchors):
            found.setdefault(anchor, []).append(life.id)
    return found
