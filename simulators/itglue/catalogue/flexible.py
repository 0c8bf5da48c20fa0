"""Flexible asset types, their fields, the assets (reference 5.8 and 5.9)."""

import re
from collections.abc import Mapping

from simulators.itglue.catalogue.configurations import SUBDOMAIN
from simulators.itglue.schema import Attribute, Filter, Gathered, Parent, Resource, Row, TraitValues, Twin, times
from simulators.records import Table


def asset_address(tables: Mapping[str, Table], record: int, row: Row) -> str:
    """Tell where the UI shows an asset."""
    number = row.get("flexible-asset-type-id", 0)
    name = tables["flexible_asset_types"].rows.get(number, {}).get("name", "")
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"{SUBDOMAIN}/{row.get('organization-id')}/assets/{number}-{words}/records/{record}"


FLEXIBLE_ASSET_TYPES = Resource(
    name="flexible_asset_types",
    label="Flexible Asset Type",
    shape=(
        Attribute("name", required=True, nullable=False),
        Attribute("description", "text"),
        Attribute("icon"),
        Attribute("enabled", "flag", default=True),
        Attribute("show-in-menu", "flag", default=True),
        *times(),
    ),
    filters={
        "id": Filter("id", "id"),
        "name": Filter("exact", "name"),
        "icon": Filter("exact", "icon"),
        "enabled": Filter("flag", "enabled", unset=True),
    },
    sorts=("id", "name", "created_at", "updated_at"),
    includes=frozenset({"flexible_asset_fields"}),
    relationships=frozenset({"flexible_asset_fields"}),
)

FLEXIBLE_ASSET_FIELDS = Resource(
    name="flexible_asset_fields",
    label="Flexible Asset Field",
    shape=(
        Attribute("flexible-asset-type-id", "reference", required=True, nullable=False, refers="flexible_asset_types"),
        Attribute("order", "integer", required=True, nullable=False),
        Attribute("name", required=True, nullable=False),
        Attribute("kind", required=True, nullable=False),
        Attribute("hint", "text"),
        Attribute("decimals", "integer"),
        Attribute("default-value", "text"),
        Attribute("tag-type"),
        Attribute("required", "flag", default=False),
        Attribute("use-for-title", "flag", default=False),
        Attribute("expiration", "flag", default=False),
        Attribute("show-in-list", "flag", default=False),
        Attribute("name-key", "raw", writable=False),
        *times(),
    ),
    filters={"id": Filter("id", "id")},
    sorts=("created_at", "updated_at"),
    parent=Parent("flexible_asset_types", "flexible-asset-type-id"),
    flat_list=False,
    bulk_updates=True,
    bulk_creates=True,
    single_delete=frozenset({"flat", "nested"}),
)

FLEXIBLE_ASSETS = Resource(
    name="flexible_assets",
    label="Flexible Asset",
    shape=(
        Attribute("organization-id", "reference", required=True, nullable=False, refers="organizations"),
        Twin("organization-name", "organization-id", "organizations"),
        Gathered("resource-url", asset_address),
        Attribute("restricted", "flag", default=False),
        Attribute("my-glue", "flag", writable=False, default=False),
        Attribute(
            "flexible-asset-type-id", "reference", required=True, nullable=False, refers="flexible_asset_types"
        ),
        Twin("flexible-asset-type-name", "flexible-asset-type-id", "flexible_asset_types"),
        Attribute("name", "raw", writable=False),
        TraitValues("traits"),
        Attribute("archived", "flag", default=False),
        *times(),
    ),
    filters={
        "flexible_asset_type_id": Filter("reference", "flexible-asset-type-id", needed=True),
        "name": Filter("exact", "name"),
        "organization_id": Filter("reference", "organization-id"),
    },
    sorts=("name", "created_at", "updated_at"),
    includes=frozenset({
        "adapters_resources", "distinct_remote_assets", "attachments", "passwords", "user_resource_accesses",
        "group_resource_accesses",
    }),
    single_includes=frozenset({"recent_versions", "related_items", "authorized_users"}),
    parent=Parent("organizations", "organization-id"),
    nested_posts_only=True,
    bulk_updates=True,
    bulk_creates=True,
    bulk_deletes=True,
    single_delete=frozenset({"flat"}),
)  # fmt: skip
