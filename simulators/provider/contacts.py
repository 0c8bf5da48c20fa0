"""The customers' people, with what will become of each when IT Glue is matched."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

from simulators.provider.companies import Company
from simulators.provider.companies import Fate as CompanyFate
from simulators.provider.sites import Site
from simulators.provider.words import GIVEN_NAMES, SURNAMES


class ContactFate(Enum):
    """Where a contact is at IT Glue, which decides what must become of it."""

    NATIVE = "synced by the native integration"
    TYPED = "typed in under its name, with its address or without"
    NEW = "not there"
    TWICE = "there twice under its name and e-mail address"
    ONE_FOR_TWO = "there once without an address, for two contacts of one name"
    NO_COMPANY = "without a company in the PSA"


TRAPS: Final = {
    ContactFate.TWICE: "ambiguous",
    ContactFate.ONE_FOR_TWO: "ambiguous",
    ContactFate.NO_COMPANY: "no_organization",
}
SEEDED_IN_ITGLUE: Final = (ContactFate.TWICE,)

_MOST: Final = 8
_FEWEST, _USUAL = 2, 6
_SHOWCASE: Final = (ContactFate.NATIVE, ContactFate.TWICE, ContactFate.NEW, ContactFate.NO_COMPANY)
_PAIR_AT: Final = 3  # of every seven customers this one has two people of one name
_ODDS: Final[dict[str, dict[ContactFate, int]]] = {
    "synced": {
        ContactFate.NATIVE: 60, ContactFate.TYPED: 15, ContactFate.NEW: 20, ContactFate.TWICE: 3, ContactFate.NO_COMPANY: 2,
    },
    "named": {ContactFate.TYPED: 55, ContactFate.NEW: 40, ContactFate.TWICE: 3, ContactFate.NO_COMPANY: 2},
    "trapped, synced": {ContactFate.NATIVE: 80, ContactFate.NEW: 20},
    "trapped": {ContactFate.TYPED: 50, ContactFate.NEW: 50},
}  # fmt: skip
TITLES: Final = ("Office Manager", "Director", "Accounts", "Receptionist", "IT Coordinator", None)


@dataclass(frozen=True, slots=True)
class Contact:
    """A person of a customer; None stands for what the PSA does not know.

    `company` is where the person is at home, whether or not the PSA says so; `luck` seeds what else is random.
    """

    id: int
    place: int
    company: Company
    fate: ContactFate
    first_name: str
    last_name: str | None
    title: str | None
    kind: str | None
    site: Site | None
    email: str | None
    phone: str | None
    extension: str | None
    mobile: str | None
    is_inactive: bool
    is_important: bool
    changed: str
    luck: int


def contacts(company: Company, places: tuple[Site, ...], seed: int) -> tuple[Contact, ...]:
    """Make a customer's people. The PSA's own catchall has none."""
    if company.fate is CompanyFate.CATCHALL:
        return ()
    rng = Random(f"{seed}:contacts:{company.number}")
    fates = _fates(company, rng)
    pairs = rng.sample(range(len(GIVEN_NAMES) * len(SURNAMES)), len(fates))
    if ContactFate.ONE_FOR_TWO in fates:
        pairs[1] = pairs[0]
    return tuple(_contact(company, places, fates, pairs, place, rng) for place in range(len(fates)))


def _contact(
    company: Company, places: tuple[Site, ...], fates: list[ContactFate], pairs: list[int], place: int, rng: Random
) -> Contact:
    first, last = GIVEN_NAMES[pairs[place] % len(GIVEN_NAMES)], SURNAMES[pairs[place] // len(GIVEN_NAMES)]
    fate = fates[place]
    plain = "".join(letter for letter in f"{first[0]}{last}".lower() if letter.isascii() and letter.isalpha())
    certain = fate in (ContactFate.TWICE, ContactFate.ONE_FOR_TWO)
    email = f"{plain}{place or ''}@{company.identifier.lower()}.test"
    is_alone = fate is ContactFate.NEW and rng.random() < 0.05
    return Contact(
        id=40_000 + company.number * _MOST + place,
        place=place,
        company=company,
        fate=fate,
        first_name=first,
        last_name=None if is_alone else last,
        title=rng.choice(TITLES),
        kind=rng.choice(("Primary", "Billing", None, None)),
        site=rng.choice(places) if places and rng.random() < 0.8 else None,
        email=email if certain or rng.random() < 0.9 else None,
        phone=f"0113 496 {rng.randrange(10000):04d}" if rng.random() < 0.7 else None,
        extension=str(rng.randrange(10, 99)) if rng.random() < 0.2 else None,
        mobile=f"+44 7700 900{rng.randrange(1000):03d}" if rng.random() < 0.4 else None,
        is_inactive=fate in (ContactFate.NEW, ContactFate.NATIVE) and rng.random() < 0.08,
        is_important=rng.random() < 0.1,
        changed=f"2026-{rng.randrange(1, 10):02d}-{rng.randrange(1, 29):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:00Z",
        luck=rng.getrandbits(32),
    )


def _fates(company: Company, rng: Random) -> list[ContactFate]:
    if company.number == 0:
        return list(_SHOWCASE)
    odds = _ODDS[company.odds]
    fates = rng.choices(list(odds), list(odds.values()), k=rng.randint(_FEWEST, _USUAL))
    if company.number % 7 == _PAIR_AT and not company.trap:
        return [ContactFate.ONE_FOR_TWO, ContactFate.ONE_FOR_TWO, *fates]
    return fates
