"""The customers' sites, with what will become of each when IT Glue is matched."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

from simulators.provider.companies import Company
from simulators.provider.companies import Fate as CompanyFate
from simulators.provider.words import STREETS, TOWNS


class SiteFate(Enum):
    """Where a site is among IT Glue's locations, which decides what must become of it."""

    NATIVE = "synced by the native integration"
    TYPED = "typed in under its name, with its address or without"
    NEW = "not there"
    TWICE = "there twice under its name and address"
    ONE_FOR_TWO = "there once, for two sites of one name"


TRAPS: Final = {SiteFate.TWICE: "ambiguous", SiteFate.ONE_FOR_TWO: "ambiguous"}
SEEDED_IN_ITGLUE: Final = (SiteFate.TWICE,)

_MOST: Final = 3
_SHOWCASE: Final = (SiteFate.NATIVE, SiteFate.TWICE, SiteFate.NEW)  # of the first customer
_PAIR_AT: Final = 5  # of every eleven customers this one has two sites of one name
# The sites of a trapped customer have no trap of their own, as its devices have none.
_ODDS: Final[dict[str, dict[SiteFate, int]]] = {
    "synced": {SiteFate.NATIVE: 60, SiteFate.TYPED: 15, SiteFate.NEW: 20, SiteFate.TWICE: 5},
    "named": {SiteFate.TYPED: 60, SiteFate.NEW: 35, SiteFate.TWICE: 5},
    "trapped, synced": {SiteFate.NATIVE: 80, SiteFate.NEW: 20},
    "trapped": {SiteFate.TYPED: 50, SiteFate.NEW: 50},
}
_NAMES: Final = ("Main", "Head Office", "Main Office")
_BRANCHES: Final = ("Warehouse", "Branch", "Workshop")


@dataclass(frozen=True, slots=True)
class Site:
    """A site of a customer; None stands for what the PSA does not know, `luck` seeds what else is random about it."""

    id: int
    place: int
    company: Company
    fate: SiteFate
    name: str
    street: str
    second_line: str | None
    city: str
    state: str
    zip: str
    phone: str | None
    is_primary: bool
    is_inactive: bool
    changed: str
    luck: int


def sites(company: Company, seed: int) -> tuple[Site, ...]:
    """Make a customer's sites; the first is the primary one. The PSA's own catchall has none."""
    if company.fate is CompanyFate.CATCHALL:
        return ()
    rng = Random(f"{seed}:sites:{company.number}")
    count = rng.choices((1, 2, 3), (55, 30, 15))[0]
    fates = _fates(company, count, rng)
    names = _names(fates, rng)
    # The first site stands where the company's own record says.
    own = Random(f"{seed}:address:{company.number}")
    town = own.choice(TOWNS)
    for low, high in ((16, 24), (1, 13), (1, 29)):
        own.randrange(low, high)  # its day of entry, drawn in between
    street = f"{own.randrange(1, 180)} {own.choice(STREETS)}"
    made = []
    for place, (fate, name) in enumerate(zip(fates, names, strict=True)):
        if place:
            town, street = rng.choice(TOWNS), f"{rng.randrange(200, 380)} {rng.choice(STREETS)}"
        city, zip_code, state = town
        made.append(
            Site(
                id=id_of(company.number, place),
                place=place,
                company=company,
                fate=fate,
                name=name,
                street=street,
                second_line=rng.choice((None, None, "Unit 4", "2nd floor")),
                city=city,
                state=state,
                zip=zip_code,
                phone=f"0113 496 {rng.randrange(10000):04d}" if rng.random() < 0.7 else None,
                is_primary=place == 0,
                is_inactive=place > 0 and fate is SiteFate.NEW and rng.random() < 0.3,
                changed=f"2026-{rng.randrange(1, 10):02d}-{rng.randrange(1, 29):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00Z",
                luck=rng.getrandbits(32),
            )
        )
    return tuple(made)


def id_of(company_number: int, place: int) -> int:
    """Give the PSA's id of a customer's site, whatever other customers have."""
    return 5000 + company_number * _MOST + place


def _fates(company: Company, count: int, rng: Random) -> list[SiteFate]:
    if company.number == 0:
        return list(_SHOWCASE)
    odds = _ODDS[company.odds]
    fates = rng.choices(list(odds), list(odds.values()), k=count)
    if company.number % 11 == _PAIR_AT and not company.trap:
        return [fates[0], SiteFate.ONE_FOR_TWO, SiteFate.ONE_FOR_TWO]
    return fates


def _names(fates: list[SiteFate], rng: Random) -> list[str]:
    names = [rng.choice(_NAMES), *rng.sample(_BRANCHES, len(fates) - 1)]
    if SiteFate.ONE_FOR_TWO in fates:
        names[2] = names[1]
    return names
