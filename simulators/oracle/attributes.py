"""The attributes that the default mapping writes, by word and by IT Glue's names."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from .judged import Block
from .story import Row
from .text import SKIP, folded, mac

Wanted = Any
"""What an attribute must be: a value, None for one that is absent at the source, SKIP for one that is left alone."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: where its value is stored, where it is shown, and who may write it on a synced record."""

    word: str
    stored: str
    shown: str
    is_name: bool = False
    open_when_synced: bool = False

    def among(self, words: Collection[str]) -> bool:
        """Say whether a list of attributes names it, by its word or by IT Glue's."""
        return self.word in words or self.stored.replace("-", "_") in words

    def holds(self, row: Row) -> Any:
        """Give what a record shows, None for nothing."""
        return row.get(self.shown) or None

    def agrees(self, wanted: Wanted, row: Row) -> bool:
        """Say whether a record shows what is wanted; names are equal when folded, MAC addresses in any separators."""
        held = self.holds(row)
        if wanted is SKIP:
            return True
        if self.is_name and held is not None and wanted is not None:
            return folded(held) == folded(wanted)
        if self.word == "mac_address":  # api/itglue.md 8: shown with `-` and with `:`
            return bool(mac(held) == wanted)
        return bool(held == wanted)


def _plain(word: str, *, open_when_synced: bool = False) -> Attribute:
    name = word.replace("_", "-")
    return Attribute(word, name, name, open_when_synced=open_when_synced)


def _named(word: str, stem: str) -> Attribute:
    return Attribute(word, f"{stem}-id", f"{stem}-name", is_name=True)


ORGANIZATION: Final = (
    _plain("name"),
    _plain("short_name"),
    _named("type", "organization-type"),
    _named("status", "organization-status"),
    _plain("alert", open_when_synced=True),
    _plain("description", open_when_synced=True),
    _plain("quick_notes", open_when_synced=True),
)

CONFIGURATION: Final = (
    _plain("name"),
    _named("type", "configuration-type"),
    _named("status", "configuration-status"),
    _plain("serial_number", open_when_synced=True),
    _plain("asset_tag", open_when_synced=True),
    _plain("mac_address"),
    _plain("primary_ip"),
    _plain("default_gateway"),
    _named("manufacturer", "manufacturer"),
    _named("model", "model"),
    _named("operating_system", "operating-system"),
    _plain("operating_system_notes"),
    _plain("installed_at"),
    _plain("installed_by"),
    _plain("purchased_at", open_when_synced=True),
    _plain("warranty_expires_at", open_when_synced=True),
    _plain("notes", open_when_synced=True),
    _plain("hostname"),
    _plain("position"),
    _plain("purchased_by"),
    _plain("mitp_device_expiration_date", open_when_synced=True),
    _plain("mitp_end_of_life_date", open_when_synced=True),
    _plain("restricted", open_when_synced=True),
)

DERIVED: Final = frozenset({
    "organization-name", "organization-short-name", "configuration-type-name", "configuration-type-kind",
    "configuration-status-name", "manufacturer-name", "model-name", "operating-system-name", "location-name", "contact-name",
    "organization-type-name", "organization-status-name", "ancestor-ids",
})  # fmt: skip
"""What IT Glue works out from other attributes."""


def is_locked(row: Row) -> bool:
    """Say whether the native sync guards a record (PROTOCOLS 8)."""
    return row.get("psa-integration") not in {None, "disabled"}


def is_native(row: Row) -> bool:
    """Say whether a record has a live native link: every mark but none and `orphaned`."""
    return row.get("psa-integration") not in {None, "orphaned"}


def words_of(block: Block, attribute: Attribute) -> str:
    """Name the block's exception for an attribute: `ignore`, `once`, `fill`, or nothing."""
    return next((word for word in ("ignore", "once", "fill") if attribute.among(getattr(block, word))), "")


def attribute_by_name(kind: str, stored: str) -> Attribute | None:
    """Find an attribute of a kind by the name that it is stored under."""
    known = ORGANIZATION if kind == "organization" else CONFIGURATION
    return next((attribute for attribute in known if attribute.stored == stored), None)
