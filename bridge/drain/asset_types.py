"""What a block of flexible assets finds in IT Glue: its type, the keys of its fields, and what is still to be made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bridge.desired import Held, Name
from bridge.drain import names
from bridge.drain.make_types import KINDS, fault_of_field, fault_of_type, field_name, field_of, tag_type, type_name
from bridge.itglue.kinds import FIELDS, assets_of
from bridge.mapping.assets import folded
from bridge.mapping.blocks import Block
from bridge.mapping.traits import VALUELESS, options_of
from bridge.planning import Rules

__all__ = ["KINDS", "FieldView", "TypeView", "view"]


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field as IT Glue has it, or as it will: `options` None where nobody knows them yet."""

    key: str
    kind: str
    options: tuple[str, ...] | None = None
    decimals: int = 0


@dataclass(slots=True)
class TypeView:
    """A block's type at one moment. `type_id` is "" where it is not made yet; then the keys are what they will likely be.

    `missing` are names to be made first; `held_by` targets that are held, with the reason of the first; `unseen` those of fields that are there and that the index does not show. `shown` are the
    fields as IT Glue shows them, `required` those of them that have to have a value; `flaw` says why nothing of the type
    can be written, where a plan finds out what the drain will hold.
    """

    type_id: str
    fields: dict[str, FieldView] = field(default_factory=dict)
    shown: list[Mapping[str, Any]] = field(default_factory=list)
    missing: list[Name] = field(default_factory=list)
    held_by: list[int] = field(default_factory=list)
    unseen: list[int] = field(default_factory=list)
    reason: str = ""
    flaw: Held | None = None
    rules: Rules = field(default_factory=lambda: Rules("flexible_assets"))

    @property
    def kind(self) -> str:
        """Name the assets of the type as the index and links do."""
        return assets_of(self.type_id) if self.type_id else "flexible_assets:"

    @property
    def required(self) -> list[Mapping[str, Any]]:
        """Give the fields without which IT Glue takes no asset."""
        return [each for each in self.shown if each.get("required") and each.get("kind") not in VALUELESS]

    def key(self, name: str) -> str:
        """Give the key of a field of the file."""
        return self.fields[folded(name)].key

    def word(self, name: str) -> str:
        """Give a trait's attribute word from what the mapping calls it, `traits.<name of the field>`."""
        return f"traits.{self.key(name.removeprefix('traits.'))}"


def view(moment: names.Names, block: Block, *, everyone: bool = False) -> TypeView:
    """Look at a block's type and fields, as far as they are there.

    With `everyone`, for a plan: what only a stop holds counts as made, what is there and due counts as looked at, and
    what will hold it is the view's flaw.
    """
    asset_type = block.asset_type
    if asset_type is None:
        raise ValueError(f"{block.id} writes no flexible assets")
    name = type_name(asset_type)
    type_id = moment.type_id(name) or ""
    attributes = moment.types.get(type_id, {})
    found = TypeView(type_id, shown=list(attributes.get(FIELDS) or ()))
    fault = fault_of_type(moment, asset_type, type_id) if type_id else None
    _look(found, moment, name, _Due(fault, there=bool(type_id)) if everyone else None)
    for each in asset_type.fields:
        own = field_name(asset_type, each)
        row = moment.target(own)
        known = row.itglue_id if row is not None else None
        there = field_of(attributes, known, each.name)
        fault = fault_of_field(moment, asset_type, each, attributes, known)
        _look(found, moment, own, _Due(fault, there is not None, tag_type(moment, each) is None) if everyone else None)
        if there is None:
            # As IT Glue makes keys (api 5.8): for a plan of what is not made yet, never for a write.
            key = "-".join(
                part for part in "".join(c if c.isascii() and c.isalnum() else " " for c in each.name.lower()).split()
            )
            found.fields[folded(each.name)] = FieldView(key, each.kind, each.options or None, each.decimals)
            if row is not None and row.state == "settled":
                found.unseen.append(row.id)
            if own not in found.missing and not found.held_by and found.flaw is None:
                found.missing.append(own)
        else:
            found.fields[folded(each.name)] = FieldView(
                str(there.get("name_key")),
                each.kind,
                options_of(there.get("default_value")),
                int(there.get("decimals") or 0),
            )
    owners = block.owners
    kept = {f"traits.{each.name}" for each in asset_type.fields if not each.has_value}
    found.rules = Rules(
        kind="flexible_assets",
        once=frozenset(map(found.word, owners.once)),
        fill=frozenset(map(found.word, owners.fill)),
        ignore=frozenset(map(found.word, owners.ignore | kept)),
        clear=frozenset(map(found.word, owners.clear)),
        create=block.create,  # type: ignore[arg-type]  # validated by the settings
        gone=block.gone.verb,  # type: ignore[arg-type]  # parsed from the settings
    )
    return found


# What an apply looks at once more: whether it still holds is said by the file and the index.
_LOOKED_AT_AGAIN = frozenset({"unsafe_type", "target_gone", "no_value", "parent_held"})


@dataclass(frozen=True, slots=True)
class _Due:
    """What the drain will find of a name that is due, by the index: the fault that holds it, or that it is there."""

    fault: Held | None
    there: bool
    unknowable: bool = False  # it is to tag a type that is not there


def _look(found: TypeView, moment: names.Names, name: Name, due: _Due | None) -> None:
    """Note of a type or a field whether it is still to be made, or held; `due` is what a plan goes by."""
    row = moment.target(name)
    if row is not None and row.state == "held" and not (due is not None and row.code == "stop_creates"):
        again = due is not None and row.code in _LOOKED_AT_AGAIN and not due.unknowable
        fault = due.fault if due is not None and again else Held(str(row.code), str(row.reason))
        if fault is not None:
            found.held_by.append(row.id)
            found.reason = found.reason or fault.reason
        elif due is not None and not due.there:
            found.missing.append(name)
    elif row is not None and row.state == "settled":
        return
    elif due is not None and due.fault is not None:
        found.flaw = found.flaw or due.fault
    elif due is None or not due.there:
        found.missing.append(name)
