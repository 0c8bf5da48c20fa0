"""The customers' tickets, with what the earlier life in IT Glue has of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from random import Random
from typing import Final

from simulators.provider.companies import Company
from simulators.provider.contacts import Contact, ContactFate
from simulators.provider.devices import Fate, id_of
from simulators.provider.sites import Site
from simulators.provider.words import PEOPLE


class TicketFate(Enum):
    """Where a ticket is among IT Glue's assets of the type "Service Ticket"."""

    NOTED = "noted there once, under its number and summary"
    NEW = "not there"
    TWICE = "noted there twice"


TRAPS: Final = {TicketFate.TWICE: "ambiguous"}

SUMMARIES: Final = (
    "Printer jams in tray 2", "VPN drops every morning", "New starter: laptop & mailbox", "Backup failed on <SRV>", "Disk almost full",
    "Wi\u2011Fi slow in the meeting room", "Password reset for payroll", "Überweisung: scanner sends blank pages",
    "Replace UPS battery", "Firmware update of the firewall", "Shared mailbox \u201cInfo\u201d is full", "Screen flickers",
)  # fmt: skip
PROJECTS: Final = ("Move to the new office", "Windows 11 roll-out", "Replace the core switch")
CAUSES: Final = ("User error", "Hardware", "Software", "Supplier", None, None)
# name, closes the ticket; each board has its own rows, under ids of its own
STATUSES: Final = (("New", False), ("In Progress", False), ("Waiting Customer", False), ("Completed", True))
BOARDS: Final[tuple[tuple[int, str, bool], ...]] = (
    (1, "Help Desk", False),
    (2, "Monitoring", False),
    (3, "Projects", True),
)
OPEN_COMPLETED: Final = 2  # the board whose "Completed" does not close (connectwise.md 5.6)
PRIORITIES: Final = ((1, "Priority 1 - Critical"), (2, "Priority 2 - High"), (3, "Priority 3 - Normal"))


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket of a customer; `board`, `status` and `priority` are places in the tables above, `devices` ids of the PSA."""

    id: int
    company: Company
    fate: TicketFate
    summary: str
    is_project: bool
    is_issue: bool
    board: int
    status: int
    priority: int
    contact: Contact | None
    site: Site | None
    devices: tuple[int, ...]
    cause: str | None
    on_site: bool
    entered: str
    changed: str
    luck: int

    @property
    def closed(self) -> bool:
        """Whether its status closes it."""
        return STATUSES[self.status][1] and BOARDS[self.board][0] != OPEN_COMPLETED

    @property
    def owner(self) -> int | None:
        """Who works on it, as a place in PEOPLE; nobody yet on three of ten."""
        return self.luck % len(PEOPLE) if self.luck % 10 < 7 else None

    @property
    def label(self) -> str:
        """How people write it down: number and summary."""
        return f"#{self.id} {self.summary}"


def count_of(size: int) -> int:
    """Say how many tickets a customer with so many devices has."""
    return min(size, 3 + size // 25)


def tickets(
    company: Company,
    devices: list[Fate],
    first_device: int,
    people: tuple[Contact, ...],
    first_number: int,
    seed: int,
) -> tuple[Ticket, ...]:
    """Make a customer's tickets; `devices` are the fates of its devices, numbered from `first_device` on."""
    rng = Random(f"{seed}:tickets:{company.number}")
    linkable = [place for place, fate in enumerate(devices) if fate is not Fate.NO_ORGANIZATION]
    known = [person for person in people if person.fate is not ContactFate.NO_COMPANY]
    made = []
    for place in range(count_of(len(devices))):
        project = rng.random() < 0.15
        board = 2 if project else rng.choices((0, 1), (80, 20))[0]
        contact = rng.choice(known) if known and rng.random() < 0.8 else None
        chosen = rng.sample(linkable, min(len(linkable), rng.choices((0, 1, 2, 3), (25, 50, 15, 10))[0]))
        month = rng.randrange(1, 9)
        made.append(
            Ticket(
                id=70_000 + 2 * (first_number + place),
                company=company,
                fate=_fate(company, place, rng),
                summary=rng.choice(PROJECTS if project else SUMMARIES),
                is_project=project,
                is_issue=project and rng.random() < 0.3,
                board=board,
                status=rng.choices(range(len(STATUSES)), (15, 20, 15, 50))[0],
                priority=rng.choices(range(len(PRIORITIES)), (5, 25, 70))[0],
                contact=contact,
                site=contact.site if contact else None,
                devices=tuple(id_of(first_device + each) for each in sorted(chosen)),
                cause=rng.choice(CAUSES),
                on_site=rng.random() < 0.2,
                entered=f"2026-{month:02d}-{rng.randrange(1, 29):02d}T{rng.randrange(8, 18):02d}:{rng.randrange(60):02d}:00Z",
                changed=f"2026-{month + 1:02d}-{rng.randrange(1, 29):02d}T{rng.randrange(8, 18):02d}:{rng.randrange(60):02d}:00Z",
                luck=rng.getrandbits(32),
            )
        )
    return tuple(made)


def _fate(company: Company, place: int, rng: Random) -> TicketFate:
    draw = rng.random()
    if company.number == 0 and place == 0:
        return TicketFate.TWICE
    if draw < 0.06 and not company.trap:
        return TicketFate.TWICE
    return TicketFate.NOTED if draw < 0.35 else TicketFate.NEW
