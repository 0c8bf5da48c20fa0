"""The rules of a flexible asset type's fields (reference 5.8)."""

import re
from collections.abc import Iterable
from typing import Any

from simulators.itglue.refusals import detailed, invalid
from simulators.itglue.schema import Row

KINDS = (
    "Checkbox", "Date", "Header", "Number", "Percent", "Password", "Select", "Tag", "Text", "Textbox", "Upload",
)  # fmt: skip
TAG_TYPES = (
    "AccountsUsers", "Checklists", "ChecklistTemplates", "Contacts", "Configurations", "Documents", "Domains", "Passwords",
    "Locations", "Organizations", "SslCertificates", "Tickets",
)  # fmt: skip
_ASSETS = re.compile(r"FlexibleAssetType: (\d+)")
_TITLES = frozenset({"Text", "Select", "Date"})


def name_key(name: str, taken: Iterable[str]) -> str:
    """Make the key in `traits` from a field's name: every other character becomes a dash (reference 5.8)."""
    key = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "field"
    number, found, used = 2, key, set(taken)
    while found in used:
        found, number = f"{key}-{number}", number + 1
    return found


def asset_type_of(tag_type: str | None) -> int | None:
    """Return the flexible asset type that a Tag points to; None if it points to something else."""
    found = _ASSETS.fullmatch(tag_type or "")
    return int(found[1]) if found else None


def options(row: Row) -> list[str]:
    """Return the texts that a Select takes."""
    return [line for line in str(row.get("default-value") or "").splitlines() if line]


def forced(row: Row) -> Row:
    """Return the attributes that a kind switches off."""
    off: Row = {}
    if row.get("kind") not in _TITLES:
        off["use-for-title"] = False
    if row.get("kind") == "Header":
        off["required"] = False
    return off


def faults(row: Row, siblings: list[Row]) -> list[dict[str, Any]]:
    """Return what is wrong with a field beside the others of its type."""
    found = []
    kind = row.get("kind")
    if kind is not None and kind not in KINDS:
        found.append(invalid("kind", "is not included in the list"))
    if kind in ("Number", "Percent") and row.get("decimals") is None:
        found.append(detailed(["can't be blank"], "/data/attributes/decimals"))
    if kind == "Select" and not options(row):
        found.append(detailed(["can't be blank"], "/data/attributes/default-value"))
    if kind == "Tag" and row.get("tag-type") not in TAG_TYPES and asset_type_of(row.get("tag-type")) is None:
        found.append(invalid("tag-type", "is not included in the list"))
    found.extend(
        detailed("has already been taken", f"/data/attributes/{name}")
        for name in ("order", "name")
        if row.get(name) is not None and any(other.get(name) == row[name] for other in siblings)
    )
    return found


def faults_of_several(rows: list[Row]) -> list[dict[str, Any]]:
    """Return what is wrong with fields that come at once, each beside those before it."""
    return [fault for position, row in enumerate(rows) for fault in faults(row, rows[:position])]


def faults_of_type(fields: list[Row]) -> list[dict[str, Any]]:
    """Return what is wrong with a type as a whole."""
    if not fields:
        return [detailed(["can't be blank"], "/data/relationships/flexible-asset-fields")]
    found = []
    if not any(field.get("use-for-title") for field in fields):
        found.append(invalid("flexible-asset-fields", "at least one field must be used for the title"))
    if not any(field.get("show-in-list") for field in fields):
        found.append(invalid("flexible-asset-fields", "at least one field must be shown in the list"))
    return found
