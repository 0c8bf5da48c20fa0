"""What the file says of a flexible asset type: its fields, as they are made and as they are checked against."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bridge.mapping.traits import TITLES

BRIDGE_REF = "Bridge ref"
"""The field that shows whose record an asset is (PROTOCOLS 3)."""


@dataclass(frozen=True, slots=True)
class AssetField:
    """One field of the file. `tags` is the tag type, `options` those of a Select; `has_value` that we write it."""

    name: str
    kind: str
    title: bool = False
    required: bool = False
    in_list: bool = False
    hint: str | None = None
    tags: str | None = None
    options: tuple[str, ...] = ()
    decimals: int = 0
    has_value: bool = True


@dataclass(frozen=True, slots=True)
class AssetType:
    """One type of the file, with the fields in their order."""

    name: str
    icon: str | None = None
    description: str | None = None
    fields: tuple[AssetField, ...] = ()

    def find(self, name: str) -> AssetField | None:
        """Give a field by its name, whatever its case."""
        return next((each for each in self.fields if folded(each.name) == folded(name)), None)

    @property
    def titles(self) -> tuple[AssetField, ...]:
        """Give the fields that make the title."""
        return tuple(each for each in self.fields if each.title and each.kind in TITLES)


def folded(name: str) -> str:
    """Give the name of a type or a field as it is compared."""
    return " ".join(name.casefold().split())


def merged(types: Iterable[AssetType]) -> dict[str, AssetType]:
    """Put the blocks of one type together: the fields of the first, then those that only later ones have."""
    found: dict[str, AssetType] = {}
    for each in types:
        known = found.get(folded(each.name))
        if known is None:
            found[folded(each.name)] = each
            continue
        names = {folded(field.name) for field in known.fields}
        more = tuple(field for field in each.fields if folded(field.name) not in names)
        found[folded(each.name)] = replace(
            known,
            icon=known.icon or each.icon,
            description=known.description or each.description,
            fields=known.fields + more,
        )
    return found
