"""Whether IT Glue's flexible asset types fit the blocks of the file: kinds, tags and options of their fields."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bridge.cli import output
from bridge.cli.checks.found import Found, of_settings, ok
from bridge.drain.make_types import field_of, flaw_of
from bridge.mapping.assets import AssetField, folded
from bridge.mapping.blocks import Mapping as BlockMapping
from bridge.mapping.traits import ASSET_TAG, options_of

if TYPE_CHECKING:
    from bridge.settings import Settings

Types = Sequence[Mapping[str, Any]]
"""The flexible asset types of IT Glue, each with its fields."""


def in_itglue(settings: "Settings", mapping: BlockMapping, types: Types) -> Iterator[Found]:
    """Find what is wrong with the types that blocks write; say what will be made."""
    known = {folded(str(each.get("name") or "")): each for each in types}
    for number, rules in enumerate(settings.flexible_assets):
        block = mapping.block(rules.id)
        asset_type = block.asset_type
        there = known.get(folded(rules.type))
        if asset_type is None:
            continue
        if there is None:
            said = f'"{rules.type}" is not there: it is made with {output.count(len(asset_type.fields), "field")}'
            yield ok("itglue", f"flexible asset type {said} once an asset needs it")
            continue
        flaws = list(_flaws(asset_type.fields, there))
        if (flaw := flaw_of(asset_type, there)) is not None:
            flaws.insert(0, flaw)
        for flaw in flaws:
            yield of_settings(settings.error("B316", flaw, ("flexible_assets", number)))
        added = [field.name for field in asset_type.fields if field_of(there, None, field.name) is None]
        if not flaws:
            more = f", to which {output.count(len(added), 'field')} will be added: {', '.join(added)}" if added else ""
            yield ok("itglue", f'flexible asset type "{rules.type}" fits{more}')


def _flaws(fields: Sequence[AssetField], there: Mapping[str, Any]) -> Iterator[str]:
    for field in fields:
        own = field_of(there, None, field.name)
        if own is None:
            continue
        if own.get("kind") != field.kind:
            yield f'field "{field.name}" is a {own.get("kind")} in IT Glue, the file says {field.kind}'
        elif field.kind == "Tag" and not str(field.tags).startswith(ASSET_TAG) and own.get("tag_type") != field.tags:
            yield f'field "{field.name}" tags {own.get("tag_type")} in IT Glue, the file says {field.tags}'
        lacking = [each for each in field.options if each not in options_of(own.get("default_value"))]
        if own.get("kind") == field.kind == "Select" and lacking:
            listed = ", ".join(f'"{each}"' for each in lacking)
            yield f'field "{field.name}" has no option {listed} in IT Glue: add it there, else what has it is held'
