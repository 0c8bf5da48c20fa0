"""Which record of IT Glue stands for which record of the source (PROTOCOLS 5), read at the moments of the settings."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from . import desired, evidence
from .evidence import Made
from .judged import Judged
from .junk import KEYS
from .story import Life, Row
from .text import folded
from .words import Words, configuration_words, organization_words
from .world import World


@dataclass
class Links:
    """IT Glue ids by source id, and what was said of the targets without one, the last moment last.

    A verdict is `ambiguous`, `unmatched` (nothing is there, so it may be created) or `shared_organization`.
    """

    made: Made
    organizations: dict[str, str] = field(default_factory=dict)
    configurations: dict[str, str] = field(default_factory=dict)
    verdicts: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: defaultdict(list))

    def verdict(self, ref: str) -> str:
        """Give the last verdict on a target without a link, empty if it was never looked for."""
        said = self.verdicts.get(ref)
        return said[-1][1] if said else ""


def links(world: World, judged: Judged) -> Links:
    """Find every link, moment by moment; what was linked stays linked."""
    found = Links(evidence.made(world, judged))
    for moment in moments(world, judged):
        _Moment(world, judged, found, moment).look()
    _link_what_was_made(world, found)
    _follow_recreations(world, judged, found)
    return found


def moments(world: World, judged: Judged) -> tuple[float, ...]:
    """Give the moments to look at: those of the settings, else just before the first write; always the end."""
    first = world.first_write
    earlier = judged.moments or (() if first is None else (first - 1e-6,))
    return (*sorted(earlier), float("inf"))


class _Moment:
    """Both sides as they were at a moment."""

    def __init__(self, world: World, judged: Judged, found: Links, moment: float) -> None:
        self._world = world
        # Everyone is matched and planned, in the rollout or not.
        self._judged = replace(judged, rollout=None)
        self._found = found
        self._moment = moment
        self._systems = evidence.systems(world)
        self._taken = set(found.configurations.values())
        self._companies: dict[str, Words] = {}
        for life in world.companies.values():
            if (row := life.at(moment)) is not None:
                self._companies[life.id] = organization_words(row, judged.source)

    def look(self) -> None:
        """Link what is linked by this moment."""
        eligible = self._look_at_organizations()
        self._look_at_configurations(eligible)

    def _look_at_organizations(self) -> set[str]:
        found = self._found
        there = {life.id: row for life in self._world.organizations.values() if (row := life.at(self._moment))}
        by_psa_id = self._by_psa_id(self._world.organizations.values(), there)
        by_name: dict[str, list[str]] = defaultdict(list)
        for record, row in there.items():
            by_name[folded(row["name"])].append(record)
        eligible = set()
        landed: dict[str, list[str]] = defaultdict(list)
        for company, words in self._companies.items():
            mapped = desired.organization(words, self._judged)
            if mapped.rule or mapped.code or words["recycled"]:
                continue
            eligible.add(company)
            if company in found.organizations:
                continue
            ref = f"organization:{company}"
            names = by_name[folded(words["name"])] if "name" in self._judged.organizations.match else []
            candidates = self._decided("organization", company, there) or self._free(
                ref, by_psa_id.get(company) or names
            )
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

    def _look_at_configurations(self, companies: set[str]) -> None:
        devices: dict[str, dict[str, Row]] = defaultdict(dict)
        for life in self._world.devices.values():
            row = life.at(self._moment)
            company = None if row is None else (row.get("company") or {}).get("id")
            if row is not None and company is not None:
                devices[str(company)][life.id] = row
        records: dict[str, dict[str, Row]] = defaultdict(dict)
        for life in self._world.configurations.values():
            if (row := life.at(self._moment)) is not None:
                records[str(row["organization-id"])][life.id] = row
        everywhere = {record: row for there in records.values() for record, row in there.items()}
        for company in sorted(companies, key=int):
            organization = self._found.organizations.get(company)
            if organization is not None and devices[company]:
                self._match(company, devices[company], records[organization], everywhere)

    def _match(
        self, company: str, devices: dict[str, Row], records: dict[str, Row], everywhere: dict[str, Row]
    ) -> None:
        found = self._found
        wanting = {device for device, row in devices.items() if self._is_wanting(device, row, company)}
        by_psa_id = self._by_psa_id((self._world.configurations[record] for record in records), records)
        for device in sorted(wanting, key=int):
            candidates = self._decided("configuration", device, everywhere) or by_psa_id.get(device, [])
            if len(candidates) == 1 and candidates[0] not in self._taken:
                self._link(device, candidates[0])
        held: set[str] = set()
        for word in self._judged.configuration_block(self._companies[company]).match:
            self._match_by(word, wanting - held, devices, records, held)
        for device in wanting:
            if device not in found.configurations:
                said = "ambiguous" if device in held else "unmatched"
                found.verdicts[f"configuration:{device}"].append((self._moment, said))

    def _match_by(
        self, word: str, wanting: set[str], devices: dict[str, Row], records: dict[str, Row], held: set[str]
    ) -> None:
        field_there, attribute, read = KEYS[word]
        sources: dict[str, list[str]] = defaultdict(list)
        targets: dict[str, list[str]] = defaultdict(list)
        for device, row in devices.items():
            if (key := read(row.get(field_there))) and (word != "name" or device not in self._found.configurations):
                sources[key].append(device)
        for record, row in records.items():
            if record not in self._taken and (key := read(row.get(attribute))):
                targets[key].append(record)
        for key, several in sources.items():
            for device in several:
                if device not in wanting or device in self._found.configurations:
                    continue
                candidates = self._free(f"configuration:{device}", targets.get(key, []))
                if len(candidates) == 1 and len(several) == 1:
                    self._link(device, candidates[0])
                elif candidates and (word == "name" or len(several) == 1):
                    held.add(device)

    def _is_wanting(self, device: str, row: Row, company: str) -> bool:
        if device in self._found.configurations:
            return False
        words = configuration_words(row, self._judged.source)
        mapped = desired.configuration(words, self._companies[company], self._judged, self._systems)
        return not mapped.rule and not mapped.code

    def _decided(self, kind: str, source_id: str, there: dict[str, Row]) -> list[str]:
        """Give the record that a person pinned, or else the oldest that was made for the target."""
        pinned = self._judged.decisions.pins.get(f"{kind}:{source_id}")
        if pinned is not None:
            return [pinned]
        lives = self._world.organizations if kind == "organization" else self._world.configurations
        made = [r for r in self._found.made.records(kind, source_id) if lives[r].born.at <= self._moment]
        standing = [record for record in made if record in there]
        return (standing or made)[:1]

    def _free(self, ref: str, candidates: list[str]) -> list[str]:
        decisions = self._judged.decisions
        if ref in decisions.new:
            return []
        return [record for record in candidates if (ref, record) not in decisions.bans]

    def _link(self, device: str, record: str) -> None:
        self._found.configurations[device] = record
        self._taken.add(record)

    def _by_psa_id(self, lives: Iterable[Life], there: dict[str, Row]) -> dict[str, list[str]]:
        by_psa_id: dict[str, list[str]] = defaultdict(list)
        if self._judged.native:
            for life in lives:
                if life.id in there:
                    for psa_id in evidence.psa_ids(life, self._moment):
                        by_psa_id[psa_id].append(life.id)
        return by_psa_id


def _link_what_was_made(world: World, found: Links) -> None:
    """Link what was made for targets that were not to be made at any of the moments, so that writes have an owner."""
    for linked, made, lives in (
        (found.organizations, found.made.organizations, world.organizations),
        (found.configurations, found.made.configurations, world.configurations),
    ):
        for source_id, records in made.items():
            standing = [record for record in records if lives[record].now is not None]
            linked.setdefault(source_id, (standing or records)[0])


def _follow_recreations(world: World, judged: Judged, found: Links) -> None:
    """Let an accepted recreation take over the link of a record that is gone."""
    for ref in judged.decisions.recreations:
        kind, _, source_id = ref.partition(":")
        linked = found.organizations if kind == "organization" else found.configurations
        lives = world.organizations if kind == "organization" else world.configurations
        if source_id in linked and lives[linked[source_id]].now is None:
            standing = [record for record in found.made.records(kind, source_id) if lives[record].now is not None]
            if standing:
                linked[source_id] = standing[-1]
