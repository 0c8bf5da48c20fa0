"""I2, no duplicate: at most one IT Glue record per target, names included."""

from collections import defaultdict
from collections.abc import Callable, Iterator

from .fold import Fold
from .judged import Judged
from .junk import KEYS
from .story import Life, Lives, Row
from .text import folded
from .world import World

_NAMES = (
    "organization_types",
    "organization_statuses",
    "configuration_types",
    "configuration_statuses",
    "manufacturers",
)


def duplicates(world: World, judged: Judged, fold: Fold, *, index_age: float = 2.0) -> list[str]:
    """List records that were made though there was one already.

    `index_age` are the seconds that a record may have stood in IT Glue before the bridge has to know it.
    """
    found = [
        *_of_kind("organization", world.organizations, fold.links.made.organizations, fold, judged),
        *_of_kind("configuration", world.configurations, fold.links.made.configurations, fold, judged),
        *(f"{record} was made, and stands for no record of the source" for record in fold.links.made.strays),
        *_beside_a_match(world, judged, fold, index_age),
    ]
    for resource in _NAMES:
        found += _names(resource, world.names[resource], lambda row: (folded(row["name"]),))
    found += _names("models", world.names["models"], lambda row: (str(row.get("manufacturer-id")), folded(row["name"])))
    return found


def _of_kind(kind: str, lives: Lives, made: dict[str, list[str]], fold: Fold, judged: Judged) -> Iterator[str]:
    linked = fold.links.organizations if kind == "organization" else fold.links.configurations
    for source_id, records in made.items():
        ref = f"{kind}:{source_id}"
        others = [linked[source_id]] if source_id in linked and linked[source_id] not in records else []
        standing = [lives[record] for record in (*others, *records)]
        for place, life in enumerate(standing[1:], start=1):
            before = next((other for other in standing[:place] if _stood(other, life.born.at)), None)
            if before is not None:
                yield f"{ref}: {life.id} was made while {before.id} stood for it"
            elif ref not in judged.decisions.recreations:
                yield f"{ref}: {life.id} was made again, and no person accepted it"


def _stood(life: Life, moment: float) -> bool:
    return life.at(moment) is not None


def _beside_a_match(world: World, judged: Judged, fold: Fold, index_age: float) -> Iterator[str]:
    """Yield the configurations that were made though a record that nobody owned was theirs, or could have been."""
    unowned: dict[str, list[Life]] = defaultdict(list)
    owned = fold.by_record("configuration")
    for life in world.configurations.values():
        if life.id not in owned and not life.made_by_api:
            for organization in {str(event.after["organization-id"]) for event in life.events if event.after}:
                unowned[organization].append(life)
    devices = _by_company(world)
    for source_id, records in fold.links.made.configurations.items():
        ref = f"configuration:{source_id}"
        if ref in judged.decisions.new or ref in judged.decisions.pins:
            continue
        for record in records:
            born = world.configurations[record].born
            organization = str((born.after or {})["organization-id"])
            there = [
                life
                for life in unowned[organization]
                if (ref, life.id) not in judged.decisions.bans and _stood(life, born.at - index_age)
            ]
            if there:
                yield from _matches(ref, record, born.at, world.devices[source_id], there, devices, judged)


def _matches(
    ref: str,
    record: str,
    moment: float,
    device: Life,
    there: list[Life],
    devices: dict[str, list[Life]],
    judged: Judged,
) -> Iterator[str]:
    row = device.at(moment) or {}
    company = str((row.get("company") or {}).get("id"))
    peers = [found for peer in devices[company] if (found := peer.at(moment)) is not None]
    peers = [peer for peer in peers if str((peer.get("company") or {}).get("id")) == company]
    for word in judged.configurations.match:
        field, attribute, read = KEYS[word]
        key = read(row.get(field))
        if key is None:
            continue
        same = [life.id for life in there if read((life.at(moment) or {}).get(attribute)) == key]
        sources = sum(read(peer.get(field)) == key for peer in peers)
        if same and (word == "name" or sources == 1):
            yield f"{ref}: {record} was made beside {', '.join(same)}, the same by {word} {key!r}"
            return


def _by_company(world: World) -> dict[str, list[Life]]:
    found: dict[str, list[Life]] = defaultdict(list)
    for life in world.devices.values():
        for company in {str((event.after.get("company") or {}).get("id")) for event in life.events if event.after}:
            found[company].append(life)
    return found


def _names(resource: str, lives: Lives, key: Callable[[Row], tuple[str, ...]]) -> Iterator[str]:
    groups: dict[tuple[str, ...], list[Life]] = defaultdict(list)
    for life in lives.values():
        row: Row | None = life.now
        if row is not None:
            groups[key(row)].append(life)
    for several in groups.values():
        several.sort(key=lambda life: (life.born.at, int(life.id)))
        for life in several[1:]:
            if life.made_by_api:
                name = (life.now or {})["name"]
                yield f"{resource}: {life.id} {name!r} was made beside {several[0].id} {(several[0].now or {})['name']!r}"
