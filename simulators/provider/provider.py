"""The believable managed service provider: one PSA and one IT Glue that belong together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Any, Final

from simulators.provider import connectwise, itglue
from simulators.provider.account import lived_in
from simulators.provider.companies import SEEDED_IN_ITGLUE as COMPANIES_SEEDED_IN_ITGLUE
from simulators.provider.companies import WITHOUT_DEVICES, Company
from simulators.provider.companies import companies as make_companies
from simulators.provider.connectwise_setup import setup_records
from simulators.provider.devices import SEEDED_IN_ITGLUE as DEVICES_SEEDED_IN_ITGLUE
from simulators.provider.devices import TRAPS as DEVICE_TRAPS
from simulators.provider.devices import Device, deal, devices, id_of
from simulators.provider.sizes import apportion, raise_first

Record = dict[str, Any]

SIGMA: Final = 0.8  # of the logarithm of the customers' sizes
_SHOWCASE: Final = 10  # the first customer shows every kind of device, if the others can spare them


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

    def _connectwise(self) -> dict[str, list[Record]]:
        shared: dict[object, Any] = {}
        return setup_records() | {
            "company/companies": [connectwise.company_record(company, self.seed) for company in self.companies],
            "company/companyTypeAssociations": connectwise.association_records(self.companies),
            "company/configurations": [connectwise.configuration_record(device, shared) for device in self.devices()],
        }

    def _itglue(self) -> dict[str, list[Record]]:
        account, records = lived_in()
        records["organizations"] = list(itglue.organization_records(self.companies, account, self.seed))
        records["configurations"] = [
            record for device in self.devices() for record in itglue.configuration_records(device, account)
        ]
        return records


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
