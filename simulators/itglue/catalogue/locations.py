"""Locations (reference 5.6)."""

import re

from simulators.itglue.schema import Attribute, Computed, Filter, Parent, Resource, Row, Twin, times


def formatted(number: str | None) -> str | None:
    """Show a telephone number as the UI does."""
    if number is None:
        return None
    digits = re.sub(r"\D", "", number)
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 else number


def _phone(_: int, row: Row) -> str | None:
    return formatted(row.get("phone"))


def _fax(_: int, row: Row) -> str | None:
    return formatted(row.get("fax"))


LOCATIONS = Resource(
    name="locations",
    label="Location",
    shape=(
        Attribute("organization-id", "reference", required=True, nullable=False, refers="organizations"),
        Twin("organization-name", "organization-id", "organizations"),
        Attribute("psa-integration", "raw", writable=False),
        Attribute("my-glue", "flag", writable=False, default=False),
        Attribute("name", required=True, nullable=False),
        Attribute("primary", "flag", default=False),
        Attribute("address-1"),
        Attribute("address-2"),
        Attribute("city"),
        Attribute("postal-code"),
        Attribute("region-id", "reference", refers="regions"),
        Twin("region-name", "region-id", "regions"),
        Attribute("country-id", "reference", refers="countries"),
        Twin("country-name", "country-id", "countries"),
        Attribute("phone"),
        Computed("formatted-phone", _phone),
        Attribute("fax"),
        Computed("formatted-fax", _fax),
        Attribute("notes", "text"),
        Attribute("restricted", "flag", default=False),
        *times(),
    ),
    filters={
        "id": Filter("id", "id"),
        "name": Filter("exact", "name"),
        "city": Filter("exact", "city"),
        "region_id": Filter("reference", "region-id"),
        "country_id": Filter("reference", "country-id"),
        "organization_id": Filter("reference", "organization-id"),
        "psa_id": Filter("psa_id", "adapters"),
        "psa_integration_type": Filter("psa_type", "adapters"),
    },
    sorts=("name", "id", "primary", "created_at", "updated_at"),
    includes=frozenset({
        "adapters_resources", "attachments", "passwords", "user_resource_accesses", "group_resource_accesses",
    }),
    single_includes=frozenset({"recent_versions", "related_items", "authorized_users"}),
    parent=Parent("organizations", "organization-id"),
    bulk_updates=True,
    bulk_creates=True,
    bulk_deletes=True,
    open_when_synced=frozenset(),
    syncs=True,
)  # fmt: skip
