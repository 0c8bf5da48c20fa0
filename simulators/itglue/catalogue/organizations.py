"""Organizations (reference 5.1)."""

from collections.abc import Mapping
from typing import Any

from simulators.itglue.schema import Attribute, Filter, Gathered, Resource, Row, Twin, times
from simulators.records import Table


def _parent(value: Any) -> str | None:
    return None if value is None else str(value)


def _ancestors(tables: Mapping[str, Table], _: int, row: Row) -> str:
    rows, line = tables["organizations"].rows, list[int]()
    parent = row.get("parent-id")
    while parent is not None and parent not in line and (above := rows.get(parent)) is not None:
        line.insert(0, parent)
        parent = above.get("parent-id")
    return "[" + ",".join(str(record) for record in line) + "]"


ORGANIZATIONS = Resource(
    name="organizations",
    label="Organization",
    shape=(
        Attribute("name", required=True, nullable=False),
        Attribute("alert", "text"),
        Attribute("description", "text"),
        Attribute("organization-type-id", "reference", nullable=False, refers="organization_types"),
        Twin("organization-type-name", "organization-type-id", "organization_types"),
        Attribute("organization-status-id", "reference", nullable=False, refers="organization_statuses"),
        Twin("organization-status-name", "organization-status-id", "organization_statuses"),
        Attribute("my-glue-account-id", "integer", writable=False),
        Attribute("my-glue-account-status", "raw", writable=False),
        Attribute("primary", "flag", writable=False, default=False),
        Attribute("logo", "raw", writable=False, default=""),
        Attribute("quick-notes", "text", cut=250),
        Attribute("short-name"),
        Attribute("parent-id", "reference", refers="organizations", show=_parent),
        Gathered("ancestor-ids", _ancestors),
        Attribute("psa-integration", "raw", writable=False),
        *times(),
    ),
    filters={
        "id": Filter("id", "id", exclude=True),
        "name": Filter("exact", "name", exclude=True),
        "organization_type_id": Filter("reference", "organization-type-id", exclude=True),
        "organization_status_id": Filter("reference", "organization-status-id", exclude=True),
        "created_at": Filter("when", "created-at"),
        "updated_at": Filter("when", "updated-at"),
        "my_glue_account_id": Filter("reference", "my-glue-account-id", span=True),
        "psa_id": Filter("psa_id", "adapters"),
        "psa_integration_type": Filter("psa_type", "adapters"),
        "group_id": Filter("nothing", "group-id"),
        "primary": Filter("flag", "primary"),
    },
    sorts=(
        "name", "id", "updated_at", "organization_status_name", "organization_type_name", "created_at", "short_name",
        "my_glue_account_id",
    ),
    includes=frozenset({"adapters_resources", "attachments", "rmm_companies"}),
    bulk_updates=True,
    bulk_deletes=True,
    open_when_synced=frozenset({"alert", "description", "quick-notes"}),
    syncs=True,
    unique_name=True,
)  # fmt: skip
