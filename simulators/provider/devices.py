"""The customers' devices, with what will become of each when IT Glue is matched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum
from random import Random
from typing import Final

from simulators.provider import catalogue
from simulators.provider.companies import SYNCED, Company
from simulators.provider.companies import Fate as CompanyFate
from simulators.provider.words import PEOPLE, REMARKS


class Fate(Enum):
    """Where a device is at IT Glue, which decides what must become of it."""

    NATIVE = "synced by the native integration"
    NATIVE_AND_MANUAL = "synced, and typed in once more with the same serial number"
    SERIAL = "typed in, with the serial number"
    MAC = "typed in, with the MAC address and another name"
    NAME = "typed in, with the name"
    NEW = "not there"
    NEW_SAME_NAME = "not there, twice in the PSA under one name"
    ELSEWHERE = "not there, but its serial number stands at another organization"
    TWO_NAMES = "there twice by name, under a junk serial number"
    TWO_SERIALS = "there twice by name, under the same serial number"
    ONE_FOR_TWO = "there once, for two devices of one name"
    NO_TYPE = "without a type in the PSA"
    NO_STATUS = "without a status in the PSA"
    NO_ORGANIZATION = "without a company in the PSA"
    EXCLUDED = "of a type that is out of the filter"


TRAPS: Final = {
    Fate.TWO_NAMES: "ambiguous",
    Fate.TWO_SERIALS: "ambiguous",
    Fate.ONE_FOR_TWO: "ambiguous",
    Fate.NO_TYPE: "no_type",
    Fate.NO_STATUS: "no_status",
    Fate.NO_ORGANIZATION: "no_organization",
    Fate.EXCLUDED: "excluded",
}
SEEDED_IN_ITGLUE: Final = (Fate.TWO_NAMES, Fate.TWO_SERIALS)
PAIRED: Final = (Fate.NEW_SAME_NAME, Fate.ONE_FOR_TWO)

# Even the smallest provider's first customer shows one of each.
_OPENING: Final = (
    Fate.NATIVE, Fate.TWO_NAMES, Fate.NO_TYPE, Fate.NO_STATUS, Fate.NO_ORGANIZATION, Fate.EXCLUDED, Fate.NEW, Fate.SERIAL, Fate.MAC, Fate.NAME,
)  # fmt: skip
_MATCHED: Final = {
    Fate.NEW: 200, Fate.TWO_NAMES: 6, Fate.TWO_SERIALS: 4, Fate.ONE_FOR_TWO: 3, Fate.NEW_SAME_NAME: 3, Fate.ELSEWHERE: 5,
    Fate.NO_TYPE: 6, Fate.NO_STATUS: 6, Fate.NO_ORGANIZATION: 4, Fate.EXCLUDED: 50,
}  # fmt: skip
# The devices of a trapped customer have no trap of their own: what a held or excluded parent hides is nobody's second cause.
_ODDS: Final[dict[str, dict[Fate, int]]] = {
    "synced": {Fate.NATIVE: 480, Fate.NATIVE_AND_MANUAL: 10, Fate.SERIAL: 90, Fate.MAC: 55, Fate.NAME: 55} | _MATCHED,
    "named": {Fate.SERIAL: 260, Fate.MAC: 130, Fate.NAME: 130} | _MATCHED,
    "trapped, synced": {Fate.NATIVE: 700, Fate.SERIAL: 100, Fate.MAC: 50, Fate.NAME: 50, Fate.NEW: 100},
    "trapped, there": {Fate.SERIAL: 300, Fate.MAC: 150, Fate.NAME: 150, Fate.NEW: 400},
    "trapped, not there": {Fate.NEW: 1},
}
_MAY_BE_JUNK: Final = (Fate.NATIVE, Fate.NAME, Fate.NEW)
_SYNCED: Final = (Fate.NATIVE, Fate.NATIVE_AND_MANUAL)
_ALL_JUNK: Final = (Fate.TWO_NAMES, Fate.ONE_FOR_TWO)
_FIRST_PURCHASE: Final = date(2018, 1, 1).toordinal()
_LAST_PURCHASE: Final = date(2026, 7, 1).toordinal()
_FIRST_CHANGE: Final = date(2024, 1, 1).toordinal()
_LAST_CHANGE: Final = date(2026, 10, 1).toordinal()  # before any clock that a simulator starts with
_DIGITS: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Device:
    """A device of a customer.

    None stands for what the PSA does not know, `place` counts inside the customer, dates are `yyyy-mm-dd`, `changed` is
    the PSA's stamp, `installer` a place in PEOPLE, and `luck` seeds what else is random about it.
    """

    number: int
    place: int
    id: int
    fate: Fate
    company: Company
    name: str
    code: str
    type: catalogue.Setup | None
    status: catalogue.Setup | None
    model: catalogue.Model | None
    model_number: int
    serial: str | None
    serial_is_unique: bool
    mac: str | None
    mac_is_unique: bool
    ip: str | None
    gateway: str | None
    system: str | None
    tag: str | None
    parent: int | None
    purchased: str | None
    installed: str | None
    installer: int | None
    warranty: str | None
    custom_warranty: str | None
    notes: str | None
    changed: str
    luck: int

    @property
    def installed_by(self) -> str | None:
        """The name of who installed it."""
        return None if self.installer is None else " ".join(PEOPLE[self.installer])


def odds_of(company: Company) -> dict[Fate, int]:
    """Give the chances, in parts, of what a device of this customer is."""
    if not company.trap:
        return _ODDS["synced" if company.fate in SYNCED else "named"]
    if company.fate in SYNCED:
        return _ODDS["trapped, synced"]
    there = company.fate in (CompanyFate.NEAR, CompanyFate.TWO_CANDIDATES, CompanyFate.SHARED)
    return _ODDS["trapped, there" if there else "trapped, not there"]


def deal(company: Company, size: int, seed: int) -> list[Fate]:
    """Deal a fate to each device of a customer; more devices never change what the first ones got."""
    odds = odds_of(company)
    kinds, weights = list(odds), list(odds.values())
    dealt: list[Fate] = list(_OPENING) if company.number == 0 else []
    draw = Random(f"{seed}:deal:{company.number}")
    while len(dealt) < size:
        fate = draw.choices(kinds, weights)[0]
        dealt += [fate, fate] if fate in PAIRED else [fate]
    if len(dealt) > size and size and dealt[size - 1] in PAIRED and dealt[:size].count(dealt[size - 1]) % 2:
        dealt[size - 1] = Fate.NEW  # its other half did not fit
    return dealt[:size]


def devices(company: Company, size: int, first_number: int, seed: int) -> Iterator[Device]:
    """Make a customer's devices, each from its own randomness; numbers run on over all customers."""
    fates = deal(company, size, seed)
    server: int | None = None
    twin: str | None = None
    for place, fate in enumerate(fates):
        device = make_device(company, fate, place, first_number + place, seed, parent=server, name=twin)
        twin = device.name if fate in PAIRED and twin is None else None
        if device.code == "SRV" and server is None:
            server = device.id
        yield device


