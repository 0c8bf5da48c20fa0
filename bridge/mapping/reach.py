"""Which lines of the value maps records reach, and which names those lines ask for; pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.desired import Excluded
from bridge.mapping.attributes import ATTRIBUTES, READ_ONLY_NAMES, Attribute
from bridge.mapping.blocks import Mapping as BlockMapping
from bridge.mapping.blocks import organization_of
from bridge.mapping.clean import one_line, plain
from bridge.mapping.effective import Definition, Entry, MappingSettings, Path, define
from bridge.mapping.rollout import selects
from bridge.mapping.rules import ACTIONS, Line
from bridge.mapping.values import ANY, MapLine
from bridge.records import Ref

# The record's word behind each value map, unless `set` gives the attribute another value.
_WORDS = {
    "organizations": {"types": "types", "statuses": "status"},
    "locations": {"countries": "country", "regions": "region"},
    "contacts": {"types": "type"},
    "configurations": {
        "types": "type", "statuses": "status", "manufacturers": "manufacturer", "models": "model",
        "operating_systems": "os",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MapRow:
    """One line of a value map as it stands in the file."""

    block: str
    key: str
    path: Path
    where: str
    line: Line

    @property
    def text(self) -> str:
        """Write the line as the file has it."""
        names = ", ".join(name or '""' for name in self.line.names)
        return f"{names} -> {self.line.to}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name that has to exist in IT Glue: its resource word, what people call it, where the file names it."""

    kind: str
    word: str
    name: str
    path: Path
    required: bool


def rows_of(settings: MappingSettings, block_id: str) -> list[MapRow]:
    """Give every value-map line that the file holds for a block, those of overrides after the block's own."""
    found: dict[Path, MapRow] = {}
    for overrides in ((), *((number,) for number in range(len(settings.override)))):
        definition = define(block_id, settings, overrides)
        for key in _WORDS[block_id]:
            for entry in _entries(definition, key):
                if entry.path is not None:
                    found.setdefault(entry.path, MapRow(block_id, key, entry.path, entry.where, entry.value))
    return list(found.values())


def wanted(settings: MappingSettings, mapping: BlockMapping, block_id: str) -> Iterator[Wanted]:
    """Name what the file's lines, and `gone`, ask IT Glue for; a model's name depends on its manufacturer, so none."""
    by_rule = {attribute.rule: attribute for attribute in ATTRIBUTES[block_id].values() if attribute.rule}
    for row in rows_of(settings, block_id):
        attribute = by_rule[row.key]
        if row.line.to not in ACTIONS and attribute.word != "model":
            # What IT Glue's own lists lack is left out, or goes to the notes; every other name holds the record.
            required = attribute.names not in READ_ONLY_NAMES
            yield Wanted(attribute.names, _said(attribute), row.line.to, row.path, required)
    gone = mapping.block(block_id).gone
    if gone.status is not None:
        yield Wanted(f"{block_id.removesuffix('s')}_statuses", "status", gone.status, (block_id, "gone"), True)


def _said(attribute: Attribute) -> str:
    return attribute.word.replace("_", " ")


class Reach:
    """Counts, line by line, the records that take part."""

    def __init__(self, settings: MappingSettings, mapping: BlockMapping) -> None:
        self._settings = settings
        self._mapping = mapping
        self._forms: dict[tuple[str, tuple[int, ...]], dict[str, list[tuple[Path | None, frozenset[str]]]]] = {}
        self.lines: Counter[Path] = Counter()
        self.records: Counter[str] = Counter()

    def add(self, block_id: str, ref: Ref, words: Mapping[str, Any]) -> None:
        """Count one record, unless `only` keeps it out."""
        mapped = self._mapping.block_for(block_id, words, ref).map(words, ref)
        if isinstance(mapped, Excluded) and mapped.rule.endswith(".only"):
            return
        self.records[block_id] += 1
        for key, lines in self._form(block_id, words, ref).items():
            values = words.get(_WORDS[block_id][key])
            names = [one_line(plain(each) or "") for each in (values if isinstance(values, list) else [values])] or [""]
            folded = [name.casefold() for name in names]
            hit = next((path for path, fits in lines if ANY in fits or any(name in fits for name in folded)), None)
            if hit is not None:
                self.lines[hit] += 1

    def _form(
        self, block_id: str, words: Mapping[str, Any], ref: Ref
    ) -> dict[str, list[tuple[Path | None, frozenset[str]]]]:
        organization = organization_of(words, ref)
        overrides = tuple(
            number
            for number, each in enumerate(self._settings.override)
            if organization is not None and selects(each.organizations, *organization)
        )
        form = self._forms.get((block_id, overrides))
        if form is None:
            definition = define(block_id, self._settings, overrides)
            form = self._forms[block_id, overrides] = {
                key: [(entry.path, MapLine.of(entry.value, entry.where).names) for entry in _entries(definition, key)]
                for key in _WORDS[block_id]
            }
        return form


def _entries(definition: Definition, key: str) -> Iterator[Entry]:
    entry = definition.entries.get(key)
    if entry is None or not isinstance(entry.value, tuple):
        return
    attribute = next((each for each in ATTRIBUTES[definition.id].values() if each.rule == key), None)
    own = definition.sets.get(attribute.word) if attribute is not None and attribute.settable else None
    if own is not None and own.path is not None:
        return  # what such a record is called is no word of its own any more
    yield from (each for each in entry.value if isinstance(each, Entry))
