"""What the mapping makes of every version that a record ever had."""

from dataclasses import dataclass, replace

from . import desired, evidence
from .attributes import CONFIGURATION, ORGANIZATION, Attribute
from .desired import Mapped
from .identity import Links
from .judged import Block, Judged
from .story import Life, Row
from .words import Words, configuration_words, organization_words
from .world import World

CLOCKS: float = 0.5
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
    """The versions of each record of the source, mapped once."""

    def __init__(self, world: World, judged: Judged, links: Links) -> None:
        self._world = world
        # Who is in the rollout decides whether something is written, not what.
        self._judged = replace(judged, rollout=None)
        self._links = links
        self._systems = evidence.systems(world)
        self._companies: dict[str, Words] = {}
        self._known: dict[str, tuple[Version, ...]] = {}

    def of(self, kind: str, source_id: str) -> tuple[Version, ...]:
        """Give the versions of a record, oldest first; what is deleted and unknown has none."""
        ref = f"{kind}:{source_id}"
        if ref not in self._known:
            lives = self._world.companies if kind == "organization" else self._world.devices
            self._known[ref] = tuple(self._versions(kind, lives[source_id])) if source_id in lives else ()
        return self._known[ref]

    def block(self, kind: str, source_id: str) -> Block:
        """Give the block in effect for a record, as its last version has it."""
        if kind == "organization":
            company = self._company(source_id)
            return self._judged.organizations if company is None else self._judged.organization_block(company)
        last = next((event.after for event in reversed(self._world.devices[source_id].events) if event.after), {})
        company_id = (last.get("company") or {}).get("id")
        return self._judged.configuration_block(None if company_id is None else self._company(str(company_id)))

    def _versions(self, kind: str, life: Life) -> list[Version]:
        ends = [*(event.at for event in life.events[1:]), float("inf")]
        return [
            Version(event.at, until, *(self._mapped(kind, event.after)))
            for event, until in zip(life.events, ends, strict=True)
        ]

    def _mapped(self, kind: str, row: Row | None) -> tuple[Mapped | None, str | None]:
        if row is None:
            return None, None
        if kind == "organization":
            return desired.organization(organization_words(row, self._judged.source), self._judged), None
        words = configuration_words(row, self._judged.source)
        company_id = None if words["organization"] is None else words["organization"]["id"]
        company = None if company_id is None else self._company(company_id)
        mapped = desired.configuration(words, company, self._judged, self._systems)
        return mapped, None if company_id is None else self._links.organizations.get(company_id)

    def _company(self, company_id: str) -> Words | None:
        if company_id not in self._companies:
            life = self._world.companies.get(company_id)
            row = None if life is None else next((e.after for e in reversed(life.events) if e.after), None)
            if row is None:
                return None
            self._companies[company_id] = organization_words(row, self._judged.source)
        return self._companies[company_id]


def attributes(kind: str) -> tuple[Attribute, ...]:
    """Give the attributes of a kind that the mapping may write."""
    return ORGANIZATION if kind == "organization" else CONFIGURATION