def make_device(
    company: Company,
    fate: Fate,
    place: int,
    number: int,
    seed: int,
    *,
    parent: int | None = None,
    name: str | None = None,
) -> Device:
    """Make one device of a kind; its number makes its id, serial number and MAC address unique."""
    rng = Random(f"{seed}:device:{company.number}:{place}")
    code = rng.choices(catalogue.TYPE_CODES, catalogue.TYPE_SHARES)[0]
    if code == "UPS" and fate in _SYNCED:
        code = "WS"  # the native sync was never switched on for that type
    kind = catalogue.CONFIGURATION_TYPES[catalogue.TYPE_CODES.index(code)]
    called = code
    if fate is Fate.EXCLUDED:
        spare = rng.random() < 0.4
        kind = catalogue.CONFIGURATION_TYPES[catalogue.USED_TYPES + spare]
        called = "SPARE" if spare else "TONER"
    model_number = rng.choice(catalogue.MODELS_BY_CODE[code])
    model = catalogue.MODELS[model_number]
    serial, serial_is_unique = _serial(company, fate, number, rng)
    mac, mac_is_unique = _mac(company, fate, model, number, rng)
    systems = catalogue.SYSTEMS_BY_CODE.get(code)
    net = f"10.{company.number % 250}.{place // 250 % 250}"
    ip = rng.random()
    bought = rng.randrange(_FIRST_PURCHASE, _LAST_PURCHASE) if rng.random() < 0.75 else None
    installed = bought + rng.randrange(30) if bought and rng.random() < 0.7 else None
    warranty = bought + rng.choice((365, 1095, 1095, 1825)) if bought and rng.random() < 0.8 else None
    return Device(
        number=number,
        place=place,
        id=id_of(number),
        fate=fate,
        company=company,
        name=name or f"{company.prefix}-{called}-{place + 1:03d}",
        code=code,
        type=None if fate is Fate.NO_TYPE else kind,
        status=None
        if fate is Fate.NO_STATUS
        else rng.choices(catalogue.CONFIGURATION_STATUSES, catalogue.STATUS_SHARES)[0],
        model=model if rng.random() < 0.94 else None,
        model_number=model_number,
        serial=serial,
        serial_is_unique=serial_is_unique,
        mac=mac,
        mac_is_unique=mac_is_unique,
        ip=f"{net}.{place % 250 + 2}" if ip < 0.8 else "DHCP" if ip < 0.84 else None,
        gateway=f"{net}.1" if ip < 0.7 else None,
        system=rng.choice(systems) if systems else None,
        tag=f"A{number + 10000:06d}" if rng.random() < 0.35 else None,
        parent=parent if rng.random() < 0.1 else None,
        purchased=_day(bought),
        installed=_day(installed),
        installer=rng.randrange(len(PEOPLE)) if installed and rng.random() < 0.5 else None,
        warranty=_day(warranty),
        custom_warranty=_day(warranty + 365) if warranty and rng.random() < 0.1 else None,
        notes=rng.choice(REMARKS) if rng.random() < 0.25 else None,
        changed=f"{_day(rng.randrange(_FIRST_CHANGE, _LAST_CHANGE))}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:{rng.randrange(60):02d}Z",
        luck=rng.getrandbits(32),
    )


