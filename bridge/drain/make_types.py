"""Flexible asset types and their fields: made where they are missing, looked after where they are there (api/itglue.md 5.8).

A type and each field of it are names of their own, so that their ids are remembered: one that a person renames is not
made a second time.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bridge.desired import Held, Name
from bridge.drain import names
from bridge.drain.items import Item
from bridge.drain.waiting import enter, wait
from bridge.drain.work import Row
from bridge.engine import Engine
from bridge.fingerprint import fingerprint
from bridge.itglue.kinds import FIELDS, TYPES
from bridge.mapping.assets import AssetField, AssetType, folded
from bridge.mapping.traits import ASSET_TAG, UNSAFE
from bridge.quota import Lane
from bridge.refresh import reread
from bridge.store import targets as target_rows
from bridge.store.schema import links

KINDS = (TYPES, FIELDS)


def type_name(asset_type: AssetType | str) -> Name:
    """Give a type as a name."""
    return Name(TYPES, asset_type if isinstance(asset_type, str) else asset_type.name, make=True)


def field_name(asset_type: AssetType, field: AssetField) -> Name:
    """Give a field of a type as a name."""
    return Name(FIELDS, field.name, make=True, parent=type_name(asset_type))


def field_of(attributes: Mapping[str, Any], field_id: str | None, name: str) -> Mapping[str, Any] | None:
    """Give a field of a type as IT Glue has it: by its id where that is known, else by its name."""
    fields: Sequence[Mapping[str, Any]] = attributes.get(FIELDS) or ()
    if field_id is not None:
        return next((each for each in fields if each["id"] == field_id), None)
    return next((each for each in fields if folded(str(each.get("name") or "")) == folded(name)), None)


def learn(engine: Engine, rows: Sequence[Row], *, lane: Lane) -> None:
    """Read again the types of which a field is asked for that the index does not show: so its key becomes known."""
    with engine.db.read() as connection:
        moment = names.Names(connection)
    wanted: set[str] = set()
    for name in map(names.read, rows):
        type_id = moment.type_id(name.parent or name) if name.kind in KINDS else None
        if type_id is None:
            continue
        attributes, target = moment.types.get(type_id, {}), moment.target(name)
        known = target.itglue_id if target is not None else None
        if not attributes.get(FIELDS) or (name.kind == FIELDS and field_of(attributes, known, name.name) is None):
            wanted.add(type_id)
    if wanted:
        reread(engine, TYPES, sorted(wanted, key=int), lane=lane)


class Keeper:
    """Decides, in one transaction, about types and fields that are due."""

    def __init__(self, engine: Engine, connection: sa.Connection, moment: names.Names, *, now: float) -> None:
        self._engine = engine
        self._connection = connection
        self._moment = moment
        self._now = now
        self._made: dict[str, int] = defaultdict(int)

    def decide(self, row: Row) -> Item | None:
        """Settle what is there, hold what a person has to put right; give what is to be made."""
        name = names.read(row)
        asset_type = self._engine.mapping.asset_types.get(folded((name.parent or name).name))
        field = asset_type.find(name.name) if asset_type is not None and name.parent is not None else None
        if asset_type is None or (name.parent is not None and field is None):
            rule = "not in the mapping"
            target_rows.settle(self._connection, row, "excluded", now=self._now, outcome="excluded", rule=rule)
            return None
        return self._type(row, asset_type) if field is None else self._field(row, asset_type, field)

    def _type(self, row: Row, asset_type: AssetType) -> Item | None:
        type_id = self._moment.type_id(type_name(asset_type))
        if type_id is None:
            body = {
                "name": asset_type.name, "enabled": True, "show_in_menu": True,
                **{word: value for word in ("icon", "description") if (value := getattr(asset_type, word))},
                FIELDS: [
                    body_of(field, order, None, tag)
                    for order, field in enumerate(asset_type.fields, 1)
                    if (tag := tag_type(self._moment, field)) is not None and not _lacks_options(field)
                ],
            }  # fmt: skip
            return _item(row, TYPES, body)
        fault = fault_of_type(self._moment, asset_type, type_id)
        if fault is not None:
            self._hold(row, fault)
        else:
            self._settle(row, TYPES, type_id)
        return None

    def _field(self, row: Row, asset_type: AssetType, field: AssetField) -> Item | None:
        above = self._moment.target(type_name(asset_type))
        type_id = self._moment.type_id(type_name(asset_type))
        if above is None:
            self._hold(row, Held("no_value", "its type has not been asked for"))
            return None
        if above.state == "held":
            enter(self._engine, self._connection, row.id, [above.id])
            self._hold(row, Held("parent_held", f'its type "{asset_type.name}" is held: {above.reason}'))
            return None
        if type_id is None or type_id not in self._moment.types:
            wait(self._engine, self._connection, row, [above.id], now=self._now)
            return None
        attributes = self._moment.types[type_id]
        known = self._moment.target(field_name(asset_type, field)).itglue_id
        there = field_of(attributes, known, field.name)
        tag = tag_type(self._moment, field)
        fault = fault_of_field(self._moment, asset_type, field, attributes, known)
        if fault is not None:
            self._hold(row, fault)
        elif there is not None:
            self._settle(row, FIELDS, str(there["id"]))
        elif tag is None:
            said = f'the field "{field.name}" of "{asset_type.name}" is to tag "{field.tags}"'
            self._hold(row, Held("no_value", f"{said}, and IT Glue has no such type"))
        else:
            self._made[type_id] += 1
            highest = max((int(each.get("order") or 0) for each in attributes.get(FIELDS) or ()), default=0)
            return _item(row, FIELDS, body_of(field, highest + self._made[type_id], type_id, tag))
        return None

    def _hold(self, row: Row, fault: Held) -> None:
        code, reason = fault.code, fault.reason
        target_rows.settle(self._connection, row, "held", now=self._now, outcome="held", code=code, reason=reason)

    def _settle(self, row: Row, kind: str, itglue_id: str) -> None:
        """Settle what is there, and remember its id; one that we made stays ours."""
        if target_rows.link_of(self._connection, row.id) is None:
            values = {"target": row.id, "itglue_type": kind, "itglue_id": itglue_id, "owns": False, "state": "known"}
            self._engine.db.upsert(self._connection, links, [values], "target")
        target_rows.settle(self._connection, row, "settled", now=self._now, outcome="equal")


def fault_of_type(moment: names.Names, asset_type: AssetType, type_id: str) -> Held | None:
    """Say what holds a type that was there, or is; None where its assets can be written."""
    attributes = moment.types.get(type_id)
    if attributes is None:
        said = "take the block out of the file, or give its type another name"
        return Held("target_gone", f'the flexible asset type "{asset_type.name}" is gone from IT Glue: {said}')
    flaw = flaw_of(asset_type, attributes)
    return Held("unsafe_type", flaw) if flaw is not None else None


def fault_of_field(
    moment: names.Names, asset_type: AssetType, field: AssetField, attributes: Mapping[str, Any], known: str | None
) -> Held | None:
    """Say what holds a field of a type with these attributes; `known` is its id. None where it fits, or can be made."""
    there = field_of(attributes, known, field.name)
    said = f'the field "{field.name}" of "{asset_type.name}"'
    if there is not None:
        flaw = field_flaw(moment, asset_type, field, there)
        return Held("unsafe_type", flaw) if flaw is not None else None
    if known is not None:
        return Held("target_gone", f"{said} was deleted in IT Glue: take it out of the file")
    if _lacks_options(field):
        return Held("no_value", f"{said} is to be made, and has no options: write options = [...]")
    return None


def flaw_of(asset_type: AssetType, attributes: Mapping[str, Any]) -> str | None:
    """Say why the assets of a type cannot be written; None where they can."""
    if attributes.get("enabled") is False:
        return f'the flexible asset type "{attributes.get("name")}" is disabled in IT Glue: enable it, or take the block out'
    unsafe = [str(each.get("name")) for each in attributes.get(FIELDS) or () if each.get("kind") in UNSAFE]
    passwords = [str(each.get("name")) for each in attributes.get(FIELDS) or () if each.get("tag_type") == "Passwords"]
    if unsafe or passwords:
        listed = ", ".join(f'"{each}"' for each in unsafe + passwords)
        return (
            f'the flexible asset type "{asset_type.name}" has fields that every write would empty or must not touch: '
            f"{listed}; take them out of the type, or write another type"
        )
    return None


def field_flaw(moment: names.Names, asset_type: AssetType, field: AssetField, there: Mapping[str, Any]) -> str | None:
    """Say what a person has changed about a field that the file has otherwise; None where it fits."""
    said = f'the field "{field.name}" of "{asset_type.name}"'
    if folded(str(there.get("name") or "")) != folded(field.name):
        return f'{said} is called "{there.get("name")}" in IT Glue: give it its name back, or write the new one into the file'
    if there.get("kind") != field.kind:
        return f"{said} is a {there.get('kind')} in IT Glue, the file says {field.kind}: change one of them"
    wanted = tag_type(moment, field)
    if field.kind == "Tag" and wanted is not None and there.get("tag_type") != wanted:
        return f"{said} tags {there.get('tag_type')} in IT Glue, the file says {wanted}: change one of them"
    return None


def body_of(field: AssetField, order: int, type_id: str | None, tag: str) -> dict[str, Any]:
    """Give what a field is made with."""
    return {
        **({"flexible_asset_type_id": type_id} if type_id is not None else {}),
        "order": order, "name": field.name, "kind": field.kind, "required": field.required,
        "use_for_title": field.title, "show_in_list": field.in_list,
        **({"hint": field.hint} if field.hint else {}),
        **({"decimals": field.decimals} if field.kind in ("Number", "Percent") else {}),
        **({"default_value": "\n".join(field.options)} if field.options else {}),
        **({"tag_type": tag} if field.kind == "Tag" else {}),
    }  # fmt: skip


def _lacks_options(field: AssetField) -> bool:
    return field.kind == "Select" and not field.options


def tag_type(moment: names.Names, field: AssetField) -> str | None:
    """Give a field's tag type as IT Glue writes it, `FlexibleAssetType: 905` for another type; None where that is missing."""
    if field.tags is None or not field.tags.startswith(ASSET_TAG):
        return field.tags or ""
    other = field.tags.removeprefix(ASSET_TAG).strip()
    type_id = other if other.isdigit() else moment.type_id(type_name(other))
    return f"{ASSET_TAG} {type_id}" if type_id is not None else None


def _item(row: Row, kind: str, body: dict[str, Any]) -> Item:
    why = "a block of the mapping writes it"
    return Item(row, kind, "create_name", body, why=why, wish=body, change_digest=fingerprint(["name", row.anchor]))
