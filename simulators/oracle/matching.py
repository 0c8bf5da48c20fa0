"""Recognising records below an organization at a moment: by decision, by what was made, by PSA id, then by `match`."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from . import assets, evidence
from .assettypes import AssetType
from .blocks import AssetBlock
from .judged import Judged
from .junk import KEYS, Read, one
from .mapper import Mapper
from .story import Lives, Row
from .text import folded
from .words import Words
from .world import World


class Matching:
    """The targets of a kind and IT Glue's records of it as they were at a moment."""

    def __init__(
        self,
        world: World,
        judged: Judged,
        mapper: Mapper,
        kind: str,
        moment: float,
        companies: Mapping[str, Words],
        asset_type: AssetType | None,
    ) -> None:
        self._world = world
        self._judged = judged
        self._mapper = mapper
        self._kind = kind
        self._moment = moment
        self._companies = companies
        self._type = asset_type
        self._lives: Lives = world.records(kind)
        self._links: dict[str, str] = {}
        self._made: Mapping[str, list[str]] = {}
        self._taken: set[str] = set()

    def look(
        self,
        eligible: Collection[str],
        organizations: Mapping[str, str],
        made: Mapping[str, list[str]],
        links: dict[str, str],
    ) -> dict[str, str]:
        """Add the links that are found below these companies to `links`; give what is said of the rest, by id."""
        self._links, self._made, self._taken = links, made, set(links.values())
        sources = self._sources()
        records: dict[str, dict[str, Row]] = defaultdict(dict)
        for life in self._lives.values():
            row = life.at(self._moment)
            if row is not None and self._is_of_kind(row):
                records[str(row["organization-id"])][life.id] = row
        everywhere = {record: row for there in records.values() for record, row in there.items()}
        said: dict[str, str] = {}
        for company in sorted(eligible, key=int):
            organization = organizations.get(company)
            if organization is not None and sources[company]:
                said |= self._match(company, sources[company], records[organization], everywhere)
        return said

    def _is_of_kind(self, row: Row) -> bool:
        return self._type is None or str(row["flexible-asset-type-id"]) in self._type.ids

    def _sources(self) -> dict[str, dict[str, Row]]:
        found: dict[str, dict[str, Row]] = defaultdict(dict)
        for source_id, life in self._mapper.anchors(self._kind).items():
            row = life.at(self._moment)
            company = None if row is None else self._mapper.company(self._kind, source_id, self._moment)
            if row is not None and company is not None:
                found[company][source_id] = row
        return found

    def _match(
        self, company: str, sources: dict[str, Row], records: dict[str, Row], everywhere: dict[str, Row]
    ) -> dict[str, str]:
        wanting = {each for each in sources if each not in self._links and self._is_wanting(each, company)}
        linked: dict[str, list[str]] = defaultdict(list)
        if self._judged.native:
            for record in records:
                for psa_id in evidence.psa_ids(self._lives[record], self._moment):
                    linked[psa_id].append(record)
        for source_id in sorted(wanting, key=int):
            candidates = self._decided(source_id, everywhere) or linked.get(source_id, [])
            if len(candidates) == 1 and candidates[0] not in self._taken:
                self._link(source_id, candidates[0])
        held: set[str] = set()
        block = self._judged.block(self._kind, self._companies[company])
        for word in block.match:
            self._match_by(word, self._reads(block, word, company), wanting - held, sources, records, held)
        return {each: "ambiguous" if each in held else "unmatched" for each in wanting if each not in self._links}

    def _reads(self, block: object, word: str, company: str) -> tuple[Read, Read]:
        if not isinstance(block, AssetBlock):
            return KEYS[self._kind][word]

        def titled(row: Row) -> frozenset[str]:
            mapped = self._mapper.mapped(self._kind, str(row["id"]), self._moment, self._companies[company])
            return one(None if mapped is None else folded(assets.title(block, mapped.wanted)) or None)

        return titled, lambda row: one(folded(row.get("name")) or None)

    def _match_by(
        self,
        word: str,
        reads: tuple[Read, Read],
        wanting: set[str],
        sources: dict[str, Row],
        records: dict[str, Row],
        held: set[str],
    ) -> None:
        by_source: dict[str, list[str]] = defaultdict(list)
        by_record: dict[str, list[str]] = defaultdict(list)
        for source_id, row in sources.items():
            if word != "name" or source_id not in self._links:
                for key in reads[0](row):
                    by_source[key].append(source_id)
        for record, row in records.items():
            if record not in self._taken:
                for key in reads[1](row):
                    by_record[key].append(record)
        hits: dict[str, set[str]] = defaultdict(set)
        shared: set[str] = set()
        for key, several in by_source.items():
            for source_id in several:
                is_open = source_id in wanting and source_id not in self._links
                if is_open and (len(several) == 1 or word == "name"):
                    hits[source_id].update(free(self._judged, f"{self._kind}:{source_id}", by_record.get(key, [])))
                    shared |= {source_id} if len(several) > 1 else set()
        for source_id, candidates in hits.items():
            if len(candidates) == 1 and source_id not in shared:
                self._link(source_id, min(candidates))
            elif candidates:
                held.add(source_id)

    def _is_wanting(self, source_id: str, company: str) -> bool:
        mapped = self._mapper.mapped(self._kind, source_id, self._moment, self._companies[company])
        return mapped is not None and not (mapped.rule or mapped.code or mapped.gone or mapped.nothing)

    def _decided(self, source_id: str, there: Mapping[str, Row]) -> list[str]:
        """Give the record that a person pinned, or else the oldest that was made for the target."""
        made = [r for r in self._made.get(source_id, []) if self._lives[r].born.at <= self._moment]
        return decided(self._judged, f"{self._kind}:{source_id}", made, there)

    def _link(self, source_id: str, record: str) -> None:
        self._links[source_id] = record
        self._taken.add(record)


def decided(judged: Judged, ref: str, made: list[str], there: Mapping[str, Row]) -> list[str]:
    """Give the record that a person pinned, or else the oldest that was made for the target."""
    pinned = judged.decisions.pins.get(ref)
    if pinned is not None:
        return [pinned]
    standing = [record for record in made if record in there]
    return (standing or made)[:1]


def free(judged: Judged, ref: str, candidates: list[str]) -> list[str]:
    """Give those of the candidates that people's decisions leave open."""
    if ref in judged.decisions.new:
        return []
    return [record for record in candidates if (ref, record) not in judged.decisions.bans]