def id_of(number: int) -> int:
    """Give the PSA's id of the device of a number: rising, with gaps where records were deleted."""
    return 4000 + number + number // 9


def unique_serial(number: int) -> str:
    """Spell a serial number that no other device has."""
    spread = (
        number * 7_368_787 + 1_299_709
    ) % 34**5  # no multiple of 2 or 17: different numbers stay different up to 45 million
    letters = ""
    for _ in range(5):
        spread, digit = divmod(spread, 34)
        letters += _DIGITS[digit]
    return f"5C{number % 10}{letters}"


def _serial(company: Company, fate: Fate, number: int, rng: Random) -> tuple[str | None, bool]:
    draw = rng.random()
    if fate in _ALL_JUNK:
        return rng.choice(catalogue.JUNK_SERIALS), False
    if fate in _MAY_BE_JUNK:
        if draw < 0.08:
            return rng.choice(catalogue.JUNK_SERIALS), False
        if draw < 0.10 and company.number % 2:
            return f"CHS{company.id:05d}00", False  # a chassis' number on each of its blades
        if draw < 0.14:
            return None, False
    if fate is Fate.MAC and draw < 0.6:
        return None, False
    return unique_serial(number), True


def _mac(company: Company, fate: Fate, model: catalogue.Model, number: int, rng: Random) -> tuple[str | None, bool]:
    draw = rng.random()
    if fate in _ALL_JUNK or fate is Fate.TWO_SERIALS:
        return None, False
    if fate is not Fate.MAC:
        if draw < 0.15:
            return None, False
        if draw < 0.18 and model.code == "LT" and fate in _MAY_BE_JUNK:
            return (
                f"00-E0-4C-68-{company.number % 256:02X}-01",
                False,
            )  # the docking station's, seen behind many laptops
    return unique_mac(catalogue.MANUFACTURERS[model.manufacturer][1], number), True


def unique_mac(prefix: str, number: int) -> str:
    """Spell a MAC address that no other device has, as IT Glue shows it: `AA-BB-CC-DD-EE-FF`."""
    low = (number * 5_497 + 71) % 2**24  # odd: different numbers stay different
    return f"{prefix}-{low >> 16:02X}-{low >> 8 & 255:02X}-{low & 255:02X}"


def _day(ordinal: int | None) -> str | None:
    return date.fromordinal(ordinal).isoformat() if ordinal else None
