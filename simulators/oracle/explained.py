"""Every change that an API client made is explained by the mapping of some version of the source's record."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from . import marker
from .assettypes import AssetType
from .attributes import BELOW, DERIVED, Attribute, Wanted, words_of
from .blocks import MARKER, AssetBlock, Block
from .composed import Composed, Written, is_summary
from .fold import Fold
from .judged import FURTHER, Judged
from .story import TRAIT, Event, Life, Row
from .text import ANY, SKIP, folded
from .versions import CLOCKS, Version
from .world import World

_TABLES = {
    ("organization", "type"): "organization_types",
    ("organization", "status"): "organization_statuses",
    ("configuration", "type"): "configuration_types",
    ("configuration", "status"): "configuration_statuses",
    ("configuration", "manufacturer"): "manufacturers",
    ("configuration", "model"): "models",
    ("contact", "type"): "contact_types",
}
_PLANNED = 60.0
_ASIDE = frozenset({
    "organization-id", "archived", "my-glue", "psa-integration", "adapters", "primary", "logo",
    "flexible-asset-type-id",
})  # fmt: skip


def unexplained(world: World, judged: Judged, fold: Fold, *, noticed_within: float) -> list[str]:
    """List the writes that nothing at the source, in the settings or in a decision asked for.

    A summary may show for `noticed_within` seconds what has left it.
    """
    versions = fold.versions
    found: list[str] = [*_names(world, fold), *_elsewhere(world, judged, fold)]
    for kind in versions.kinds:
        owners = fold.by_record(kind)
        for source_id in versions.anchors(kind):
            owners |= dict.fromkeys(fold.links.made.records(kind, source_id), source_id)
        for life in versions.records(kind).values():
            events = [event for event in life.events if event.by == "api" and event.verb != "delete"]
            if not events:
                continue
            owner = owners.get(life.id)
            if owner is None:
                found.append(f"{kind} {life.id} was {events[0].verb}d, and stands for no record of the source")
                continue
            target = _Target(judged, kind, owner, fold, noticed_within)
            target.read(life)
            for event in events:
                reasons = target.create(event) if event.verb == "create" else target.update(event, life)
                found += [f"{kind}:{owner} in {life.id}: {reason}" for reason in reasons]
    return found


def _names(world: World, fold: Fold) -> Iterator[str]:
    """Yield the names that were made and that no record that is written ever had."""
    wanted: dict[str, set[str]] = {table: set() for table in _TABLES.values()}
    for kind in fold.versions.kinds:
        for source_id in fold.versions.anchors(kind) if (kind, "type") in _TABLES else ():
            for version in fold.versions.of(kind, source_id):
                mapped = version.mapped.wanted if version.mapped is not None else {}
                for word, name in mapped.items():
                    table = _TABLES.get((kind, word))
                    if table is not None and isinstance(name, str):
                        wanted[table].add(folded(name))
    for table, names in wanted.items():
        for life in world.names[table].values():
            if life.made_by_api and folded((life.born.after or {})["name"]) not in names:
                yield f"{table}: {life.id} {(life.born.after or {})['name']!r} was made, and no record has that name"
            if any(event.by == "api" and event.verb == "update" for event in life.events):
                yield f"{table}: {life.id} was changed, and names are only ever made"


def _elsewhere(world: World, judged: Judged, fold: Fold) -> Iterator[str]:
    """Yield what was written into resources and types of assets that no block writes."""
    written = judged.also_written | {f"{kind}s" for kind in FURTHER & judged.enabled} | {"configuration_interfaces"}
    types = {number for kind in fold.links.types.values() for number in kind.ids}
    for resource in sorted(set(world.others) - written):
        for life in world.others[resource].values():
            events = [event for event in life.events if event.by == "api"]
            if not events or (resource.startswith("flexible_asset") and _is_ours(resource, life, types)):
                continue
            yield f"{resource} {life.id} was written, and no block writes there"
    yield from _types(world, judged, fold.links.types)


def _is_ours(resource: str, life: Life, types: set[str]) -> bool:
    row = life.born.after or {}
    return life.id in types if resource == "flexible_asset_types" else str(row.get("flexible-asset-type-id")) in types


def _types(world: World, judged: Judged, types: dict[str, AssetType]) -> Iterator[str]:
    """Yield how types and fields were changed: fields are added, never removed, never changed in kind (MAPPING)."""
    named: dict[str, set[str]] = {}
    for block in judged.assets:
        for number in types[block.target].ids:
            named.setdefault(number, {folded(MARKER)}).update(folded(each.name) for each in block.fields)
    for life in world.others.get("flexible_asset_types", {}).values():
        if any(event.by == "api" and event.verb == "update" for event in life.events):
            yield f"flexible_asset_types {life.id} was changed, and types are only ever made"
    for life in world.others.get("flexible_asset_fields", {}).values():
        row = life.born.after or {}
        if life.made_by_api and folded(row["name"]) not in named.get(str(row["flexible-asset-type-id"]), set()):
            yield f"flexible_asset_fields {life.id} {row['name']!r} was made, and no block has that field"
        for event in life.events:
            changed = event.changed() & {"name", "kind", "name-key", "tag-type", "required", "use-for-title"}
            if event.by == "api" and event.verb == "update" and changed:
                yield f"flexible_asset_fields {life.id} was changed: {', '.join(sorted(changed))}"


@dataclass
class _Target:
    judged: Judged
    kind: str
    source_id: str
    fold: Fold
    noticed_within: float
    versions: tuple[Version, ...] = field(init=False)
    block: Block = field(init=False)
    known: dict[str, Attribute] = field(init=False)
    summed: dict[int, Written] = field(init=False, default_factory=dict)
    """What each write of a summary was made of."""

    def __post_init__(self) -> None:
        told = self.fold.versions
        self.versions = told.of(self.kind, self.source_id)
        self.block = told.block(self.kind, self.source_id)
        self.known = {attribute.stored: attribute for attribute in told.attributes(self.kind)}

    def read(self, life: Life) -> None:
        """Work out what the writes of a summary's record were made of."""
        told = self.fold.versions
        if is_summary(told, self.kind, self.source_id):
            composed = Composed(
                told, self.kind, self.source_id, attributes=self.known.values(), agrees=self._agrees,
                noticed_within=self.noticed_within,
            )  # fmt: skip
            self.summed = {id(written.event): written for written in composed.writes(life)}

    def create(self, event: Event) -> list[str]:
        """Explain a create: all of it comes from one version; of a summary, from one of each of its records."""
        row = event.after or {}
        summed = self.summed.get(id(event))
        told = self._until(event.at) if summed is None or summed.version is None else [summed.version]
        candidates = [self._disagreements(row, version) for version in told]
        best = min(candidates, key=len, default=["was made before the source had it"])
        if not best and summed is not None and summed.version is None:
            best = [f"it shows what had left more than {self.noticed_within:g} s before"]
        return [f"made with what no version of the source says: {reason}" for reason in best]

    def update(self, event: Event, life: Life) -> Iterator[str]:
        """Explain an update: each attribute from a version; all of a summary's from one version of each of its records."""
        before, after = event.before or {}, event.after or {}
        summed = self.summed.get(id(event))
        is_told = False
        versions = [version for version in self._until(event.at) if version.mapped is not None]
        for name in sorted(event.changed() - DERIVED - self._derived() - {"adapters", "psa-integration", "my-glue"}):
            attribute = self.known.get(name)
            change = f"{name} {before.get(name)!r} -> {after.get(name)!r}"
            if name == "organization-id":
                if self.judged.decisions.moves.get(f"{self.kind}:{self.source_id}") is None:
                    yield f"{change}: moved, and no person accepted it"
            elif name == "archived":
                yield from self._archived(event, life)
            elif attribute is None and name.startswith(TRAIT):
                continue  # safety says it
            elif attribute is None:
                yield f"{change}: no mapping writes this"
            elif (exception := words_of(self.block, attribute)) in {"ignore", "once"}:
                yield f"{change}: written, though the block says {exception}"
            elif exception == "fill" and attribute.holds(before) is not None:
                yield f"{change}: written, though fill stands for empty attributes only"
            elif summed is not None:
                if name not in summed.alone:
                    is_told = True
                    yield f"{change}: no version of the source says this"
            elif not any(self._explains(attribute, version, before, after) for version in versions):
                yield f"{change}: no version of the source says this"
        if summed is not None and summed.version is None and not is_told:
            shown = ", ".join(f"{name} {after.get(name)!r}" for name in sorted(summed.alone))
            yield f"{shown}: no version of the source says these together"

    def _explains(self, attribute: Attribute, version: Version, before: Row, after: Row) -> bool:
        assert version.mapped is not None
        wanted = version.mapped.wanted.get(attribute.word)
        above = BELOW.get(attribute.stored)
        if above is not None and attribute.holds(after) is None:
            return wanted is None or before.get(above) != after.get(above)
        if wanted is SKIP:
            return False
        if attribute.word == "notes":
            return self._notes_agree(wanted, before, after)
        return self._agrees(attribute, wanted, after)

    def _agrees(self, attribute: Attribute, wanted: Wanted, row: Row) -> bool:
        """Compare what was written with a version; of tags those may be missing that had no link then."""
        if attribute.form == "tags":
            return wanted is ANY or set(attribute.holds(row) or ()) <= set(wanted or ())
        return attribute.agrees(wanted, row)

    def _suggested(self) -> set[str]:
        kind = self.fold.links.types.get(self.kind)
        return set() if kind is None else {attribute.stored for attribute in kind.suggested.values()}

    def _derived(self) -> frozenset[str]:
        return frozenset() if "name" in self.known else frozenset({"name"})

    def _notes_agree(self, wanted: Wanted, before: Row, after: Row) -> bool:
        had, has = (marker.read(row.get("notes"), self.judged.source) for row in (before, after))
        return (had.id is None or had.id == has.id) and (has.before or None) == wanted

    def _archived(self, event: Event, life: Life) -> Iterator[str]:
        if (event.after or {}).get("archived"):
            versions = self._until(event.at)
            has_when = isinstance(self.block, AssetBlock) and self.block.archive_when is not None
            archives = self.block.gone.startswith("archive") or has_when
            gone = archives and any(version.mapped is None for version in versions)
            if not gone and not any(version.mapped is not None and version.mapped.gone for version in versions):
                yield "archived, though the source still has it or gone does not say so"
        elif not life.written_by_api("archived", event.at):
            yield "restored, though a person had archived it"

    def _disagreements(self, row: Row, version: Version) -> list[str]:
        if version.mapped is None:
            return ["was made after the source had deleted it"]
        if version.mapped.gone:
            return ["was made though it counts as gone"]
        reasons = []
        for attribute in self.known.values():
            wanted = version.mapped.wanted.get(attribute.word)
            if wanted is SKIP or words_of(self.block, attribute) == "ignore":
                wanted = None
            if attribute.word == "notes" and wanted is not ANY:
                reasons += self._made_notes(wanted, row)
            elif attribute.form == "marker" and attribute.holds(row) is None:
                reasons.append(f"no marker in the field {attribute.word}")
            elif attribute.form == "reference" and attribute.holds(row) is None:
                continue  # left out where what it refers to had no link then; that it comes in the end is I1's
            elif not self._agrees(attribute, wanted, row):
                reasons.append(f"{attribute.shown} {attribute.holds(row)!r} where the source says {wanted!r}")
        reasons += [
            f"{name} {value!r}, which no mapping writes"
            for name, value in row.items()
            if value
            and name not in self.known
            and name not in DERIVED | self._derived() | _ASIDE | self._suggested()
            and not _moves_by_itself(name)
        ]
        if self.kind != "organization" and str(row["organization-id"]) != version.home:
            reasons.append(f"in organization {row['organization-id']} where the source's is {version.home}")
        return reasons

    def _made_notes(self, wanted: Wanted, row: Row) -> list[str]:
        found = marker.read(row.get("notes"), self.judged.source)
        reasons = []
        if self.judged.marker and self.kind == "configuration" and found.id != self.source_id:
            reasons.append(f"no marker in the last line of the notes {row.get('notes')!r}")
        if (found.before or None) != wanted:
            reasons.append(f"notes {row.get('notes')!r} where the source says {wanted!r}")
        return reasons

    def _until(self, moment: float) -> list[Version]:
        told = [version for version in self.versions if version.since <= moment + CLOCKS]
        if told and self.fold.versions.is_relative(self.kind):
            # An age may turn between the plan and its write.
            told += [self.fold.versions.at(self.kind, self.source_id, when) for when in (moment, moment - _PLANNED)]
        return told


def _moves_by_itself(name: str) -> bool:
    return name in {"created-at", "updated-at", "resource-url"}
