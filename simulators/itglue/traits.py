"""The traits of a flexible asset: what may be written, what is stored, what is read (reference 5.9)."""

import base64
import binascii
import mimetypes
from collections.abc import Mapping
from math import isfinite
from typing import Any

from simulators.itglue.catalogue.flexible import asset_address
from simulators.itglue.fields import asset_type_of, options
from simulators.itglue.refusals import Refusal, detailed, unprocessable
from simulators.itglue.schema import Row
from simulators.itglue.stamps import is_date
from simulators.itglue.values import boolean, identifier
from simulators.records import Table

_TEXT = 255
_TEXTBOX = 65_536
_TABLES = {
    "Checklists": "checklists",
    "Configurations": "configurations",
    "Contacts": "contacts",
    "Documents": "documents",
    "Domains": "domains",
    "Locations": "locations",
    "Organizations": "organizations",
}
_EXTRAS = {
    "configurations": ("hostname",),
    "contacts": ("first-name", "last-name"),
    "locations": ("address-1", "city"),
    "organizations": (),
    "flexible_assets": (),
    "domains": (),
    "documents": (),
    "checklists": (),
}


class Traits:
    """Check and show traits against the fields of their type."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self._tables = tables

    def fields(self, type_: int | None) -> list[Row]:
        """Return the fields of a type in their order."""
        table = self._tables["flexible_asset_fields"]
        return sorted((table.rows[field] for field in table.find("flexible-asset-type-id", type_)), key=_order)

    def stored(self, type_: int | None, sent: Any, *, drop_unknown: bool, by_person: bool = False) -> Row:
        """Return what to store, or refuse; only the first failure is told. A person may leave out what is required."""
        fields = {field["name-key"]: field for field in self.fields(type_) if field["kind"] != "Header"}
        if not isinstance(sent, dict):
            raise unprocessable(detailed(["can't be blank"], "/data/attributes/traits"))
        if not drop_unknown and set(sent) - set(fields):
            raise unprocessable(detailed("Request contains invalid trait keys", "data/attributes/traits"))
        found = {}
        for key, field in fields.items():
            value = sent.get(key)
            empty = value is None or value in ("", [])
            if field.get("required") and not by_person and (empty or (isinstance(value, str) and not value.strip())):
                raise _refused(key, ["can't be blank"])
            if empty:
                continue
            found[key] = self._stored(key, field, value)
        return found

    def writes_password(self, type_: int | None, sent: Any) -> bool:
        """Say whether traits touch a Password field or a tag of passwords, which nobody may."""
        return isinstance(sent, dict) and any(
            sent.get(field["name-key"]) is not None
            for field in self.fields(type_)
            if field["kind"] == "Password" or field.get("tag-type") == "Passwords"
        )

    def shown(self, _: int, row: Row) -> Row:
        """Render the traits of an asset."""
        traits: Row = row.get("traits", {})
        found = {}
        for field in self.fields(row.get("flexible-asset-type-id")):
            key = field["name-key"]
            if key in traits:
                found[key] = self._tag(field, traits[key]) if field["kind"] == "Tag" else traits[key]
        return found

    def title(self, row: Row) -> str:
        """Join the title fields of an asset."""
        traits: Row = row.get("traits", {})
        fields = self.fields(row.get("flexible-asset-type-id"))
        parts = [traits.get(field["name-key"]) for field in fields if field.get("use-for-title")]
        return " ".join(str(part) for part in parts if part)

    def _stored(self, key: str, field: Row, value: Any) -> Any:
        match field["kind"]:
            case "Text":
                text = _text(key, value)
                if len(text) > _TEXT:
                    raise _refused(key, f"{field['name']} is too long (maximum is {_TEXT} characters)")
                return text
            case "Textbox":
                text = _text(key, value)
                if len(text.encode()) > _TEXTBOX:
                    raise _refused(key, "is too long, must not exceed 64 kilobytes")
                return text
            case "Number" | "Percent":
                return _number(key, value)
            case "Checkbox":
                if (truth := boolean(value)) is None:
                    raise _refused(key, "is not a boolean")
                return truth
            case "Date":
                if not isinstance(value, str) or not is_date(value):
                    raise _refused(key, "is not a valid date")
                return value
            case "Select":
                if value not in options(field):
                    raise _refused(key, "is not included in the list")
                return value
            case "Tag":
                return self._targets(key, field, value)
            case "Upload":
                return _upload(key, value)
            case _:
                raise _refused(key, "is invalid")

    def _targets(self, key: str, field: Row, value: Any) -> list[int]:
        sent = value if isinstance(value, list) else [value]
        targets = []
        for one in sent:
            target = identifier(one)
            if target is None or self._target(field, target) is None:
                raise _refused(key, "is invalid")
            targets.append(target)
        return list(dict.fromkeys(targets))

    def _target(self, field: Row, target: int) -> tuple[str, Row] | None:
        type_ = asset_type_of(field.get("tag-type"))
        name = "flexible_assets" if type_ is not None else _TABLES.get(field.get("tag-type", ""))
        row = self._tables[name].rows.get(target) if name is not None else None
        if row is None or name is None or (type_ is not None and row.get("flexible-asset-type-id") != type_):
            return None
        return name, row

    def _tag(self, field: Row, targets: list[int]) -> Row:
        type_ = "FlexibleAssets" if asset_type_of(field.get("tag-type")) is not None else field.get("tag-type")
        return {"type": type_, "values": [self._value(field, target) for target in targets]}

    def _value(self, field: Row, target: int) -> Row:
        found = self._target(field, target)
        if found is None:
            # What a tag shows of a deleted target is not documented; clients skip entries without an id.
            return {"name": None}
        name, row = found
        organization = self._tables["organizations"].rows.get(row.get("organization-id", 0), {})
        shown = {"id": target, "name": row.get("name"), **{extra: row.get(extra) for extra in _EXTRAS[name]}}
        if name != "organizations":
            shown["organization-name"] = organization.get("name")
        if name == "configurations":
            kinds = self._tables["configuration_types"].rows
            shown["configuration-type-name"] = kinds.get(row.get("configuration-type-id", 0), {}).get("name")
        elif name == "contacts":
            kinds = self._tables["contact_types"].rows
            shown["contact-type-name"] = kinds.get(row.get("contact-type-id", 0), {}).get("name")
        elif name == "flexible_assets":
            shown["resource-url"] = asset_address(self._tables, target, row)
        return shown


def _order(field: Row) -> int:
    order: int = field["order"]
    return order


def _refused(key: str, detail: str | list[str]) -> Refusal:
    return unprocessable(detailed(detail, f"/data/attributes/flexible-asset-traits.{key}"))


def _text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise _refused(key, "is invalid")


def _number(key: str, value: Any) -> float:
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise _refused(key, "is not a number") from None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _refused(key, "is not a number")
    return value


def _upload(key: str, value: Any) -> Row:
    if not isinstance(value, dict) or not isinstance(value.get("content"), str) or not value.get("file_name"):
        raise _refused(key, "is invalid")
    try:
        content = base64.b64decode(value["content"], validate=True)
    except binascii.Error:
        raise _refused(key, "is invalid") from None
    name = str(value["file_name"])
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return {"content-type": kind, "name": name, "size": len(content), "url": f"https://acme.itglue.test/files/{name}"}
