"""A block's effective definition: built-in lines, the file's lines over them, overrides over those."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Protocol

import orjson

from bridge.errors import SettingsError
from bridge.mapping import default_2026_11
from bridge.mapping.attributes import find
from bridge.mapping.rules import (
    BlockRules,
    ConfigurationRules,
    ContactRules,
    FlexibleAssetRules,
    Line,
    LocationRules,
    OrganizationRules,
    OverrideRules,
    SuggestionRules,
)

DEFAULTS: dict[str, dict[str, dict[str, Any]]] = {default_2026_11.NAME: default_2026_11.BLOCKS}
KINDS = {
    "organizations": "organization", "locations": "location", "contacts": "contact", "configurations": "configuration",
}  # fmt: skip
_MODELS: dict[str, type[BlockRules]] = {
    "organizations": OrganizationRules, "locations": LocationRules, "contacts": ContactRules,
    "configurations": ConfigurationRules,
}  # fmt: skip
# What is worked on first; no two blocks share a number, since a claim is of one wave (PROTOCOLS 1).
WAVES = {
    "names": 0, "models": 1, "organizations": 2, "locations": 3, "contacts": 4, "configurations": 5, "flexible_assets": 6,
}  # fmt: skip
# Blocks of flexible assets have names of their own choice: not one of these, nor what targets are called that are no block.
BLOCK_IDS = frozenset(
    {"names", "organizations", "locations", "contacts", "configurations", "tickets", "flexible_assets"}
)

EXCLUSIVE = ("once", "fill", "ignore")

Path = tuple[str | int, ...]


class MappingSettings(Protocol):
    """The part of the settings that makes the mapping."""

    @property
    def defaults(self) -> str:
        """Name the built-in mapping."""

    @property
    def organizations(self) -> OrganizationRules:
        """Give `[organizations]`."""

    @property
    def locations(self) -> LocationRules:
        """Give `[locations]`."""

    @property
    def contacts(self) -> ContactRules:
        """Give `[contacts]`."""

    @property
    def configurations(self) -> ConfigurationRules:
        """Give `[configurations]`."""

    @property
    def flexible_assets(self) -> tuple[FlexibleAssetRules, ...]:
        """Give each `[[flexible_assets]]`."""

    @property
    def suggestions(self) -> tuple[SuggestionRules, ...]:
        """Give each `[[suggestions]]`."""

    @property
    def override(self) -> tuple[OverrideRules, ...]:
        """Give each `[[override]]`."""

    def later(self) -> Mapping[str, Path]:
        """Name the tables of kinds that this release does not sync, each with where it stands."""

    def zones(self) -> Mapping[str, str]:
        """Give the time zone of each source."""

    def where(self, path: Path) -> str:
        """Say where a key stands: `bridge.toml:26`."""

    def error(self, code: str, message: str, path: Path) -> SettingsError:
        """Make the error of a key."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One effective key: its value, where it comes from, and its path in the file (None: built in)."""

    value: Any
    where: str
    path: Path | None


@dataclass(slots=True)
class Definition:
    """Everything a block is compiled from: `entries` by key, `sets` by attribute word."""

    id: str
    defaults: str
    entries: dict[str, Entry] = field(default_factory=dict)
    sets: dict[str, Entry] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)

    def digest(self) -> str:
        """Give the rules digest: equal wherever and whenever the definition is equal."""
        content = {
            "id": self.id,
            "defaults": self.defaults,
            "keys": {key: _bare(entry.value) for key, entry in self.entries.items()},
            "set": {key: _bare(entry.value) for key, entry in self.sets.items()},
            # Only what differs from the default, so that another source in UTC changes nothing of the others.
            "zones": {source: zone for source, zone in self.zones.items() if zone != "UTC"},
        }
        return blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _bare(value: Any) -> Any:
    """Give a value without where it stands; names of a map line compare without case and order."""
    if isinstance(value, Entry):
        return _bare(value.value)
    if isinstance(value, Line):
        return {"from": list(value.names), "to": value.to}
    if isinstance(value, tuple | list):
        return [_bare(each) for each in value]
    return value


def define(block_id: str, settings: MappingSettings, overrides: tuple[int, ...] = ()) -> Definition:
    """Put together a block's definition, with these overrides of the file, the last one winning."""
    definition = Definition(block_id, settings.defaults, zones=settings.zones())
    built_in = DEFAULTS[settings.defaults][block_id]
    said = f"defaults {settings.defaults}"
    _lay(definition, _rules(block_id, built_in), lambda _: (said, None))
    _lay(definition, _block(block_id, settings), _placed(settings, (block_id,)))
    for number in overrides:
        key, rules = _override(block_id, settings, number)
        if rules is not None:
            _lay(definition, rules, _placed(settings, ("override", number, key)))
    return definition


def is_read(block_id: str, settings: MappingSettings) -> bool:
    """Tell whether a block is switched on, for anybody at all."""
    laid = [getattr(_block(block_id, settings), "enabled", None)]
    laid += [
        getattr(_override(block_id, settings, number)[1], "enabled", None) for number in range(len(settings.override))
    ]
    return laid[0] is not False or True in laid


def _override(block_id: str, settings: MappingSettings, number: int) -> tuple[str, BlockRules | None]:
    key = "organization" if block_id == "organizations" else block_id
    rules: BlockRules | None = getattr(settings.override[number], key)
    return key, rules


def _placed(settings: MappingSettings, start: Path) -> Callable[[Path], tuple[str, Path | None]]:
    return lambda path: (settings.where((*start, *path)), (*start, *path))


def _rules(block_id: str, table: dict[str, Any]) -> BlockRules:
    return _MODELS[block_id].model_validate({key: value for key, value in table.items() if value is not None})


def _block(block_id: str, settings: MappingSettings) -> BlockRules:
    rules: BlockRules = getattr(settings, block_id)
    return rules


def _lay(definition: Definition, rules: BlockRules, place: Callable[[Path], tuple[str, Path | None]]) -> None:
    for name in type(rules).model_fields:
        value = getattr(rules, name)
        if value is None:
            continue
        if name == "values":
            for word, template in value.items():
                definition.sets[word] = Entry(template, *place(("set", word)))
        elif isinstance(value, tuple) and value and isinstance(value[0], Line):
            lines = tuple(Entry(line, *place((name, number))) for number, line in enumerate(value))
            definition.entries[name] = Entry(lines, *place((name,)))
        else:
            definition.entries[name] = Entry(value, *place((name,)))
    _yield_owners(definition, rules)


def _yield_owners(definition: Definition, rules: BlockRules) -> None:
    """Take what a layer gives to one of once, fill and ignore out of the lists that earlier layers made."""
    given = {rule: getattr(rules, rule) for rule in EXCLUSIVE if getattr(rules, rule) is not None}
    taken = {_name(definition.id, word) for words in given.values() for word in words}
    for rule in EXCLUSIVE:
        entry = definition.entries.get(rule)
        if rule not in given and entry is not None:
            left = tuple(word for word in entry.value if _name(definition.id, word) not in taken)
            definition.entries[rule] = replace(entry, value=left)


def _name(block_id: str, word: str) -> str:
    attribute = find(block_id, word)
    return word if attribute is None else attribute.name
