"""Contacts (reference 5.6)."""

from simulators.itglue.catalogue.configurations import SUBDOMAIN
from simulators.itglue.schema import Attribute, Computed, Filter, Parent, Resource, Row, Twin, times


def _address(record: int, row: Row) -> str:
    return f"{SUBDOMAIN}/{row.get('organization-id')}/contacts/{record}"


CONTACTS = Resource(
    name="contacts",
    label="Contact",
    shape=(
        Attribute("organization-id", "reference", required=True, nullable=False, refers="organizations"),
        Twin("organization-name", "organization-id", "organizations"),
        Computed("resource-url", _address),
        Attribute("psa-integration", "raw", writable=False),
        Attribute("my-glue", "flag", writable=False, default=False),
        Attribute("name", "raw", writable=False),
        Attribute("first-name"),
        Attribute("last-name"),
        Attribute("title"),
        Attribute("contact-type-id", "reference", refers="contact_types"),
        Twin("contact-type-name", "contact-type-id", "contact_types"),
        Attribute("location-id", "reference", refers="locations"),
        Twin("location-name", "location-id", "locations"),
        Attribute("important", "flag"),
        Attribute("notes", "text"),
        Attribute("restricted", "flag", default=False),
        Attribute("contact-emails", "emails", default=[]),
        Attribute("contact-phones", "phones", default=[]),
        *times(),
    ),
    filters={
        "id": Filter("id", "id"),
        "first_name": Filter("exact", "first-name"),
        "last_name": Filter("exact", "last-name"),
        "title": Filter("exact", "title"),
        "contact_type_id": Filter("reference", "contact-type-id"),
        "important": Filter("flag", "important"),
        "primary_email": Filter("exact", "primary-email"),
        "organization_id": Filter("reference", "organization-id"),
        "psa_id": Filter("psa_id", "adapters"),
        "psa_integration_type": Filter("psa_type", "adapters"),
    },
    sorts=("first_name", "last_name", "id", "created_at", "updated_at"),
    includes=frozenset({
        "adapters_resources", "location", "passwords", "attachments", "tickets", "distinct_remote_contacts",
        "resource_fields", "user_resource_accesses", "group_resource_accesses",
    }),
    single_includes=frozenset({"recent_versions", "related_items", "authorized_users"}),
    parent=Parent("organizations", "organization-id"),
    bulk_updates=True,
    bulk_creates=True,
    bulk_deletes=True,
    open_when_synced=frozenset(),
    syncs=True,
)  # fmt: skip
