"""Both sides as the one who writes a history knows them, and the holds that must follow."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]

EXCLUDED_TYPES = frozenset({"Consumable", "Spare"})
KINDS_BELOW = ("location", "contact", "ticket")
CLIENT_STATUSES = frozenset({"Active", "Credit Hold"})


@dataclass
class Company:
    """A company of the PSA; `is_trap` if it is held or excluded from the beginning, `is_new` if the history made it."""

    id: int
    row: Row
    is_trap: bool = False
    is_new: bool = False

    @property
    def recycled(self) -> bool:
        """Whether it is in the recycle bin."""
        return bool(self.row.get("deletedFlag"))

    @property
    def is_client(self) -> bool:
        """Whether it is in the filter that the traps are made for."""
        types = {kind.get("name") for kind in self.row.get("types") or ()}
        return (self.row.get("status") or {}).get("name") in CLIENT_STATUSES and "Client" in types


@dataclass(kw_only=True)
class Linkable:
    """A record of the PSA below a company; `home` is the one under which it is linked for certain, None where that is not known."""

    id: int
    row: Row
    is_trap: bool = False
    home: int | None = None
    record: str | None = None
    record_is_gone: bool = False

    @property
    def company(self) -> int | None:
        """The id of its company."""
        found: int | None = (self.row.get("company") or {}).get("id")
        return found


@dataclass(kw_only=True)
class Device(Linkable):
    """A configuration of the PSA."""

    @property
    def is_excluded(self) -> bool:
        """Whether its type is out of the filter."""
        return (self.row.get("type") or {}).get("name") in EXCLUDED_TYPES


@dataclass(kw_only=True)
class Below(Linkable):
    """A site, a contact or a ticket of the PSA."""

    path: str


@dataclass
class Known:
    """Companies and devices by id, setup rows by path, IT Glue's configurations by id.

    `below` are sites, contacts and tickets by kind and id, `documents` IT Glue's records of the further resources by
    resource and id, `links` the devices of each ticket. `blocks` are the names of the blocks that make an asset of each
    ticket: what is held of a ticket is held of theirs.
    """

    companies: dict[int, Company]
    devices: dict[int, Device]
    setup: dict[str, list[Row]]
    records: dict[str, Row]
    creates: str = "ask"
    by_company: dict[int | None, set[int]] = field(default_factory=lambda: defaultdict(set))
    holds: dict[str, str] = field(default_factory=dict)
    below: dict[str, dict[int, Below]] = field(default_factory=lambda: {kind: {} for kind in KINDS_BELOW})
    documents: dict[str, dict[str, Row]] = field(default_factory=dict)
    links: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    blocks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for device in self.devices.values():
            self.by_company[device.company].add(device.id)

    def is_open(self, company: int | None) -> bool:
        """Say whether a company's devices are written: it is matched, in the filter, and not in the recycle bin."""
        found = None if company is None else self.companies.get(company)
        if found is None or found.is_trap or found.recycled or not found.is_client:
            return False
        return not found.is_new or self.creates == "yes"

    def put_device(self, row: Row) -> Device:
        """Take a device as the PSA shows it."""
        device = self.devices.get(row["id"])
        if device is None:
            device = self.devices[row["id"]] = Device(id=row["id"], row=row)
        else:
            self.by_company[device.company].discard(device.id)
            device.row = row
        self.by_company[device.company].add(device.id)
        return device

    def drop_device(self, device: int) -> None:
        """Forget a device that was deleted."""
        self.by_company[self.devices.pop(device).company].discard(device)

    def hold_of(self, device: Device) -> str | None:
        """Give the code that a device must be held with by a change of this history, None for none of its own."""
        if device.is_trap or device.is_excluded:
            return None
        if device.company is None:
            return "no_organization"
        if not self.is_open(device.company):
            return None
        if (device.row.get("status") or {}).get("id") is None:
            return "no_status"
        if device.record_is_gone:
            return "target_gone"
        return "moved" if device.home not in (None, device.company) else None

    def hold_below(self, found: Below) -> str | None:
        """Give the code that a site, a contact or a ticket must be held with by a change of this history."""
        if found.is_trap:
            return None
        if found.company is None:
            return "no_organization"
        if not self.is_open(found.company):
            return None
        if found.record_is_gone:
            return "target_gone"
        return "moved" if found.home not in (None, found.company) else None

    def refs_below(self, kind: str, record: int) -> list[str]:
        """Name the targets that a site, a contact or a ticket has."""
        prefixes = [f"{block}/" for block in self.blocks] if kind == "ticket" else [""]
        return [f"{prefix}{kind}:{record}" for prefix in prefixes]

    def hold_of_company(self, company: Company) -> str | None:
        """Give the code that a company must be held with by a change of this history."""
        if company.is_trap or not company.is_client:
            return None
        if company.recycled:
            return "recycle_bin"
        return "unmatched" if company.is_new and self.creates != "yes" else None

    def follow(
        self, companies: Iterable[int] = (), devices: Iterable[int] = (), below: Iterable[tuple[str, int]] = ()
    ) -> tuple[dict[str, str], frozenset[str]]:
        """Work out anew what is held of these companies with all that is theirs, of these devices, and of these below.

        Returns the holds that began, and the Refs whose hold ended.
        """
        now: dict[str, str | None] = {}
        affected = set(devices)
        further = set(below)
        for company in companies:
            further |= {
                (kind, each.id)
                for kind, all_ in self.below.items()
                for each in all_.values()
                if each.company == company
            }
            now[f"organization:{company}"] = self.hold_of_company(self.companies[company])
            affected |= self.by_company[company]
        for device in affected:
            known = self.devices.get(device)
            now[f"configuration:{device}"] = None if known is None else self.hold_of(known)
        for kind, record in further:
            found = self.below[kind].get(record)
            for ref in self.refs_below(kind, record):
                now[ref] = None if found is None else self.hold_below(found)
        began: dict[str, str] = {}
        ended: set[str] = set()
        for ref, code in now.items():
            if code is None:
                if self.holds.pop(ref, None) is not None:
                    ended.add(ref)
            elif self.holds.get(ref) != code:
                self.holds[ref] = began[ref] = code
        return began, frozenset(ended)
