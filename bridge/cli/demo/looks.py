"""What the demo reads off IT Glue's own history between two acts."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from bridge.cli.demo import suggestions
from bridge.cli.demo.pen import DemoError
from bridge.cli.demo.simulator import Simulator
from simulators.itglue.catalogue import CATALOGUE

SYNCED = ("organizations", "configurations", "locations", "contacts")
_BY_ITSELF = frozenset({"updated-at", "created-at", "organization-name", "organization-short-name", "ancestor-ids"})


@dataclass(slots=True)
class Companion:
    """What was written while the native sync was on."""

    made: Counter[str] = field(default_factory=Counter)
    free: int = 0
    """Records written that the native sync does not own."""
    owned: Counter[str] = field(default_factory=Counter)
    """By attribute: writes on records that it owns."""
    locked: list[str] = field(default_factory=list)
    """Attributes written that it guards; none may be."""


def native(itglue: Simulator) -> dict[str, tuple[int, int]]:
    """Count organizations and configurations: all that are there, and those that the native sync owns."""
    rows = {kind: itglue.now(kind) for kind in SYNCED[:2]}
    return {
        kind: (len(of), sum(row["attributes"].get("psa-integration") == "enabled" for row in of))
        for kind, of in rows.items()
    }


def companion(itglue: Simulator) -> Companion:
    """Read what API clients wrote so far."""
    found = Companion()
    for kind in SYNCED:
        for life in itglue.get(f"/records/{kind}"):
            written = [event for event in life["history"] if event["by"] == "api"]
            found.made[kind] += sum(event["verb"] == "create" for event in written)
            updates = [event for event in written if event["verb"] == "update"]
            free = True
            for event in updates:
                before, after = event["before"]["attributes"], event["after"]["attributes"]
                if before.get("psa-integration") in (None, "disabled"):
                    continue
                free = False
                changed = {name for name in after if after[name] != before.get(name)} - _BY_ITSELF
                found.owned.update(changed)
                found.locked += [
                    f"{kind} {life['id']} {name}" for name in changed - (CATALOGUE[kind].open_when_synced or set())
                ]
            found.free += bool(updates) and free
    return found


@dataclass(frozen=True, slots=True)
class Asset:
    """A flexible asset that was made."""

    name: str
    organization: str
    traits: dict[str, Any]


def assets(itglue: Simulator) -> tuple[Asset, Asset]:
    """Give the longest summary of open tickets, and the asset of a ticket with the most devices."""
    found: dict[str, list[Asset]] = defaultdict(list)
    for row in itglue.now("flexible_assets"):
        known = row["attributes"]
        found[known["flexible-asset-type-name"]].append(
            Asset(known["name"], known["organization-name"], known["traits"])
        )
    devices = [each for each in found["PSA Ticket"] if each.traits.get("devices")]
    if not devices or not found["Open tickets"]:
        raise DemoError("no asset of a ticket with a device was made, or no summary of open tickets")
    return (
        max(found["Open tickets"], key=lambda each: each.traits["count"]),
        max(devices, key=lambda each: len(each.traits["devices"]["values"])),
    )


@dataclass(frozen=True, slots=True)
class Suggested:
    """A ticket's asset with the names of what it is tagged with by rules, and of what of its customer nobody is shown."""

    ref: str
    asset: Asset
    tags: tuple[str, ...]
    hidden: tuple[str, ...]


def suggested(itglue: Simulator) -> Suggested:
    """Give the ticket that shows the most suggestions."""
    documents = itglue.now("documents")
    found = []
    for row in itglue.now("flexible_assets"):
        known = row["attributes"]
        traits = known["traits"]
        tags = [each["name"] for key in suggestions.KEYS for each in (traits.get(key) or {"values": []})["values"]]
        if known["flexible-asset-type-name"] == "PSA Ticket" and tags:
            hidden = [
                each["attributes"]["name"] for each in documents
                if each["attributes"]["organization-id"] == known["organization-id"]
                and (each["attributes"]["restricted"] or each["attributes"]["archived"])
            ]  # fmt: skip
            asset = Asset(known["name"], known["organization-name"], traits)
            found.append(Suggested(traits["bridge-ref"], asset, tuple(tags), tuple(hidden)))
    if not found:
        raise DemoError("no ticket shows a document or a backup")
    return max(found, key=lambda each: len(each.tags))
