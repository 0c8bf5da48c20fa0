"""What of `bridge.toml`, and of what persons decided, the oracle has to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from .blocks import AssetBlock, Block, Suggestion
from .words import Words

ORGANIZATIONS: Final = Block(create="ask")
CONFIGURATIONS: Final = Block(once=frozenset({"notes"}), match=("serial_number", "mac_address", "name"))
LOCATIONS: Final = Block(once=frozenset({"notes"}))
CONTACTS: Final = Block(once=frozenset({"emails", "notes"}), match=("email", "name"))

SYNCED: Final = frozenset({"organization", "configuration"})
FURTHER: Final = frozenset({"location", "contact"})


@dataclass(frozen=True)
class Decisions:
    """What persons decided; targets are named without the source (`configuration:4711`).

    `moves` are accepted moves, each to the company (by id) that was shown; `recreations` are targets whose record was
    gone at IT Glue and may be made anew.
    """

    pins: Mapping[str, str] = field(default_factory=dict)
    bans: frozenset[tuple[str, str]] = frozenset()
    new: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    moves: Mapping[str, str] = field(default_factory=dict)
    recreations: frozenset[str] = frozenset()
    creations: frozenset[str] = frozenset()
    """Creates that a person accepted while the native sync is paused."""


@dataclass(frozen=True)
class Judged:
    """The settings under which a history is judged.

    `enabled` are the kinds that the bridge writes, `assets` its blocks of flexible assets, `suggestions` its
    rules of suggested documentation.
    `native_sync` is `auto` or `disconnected`, as in `[itglue]`. `rollout` holds exact names or Refs without the source of
    PSA companies, None is everyone. `overrides` holds (organizations, block for themselves, block for their
    configurations), later wins. `moments` are seconds since the epoch at which the bridge had finished what it then
    knew: what was adopted is read off them. Where there are none, it is the moment before the first write and the end.
    `refreshed` says that IT Glue was read again after the last edit by a person, `deletions_confirmed` that every deletion
    was confirmed and its grace is over. `known_holds` are held for reasons that neither side's records show.
    `also_written` are further resources of IT Glue that blocks write into and that are not judged here. The settings are
    taken as they were in force all the time.
    """

    source: str = "cw"
    native: bool = True
    zone: str = "UTC"
    organizations: Block = ORGANIZATIONS
    configurations: Block = CONFIGURATIONS
    locations: Block = LOCATIONS
    contacts: Block = CONTACTS
    assets: tuple[AssetBlock, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    enabled: frozenset[str] = SYNCED
    overrides: tuple[tuple[frozenset[str], Block | None, Block | None], ...] = ()
    rollout: frozenset[str] | None = None
    marker: bool = True
    native_sync: str = "auto"
    decisions: Decisions = field(default_factory=Decisions)
    moments: tuple[float, ...] = ()
    refreshed: bool = True
    deletions_confirmed: bool = True
    known_holds: Mapping[str, str] = field(default_factory=dict)
    also_written: frozenset[str] = frozenset()

    def organization_block(self, company: Words) -> Block:
        """Give the block in effect for an organization."""
        return self._block(company, 1)

    def configuration_block(self, company: Words | None) -> Block:
        """Give the block in effect for the configurations of an organization."""
        return self._block(company, 2)

    def block(self, kind: str, company: Words | None) -> Block:
        """Give the block in effect for the targets of a kind at an organization."""
        if kind == "organization":
            return self.organizations if company is None else self.organization_block(company)
        if kind == "configuration":
            return self.configuration_block(company)
        if kind in FURTHER:
            return self.locations if kind == "location" else self.contacts
        return next(block for block in self.assets if block.target == kind)

    def rolled_out(self, company: Words | None) -> bool:
        """Say whether a company is in the rollout."""
        return self.rollout is None or (company is not None and _selects(self.rollout, company))

    def _block(self, company: Words | None, place: int) -> Block:
        block: Block = self.organizations if place == 1 else self.configurations
        for override in self.overrides:
            chosen = override[place]
            if isinstance(chosen, Block) and company is not None and _selects(override[0], company):
                block = chosen
        return block


def _selects(chosen: frozenset[str], company: Words) -> bool:
    ref = f"organization:{company['id']}"
    return bool(chosen & {company["name"], ref, f"{company['source']}:{ref}"})


def is_client(company: Words) -> bool:
    """Fit `status in ['Active', 'Credit Hold'] and 'Client' in types`."""
    return company["status"] in {"Active", "Credit Hold"} and any(kind["name"] == "Client" for kind in company["types"])


def is_managed(configuration: Words) -> bool:
    """Fit `type not in ['Consumable', 'Spare']`."""
    return configuration["type"] not in {"Consumable", "Spare"}


TRAPS: Final = Judged(
    organizations=replace(ORGANIZATIONS, only=is_client), configurations=replace(CONFIGURATIONS, only=is_managed)
)
"""The settings that the simulators' list of traps is made for (SIMULATORS)."""
