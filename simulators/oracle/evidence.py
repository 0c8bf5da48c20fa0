"""What IT Glue's own history tells of which record stands for what: what the bridge made, what the native sync linked."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from . import assets, marker
from .assettypes import AssetType
from .blocks import MARKER, AssetBlock
from .judged import FURTHER, Judged
from .mapper import Mapper
from .story import TRAIT, Life, Lives, Row
from .text import SKIP, folded
from .world import World

Contents = Mapping[Hashable, list[str]]


@dataclass(frozen=True)
class Made:
    """The records that API clients made, by the id of what they stand for at the source, oldest first.

    `further` holds the same of the other kinds, by kind. `strays` stand for nothing at the source, each with its kind.
    """

    organizations: dict[str, list[str]] = field(default_factory=dict)
    configurations: dict[str, list[str]] = field(default_factory=dict)
    further: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    strays: list[tuple[str, str]] = field(default_factory=list)

    def of(self, kind: str) -> dict[str, list[str]]:
        """Give the records of a kind that were made."""
        if kind in {"organization", "configuration"}:
            return self.organizations if kind == "organization" else self.configurations
        return self.further.setdefault(kind, {})

    def records(self, kind: str, source_id: str) -> list[str]:
        """Give the records that were made for one record of the source."""
        return self.of(kind).get(source_id, [])


def made(world: World, judged: Judged, mapper: Mapper) -> Made:
    """Read which organization and configuration was made for what: by the marker, else by what it was made with."""
    found = Made()
    organizations = [life for life in _oldest_first(world.organizations) if life.made_by_api]
    contents = _contents(mapper, "organization", world.companies, _name_and_short) if organizations else {}
    _take(found, "organization", _by_content(organizations, contents, _organization_content))
    unmarked = []
    for life in _oldest_first(world.configurations):
        if not life.made_by_api:
            continue
        source_id = marker.read((life.born.after or {}).get("notes"), judged.source).id
        if source_id is not None and source_id in world.devices:
            found.configurations.setdefault(source_id, []).append(life.id)
        else:
            unmarked.append(life)
    contents = _contents(mapper, "configuration", world.devices, _name_and_keys) if unmarked else {}
    _take(found, "configuration", _by_content(unmarked, contents, _configuration_content))
    return found


def made_below(
    world: World, judged: Judged, mapper: Mapper, types: Mapping[str, AssetType], homes: Mapping[str, str], found: Made
) -> None:
    """Read the same of locations, contacts and assets; `homes` are the companies by the IT Glue organization they stand in."""
    for kind in sorted(FURTHER & judged.enabled):
        lives = [life for life in _oldest_first(world.records(kind)) if life.made_by_api]
        wanted, shown = (_place, _place_shown) if kind == "location" else (_person, _person_shown)
        contents = _contents(mapper, kind, world.source(kind), wanted, at_home=True) if lives else {}
        _take(found, kind, _by_content(lives, contents, _at_home(homes, shown)))
    assets_made = [life for life in _oldest_first(world.records("flexible_asset")) if life.made_by_api]
    for block in judged.assets:
        of_block = types[block.target]
        lives = [life for life in assets_made if _is_of(life, of_block.ids)]
        _made_assets(mapper, block, of_block, lives, judged.source, homes, found)


def psa_ids(life: Life, moment: float) -> set[str]:
    """Give the ConnectWise ids that the native sync last linked a record to, kept after a disconnection."""
    for event in reversed(life.events):
        if event.at <= moment and event.after is not None and event.after["adapters"]:
            return {
                str(link["remote-id"])
                for link in event.after["adapters"]
                if str(link["adapter-type-name"]).startswith("ConnectWise")
            }
    return set()


def _made_assets(
    mapper: Mapper,
    block: AssetBlock,
    kind: AssetType,
    lives: list[Life],
    source: str,
    homes: Mapping[str, str],
    found: Made,
) -> None:
    trait = f"{TRAIT}{kind.keys.get(folded(MARKER), '')}"
    unmarked = []
    for life in lives:
        text = str((life.born.after or {}).get(trait) or "")
        named = re.search(rf"(?<![\w:.-]){re.escape(source)}:{block.anchor}:(\d+)(?![\w:])", text)
        if named is not None and named[1] in mapper.anchors(block.target):
            found.of(block.target).setdefault(named[1], []).append(life.id)
        elif not text:
            unmarked.append(life)

    def titled(wanted: Mapping[str, Any]) -> Hashable:
        return folded(assets.title(block, wanted))

    contents = _contents(mapper, block.target, mapper.anchors(block.target), titled, at_home=True) if unmarked else {}
    taken = _by_content(unmarked, contents, _at_home(homes, lambda row: folded(row.get("name"))))
    _take(found, block.target, taken)


def _is_of(life: Life, types: Collection[str]) -> bool:
    return str((life.born.after or {}).get("flexible-asset-type-id")) in types


def _take(found: Made, kind: str, told: tuple[dict[str, list[str]], list[str]]) -> None:
    for source_id, records in told[0].items():
        found.of(kind).setdefault(source_id, []).extend(records)
    found.strays.extend((kind, record) for record in told[1])


def _oldest_first(records: Lives) -> list[Life]:
    return sorted(records.values(), key=lambda life: (life.born.at, int(life.id)))


def _by_content(
    lives: list[Life], contents: Contents, read: Callable[[Row], Hashable]
) -> tuple[dict[str, list[str]], list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    strays = []
    for life in lives:
        candidates = contents.get(read(life.born.after or {}), [])
        # Several that look the same: the one that has the fewest so far.
        chosen = min(candidates, key=lambda candidate: len(found[candidate]), default=None)
        if chosen is None:
            strays.append(life.id)
        else:
            found[chosen].append(life.id)
    return {source_id: records for source_id, records in found.items() if records}, strays


def _contents(
    mapper: Mapper,
    kind: str,
    lives: Lives,
    read: Callable[[Mapping[str, Any]], Hashable],
    *,
    at_home: bool = False,
) -> dict[Hashable, list[str]]:
    """Give the ids by what their versions are made with, under their company if it is asked for."""
    contents: dict[Hashable, list[str]] = defaultdict(list)
    for source_id in lives:
        for moment in mapper.moments(kind, source_id):
            mapped = mapper.mapped(kind, source_id, moment, None)
            if mapped is None:
                continue
            key = read(mapped.wanted)
            if at_home:
                key = (mapper.company(kind, source_id, moment), key)
            if source_id not in contents[key]:
                contents[key].append(source_id)
    return contents


def _at_home(homes: Mapping[str, str], read: Callable[[Row], Hashable]) -> Callable[[Row], Hashable]:
    return lambda row: (homes.get(str(row.get("organization-id"))), read(row))


def _held(wanted: Any) -> Any:
    return None if wanted is SKIP else wanted


def _name_and_short(wanted: Mapping[str, Any]) -> Hashable:
    return (folded(wanted.get("name")), wanted.get("short_name"))


def _organization_content(row: Row) -> Hashable:
    return (folded(row.get("name")), row.get("short-name"))


def _name_and_keys(wanted: Mapping[str, Any]) -> Hashable:
    return (folded(wanted.get("name")), *(_held(wanted.get(word)) for word in ("serial_number", "mac_address")))


def _configuration_content(row: Row) -> Hashable:
    return (folded(str(row.get("name"))), row.get("serial-number"), row.get("mac-address"))


def _place(wanted: Mapping[str, Any]) -> Hashable:
    return (folded(_held(wanted.get("name"))), _held(wanted.get("address_1")), _held(wanted.get("city")))


def _place_shown(row: Row) -> Hashable:
    return (folded(row.get("name")), row.get("address-1"), row.get("city"))


def _person(wanted: Mapping[str, Any]) -> Hashable:
    names = (folded(_held(wanted.get("first_name"))), folded(_held(wanted.get("last_name"))))
    return (*names, frozenset(email.casefold() for email in wanted.get("emails") or ()))


def _person_shown(row: Row) -> Hashable:
    emails = frozenset(email["value"].casefold() for email in row.get("contact-emails") or ())
    return (folded(row.get("first-name")), folded(row.get("last-name")), emails)
