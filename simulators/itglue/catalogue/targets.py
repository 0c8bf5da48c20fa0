"""What tags and related items lead to and no client makes: domains, documents, checklists (reference 5.7 and 5.11)."""

from typing import Any

from simulators.itglue.catalogue.configurations import SUBDOMAIN
from simulators.itglue.schema import Attribute, Computed, Filter, Parent, Part, Resource, Row, Twin, times


def _shape(word: str, *own: Part) -> tuple[Part, ...]:
    def address(record: int, row: Row) -> str:
        return f"{SUBDOMAIN}/{row.get('organization-id')}/{word}/{record}"

    return (
        Attribute("organization-id", "reference", required=True, nullable=False, refers="organizations"),
        Twin("organization-name", "organization-id", "organizations"),
        Computed("resource-url", address),
        Attribute("name", required=True, nullable=False),
        *own,
        *times(),
    )


def _itself(record: int, _: Row) -> int:
    return record


_FILTERS = {"id": Filter("id", "id"), "organization_id": Filter("reference", "organization-id")}
_ACCESSES = frozenset({"passwords", "attachments", "user_resource_accesses", "group_resource_accesses"})
_OF_ORGANIZATION: dict[str, Any] = {"filters": _FILTERS, "parent": Parent("organizations", "organization-id")}

DOMAINS = Resource(
    name="domains",
    label="Domain",
    shape=_shape(
        "domains",
        Computed("id", _itself),
        Attribute("screenshot", "raw", writable=False, default=""),
        Attribute("registrar-name"),
        Attribute("notes", "text"),
        Attribute("expires-on", "raw"),
        Attribute("restricted", "flag", default=False),
        Attribute("my-glue", "flag", writable=False, default=False),
    ),
    sorts=("created_at", "updated_at"),
    includes=_ACCESSES,
    single="no_route",
    creates=False,
    updates=False,
    **_OF_ORGANIZATION,
)

CHECKLISTS = Resource(
    name="checklists",
    label="Checklist",
    shape=_shape("checklists", Attribute("completed", "flag", default=False)),
    sorts=("completed", "created_at", "updated_at"),
    single_includes=frozenset({"related_items"}),
    creates=False,
    bulk_updates=True,
    bulk_deletes=True,
    **_OF_ORGANIZATION,
)

DOCUMENTS = Resource(
    name="documents",
    label="Document",
    shape=_shape(
        "docs",
        Attribute("restricted", "flag", default=False),
        Attribute("archived", "flag", default=False),
        Attribute("public", "flag", default=False),
    ),
    sorts=("name", "id", "created_at", "updated_at"),
    flat_list=False,
    # 5.11: by id it was answered 401 in a live test
    single="unauthorized",
    creates=False,
    bulk_updates=True,
    **_OF_ORGANIZATION,
)
