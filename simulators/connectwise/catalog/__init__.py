"""The vendor's resources, described as data; a resource is added by describing it here."""

from simulators.connectwise.catalog.callbacks import CALLBACKS
from simulators.connectwise.catalog.companies import COMPANIES
from simulators.connectwise.catalog.configurations import CONFIGURATIONS
from simulators.connectwise.catalog.contacts import CONTACTS
from simulators.connectwise.catalog.sites import SITES
from simulators.connectwise.catalog.system import SYSTEM
from simulators.connectwise.catalog.tickets import LINKS, TICKETS
from simulators.connectwise.schema import Resource

RESOURCES: tuple[Resource, ...] = (*SYSTEM, *CALLBACKS, *COMPANIES, *SITES, *CONTACTS, *CONFIGURATIONS, *TICKETS)

__all__ = ["LINKS", "RESOURCES"]
