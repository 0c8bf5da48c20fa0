"""A seeded history of changes that persons make, through the control APIs alone."""

from collections.abc import Callable, Collection, Mapping
from random import Random
from typing import Final

import httpx

from . import companies, devices, documentation, issues, names, people, reading, sites, technicians
from .change import Change
from .desk import Desk
from .known import Known
from .values import Fresh

Kind = Callable[[Desk], bool]
"""Carries out one change, or several that belong together; False where the data has no room for it."""

RATES: Final[dict[Kind, float]] = {
    devices.create_configuration: 8,
    devices.create_burst: 0.5,
    devices.rename_configuration: 8,
    devices.change_serial: 8,
    devices.change_tag: 6,
    devices.change_mac: 6,
    devices.change_ip: 8,
    devices.change_date: 6,
    devices.change_notes: 5,
    devices.change_system: 4,
    devices.change_type: 4,
    devices.change_status: 6,
    devices.change_model: 4,
    devices.empty_value: 6,
    devices.flip: 5,
    devices.move_configuration: 2,
    devices.move_back: 1,
    devices.lose_company: 0.5,
    devices.lose_status: 0.5,
    devices.regain_status: 0.5,
    devices.leave_filter: 1,
    devices.enter_filter: 1,
    devices.delete_configuration: 2,
    companies.create_company: 0.5,
    companies.rename_company: 2,
    companies.change_identifier: 1,
    companies.change_credit: 1,
    companies.leave_clients: 0.3,
    companies.return_to_clients: 0.5,
    companies.recycle_company: 0.3,
    companies.restore_company: 0.5,
    companies.merge_companies: 0.2,
    names.new_type: 0.4,
    names.new_status: 0.4,
    names.new_manufacturer: 0.5,
    names.new_model: 0.7,
    technicians.edit_notes: 2,
    technicians.edit_own_tag: 1.5,
    technicians.edit_owned: 3,
    technicians.empty_owned: 1,
    technicians.edit_hostname: 1.5,
    technicians.archive_record: 0.5,
    technicians.delete_record: 0.3,
}
"""How often each kind comes, in parts."""

FURTHER_RATES: Final[dict[Kind, float]] = {
    sites.create_site: 1.5,
    sites.rename_site: 2,
    sites.change_address: 3,
    sites.change_site_phone: 2,
    sites.empty_site: 1.5,
    sites.turn_site: 1,
    sites.delete_site: 0.3,
    sites.place_device: 4,
    people.create_contact: 2,
    people.rename_contact: 2,
    people.retitle_contact: 3,
    people.change_phones: 2,
    people.change_email: 1,
    people.settle_contact: 2,
    people.turn_contact: 1,
    people.move_contact: 0.5,
    people.move_contact_back: 0.5,
    people.delete_contact: 0.3,
    people.assign_device: 4,
    issues.open_ticket: 4,
    issues.retitle_ticket: 3,
    issues.work_on_ticket: 4,
    issues.close_ticket: 3,
    issues.reopen_ticket: 1,
    issues.link_device: 2,
    issues.unlink_device: 1,
    issues.relink_device: 1,
    issues.move_ticket: 0.5,
    issues.move_ticket_back: 0.5,
    issues.delete_ticket: 0.3,
    documentation.edit_document_notes: 2,
    documentation.edit_owned_document: 2,
    documentation.edit_trait: 3,
    documentation.edit_owned_trait: 2,
    documentation.archive_asset: 0.3,
    documentation.delete_document: 0.2,
}
"""The same of sites, contacts, tickets, and what documents them."""

KINDS: Final = {kind.__name__: kind for kind in RATES}
FURTHER_KINDS: Final = {kind.__name__: kind for kind in FURTHER_RATES}
IN_ITGLUE: Final = frozenset(name for name, kind in KINDS.items() if kind.__module__ == technicians.__name__)
"""The kinds of technicians in IT Glue; all others are of the PSA."""


class History:
    """Change both sides, step by step; the same seed on the same data makes the same changes.

    Begin it when the bridge has finished its first sync: every device that is no trap counts as linked. `rates` replace the
    usual ones by the kind's name, 0 leaves a kind out; `kinds` keeps only these. `creates` is `[organizations].create`, `native` says
    that the native sync stays on, so that only what it linked counts as linked.

    With `further` sites, contacts and tickets change too: `blocks` are the names of the blocks that make an asset of each
    ticket, `owned` the names of the fields that blocks write.
    """

    def __init__(
        self,
        seed: int,
        cw: httpx.Client,
        ig: httpx.Client,
        *,
        kinds: Collection[str] | None = None,
        rates: Mapping[str, float] | None = None,
        creates: str = "ask",
        native: bool = False,
        further: bool = False,
        blocks: Collection[str] = (),
        owned: Collection[str] = (),
    ) -> None:
        random = Random(f"history:{seed}")
        self._ig = ig
        self._native = native
        self.known: Known = reading.read(cw, ig, creates, native=native)
        self._further = further
        if further:
            self.known.blocks = tuple(blocks)
            reading.read_below(self.known, cw, ig)
        self._desk = Desk(random, Fresh(random, seed), self.known, cw, ig)
        self._desk.owned = frozenset(owned)
        every = RATES | FURTHER_RATES if further else RATES
        usual = {kind.__name__: rate for kind, rate in every.items() if kinds is None or kind.__name__ in kinds}
        self._rates = _checked({**usual, **(rates or {})}, kinds)

    @property
    def changes(self) -> list[Change]:
        """Every change so far, numbered from 1."""
        return self._desk.changes

    @property
    def expected_holds(self) -> dict[str, str]:
        """The holds that must be in force by what was changed: the seeded traps come on top."""
        return dict(self.known.holds)

    def apply(self, count: int) -> list[Change]:
        """Make so many changes, or a few more where the last ones belong together, and return them."""
        before = len(self.changes)
        names, weights = list(self._rates), list(self._rates.values())
        idle = 0
        while len(self.changes) - before < count:
            name = self._desk.random.choices(names, weights)[0]
            idle = 0 if self.step(name) else idle + 1
            if idle > 200:
                raise RuntimeError(f"the data has no room for any of {', '.join(names)}")
        return self.changes[before:]

    def step(self, name: str) -> bool:
        """Make one change of a kind; False where the data has no room for it."""
        self._desk.kind = name
        return (KINDS | FURTHER_KINDS)[name](self._desk)

    def settle(self) -> None:
        """Take note that the bridge has finished: what it has made is linked, and may be moved and edited."""
        reading.take_records(self.known, self._ig)
        reading.settle(self.known, native=self._native)
        if self._further:
            reading.take_documents(self.known, self._ig)
            reading.settle_below(self.known)


def _checked(rates: Mapping[str, float], kinds: Collection[str] | None) -> dict[str, float]:
    unknown = {*rates, *(kinds or ())} - {*KINDS, *FURTHER_KINDS}
    if unknown:
        raise ValueError(f"no such kind: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    return {name: rate for name, rate in rates.items() if rate > 0}
