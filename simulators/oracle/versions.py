"""What the mapping makes of every version that a record ever had."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from .attributes import Attribute, attributes
from .blocks import AssetBlock, Block
from .desired import Mapped
from .identity import Links, kinds_of
from .judged import Judged
from .mapper import Mapper
from .references import Reference, resolved
from .story import Life, Lives
from .words import Words
from .world import World

CLOCKS: Final = 0.5
"""Seconds that the clocks of two simulators may be apart."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version in force from `since` on, until the next one; `mapped` is None once the record is deleted.

    `home` is the IT Glue organization of its company, None where there is no link.
    """

    since: float
    until: float
    mapped: Mapped | None
    home: str | None


class Versions:
    """The versions of each record of the source, mapped once, references as the IT Glue ids that are right for them."""

    def __init__(self, world: World, judged: Judged, links: Links) -> None:
        self._world = world
        self._judged = judged
        # Who is in the rollout decides whether something is written, not what.
        self._mapper = Mapper(world, replace(judged, rollout=None))
        self._links = links
        self._companies: dict[str, Words] = {}
        self._known: dict[str, tuple[Version, ...]] = {}
        self._attributes = {
            kind: links.types[kind].attributes if kind in links.types else attributes(kind, judged.enabled)
            for kind in kinds_of(judged)
        }

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of targets, parents before children."""
        return tuple(self._attributes)

    def attributes(self, kind: str) -> tuple[Attribute, ...]:
        """Give the attributes of a kind that the mapping may write."""
        return self._attributes[kind]

    def anchors(self, kind: str) -> Lives:
        """Give what the targets of a kind stand for."""
        return self._mapper.anchors(kind)

    def records(self, kind: str) -> Lives:
        """Give IT Glue's records of a kind, those of an asset's type alone."""
        lives = self._world.records(kind)
        if kind not in self._links.types:
            return lives
        ids = self._links.types[kind].ids
        return {
            each: life
            for each, life in lives.items()
            if _type_of(life.events[-1].after or life.events[-1].before) in ids
        }

    def of(self, kind: str, source_id: str) -> tuple[Version, ...]:
        """Give the versions of a record, oldest first; what is deleted and unknown has none."""
        ref = f"{kind}:{source_id}"
        if ref not in self._known:
            self._known[ref] = tuple(self._versions(kind, source_id)) if source_id in self.anchors(kind) else ()
        return self._known[ref]

    def at(self, kind: str, source_id: str, moment: float) -> Version:
        """Give the version of a record as it is mapped at a moment, ages worked out then."""
        return Version(moment, float("inf"), *self._mapped(kind, source_id, moment))

    def parts(self, kind: str, source_id: str) -> list[Life]:
        """Give the records that a target is made of: its own, then those that ever fed it, if it is a summary."""
        return self._mapper.parts(kind, source_id) if source_id in self.anchors(kind) else []

    def feeds(self, kind: str, source_id: str, record: str, moment: float, now: float) -> bool:
        """Say whether a record, as it was at a moment, belongs to a summary; its ages are worked out `now`."""
        return self._mapper.feeds(kind, source_id, record, moment, now)

    def composed(self, kind: str, source_id: str, moments: Sequence[float], now: float) -> Version:
        """Give the version of a summary whose parts are each as they were at a moment of their own, ages worked out `now`."""
        company, home = self._above(kind, source_id, moments[0])
        return Version(
            now, float("inf"), self._resolved(self._mapper.composed(kind, source_id, moments, now, company)), home
        )

    def company(self, kind: str, source_id: str, moment: float = float("inf")) -> str | None:
        """Give the company of what a target stands for, as it was last known by a moment."""
        return self._mapper.company(kind, source_id, moment)

    def block(self, kind: str, source_id: str) -> Block:
        """Give the block in effect for a record, as its last version has it."""
        company = self.company(kind, source_id)
        return self._judged.block(kind, None if company is None else self._company(company))

    def is_relative(self, kind: str) -> bool:
        """Say whether targets of a kind change by themselves, once a day."""
        return any(
            isinstance(block, AssetBlock) and block.target == kind and block.relative for block in self._judged.assets
        )

    def standing(self, reference: Reference) -> list[str]:
        """Give the records that stand or stood for a reference."""
        linked = self._links.of(reference.kind).get(reference.id)
        made = self._links.made.records(reference.kind, reference.id)
        return [*([] if linked is None else [linked]), *made]

    def _versions(self, kind: str, source_id: str) -> list[Version]:
        moments = self._mapper.moments(kind, source_id)
        ends = [*moments[1:], float("inf")]
        return [
            Version(moment, until, *self._mapped(kind, source_id, moment))
            for moment, until in zip(moments, ends, strict=True)
        ]

    def _mapped(self, kind: str, source_id: str, moment: float) -> tuple[Mapped | None, str | None]:
        company, home = self._above(kind, source_id, moment)
        return self._resolved(self._mapper.mapped(kind, source_id, moment, company)), home

    def _above(self, kind: str, source_id: str, moment: float) -> tuple[Words | None, str | None]:
        """Give the company of a target at a moment, and the IT Glue organization that it is linked to."""
        company = None if kind == "organization" else self.company(kind, source_id, moment)
        return (None, None) if company is None else (self._company(company), self._links.organizations.get(company))

    def _resolved(self, mapped: Mapped | None) -> Mapped | None:
        if mapped is None or mapped.rule:
            return mapped
        return replace(mapped, wanted=resolved(mapped.wanted, self.standing))

    def _company(self, company_id: str) -> Words | None:
        if company_id not in self._companies:
            life = self._world.companies.get(company_id)
            last = None if life is None else next((e.at for e in reversed(life.events) if e.after), None)
            words = None if last is None else self._mapper.words("organization", company_id, last)
            if words is None:
                return None
            self._companies[company_id] = words
        return self._companies[company_id]


def _type_of(row: object) -> str:
    return str(row["flexible-asset-type-id"]) if isinstance(row, dict) else ""
