"""The small lists and the models (reference 5.2 and 5.3)."""

from typing import Any

from simulators.itglue.schema import Attribute, Computed, Count, Filter, Parent, Part, Resource, Row, Twin, names, times

_SYNCED = frozenset[str]()
_MARK = Attribute("psa-integration", "raw", writable=False, rare=True)


def _is_synced(_: int, row: Row) -> bool:
    return row.get("psa-integration") is not None


def _from_psa(name: str, label: str, *between: Part, **more: Any) -> Resource:
    return names(name, label, *between, open_when_synced=_SYNCED, hidden=frozenset({"psa-integration"}), **more)


ORGANIZATION_TYPES = _from_psa("organization_types", "Organization Type", Computed("synced", _is_synced), _MARK)
ORGANIZATION_STATUSES = _from_psa("organization_statuses", "Organization Status", Computed("synced", _is_synced), _MARK)
CONFIGURATION_TYPES = _from_psa(
    "configuration_types",
    "Configuration Type",
    Count("configurations-count", "configurations", "configuration-type-id"),
    _MARK,
)
CONFIGURATION_STATUSES = _from_psa("configuration_statuses", "Configuration Status", _MARK)
CONTACT_TYPES = _from_psa("contact_types", "Contact Type", _MARK)
MANUFACTURERS = _from_psa("manufacturers", "Manufacturer", _MARK)

PLATFORMS = names("platforms", "Platform", creates=False, updates=False)
OPERATING_SYSTEMS = names(
    "operating_systems",
    "Operating System",
    Attribute("platform-id", "reference", refers="platforms"),
    Twin("platform-name", "platform-id", "platforms"),
    creates=False,
    updates=False,
)
COUNTRIES = names(
    "countries",
    "Country",
    Attribute("iso"),
    filters={"name": Filter("exact", "name"), "iso": Filter("exact", "iso")},
    creates=False,
    updates=False,
)
REGIONS = names(
    "regions",
    "Region",
    Attribute("iso"),
    Attribute("country-id", "reference", refers="countries"),
    filters={
        "name": Filter("exact", "name"),
        "iso": Filter("exact", "iso"),
        "country_id": Filter("reference", "country-id"),
    },
    parent=Parent("countries", "country-id", guarded=False),
    creates=False,
    updates=False,
)

MODELS = Resource(
    name="models",
    label="Model",
    shape=(
        Attribute("name", required=True, nullable=False),
        Attribute("manufacturer-id", "reference", required=True, refers="manufacturers"),
        Twin("manufacturer-name", "manufacturer-id", "manufacturers"),
        _MARK,
        *times(),
    ),
    filters={"id": Filter("id", "id")},
    sorts=("id", "name", "manufacturer_id", "created_at", "updated_at"),
    parent=Parent("manufacturers", "manufacturer-id"),
    bulk_updates=True,
    bulk_creates=True,
    open_when_synced=_SYNCED,
    hidden=frozenset({"psa-integration"}),
)
