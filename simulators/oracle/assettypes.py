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

    `missing` are fields of the block that the type lacks.
    """

    ids: frozenset[str] = frozenset()
    attributes: tuple[Attribute, ...] = ()
    unsafe: bool = False
    disabled: bool = False
    missing: tuple[str, ...] = ()
    keys: dict[str, str] = field(default_factory=dict)


def asset_type(world: World, block: AssetBlock) -> AssetType:
    """Find the type of a block by its name, and its fields by theirs."""
    types = [row for row in _rows(world, "flexible_asset_types") if folded(row["name"]) == folded(block.type)]
    ids = frozenset(str(row["id"]) for row in types)
    fields = [row for row in _rows(world, "flexible_asset_fields") if str(row["flexible-asset-type-id"]) in ids]
    keys = {folded(row["name"]): str(row["name-key"]) for row in fields}
    attributes = []
    for name, kind in (*((each.name, each.kind) for each in block.fields), (MARKER, MARKER)):
        if (key := keys.get(folded(name))) is not None and kind != "Header":
            form = "marker" if kind == MARKER else _FORMS.get(kind, "value")
            attributes.append(Attribute(name, f"{TRAIT}{key}", f"{TRAIT}{key}", form, open_when_synced=True))
    return AssetType(
        ids,
        tuple(attributes),
        unsafe=any(row["kind"] in _UNSAFE for row in fields),
        disabled=any(row.get("enabled") is False for row in types),
        missing=tuple(each.name for each in block.fields if ids and folded(each.name) not in keys),
        keys=keys,
    )


def unsafe_types(world: World) -> set[str]:
    """Give the ids of the types whose assets lose something with every write of traits."""
    fields = _rows(world, "flexible_asset_fields")
    return {str(row["flexible-asset-type-id"]) for row in fields if row["kind"] in _UNSAFE}


def _rows(world: World, resource: str) -> list[Row]:
    lives = world.others.get(resource, {}).values()
    return [life.now | {"id": life.id} for life in lives if life.now is not None]
