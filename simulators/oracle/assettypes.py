"""The flexible asset types of IT Glue that blocks write: their ids, the keys of their fields, what may not be touched."""

from dataclasses import dataclass, field
from typing import Final

from .attributes import Attribute
from .blocks import MARKER, AssetBlock
from .story import TRAIT, Row
from .text import folded
from .world import World

_FORMS: Final = {"Tag": "tags", "Textbox": "html"}
_UNSAFE: Final = frozenset({"Upload", "Password"})
"""Kinds of fields whose traits no client can send back (api/itglue.md 5.9)."""


@dataclass(frozen=True)
class AssetType:
    """A block's type as IT Glue has it at the end; `ids` are those of its name, none where it is not made.

    It is `broken`, and its assets are held, where writes would lose an upload or a password, where a person disabled it, and
    where a field of the block was renamed, deleted or made another kind. `missing` are fields that were never made.
    """

    ids: frozenset[str] = frozenset()
    attributes: tuple[Attribute, ...] = ()
    broken: bool = False
    missing: tuple[str, ...] = ()
    keys: dict[str, str] = field(default_factory=dict)
    suggested: dict[str, Attribute] = field(default_factory=dict)
    """The fields that suggestions are shown in, by name."""


def asset_type(world: World, block: AssetBlock) -> AssetType:
    """Find the type of a block by its name, and its fields by theirs."""
    types = [row for row in _rows(world, "flexible_asset_types") if folded(row["name"]) == folded(block.type)]
    ids = frozenset(str(row["id"]) for row in types)
    fields = [row for row in _rows(world, "flexible_asset_fields") if str(row["flexible-asset-type-id"]) in ids]
    ever = _ever(world, ids)
    keys = {folded(row["name"]): str(row["name-key"]) for row in fields}
    kinds = {folded(row["name"]): row["kind"] for row in fields}
    attributes = []
    for name, kind in (*((each.name, each.kind) for each in block.fields if each.value is not None), (MARKER, MARKER)):
        if (key := keys.get(folded(name))) is not None and kind != "Header":
            form = "marker" if kind == MARKER else _FORMS.get(kind, "value")
            attributes.append(_shown(name, key, form))
    suggesting = [each.name for each in block.fields if each.suggest and folded(each.name) in keys]
    return AssetType(
        ids,
        tuple(attributes),
        broken=any(row["kind"] in _UNSAFE for row in fields)
        or any(row.get("enabled") is False for row in types)
        or any(
            kinds.get(folded(each.name), "" if folded(each.name) in ever else each.kind) != each.kind
            for each in block.fields
        ),
        missing=tuple(each.name for each in block.fields if ids and folded(each.name) not in {*keys, *ever}),
        keys=keys,
        suggested={name: _shown(name, keys[folded(name)], "tags") for name in suggesting},
    )


def _shown(name: str, key: str, form: str) -> Attribute:
    return Attribute(name, f"{TRAIT}{key}", f"{TRAIT}{key}", form, open_when_synced=True)


def _ever(world: World, ids: frozenset[str]) -> set[str]:
    """Name the fields that types had at any time."""
    events = (event for life in world.others.get("flexible_asset_fields", {}).values() for event in life.events)
    rows = (event.after for event in events if event.after is not None)
    return {folded(row["name"]) for row in rows if str(row["flexible-asset-type-id"]) in ids}


def unsafe_types(world: World) -> set[str]:
    """Give the ids of the types whose assets lose something with every write of traits."""
    fields = _rows(world, "flexible_asset_fields")
    return {str(row["flexible-asset-type-id"]) for row in fields if row["kind"] in _UNSAFE}


def _rows(world: World, resource: str) -> list[Row]:
    lives = world.others.get(resource, {}).values()
    return [life.now | {"id": life.id} for life in lives if life.now is not None]
