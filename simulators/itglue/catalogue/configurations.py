"""Configurations with their interfaces (reference 5.4 and 5.5)."""

from simulators.itglue.schema import Attribute, Computed, Filter, Parent, Resource, Row, Twin, times

SUBDOMAIN = "https://acme.itglue.test"

_KINDS = (
    ("workstation", ("workstation", "desktop", "laptop", "notebook", "computer", "pc")),
    ("server", ("server", "hypervisor")),
    ("switch", ("switch",)),
    ("firewall", ("firewall", "utm")),
    ("router", ("router",)),
    ("access-point", ("access point", "wireless")),
    ("printer", ("printer", "copier", "mfp")),
    ("phone", ("phone", "mobile")),
    ("storage", ("nas", "san", "storage")),
    ("ups", ("ups",)),
)


def kind_of(type_name: str | None) -> str | None:
    """Derive the kind from the name of the type; the API has no other way to set it."""
    words = f" {(type_name or '').casefold()} "
    for kind, hints in _KINDS:
        if any(f" {hint}" in words for hint in hints):
            return kind
    return None


def _address(record: int, row: Row) -> str:
    return f"{SUBDOMAIN}/{row.get('organization-id')}/configurations/{record}"


def _itself(record: int, _: Row) -> int:
    return record


CONFIGURATIONS = Resource(
    name="configurations",
    label="Configuration",
    shape=(
        Attribute("organization-id", "reference", required=True, nullable=False, refers="organizations"),
        Twin("organization-name", "organization-id", "organizations"),
        Computed("resource-url", _address),
        Attribute("restricted", "flag", default=False),
        Attribute("psa-integration", "raw", writable=False),
        Attribute("my-glue", "flag", writable=False, default=False),
        Attribute("name", required=True, nullable=False),
        Attribute("hostname"),
        Attribute("primary-ip", "ip"),
        Attribute("mac-address", "mac"),
        Attribute("default-gateway"),
        Attribute("serial-number"),
        Attribute("asset-tag"),
        Attribute("position"),
        Attribute("installed-by"),
        Attribute("purchased-by"),
        Attribute("notes", "text"),
        Attribute("operating-system-notes", "text"),
        Attribute("warranty-expires-at", "date"),
        Attribute("installed-at", "date"),
        Attribute("purchased-at", "date"),
        Attribute("mitp-device-expiration-date", "date", rare=True),
        Attribute("mitp-end-of-life-date", "date", rare=True),
        *times(),
        Twin("organization-short-name", "organization-id", "organizations", of="short-name"),
        Attribute(
            "configuration-type-id", "reference", required=True, nullable=False, refers="configuration_types",
            must_exist=True,
        ),
        Twin("configuration-type-name", "configuration-type-id", "configuration_types"),
        Twin("configuration-type-kind", "configuration-type-id", "configuration_types", of="kind"),
        Attribute("configuration-status-id", "reference", refers="configuration_statuses"),
        Twin("configuration-status-name", "configuration-status-id", "configuration_statuses"),
        Attribute("manufacturer-id", "reference", refers="manufacturers"),
        Twin("manufacturer-name", "manufacturer-id", "manufacturers"),
        Attribute("model-id", "reference", refers="models"),
        Twin("model-name", "model-id", "models"),
        Attribute("operating-system-id", "reference", refers="operating_systems"),
        Twin("operating-system-name", "operating-system-id", "operating_systems"),
        Attribute("location-id", "reference", refers="locations"),
        Twin("location-name", "location-id", "locations"),
        Attribute("contact-id", "reference", refers="contacts"),
        Twin("contact-name", "contact-id", "contacts"),
        Attribute("archived", "flag", default=False),
    ),
    filters={
        "id": Filter("id", "id"),
        "name": Filter("exact", "name"),
        "organization_id": Filter("reference", "organization-id"),
        "configuration_type_id": Filter("reference", "configuration-type-id"),
        "configuration_status_id": Filter("reference", "configuration-status-id"),
        "contact_id": Filter("reference", "contact-id"),
        "serial_number": Filter("exact", "serial-number"),
        "mac_address": Filter("exact", "mac-address"),
        "asset_tag": Filter("exact", "asset-tag"),
        "psa_id": Filter("psa_id", "adapters"),
        "psa_integration_type": Filter("psa_type", "adapters"),
        "rmm_id": Filter("rmm_id", "rmm"),
        "rmm_integration_type": Filter("rmm_type", "rmm"),
        "archived": Filter("flag", "archived"),
    },
    sorts=("name", "id", "created_at", "updated_at"),
    includes=frozenset({
        "adapters_resources", "configuration_interfaces", "rmm_records", "passwords", "attachments", "tickets",
        "dnet_fa_remote_assets", "user_resource_accesses", "group_resource_accesses",
    }),
    single_includes=frozenset({
        "rmm_adapters_resources", "adapters_resources_errors", "rmm_adapters_resources_errors",
        "active_network_glue_network_devices", "to_configuration_connections", "from_configuration_connections",
        "recent_versions", "related_items", "authorized_users",
    }),
    parent=Parent("organizations", "organization-id"),
    bulk_updates=True,
    bulk_creates=True,
    bulk_deletes=True,
    relationships=frozenset({"configuration_interfaces"}),
    open_when_synced=frozenset({
        "archived", "asset-tag", "notes", "purchased-at", "restricted", "serial-number", "warranty-expires-at",
        "mitp-device-expiration-date", "mitp-end-of-life-date",
    }),
    syncs=True,
)  # fmt: skip

CONFIGURATION_INTERFACES = Resource(
    name="configuration_interfaces",
    label="Configuration Interface",
    shape=(
        Computed("id", _itself),
        Attribute("configuration-id", "reference", required=True, nullable=False, refers="configurations"),
        Attribute("name"),
        Attribute("ip-address", "ip"),
        Attribute("mac-address", "mac"),
        Attribute("primary", "flag", default=False),
        Attribute("notes", "text"),
        *times(),
    ),
    filters={"id": Filter("id", "id"), "ip_address": Filter("exact", "ip-address")},
    sorts=("created_at", "updated_at"),
    parent=Parent("configurations", "configuration-id", guarded=False),
    flat_list=False,
    bulk_updates=True,
    bulk_creates=True,
    single_delete=frozenset({"nested"}),
    hidden=frozenset({"configuration-id"}),
)
