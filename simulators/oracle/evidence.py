"""What IT Glue's own history tells of which record stands for what: what the bridge made, what the native sync linked."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from . import desired, marker
from .attributes import Wanted
from .judged import Judged
from .story import Life, Lives, Row
from .text import SKIP, folded
from .words import configuration_words, organization_words
from .world import World


@dataclass(frozen=True)
class Made:
    """The records that API clients made, by the id of what they stand for at the source, oldest first.

    `strays` stand for nothing at the source.
    """

    organizations: dict[str, list[str]]
    configurations: dict[str, list[str]]
    strays: tuple[str, ...]

    def records(self, kind: str, source_id: str) -> list[str]:
        """Give the records that were made for one record of the source."""
        made = self.organizations if kind == "organization" else self.configurations
        return made.get(source_id, [])


def made(world: World, judged: Judged) -> Made:
    """Read which record was made for what: a configuration by its marker, else by what it was made with."""
    organizations = _by_content(
        [life for life in _oldest_first(world.organizations) if life.made_by_api],
        _organization_contents(world, replace(judged, rollout=None)),
        lambda row: (folded(row.get("name")), row.get("short-name")),
    )
    found: dict[str, list[str]] = defaultdict(list)
    unmarked = []
    for life in _oldest_first(world.configurations):
        if not life.made_by_api:
            continue
        source_id = marker.read((life.born.after or {}).get("notes"), judged.source).id
        if source_id is not None and source_id in world.devices:
            found[source_id].append(life.id)
        else:
            unmarked.append(life)
    contents = _configuration_contents(world, replace(judged, rollout=None)) if unmarked else {}
    by_content = _by_content(unmarked, contents, _configuration_content)
    for source_id, records in by_content[0].items():
        found[source_id] += records
    return Made(organizations[0], dict(found), (*organizations[1], *by_content[1]))


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


def systems(world: World) -> dict[str, str]:
    """Give IT Glue's operating systems by folded name."""
    names = [life.now["name"] for life in world.names["operating_systems"].values() if life.now]
    return {folded(name): name for name in names}


def _oldest_first(records: Lives) -> list[Life]:
    return sorted(records.values(), key=lambda life: (life.born.at, int(life.id)))


def _by_content(
    lives: list[Life], contents: dict[object, list[str]], read: Callable[[Row], object]
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


def _organization_contents(world: World, judged: Judged) -> dict[object, list[str]]:
    contents: dict[object, list[str]] = defaultdict(list)
    for life in world.companies.values():
        for event in life.events:
            if event.after is not None:
                wanted = desired.organization(organization_words(event.after, judged.source), judged).wanted
                key = (folded(wanted.get("name")), wanted.get("short_name"))
                if life.id not in contents[key]:
                    contents[key].append(life.id)
    return contents


def _configuration_contents(world: World, judged: Judged) -> dict[object, list[str]]:
    contents: dict[object, list[str]] = defaultdict(list)
    listed = systems(world)
    for life in world.devices.values():
        for event in life.events:
            if event.after is None:
                continue
            wanted = desired.configuration(configuration_words(event.after, judged.source), None, judged, listed).wanted
            key = (folded(wanted.get("name")), *(_held(wanted.get(word)) for word in ("serial_number", "mac_address")))
            if life.id not in contents[key]:
                contents[key].append(life.id)
    return contents


def _held(wanted: Wanted) -> object:
    return None if wanted is SKIP else wanted


def _configuration_content(row: Row) -> object:
    return (folded(str(row.get("name"))), row.get("serial-number"), row.get("mac-address"))
