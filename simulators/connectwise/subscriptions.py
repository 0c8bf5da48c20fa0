"""What callback entries may ask for, and which records they are about (reference 7.1, 7.2)."""

import ipaddress
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from simulators.connectwise.catalog.paths import COMPANY, CONFIGURATION, CONTACT, MEMBER, SITE, TICKET
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant

# The type of a callback by the path of the records that it is about; the other types have no records here.
TYPES = {
    COMPANY: "company",
    CONTACT: "contact",
    CONFIGURATION: "configuration",
    TICKET: "ticket",
    SITE: "site",
    MEMBER: "member",
}

# None: the reference names no levels besides owner, so any word is taken.
LEVELS: dict[str, frozenset[str] | None] = {
    "company": frozenset({"owner", "status", "type", "territory", "company", "integratortag"}),
    "contact": frozenset({"owner", "type", "territory", "company", "contact"}),
    "configuration": frozenset({"owner", "type", "status", "configuration"}),
    "ticket": frozenset({"owner", "board", "project", "phase", "status", "ticket", "integratortag"}),
    "agreement": frozenset({"owner", "type", "company", "agreement"}),
    "project": frozenset({"owner", "status", "board", "project"}),
    "member": frozenset({"owner", "location", "securityrole", "member"}),
    "activity": frozenset({"owner", "status", "statusid", "type", "company", "activity"}),
    "opportunity": frozenset({"owner", "status", "statusid", "type", "company", "opportunity"}),
    "site": frozenset({"owner"}),
    **dict.fromkeys(("invoice", "expense", "purchaseorder", "schedule", "time", "productcatalog")),
}

_REQUIRED = ("url", "objectId", "type", "level")
_PLURAL = {("company", "type"): "types", ("contact", "type"): "types", ("member", "securityrole"): "securityRole"}


class Problem(NamedTuple):
    """One reason to refuse an entry."""

    code: str
    field: str
    message: str


def problems(row: Row, others: Iterable[Row]) -> list[Problem]:
    """Return what is wrong with an entry beside the others."""
    missing = [name for name in _REQUIRED if row.get(name) in {None, ""}]
    if missing:
        return [Problem("MissingRequiredField", name, f"The {name} field is required.") for name in missing]
    found = []
    if not _is_url(row["url"]):
        found.append(Problem("InvalidField", "url", "The url field is not a valid https URL."))
    kind, level = row["type"].lower(), row["level"].lower()
    if kind not in LEVELS:
        found.append(Problem("InvalidField", "type", f"The type {row['type']} is not valid."))
    elif (levels := LEVELS[kind]) is not None and level not in levels:
        found.append(Problem("InvalidField", "level", f"The level {row['level']} is not valid for type {row['type']}."))
    if row["objectId"] < 1:
        found.append(Problem("InvalidField", "objectId", "The objectId field is not valid."))
    if not found and any(_same(row, other) for other in others):
        found.append(Problem("ObjectExists", "objectId", "A callback with this url, type, level and objectId exists."))
    return found


def normalize(row: Row) -> None:
    """Make the object id 0 of the level owner what the vendor makes of it."""
    if row.get("objectId") == 0 and str(row.get("level")).lower() == "owner":
        row["objectId"] = 1


def concerns(entry: Row, kind: str, row: Row, tenant: Tenant) -> bool:
    """Say whether an entry is about a record, stored in this form, of a type."""
    if _word(entry, "type") != kind:
        return False
    level, wanted = _word(entry, "level"), entry.get("objectId")
    if level == "owner":
        return True
    if level == kind:
        return bool(row["id"] == wanted)
    value: Any = row.get(_PLURAL.get((kind, level), level))
    if (kind, level) == ("contact", "territory"):
        value = (tenant.stores[COMPANY].get(row.get("company", 0)) or {}).get("territory")
    return wanted in value if isinstance(value, tuple) else value == wanted


def is_loopback(url: str) -> bool:
    """Say whether a URL leads to this machine itself, the only one that messages are sent to."""
    host = urlsplit(url).hostname or ""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _same(row: Row, other: Row) -> bool:
    return row.get("id") != other["id"] and _identity(row) == _identity(other)


def _identity(row: Row) -> tuple[str, str, int | None, str | None]:
    return _word(row, "type"), _word(row, "level"), row.get("objectId"), row.get("url")


def _word(row: Row, name: str) -> str:
    """Return a type or a level in lower case; one that was loaded may lack it."""
    return str(row.get(name, "")).lower()


def _is_url(text: str) -> bool:
    """Say whether a URL is https, or http to this machine, where receivers of tests listen."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  # raises when it is no number
    except ValueError:
        return False
    if not parts.hostname or any(letter.isspace() for letter in text):
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(text))
