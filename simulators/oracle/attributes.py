"""The attributes that the default mapping writes, by word and by IT Glue's names."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from .agreement import agree
from .blocks import Block
from .story import Row
from .text import ANY, SKIP

Wanted = Any
"""What an attribute must be: a value, None for one that is absent at the source, SKIP for one that is left alone."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: where its value is stored, where it is shown, and who may write it on a synced record.

    `form` says how what is wanted and what is shown are compared: `value`, `name`, `mac`, `reference`, `tags`, `phones`,
    `emails`, `html` or `marker`. What stands `at_creation` only is never written again.
    """

    word: str
    stored: str
    shown: str
    form: str = "value"
    open_when_synced: bool = False
    at_creation: bool = False

    @property
    def is_name(self) -> bool:
        """Whether it is a name made on demand, stored by its id."""
        return self.form == "name"

    def among(self, words: Collection[str]) -> bool:
        """Say whether a list of attributes names it, by its word or by IT Glue's."""
        return self.word in words or self.stored.replace("-", "_") in words

    def holds(self, row: Row) -> Any:
        """Give what a record shows, None for nothing."""
        return row.get(self.shown) or None

    def agrees(self, wanted: Wanted, row: Row) -> bool:
        """Say whether a record shows what is wanted."""
        return wanted is SKIP or wanted is ANY or agree(self.form, wanted, self.holds(row))


def _plain(word: str, *, open_when_synced: bool = False) -> Attribute:
    name = word.replace("_", "-")
    form = "mac" if word == "mac_address" else "value"
    return Attribute(word, name, name, form, open_when_synced=open_when_synced)


def _named(word: str, stem: str) -> Attribute:
    return Attribute(word, f"{stem}-id", f"{stem}-name", "name")


def _reference(word: str) -> Attribute:
    name = f"{word}-id"
    return Attribute(word, name, name, "reference")


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

LOCATION: Final = (
    _plain("name"),
    _plain("address_1"),
    _plain("address_2"),
    _plain("city"),
    _plain("postal_code"),
    _reference("region"),
    _reference("country"),
    _plain("phone"),
    _plain("fax"),
    _plain("primary"),
    _plain("notes"),
)

CONTACT: Final = (
    _plain("first_name"),
    _plain("last_name"),
    _plain("title"),
    _named("type", "contact-type"),
    _reference("location"),
    Attribute("emails", "contact-emails", "contact-emails", "emails", at_creation=True),
    Attribute("phones", "contact-phones", "contact-phones", "phones"),
    _plain("important"),
    _plain("notes"),
)

BELOW: Final = {"model-id": "manufacturer-id", "region-id": "country-id"}
"""Attributes that IT Glue refuses under another parent: they are cleared with it."""

DERIVED: Final = frozenset({
    "organization-name", "organization-short-name", "configuration-type-name", "configuration-type-kind",
    "configuration-status-name", "manufacturer-name", "model-name", "operating-system-name", "location-name", "contact-name",
    "organization-type-name", "organization-status-name", "ancestor-ids", "contact-type-name", "region-name", "country-name",
    "formatted-phone", "formatted-fax", "flexible-asset-type-name",
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
    found = next((word for word in ("ignore", "once", "fill") if attribute.among(getattr(block, word))), "")
    return "once" if attribute.at_creation and found != "ignore" else found


def attributes(kind: str, enabled: Collection[str] = ()) -> tuple[Attribute, ...]:
    """Give the attributes of a kind of records that the mapping may write while these kinds are on."""
    if kind == "configuration":
        return CONFIGURATION + tuple(_reference(word) for word in ("location", "contact") if word in enabled)
    whole = {"organization": ORGANIZATION, "location": LOCATION, "contact": CONTACT}[kind]
    return tuple(each for each in whole if each.word != "location" or "location" in enabled)


def attribute_by_name(kind: str, stored: str) -> Attribute | None:
    """Find an attribute of a kind by the name that it is stored under."""
    return next((attribute for attribute in attributes(kind) if attribute.stored == stored), None)
