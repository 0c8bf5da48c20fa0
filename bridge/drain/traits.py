"""The wish of a flexible asset: from the fields of the file to the traits that its type has in IT Glue."""

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.desired import Desired, Excluded, Held, Name
from bridge.drain import references
from bridge.drain.asset_types import FieldView, TypeView
from bridge.drain.work import Work
from bridge.itglue.kinds import TYPE_ID
from bridge.itglue.write_shape import CannotWriteBackError, write_shape
from bridge.mapping.assets import AssetField, AssetType, folded
from bridge.mapping.block import Block
from bridge.mapping.blocks import Mapping as BlockMapping
from bridge.mapping.clean import Bad
from bridge.mapping.traits import ASSET_TAG, TAGS, number, select
from bridge.planning import Adopt, Create, Hold, Nothing, Plan, Restore, Update
from bridge.planning.sameness import is_empty
from bridge.records import Ref


def referred(mapping: BlockMapping, block: Block, desired: Desired) -> Iterator[references.Wanted]:
    """Give what the tags of a wish refer to."""
    for word, members in desired.tags.items():
        field = _field(block, word)
        for member in members:
            if isinstance(member, Ref):
                yield from _wanted(mapping, field, member)


def _wanted(mapping: BlockMapping, field: AssetField, ref: Ref) -> list[references.Wanted]:
    """Give the targets that a tag may mean: the record's own, or the assets that blocks of the tagged type make of it."""
    if field.tags in TAGS:
        return [references.of_record(ref)]
    name = (field.tags or "").removeprefix(ASSET_TAG).strip()
    return [
        (each.id, ref)
        for each in mapping.blocks
        if each.asset_type is not None
        and folded(each.asset_type.name) == folded(name)
        and each.anchor_kind == ref.kind
        and each.source in (None, ref.source)
    ]


def resolve(
    mapping: BlockMapping,
    work: Work,
    desired: Desired,
    seen: TypeView,
    found: Mapping[references.Wanted, references.Found],
) -> tuple[Name, ...] | Held | Excluded | list[int]:
    """Fill in the wish; give the names to be made first, or the targets to wait for (a list), or why it ends here."""
    block = work.block
    if block is None or block.asset_type is None:
        raise RuntimeError("a flexible asset without a block of its own")
    if desired.empty and work.link is None:
        return Excluded(f"[[flexible_assets]] {block.id}: no {block.kind}s")
    if seen.flaw is not None:
        return seen.flaw
    if seen.held_by:
        work.held_by = tuple(seen.held_by)
        return Held("parent_held", seen.reason)
    work.assets_kind = seen.kind
    if work.link is not None and work.link_kind != seen.kind and seen.type_id:
        said = f'its asset {work.link.itglue_id} is of another type than "{block.asset_type.name}"'
        return Held("unsafe_type", f"{said}: give the block a new name, then it makes assets of its own")
    wish: dict[str, Any] = {TYPE_ID: seen.type_id or f"new {block.asset_type.name}"}
    if work.parent is not None:
        wish["organization_id"] = work.parent.itglue_id
        work.symbols["organization_id"] = str(work.parent.ref)
    work.symbols[TYPE_ID] = block.asset_type.name
    work.called = {f"traits.{seen.key(each.name)}": f"traits.{each.name}" for each in block.asset_type.fields}
    work.notes = dict(desired.notes)
    if block.suggestions is not None:
        work.suggested = frozenset(seen.word(word) for word, _, _ in block.suggestions.fields)
    for name, value in desired.attributes.items():
        field = _field(block, name)
        fitted = _fitted(field, seen.fields[folded(field.name)], value)
        if isinstance(fitted, Bad):
            return Held("bad_value", f'field "{field.name}" {fitted.text}')
        wish[seen.word(name)] = fitted
    waits: list[int] = []
    for name, members in desired.tags.items():
        tagged = _tagged(mapping, work, _field(block, name), seen.word(name), members, found, waits)
        if isinstance(tagged, Held):
            return tagged
        wish[seen.word(name)] = tagged
    work.title = " ".join(str(wish[word]) for word in map(seen.word, _titles(block.asset_type)) if wish.get(word))
    if waits:
        return waits
    work.leave_untaken(wish)
    work.wish = wish
    return tuple(seen.missing)


