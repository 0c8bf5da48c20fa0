"""Values that look like identity and are none."""

import re
from importlib.resources import files

_WORTHLESS = re.compile(r"[\W_]+")


def reduced(value: str) -> str:
    """Keep only the letters and digits of a text, in one case."""
    return _WORTHLESS.sub("", value).casefold()


def lines_of(name: str) -> tuple[str, ...]:
    """Read a data file of this package: its lines in their order, without comments."""
    text = files("bridge.matching").joinpath(name).read_text(encoding="utf-8")
    stripped = (line.split("#", 1)[0].strip() for line in text.splitlines())
    return tuple(line for line in stripped if line)


_SERIALS = frozenset(map(reduced, lines_of("junk_serials.txt")))
_MACS = frozenset(line for line in lines_of("junk_macs.txt") if not line.endswith("*"))
_MAC_PREFIXES = tuple(line.removesuffix("*") for line in lines_of("junk_macs.txt") if line.endswith("*"))


def is_junk_serial(value: str) -> bool:
    """Tell whether a text in place of a serial number says nothing about the device."""
    core = reduced(value)
    return len(core) < 3 or core in _SERIALS or core == core[0] * len(core)


def is_junk_mac(digits: str) -> bool:
    """Tell whether an address, as twelve upper-case hex digits, stands on many machines or on none."""
    return (
        int(digits[1], 16) & 1 == 1  # a group address belongs to no machine; all F is one
        or digits == "000000000000"
        or digits in _MACS
        or digits.startswith(_MAC_PREFIXES)
    )
