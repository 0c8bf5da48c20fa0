"""A block of flexible assets as it is for some organizations: its own table, overrides over it, the last one winning."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.errors import SettingsError
from bridge.mapping.assets import folded
from bridge.mapping.effective import EXCLUSIVE, MappingSettings, Path
from bridge.mapping.problems import nearest
from bridge.mapping.rules import AssetOverrideRules, FlexibleAssetRules

_KEYS = ("only", "match", "once", "fill", "ignore", "clear", "gone", "create")


@dataclass(slots=True)
class Laid:
    """The effective table. `moved` says where a key that an override gives stands; `off` where one switches it off."""

    rules: FlexibleAssetRules
    moved: dict[Path, Path] = field(default_factory=dict)
    off: Path | None = None
    problems: list[SettingsError] = field(default_factory=list)


def of_block(settings: MappingSettings, block_id: str) -> Mapping[int, AssetOverrideRules]:
    """Give what each override of the file says of a block."""
    given = ((number, each.flexible_assets or {}) for number, each in enumerate(settings.override))
    return {number: blocks[block_id] for number, blocks in given if block_id in blocks}


def lay(rules: FlexibleAssetRules, settings: MappingSettings, overrides: Sequence[int]) -> Laid:
    """Put these overrides over a block's table."""
    found = Laid(rules)
    given = of_block(settings, rules.id)
    for number in overrides:
        if number in given:
            _lay(found, given[number], ("override", number, "flexible_assets", rules.id), settings)
    return found


def _lay(found: Laid, over: AssetOverrideRules, path: Path, settings: MappingSettings) -> None:
    rules = found.rules
    changed: dict[str, Any] = {}
    if over.enabled is not None:
        found.off = None if over.enabled else (*path, "enabled")
    for key in _KEYS:
        if getattr(over, key) is not None:
            changed[key] = getattr(over, key)
            found.moved[key,] = (*path, key)
    # What a layer gives to one of these it takes from the others.
    taken = {folded(name) for rule in EXCLUSIVE for name in changed.get(rule, ())}
    for rule in EXCLUSIVE:
        earlier = getattr(rules, rule)
        if rule not in changed and earlier:
            changed[rule] = tuple(name for name in earlier if folded(name) not in taken)
    fields = list(rules.fields)
    places = {folded(each.name): at for at, each in enumerate(fields)}
    for name, value in (over.values or {}).items():
        at = places.get(folded(name))
        where = (*path, "set", name)
        if at is None:
            said = f'{rules.id} has no field "{name}"{nearest(name, [each.name for each in fields])}'
            found.problems.append(settings.error("B125", said, where))
            continue
        fields[at] = fields[at].model_copy(update={"value": value})
        found.moved["fields", at, "value"] = where
    found.rules = rules.model_copy(update={**changed, "fields": tuple(fields)})
