"""What every account has from the beginning."""

from simulators.itglue.account import Account
from simulators.itglue.catalogue import CATALOGUE
from simulators.itglue.geography import COUNTRIES, REGIONS, pairs
from simulators.itglue.schema import Row

_BEGINNING = "2014-06-01T00:00:00.000Z"
_PLATFORMS = {
    "Windows": (
        "Windows 7", "Windows 8.1", "Windows 10", "Windows 11", "Windows Server 2008 R2", "Windows Server 2012",
        "Windows Server 2012 R2", "Windows Server 2016", "Windows Server 2019", "Windows Server 2022", "Windows Server 2025",
    ),
    "macOS": ("macOS 11 Big Sur", "macOS 12 Monterey", "macOS 13 Ventura", "macOS 14 Sonoma", "macOS 15 Sequoia"),
    "Linux": ("CentOS 7", "Debian 11", "Debian 12", "Red Hat Enterprise Linux 8", "Red Hat Enterprise Linux 9",
              "Ubuntu 20.04 LTS", "Ubuntu 22.04 LTS", "Ubuntu 24.04 LTS"),
    "VMware": ("VMware ESXi 6.7", "VMware ESXi 7.0", "VMware ESXi 8.0"),
    "Mobile": ("Android", "iOS", "iPadOS"),
    "Network": ("Cisco IOS", "FortiOS", "Junos OS", "SonicOS"),
}  # fmt: skip


def fill(account: Account) -> None:
    """Put countries, regions, platforms and operating systems into an account, with small fixed ids."""
    countries = {}
    for number, (iso, name) in enumerate(sorted(pairs(COUNTRIES), key=lambda pair: pair[1]), 1):
        countries[iso] = _add(account, "countries", number, {"name": name, "iso": iso})
    number = 0
    for iso, text in REGIONS.items():
        for code, name in pairs(text):
            number += 1
            _add(account, "regions", number, {"name": name, "iso": code, "country-id": countries[iso]})
    number = 0
    for platform, (name, systems) in enumerate(_PLATFORMS.items(), 1):
        _add(account, "platforms", platform, {"name": name})
        for system in systems:
            number += 1
            _add(account, "operating_systems", number, {"name": system, "platform-id": platform})


def _add(account: Account, table: str, record: int, row: Row) -> int:
    return account.create(CATALOGUE[table], row | {"created-at": _BEGINNING}, "person", record=record)