def title_of(asset_type: AssetType, desired: Desired) -> str:
    """Give the title that an asset will have, before its type is looked at."""
    return " ".join(str(desired.attributes[word]) for word in _titles(asset_type) if desired.attributes.get(word))


def finish(work: Work, seen: TypeView, plan: Plan, asset: Mapping[str, Any] | None) -> Held | None:
    """Make sure that a plan can be written: nothing required is blank, and what stays as it is can be sent along."""
    if isinstance(plan, Hold | Nothing):
        return None
    held = (asset or {}).get("traits") or {}
    blank = _blank(work, seen, held) if isinstance(plan, Create | Update | Adopt | Restore) else None
    if blank is not None:
        return Held(
            "bad_value", f'field "{blank}" is required and has no value: give it one, or let it be blank in IT Glue'
        )
    try:
        traits = {} if isinstance(plan, Create) else write_shape(seen.shown, held)
    except CannotWriteBackError as error:
        return Held("unsafe_type", f"{error}: nothing of this asset is written")
    work.rest = {key: value for key, value in traits.items() if f"traits.{key}" not in plan.fields}
    return None


def _titles(asset_type: AssetType) -> list[str]:
    return [f"traits.{each.name}" for each in asset_type.titles]


def _field(block: Block, word: str) -> AssetField:
    field = block.asset_type.find(word.removeprefix("traits.")) if block.asset_type is not None else None
    if field is None:
        raise KeyError(word)
    return field


def _fitted(field: AssetField, there: FieldView, value: Any) -> Any:
    """Fit a value to what IT Glue's own field takes: its options, its decimals."""
    if value is None:
        return None
    if field.kind == "Select" and there.options is not None:
        return select(value, there.options)
    if field.kind in ("Number", "Percent"):
        return number(value, there.decimals)
    return value


def _tagged(
    mapping: BlockMapping,
    work: Work,
    field: AssetField,
    word: str,
    members: tuple[Ref | str, ...],
    found: Mapping[references.Wanted, references.Found],
    waits: list[int],
) -> list[Any] | Held | None:
    ids: list[Any] = []
    symbols: list[str] = []
    for member in members:
        if isinstance(member, str):
            ids.append(int(member))
            symbols.append(member)
            continue
        if TAGS.get(field.tags or "", member.kind) != member.kind:
            return Held("bad_value", f'field "{field.name}" tags {field.tags}, and {member} is a {member.kind}')
        wanted = _wanted(mapping, field, member)
        if not wanted:
            return Held("bad_value", f'field "{field.name}" tags {field.tags}: no block makes one of {member}')
        for each in wanted:
            linked = references.follow(work, word, found[each], waits)
            if isinstance(linked, Held):
                return linked
            if linked is not None:
                ids.append(int(linked.itglue_id) if linked.itglue_id.isdigit() else linked.itglue_id)
                symbols.append(str(member))
    work.symbols[word] = ", ".join(symbols)
    return ids or None


def _blank(work: Work, seen: TypeView, held: Mapping[str, Any]) -> str | None:
    """Name a field that has to have a value and would have none."""
    asset_type = work.block.asset_type if work.block is not None else None
    ours = [field for field in (asset_type.fields if asset_type is not None else ()) if field.required]
    needed = {str(each["name_key"]): str(each.get("name")) for each in seen.required}
    for key, name in (needed | {seen.key(field.name): field.name for field in ours}).items():
        if is_empty(work.wish.get(f"traits.{key}")) and is_empty(held.get(key)):
            return name
    return None
