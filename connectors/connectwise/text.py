"""Text as people typed and pasted it, made fit to compare."""

import re

# api/connectwise.md 5.1: pasted along with names; U+200E turns the writing direction, the others have no width.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\ufeff")) | {0x00A0: " "}

_HEX = re.compile(r"[0-9A-Fa-f]")
_ADDRESS = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9A-F]{2}[:\-.])(?:"
    r"[0-9A-F]{2}(?P<between>[:\-. ])(?:[0-9A-F]{2}(?P=between)){4}[0-9A-F]{2}"
    r"|[0-9A-F]{4}(?P<dot>[.\-:])[0-9A-F]{4}(?P=dot)[0-9A-F]{4}"
    r"|[0-9A-F]{6}[:\-.][0-9A-F]{6}"
    r"|(?:[0-9A-F]{12})+"
    r")(?![0-9A-Za-z]|[:\-.][0-9A-F]{2}\b)",
    re.IGNORECASE,
)


def line(value: object) -> str | None:
    """Give a text of one line without what cannot be seen; None where nothing is left or it is no text."""
    if not isinstance(value, str):
        return None
    return value.translate(_INVISIBLE).strip() or None


def prose(value: object) -> str | None:
    """Give a longer text as it is, line breaks included; None where nothing can be seen in it."""
    return value if isinstance(value, str) and line(value) else None


def mac_addresses(text: str | None) -> list[str]:
    """Give every MAC address in a text, as AA-BB-CC-DD-EE-FF, each once, in its order.

    One field may hold several, in any writing (api/connectwise.md 5.5).
    """
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(text or ""):
        digits = "".join(_HEX.findall(match[0])).upper()
        for start in range(0, len(digits), 12):
            found["-".join(digits[start + i : start + i + 2] for i in range(0, 12, 2))] = None
    return list(found)


def only_mac_address(text: str | None) -> str | None:
    """Give the MAC address of a text that holds exactly one, and nothing else that can be read."""
    found = mac_addresses(text)
    rest = _ADDRESS.sub("", text or "")
    return found[0] if len(found) == 1 and not any(c.isalnum() for c in rest) else None
