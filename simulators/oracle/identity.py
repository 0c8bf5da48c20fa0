"""Which record of IT Glue stands for which record of the source (PROTOCOLS 5), read at the moments of the settings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from . import evidence
from .assettypes import AssetType, asset_type
from .evidence import Made
from .judged import FURTHER, Judged
from .mapper import Mapper
from .matching import Matching, decided, free
from .story import Life, Row
from .text import folded
from .words import Words
from .world import World


@dataclass
class Links:
    """IT Glue ids by source id, and what was said of the targets without one, the last moment last.

    `further` holds those of the other kinds, by kind. A verdict is `ambiguous`, `unmatched` (nothing is there, so it may be
    created) or `shared_organization`. `types` are the blocks' flexible asset types.
    """

    made: Made
    organizations: dict[str, str] = field(default_factory=dict)
    configurations: dict[str, str] = field(default_factory=dict)
    further: dict[str, dict[str, str]] = field(default_factory=dict)
    verdicts: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))
    types: dict[str, AssetType] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, str]:
        """Give the links of a kind."""
        if kind in {"organization", "configuration"}:
            return self.organizations if kind == "organization" else self.configurations
        return self.further.setdefault(kind, {})

    def verdict(self, ref: str) -> str:
        """Give the last verdict on a target without a link, empty if it was never looked for."""
        said = self.verdicts.get(ref)
        return said[-1][1] if said else ""


def kinds_of(judged: Judged) -> tuple[str, ...]:
    """Give the kinds of targets that are judged, parents before children (PROTOCOLS 1, waves)."""
    further = (kind for kind in ("location", "contact") if kind in judged.enabled)
    return ("organization", *further, "configuration", *(block.target for block in judged.assets))


def links(world: World, judged: Judged) -> Links:
    """Find every link, moment by moment; what was linked stays linked."""
    # Everyone is matched and planned, in the rollout or not.
    everyone = replace(judged, rollout=None)
    mapper = Mapper(world, everyone)
    found = Links(evidence.made(world, judged, mapper), types={b.target: asset_type(world, b) for b in judged.assets})
    seen = []
    for moment in moments(world, judged):
        looking = _Organizations(world, everyone, mapper, found, moment)
        seen.append((moment, looking.look(), looking.companies, dict(found.organizations)))
    _link_what_was_made(found, world, ("organization",))
    if FURTHER & judged.enabled or judged.assets:
        homes = {record: company for company, record in found.organizations.items()}
        evidence.made_below(world, everyone, mapper, found.types, homes, found.made)
    for moment, eligible, companies, organizations in seen:
        for kind in kinds_of(judged)[1:]:
            looking_below = Matching(world, everyone, mapper, kind, moment, companies, found.types.get(kind))
            taken = looking_below.look(eligible, organizations, found.made.of(kind), found.of(kind))
            for source_id, said in taken.items():
                found.verdicts[f"{kind}:{source_id}"].append((moment, said))
    _link_what_was_made(found, world, kinds_of(judged)[1:])
    _follow_recreations(world, judged, found)
    return found


def moments(world: World, judged: Judged) -> tuple[float, ...]:
    """Give the moments to look at: those of the settings, else just before the first write; always the end."""
    first = world.first_write
    earlier = judged.moments or (() if first is None else (first - 1e-6,))
    return (*sorted(earlier), float("inf"))


class _Organizations:
    """Companies and organizations as they were at a moment."""

    def __init__(self, world: World, judged: Judged, mapper: Mapper, found: Links, moment: float) -> None:
        self._world = world
        self._judged = judged
        self._mapper = mapper
        self._found = found
        self._moment = moment
        self.companies: dict[str, Words] = {}
        for company in world.companies:
            if (words := mapper.words("organization", company, moment)) is not None:
                self.companies[company] = words

    def look(self) -> set[str]:
        """Link what is linked by this moment; give the companies that are written."""
        found = self._found
        there = {life.id: row for life in self._world.organizations.values() if (row := life.at(self._moment))}
        linked = by_psa_id(self._world.organizations.values(), there, self._moment) if self._judged.native else {}
        by_name: dict[str, list[str]] = defaultdict(list)
        for record, row in there.items():
            by_name[folded(row["name"])].append(record)
        eligible = set()
        landed: dict[str, list[str]] = defaultdict(list)
        for company, words in self.companies.items():
            mapped = self._mapper.mapped("organization", company, self._moment, words)
            if mapped is None or mapped.rule or mapped.code or words["recycled"]:
                continue
            eligible.add(company)
            if company in found.organizations:
                continue
            ref = f"organization:{company}"
            names = by_name[folded(words["name"])] if "name" in self._judged.organizations.match else []
            candidates = self._decided(company, there) or free(self._judged, ref, linked.get(company) or names)
            if len(candidates) == 1:
                landed[candidates[0]].append(company)
            else:
                found.verdicts[ref].append((self._moment, "ambiguous" if candidates else "unmatched"))
        taken = set(found.organizations.values())
        for record, companies in landed.items():
            pinned = [company for company in companies if self._judged.decisions.pins.get(f"organization:{company}")]
            if record not in taken and (len(companies) == 1 or len(pinned) == 1):
                found.organizations[(pinned or companies)[0]] = record
            for company in companies:
                if found.organizations.get(company) != record:
                    found.verdicts[f"organization:{company}"].append((self._moment, "shared_organization"))
        return eligible

    def _decided(self, company: str, there: Mapping[str, Row]) -> list[str]:
        """Give the record that a person pinned, or else the oldest that was made for the target."""
        lives = self._world.organizations
        made = [r for r in self._found.made.records("organization", company) if lives[r].born.at <= self._moment]
        return decided(self._judged, f"organization:{company}", made, there)


def by_psa_id(lives: Iterable[Life], there: Mapping[str, Row], moment: float) -> dict[str, list[str]]:
    """Give the records that are there by the PSA ids that the native sync linked them to."""
    found: dict[str, list[str]] = defaultdict(list)
    for life in lives:
        if life.id in there:
            for psa_id in evidence.psa_ids(life, moment):
                found[psa_id].append(life.id)
    return found


def _link_what_was_made(found: Links, world: World, kinds: Iterable[str]) -> None:
    """Link what was made for targets that were not to be made at any of the moments, so that writes have an owner."""
    for kind in kinds:
        lives = world.records(kind)
        for source_id, records in found.made.of(kind).items():
            standing = [record for record in records if lives[record].now is not None]
            found.of(kind).setdefault(source_id, (standing or records)[0])


def _follow_recreations(world: World, judged: Judged, found: Links) -> None:
    """Let an accepted recreation take over the link of a record that is gone."""
    for ref in judged.decisions.recreations:
        kind, _, source_id = ref.partition(":")
        linked, lives = found.of(kind), world.records(kind)
        if source_id in linked and lives[linked[source_id]].now is None:
            standing = [record for record in found.made.records(kind, source_id) if lives[record].now is not None]
            if standing:
                linked[source_id] = standing[-1]
