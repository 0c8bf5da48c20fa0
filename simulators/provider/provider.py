"""The believable managed service provider: one PSA and one IT Glue that belong together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from random import Random
from typing import Any, Final, NamedTuple

from simulators.provider import (
    connectwise,
    connectwise_customers,
    itglue,
    itglue_assets,
    itglue_customers,
    itglue_documents,
)
from simulators.provider.account import lived_in, named
from simulators.provider.companies import SEEDED_IN_ITGLUE as COMPANIES_SEEDED_IN_ITGLUE
from simulators.provider.companies import WITHOUT_DEVICES, Company
from simulators.provider.companies import companies as make_companies
from simulators.provider.connectwise_setup import setup_records
from simulators.provider.contacts import SEEDED_IN_ITGLUE as CONTACTS_SEEDED_IN_ITGLUE
from simulators.provider.contacts import TRAPS as CONTACT_TRAPS
from simulators.provider.contacts import Contact, contacts
from simulators.provider.devices import SEEDED_IN_ITGLUE as DEVICES_SEEDED_IN_ITGLUE
from simulators.provider.devices import TRAPS as DEVICE_TRAPS
from simulators.provider.devices import Device, Fate, deal, devices, id_of
from simulators.provider.sites import SEEDED_IN_ITGLUE as SITES_SEEDED_IN_ITGLUE
from simulators.provider.sites import TRAPS as SITE_TRAPS
from simulators.provider.sites import Site, sites
from simulators.provider.sizes import apportion, raise_first
from simulators.provider.tickets import TRAPS as TICKET_TRAPS
from simulators.provider.tickets import Ticket, tickets

Record = dict[str, Any]

SIGMA: Final = 0.8  # of the logarithm of the customers' sizes
_SHOWCASE: Final = 10  # the first customer shows every kind of device, if the others can spare them


_STOOD_FOR_BY_ONE: Final = (Fate.NATIVE, Fate.SERIAL, Fate.MAC, Fate.NAME)
_FURTHER_TRAPS: Final[dict[str, tuple[Mapping[Any, str], tuple[Enum, ...]]]] = {
    "location": (SITE_TRAPS, SITES_SEEDED_IN_ITGLUE),
    "contact": (CONTACT_TRAPS, CONTACTS_SEEDED_IN_ITGLUE),
    "ticket": (TICKET_TRAPS, tuple(TICKET_TRAPS)),
}


class Customer(NamedTuple):
    """A company with all that is its own, save its devices."""

    company: Company
    sites: tuple[Site, ...]
    contacts: tuple[Contact, ...]
    tickets: tuple[Ticket, ...]


@dataclass(frozen=True)
class Provider:
    """A provider's customers; its records are made when they are asked for, always the same ones."""

    seed: int
    companies: tuple[Company, ...]
    sizes: tuple[int, ...]

    def devices(self) -> Iterator[Device]:
        """Make every device, customer by customer."""
        firsts = accumulate(self.sizes, initial=0)
        for company, size, first in zip(self.companies, self.sizes, firsts, strict=False):
            yield from devices(company, size, first, self.seed)

    def records(self, system: str) -> dict[str, list[Record]]:
        """List what a system holds, by the vendor's path words, parents first.

        Raises KeyError for a system that the provider does not use.
        """
        return {"connectwise": self._connectwise, "itglue": self._itglue}[system]()

    def traps(self, system: str) -> list[dict[str, str]]:
        """List what must be held or excluded before any decision: `{"ref": "configuration:4711", "code": …}`.

        The PSA's list has every one, IT Glue's those that its own records cause. Raises KeyError as `records` does.
        """
        psa = {"connectwise": True, "itglue": False}[system]
        traps = [
            {"ref": f"organization:{company.id}", "code": company.trap}
            for company in self.companies
            if company.trap and (psa or company.fate in COMPANIES_SEEDED_IN_ITGLUE)
        ]
        firsts = accumulate(self.sizes, initial=0)
        for company, size, first in zip(self.companies, self.sizes, firsts, strict=False):
            if company.trap:
                continue  # its devices are held or excluded by their parent
            traps += [
                {"ref": f"configuration:{id_of(first + place)}", "code": DEVICE_TRAPS[fate]}
                for place, fate in enumerate(deal(company, size, self.seed))
                if fate in DEVICE_TRAPS and (psa or fate in DEVICES_SEEDED_IN_ITGLUE)
            ]
        return traps

    def further_traps(self, system: str) -> dict[str, list[dict[str, str]]]:
        """List the traps of the further kinds, by kind, each as `traps` does.

        Records of a trapped organization are not listed. Tickets are mapped by nobody's default: theirs are what assets of
        the type "Service Ticket" meet that are named by number and summary. Raises KeyError as `records` does.
        """
        psa = {"connectwise": True, "itglue": False}[system]
        found: dict[str, list[dict[str, str]]] = {kind: [] for kind in (*_FURTHER_TRAPS, "flexible_asset_type")}
        for customer in self._customers():
            if customer.company.trap:
                continue
            owned: tuple[tuple[str, Iterable[Site | Contact | Ticket]], ...] = (
                ("location", customer.sites),
                ("contact", customer.contacts),
                ("ticket", customer.tickets),
            )
            for kind, records in owned:
                codes, seeded = _FURTHER_TRAPS[kind]
                found[kind] += [
                    {"ref": f"{kind}:{each.id}", "code": codes[each.fate]}
                    for each in records
                    if each.fate in codes and (psa or each.fate in seeded)
                ]
        if not psa:
            account, _ = lived_in()
            itglue_assets.type_records(account)
            unsafe = account.asset_types[itglue_assets.UNSAFE]
            found["flexible_asset_type"].append({"ref": f"flexible_asset_type:{unsafe}", "code": "unsafe_type"})
        return found

    def _customers(self) -> Iterator[Customer]:
        firsts, number = accumulate(self.sizes, initial=0), 0
        for company, size, first in zip(self.companies, self.sizes, firsts, strict=False):
            places = sites(company, self.seed)
            people = contacts(company, places, self.seed)
            fates = deal(company, size, self.seed)
            issues = tickets(company, fates, first, people, number, self.seed)
            number += len(issues)
            yield Customer(company, places, people, issues)

    def _connectwise(self) -> dict[str, list[Record]]:
        shared: dict[object, Any] = {}
        customers = list(self._customers())
        issues = [ticket for customer in customers for ticket in customer.tickets]
        setup, more = setup_records(), connectwise_customers.setup_records()
        more["system/userDefinedFields"] = setup["system/userDefinedFields"] + more["system/userDefinedFields"]
        records = setup | more
        # Before their companies, which then show the primary one from the beginning.
        records |= connectwise_customers.site_records(site for customer in customers for site in customer.sites)
        records |= {
            "company/companies": [connectwise.company_record(company, self.seed) for company in self.companies],
            "company/companyTypeAssociations": connectwise.association_records(self.companies),
            "company/contacts": [
                connectwise_customers.contact_record(contact) for customer in customers for contact in customer.contacts
            ],
            "company/configurations": [connectwise.configuration_record(device, shared) for device in self.devices()],
            "service/tickets": [],
            "project/tickets": [],
        }
        for ticket in issues:
            records[connectwise_customers.path_of(ticket)].append(connectwise_customers.ticket_record(ticket))
        return records | connectwise_customers.link_records(issues)

    def _itglue(self) -> dict[str, list[Record]]:
        account, records = lived_in()
        customers = list(self._customers())
        records["contact_types"] = [
            named(account, "contact_types", name) for name in ("Primary", "Billing", "Emergency")
        ]
        records["organizations"] = list(itglue.organization_records(self.companies, account, self.seed))
        records["locations"] = [
            record
            for customer in customers
            for site in customer.sites
            for record in itglue_customers.location_records(site, account)
        ]
        records["contacts"] = [
            record
            for customer in customers
            for contact in customer.contacts
            for record in itglue_customers.contact_records(contact, account)
        ]
        records["configurations"] = []
        types = itglue_assets.type_records(account)
        assets: list[Record] = []
        for device in self.devices():
            held = list(itglue.configuration_records(device, account))
            records["configurations"] += held
            if held and device.fate in _STOOD_FOR_BY_ONE:
                account.devices[device.id] = held[0]["id"]
                assets += itglue_assets.device_records(device, account)
        for customer in customers:
            for ticket in customer.tickets:
                assets += itglue_assets.ticket_records(ticket, account)
        documents = list(itglue_documents.document_records(self.companies, account, self.seed))
        return records | types | {"flexible_assets": assets, "documents": documents}


def build(companies: int, devices: int, seed: int) -> Provider:
    """Make a provider of so many companies with so many devices in all.

    Raises ValueError if there is no company.
    """
    if companies < 1 or devices < 0:
        raise ValueError(f"{companies}x{devices}: a provider has at least one company, and no fewer than 0 devices")
    made = tuple(make_companies(companies, seed))
    weights = [0.0 if company.fate in WITHOUT_DEVICES else weight_of(company.number, seed) for company in made]
    sizes = raise_first(apportion(weights, devices), min(_SHOWCASE, devices * 3 // 4))
    return Provider(seed, made, tuple(sizes))


def weight_of(number: int, seed: int) -> float:
    """Draw the size of a customer before it is scaled: lognormal, independent of all others."""
    return Random(f"{seed}:size:{number}").lognormvariate(0, SIGMA)
