"""Who the provider's customers are, with what will become of each when IT Glue is matched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from random import Random
from typing import Final
from unicodedata import combining, normalize

from simulators.provider.catalogue import COMPANY_STATUSES, COMPANY_TYPES, Setup
from simulators.provider.words import FAMILIES, NEAR_SUFFIXES, SUFFIXES, TRADES


class Fate(Enum):
    """What IT Glue knows of a company, which decides what must become of it."""

    NATIVE = "synced by the native integration"
    NAMED = "there under exactly its name"
    NEAR = "there under a near name only"
    ABSENT = "not there"
    TWO_CANDIDATES = "there twice under its name"
    SHARED = "there once, for two companies of one name"
    RECYCLED = "synced, then put into the PSA's recycle bin"
    FORMER = "a client that left: its status is out of the filter"
    PROSPECT = "no client yet: its type is out of the filter"
    VENDOR = "a supplier: its type is out of the filter"
    PARTNER = "another provider: its type is out of the filter"
    CATCHALL = "the PSA's own catchall"


TRAPS: Final = {
    Fate.NEAR: "unmatched",
    Fate.ABSENT: "unmatched",
    Fate.TWO_CANDIDATES: "ambiguous",
    Fate.SHARED: "shared_organization",
    Fate.RECYCLED: "recycle_bin",
    Fate.FORMER: "excluded",
    Fate.PROSPECT: "excluded",
    Fate.VENDOR: "excluded",
    Fate.PARTNER: "excluded",
    Fate.CATCHALL: "excluded",
}
SEEDED_IN_ITGLUE: Final = (Fate.NEAR, Fate.TWO_CANDIDATES)
SYNCED: Final = (Fate.NATIVE, Fate.RECYCLED, Fate.FORMER)
WITHOUT_DEVICES: Final = (Fate.VENDOR, Fate.PARTNER, Fate.CATCHALL)

# Small providers get one of each kind first; every later fifty are dealt like the first, shuffled.
_PAIR: Final = (Fate.SHARED, Fate.SHARED)
_OPENING: Final = (
    (Fate.NATIVE,), (Fate.NEAR,), (Fate.PROSPECT,), _PAIR, (Fate.TWO_CANDIDATES,), (Fate.RECYCLED,), (Fate.NAMED,), (Fate.ABSENT,), (Fate.FORMER,),
)  # fmt: skip
_REST: Final = (
    *[(Fate.NATIVE,)] * 23,
    *[(Fate.NAMED,)] * 5,
    (Fate.NEAR,),
    *[(Fate.FORMER,)] * 4,
    *[(Fate.PROSPECT,)] * 3,
    *[(Fate.VENDOR,)] * 2,
    (Fate.PARTNER,),
)


@dataclass(frozen=True, slots=True)
class Company:
    """A company of the PSA.

    `near` is what IT Glue calls it where the names are only near; `prefix` begins its host names.
    """

    number: int
    id: int
    identifier: str
    name: str
    near: str
    prefix: str
    fate: Fate
    status: Setup
    types: tuple[Setup, ...]

    @property
    def trap(self) -> str | None:
        """What must be so of it, None if it is matched and nothing else."""
        return TRAPS.get(self.fate)

    @property
    def odds(self) -> str:
        """By which odds the fates of its sites and contacts are dealt."""
        if self.trap:
            return "trapped, synced" if self.fate in SYNCED else "trapped"
        return "synced" if self.fate in SYNCED else "named"


_TYPES: Final = {kind.name: kind for kind in COMPANY_TYPES}
_STATUSES: Final = {status.name: status for status in COMPANY_STATUSES}


def fates(count: int, seed: int) -> list[Fate]:
    """Deal a fate to each company; more companies never change what the first ones got."""
    dealt: list[Fate] = []
    block = 0
    while len(dealt) < count:
        rest: list[tuple[Fate, ...]] = list(_REST)
        opening: list[tuple[Fate, ...]] = list(_OPENING)
        if block:
            rest += [*opening, (Fate.VENDOR,)]
            opening = []
        else:
            rest.append((Fate.CATCHALL,))
        Random(f"{seed}:fates:{block}").shuffle(rest)
        dealt += chain.from_iterable(opening + rest)
        block += 1
    del dealt[count:]
    if dealt.count(Fate.SHARED) % 2:
        dealt[-1] = Fate.NATIVE  # its other half did not fit
    return dealt


def companies(count: int, seed: int) -> Iterator[Company]:
    """Make the companies, each from its own randomness."""
    first_of_pair: Company | None = None
    for number, fate in enumerate(fates(count, seed)):
        company = make_company(number, fate, seed)
        if fate is Fate.SHARED:
            if first_of_pair is None:
                first_of_pair = company
            else:
                company = _entered_again(company, first_of_pair)
                first_of_pair = None
        yield company


def make_company(number: int, fate: Fate, seed: int) -> Company:
    """Make one company of a kind; its number makes its name, identifier and id unique."""
    rng = Random(f"{seed}:company:{number}")
    core = _core(number, seed)
    suffix, near_suffix = rng.choice(NEAR_SUFFIXES)
    if fate is not Fate.NEAR:
        suffix = rng.choice(SUFFIXES)
    name = f"{core} {suffix}".strip()
    letters = _letters(core)
    if fate is Fate.CATCHALL:
        name, letters = "Catchall (for emails)", "CATCHALL"
    return Company(
        number=number,
        id=250 + 3 * number,
        identifier=f"{letters[:16]}{number + 1}" if number % 7 == 6 or number >= len(FAMILIES) else letters[:20],
        name=name,
        near=f"{core} {near_suffix}",
        prefix=letters[0] + "".join(letter for letter in letters[1:] if letter not in "AEIOU")[:2].ljust(2, "X"),
        fate=fate,
        status=_status(fate, rng),
        types=_types(fate, rng),
    )


def _core(number: int, seed: int) -> str:
    """Pair a family with a trade, no pair twice: one step runs through all pairs before any comes again."""
    pairs = len(FAMILIES) * len(
        TRADES
    )  # 97 and 47 are primes: any step that is a multiple of neither visits every pair
    place = (Random(f"{seed}:names").randrange(pairs) + number * 1009) % pairs
    family, trade = FAMILIES[place % len(FAMILIES)], TRADES[place // len(FAMILIES) % len(TRADES)]
    again = number // pairs
    return f"{family} {trade} {again + 1}" if again else f"{family} {trade}"


def _letters(name: str) -> str:
    plain = "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
    return "".join(letter for letter in plain.upper() if letter.isascii() and letter.isalnum())


def _status(fate: Fate, rng: Random) -> Setup:
    if fate is Fate.FORMER:
        return _STATUSES[rng.choice(("Inactive", "Inactive", "Inactive", "Delinquent", "Not Approved"))]
    if fate in (Fate.PROSPECT, Fate.VENDOR, Fate.PARTNER, Fate.CATCHALL):
        return _STATUSES["Active"]
    return _STATUSES["Credit Hold" if rng.random() < 0.1 else "Active"]


def _types(fate: Fate, rng: Random) -> tuple[Setup, ...]:
    names = {
        Fate.PROSPECT: ("Prospect",),
        Fate.VENDOR: ("Vendor",),
        Fate.PARTNER: ("Vendor", "Partner"),
        Fate.CATCHALL: (),
    }.get(fate)
    if names is None:
        names = rng.choice((("Client",),) * 16 + (("Vendor", "Client"),) * 3 + (("Client", "Partner"),))
    return tuple(_TYPES[name] for name in names)


def _entered_again(second: Company, first: Company) -> Company:
    return Company(
        number=second.number,
        id=second.id,
        identifier=f"{first.identifier[:22]}-2",
        name=first.name,
        near=first.near,
        prefix=first.prefix,
        fate=second.fate,
        status=second.status,
        types=second.types,
    )
