"""Every resource that is built, by its path word."""

from simulators.itglue.catalogue.configurations import CONFIGURATION_INTERFACES, CONFIGURATIONS
from simulators.itglue.catalogue.contacts import CONTACTS
from simulators.itglue.catalogue.flexible import FLEXIBLE_ASSET_FIELDS, FLEXIBLE_ASSET_TYPES, FLEXIBLE_ASSETS
from simulators.itglue.catalogue.locations import LOCATIONS
from simulators.itglue.catalogue.lookups import (
    CONFIGURATION_STATUSES,
    CONFIGURATION_TYPES,
    CONTACT_TYPES,
    COUNTRIES,
    MANUFACTURERS,
    MODELS,
    OPERATING_SYSTEMS,
    ORGANIZATION_STATUSES,
    ORGANIZATION_TYPES,
    PLATFORMS,
    REGIONS,
)
from simulators.itglue.catalogue.organizations import ORGANIZATIONS
from simulators.itglue.catalogue.targets import CHECKLISTS, DOCUMENTS, DOMAINS
from simulators.itglue.schema import Resource

CATALOGUE: dict[str, Resource] = {
    resource.name: resource
    for resource in (
        COUNTRIES,
        REGIONS,
        PLATFORMS,
        OPERATING_SYSTEMS,
        ORGANIZATION_TYPES,
        ORGANIZATION_STATUSES,
        CONFIGURATION_TYPES,
        CONFIGURATION_STATUSES,
        CONTACT_TYPES,
        MANUFACTURERS,
        MODELS,
        ORGANIZATIONS,
        LOCATIONS,
        CONTACTS,
        CONFIGURATIONS,
        CONFIGURATION_INTERFACES,
        DOMAINS,
        DOCUMENTS,
        CHECKLISTS,
        FLEXIBLE_ASSET_TYPES,
        FLEXIBLE_ASSET_FIELDS,
        FLEXIBLE_ASSETS,
    )
}
