"""What a target refers to and waits for: what is held at a moment without a link gets none (PROTOCOLS 1, waves)."""

from collections.abc import Collection, Mapping

from .attributes import is_native
from .judged import Judged
from .links import Links
from .mapper import Mapper
from .references import Reference
from .words import Words
from .world import World


class Waiting:
    """The targets at a moment, asked one by one whether they are held without a link.

    `eligible` are the companies that are written, `organizations` those that are linked, with their records.
    """

    def __init__(
        self,
        world: World,
        judged: Judged,
        mapper: Mapper,
        links: Links,
        moment: float,
        eligible: Collection[str],
        companies: Mapping[str, Words],
        organizations: Mapping[str, str],
    ) -> None:
        self._world = world
        self._judged = judged
        self._mapper = mapper
        self._links = links
        self._moment = moment
        self._eligible = eligible
        self._companies = companies
        self._organizations = organizations
        self._known: dict[Reference, bool] = {}
        self._native: dict[tuple[str, bool], bool] = {}

    def is_held(self, reference: Reference) -> bool:
        """Say whether it has no link, and is held.

        What is excluded, gone or of a kind that is not written is left out of what refers to it; what is only to be made
        is made before it.
        """
        if reference not in self._known:
            self._known[reference] = self._look(reference)
        return self._known[reference]

    def _look(self, reference: Reference) -> bool:
        kind, source_id = reference
        ref = f"{kind}:{source_id}"
        if kind == "organization":
            return source_id not in self._organizations and self._is_held_organization(source_id)
        is_written = kind in self._judged.enabled or kind in self._links.types
        if not is_written or source_id in self._links.of(kind) or source_id not in self._mapper.anchors(kind):
            return False
        company = self._mapper.company(kind, source_id, self._moment)
        words = None if company is None else self._companies.get(company)
        mapped = self._mapper.mapped(kind, source_id, self._moment, words)
        if mapped is None or mapped.rule or mapped.gone or mapped.nothing:
            return False
        if mapped.code or company is None or ref in self._judged.known_holds:
            return True
        if company not in self._organizations and self._is_held_organization(company):
            return True
        said = self._said(ref)
        if said in {"ambiguous", "parent_held"}:
            return True
        return self._judged.block(kind, words).create != "yes" or self._waits_for_native(kind, ref)

    def _is_held_organization(self, company: str) -> bool:
        words = self._companies.get(company)
        mapped = None if words is None else self._mapper.mapped("organization", company, self._moment, words)
        if mapped is None or mapped.rule:
            return False
        ref = f"organization:{company}"
        makes = self._judged.organizations.create == "yes" or ref in self._judged.decisions.new
        is_free = company in self._eligible and self._said(ref) in {"", "unmatched"} and makes
        return not is_free or self._waits_for_native("organization", ref)

    def _said(self, ref: str) -> str:
        said = [code for moment, code in self._links.verdicts.get(ref, ()) if moment == self._moment]
        return said[-1] if said else ""

    def _waits_for_native(self, kind: str, ref: str) -> bool:
        if kind in self._links.types:
            return False
        accepted = self._judged.native_sync == "disconnected" or ref in self._judged.decisions.creations
        if (kind, accepted) not in self._native:
            rows = (life.at(self._moment) for life in self._world.records(kind).values())
            self._native[kind, accepted] = any(
                row is not None and is_native(row) and not (accepted and row["psa-integration"] == "disabled")
                for row in rows
            )
        return self._native[kind, accepted]
