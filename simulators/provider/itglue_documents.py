"""The account's documents, which people wrote about each customer: the shape of `api/itglue.md` 5.11."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random
from typing import Any, Final

from simulators.provider.account import Account, times
from simulators.provider.companies import Company

Record = dict[str, Any]

# name, how many of ten customers have it, restricted, archived
_DOCUMENTS: Final[tuple[tuple[str, int, bool, bool], ...]] = (
    ("Printers and scanners: queues, drivers", 10, False, False),
    ("VPN: how to connect from home", 8, False, False),
    ("Network plan, switches and Wi\u2011Fi", 7, False, False),
    ("New starter, step by step", 6, False, False),
    # "print" stands inside their words, and is none of them.
    ("Blueprints of the office", 4, False, False),
    ("Fingerprint door: how to enrol", 3, False, False),
    ("Printer administrator codes", 10, True, False),
    ("Firewall and VPN: break-glass access", 5, True, False),
    ("Printing at the old office", 4, False, True),
)


def document_records(companies: Iterable[Company], account: Account, seed: int) -> Iterator[Record]:
    """Write each organization's documents once, whatever companies it stands for."""
    seen: set[int] = set()
    for company in companies:
        organization = account.organizations.get(company.id)
        if organization is None or organization in seen:
            continue
        seen.add(organization)
        rng = Random(f"{seed}:documents:{company.number}")
        for name, share, restricted, archived in _DOCUMENTS:
            if rng.randrange(10) < share:
                number = account.next_id("documents")
                attributes = {"organization-id": organization, "name": name, "restricted": restricted}
                yield {"id": number, "attributes": {**attributes, "archived": archived, **times(number)}}
