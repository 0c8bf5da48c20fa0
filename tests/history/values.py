"""Values as persons type them into a PSA: fresh ones that no other record has, odd ones, junk."""

from random import Random
from typing import Final

CODES: Final = ("WS", "LT", "SRV", "PRN", "SW", "FW", "AP")
SYSTEMS: Final = (
    "Windows 11", "Windows 10", "Windows Server 2022", "Ubuntu 22.04 LTS", "FortiOS", "Haiku R1", "Windows 11 Pro x64 (26100)",
)  # fmt: skip
JUNK_SERIALS: Final = ("To be filled by O.E.M.", "Default string", "System Serial Number", "0000000000", "123456789")
JUNK_MACS: Final = ("n/a", "see label", "00:11:22:33:44", "zz:11:22:33:44:55", "A1B2C3D4E5F6,A1B2C3D4E5F7")
JUNK_IPS: Final = ("DHCP", "10.0.0.0/24", "10.1.1.300", "printer.local", "10.0.0.4 / 10.0.0.5")
NOTES: Final = (
    "Rack 4", "Under the desk.\nAsk for Ann.", "Runs <Zebra> & the till", 'Named "old" till 2019\r\nthen renamed',
    "RAM 16 GB\n\nSSD replaced", "Loan\u00a0unit \u2013 return by May", "\u200bPasted from a mail ", "a < b > c &amp; d",
)  # fmt: skip


class Fresh:
    """Give values that are unique in a history; its number and its seed make them."""

    def __init__(self, random: Random, seed: int) -> None:
        self._random = random
        self._seed = seed
        self._given = 0

    def number(self) -> int:
        """Count on."""
        self._given += 1
        return self._given

    def mark(self) -> str:
        """Give a word for names: no two histories have one in common."""
        return f"{self._seed}-{self.number()}"

    def serial(self) -> str:
        """Give a serial number, some with blanks around it."""
        serial = f"H{self._seed}X{self.number():06d}"
        return self._random.choice((serial, serial, serial, f" {serial}", f"{serial}\u200b"))

    def name(self) -> str:
        """Give a name of a configuration, some of them odd."""
        name = f"H{self._seed}-{self._random.choice(CODES)}-{self.number():05d}"
        odd = (
            f"{name} ",
            f"\ufeff{name}",
            f"{name} <till> & co",
            f"{name} \u201cNord\u201d",
            f"{name} é漢",
            f"{name}  b",
        )
        return self._random.choice(odd) if self._random.random() < 0.25 else name

    def company(self) -> tuple[str, str]:
        """Give the name and the identifier of a company."""
        number = self.number()
        return (
            f"Historic {self._random.choice(('Foods', 'Legal', 'Motors'))} {self._seed}-{number} Ltd",
            f"HIST{self._seed}-{number}",
        )

    def mac(self) -> str:
        """Give a MAC address in one of the ways in which they are written."""
        digits = f"02{self._seed % 256:02x}{self.number():08x}"
        pairs = [digits[place : place + 2] for place in range(0, 12, 2)]
        return self._random.choice((
            ":".join(pairs), "-".join(pairs).upper(), digits, digits.upper(), " ".join(pairs),
            ".".join(digits[place : place + 4] for place in (0, 4, 8)),
        ))  # fmt: skip

    def tag(self) -> str:
        """Give an asset tag."""
        return f"T{self._seed}-{self.number():06d}"

    def ip(self) -> str:
        """Give an IP address; more than one record may have it."""
        random = self._random
        four = f"10.{random.randrange(250)}.{random.randrange(250)}.{random.randrange(1, 250)}"
        return random.choice((four, four, four, f" {four} ", f"fe80::{random.randrange(1, 9999):x}"))

    def day(self) -> str:
        """Give a day, at midnight UTC or at another time of it."""
        random = self._random
        day = f"20{random.randrange(18, 30)}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"
        return f"{day}T{random.choice(('00:00:00', '00:00:00', '22:15:00', '05:00:00'))}Z"
