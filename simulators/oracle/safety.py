"""What must never happen: deletions, writes into the PSA, calls that are forbidden, what only IT Glue knew emptied."""

from bisect import bisect_left
from collections.abc import Iterator

from .assettypes import unsafe_types
from .attributes import BELOW, DERIVED, Attribute, is_native
from .blocks import Block
from .fold import Fold
from .judged import Judged
from .requests import limited
from .story import TRAIT, Event, Life, Lives
from .suggested import wrongly_suggested
from .versions import CLOCKS
from .world import World

_FLAGS = frozenset({"archived", "restricted"})


def unsafe(world: World, judged: Judged, fold: Fold) -> list[str]:
    """List everything that must never happen and did."""
    return [
        *_deleted(world),
        *_psa_written(world),
        *_forbidden(world),
        *limited(world.requests["itglue"]),
        *emptied(world, judged, fold),
        *traits_lost(world, judged, fold),
        *_made_beside_native(world, judged, fold),
        *_outside_rollout(world, fold),
        *wrongly_suggested(world, judged, fold),
    ]


def emptied(world: World, judged: Judged, fold: Fold) -> Iterator[str]:
    """Yield the values that an API client overwrote with nothing though no API client had written them."""
    for kind in fold.versions.kinds:
        block = judged.block(kind, None)
        known = {attribute.stored: attribute for attribute in fold.versions.attributes(kind)}
        for life in fold.versions.records(kind).values():
            for event in _updates(life):
                for name in sorted(event.changed() - DERIVED - _FLAGS - {"adapters", "primary"}):
                    if name.startswith(TRAIT) and name not in known:
                        continue  # traits that no block writes are judged below
                    if _is_emptied(life, event, name) and not _may_empty(known.get(name), block, event, name):
                        value = (event.before or {})[name]
                        yield f"{kind} {life.id}: {name} {value!r} was emptied, and only IT Glue knew it"


def traits_lost(world: World, judged: Judged, fold: Fold) -> Iterator[str]:
    """Yield the traits that an API client lost or changed though no block of theirs writes them, whoever filled them in.

    IT Glue deletes every trait that a PATCH leaves out, and takes no upload back (api/itglue.md 5.9).
    """
    written: dict[str, set[str]] = {}
    for block in judged.assets:
        for number in fold.links.types[block.target].ids:
            known = (*fold.versions.attributes(block.target), *fold.links.types[block.target].suggested.values())
            written.setdefault(number, set()).update(a.stored for a in known)
    unsafe = unsafe_types(world)
    for life in world.records("flexible_asset").values():
        for event in _updates(life):
            before, after = event.before or {}, event.after or {}
            kind = str(after.get("flexible-asset-type-id"))
            traits = {name for name in event.changed() if name.startswith(TRAIT)}
            if kind in unsafe and traits:
                yield f"flexible_assets {life.id} was written, and its type holds uploads or passwords"
            for name in sorted(traits - written.get(kind, set())):
                yield f"flexible_assets {life.id}: {name} {before.get(name)!r} -> {after.get(name)!r}, and no block writes it"


def _updates(life: Life) -> Iterator[Event]:
    return (event for event in life.events if event.by == "api" and event.verb == "update")


def _is_emptied(life: Life, event: Event, name: str) -> bool:
    before = (event.before or {}).get(name)
    return (event.after or {}).get(name) in (None, "", (), []) and before != life.written_by_api(name, event.at)


def _may_empty(attribute: Attribute | None, block: Block, event: Event, name: str) -> bool:
    opted_in = attribute is not None and attribute.among(block.clear)
    return opted_in or BELOW.get(name) in event.changed()


def _deleted(world: World) -> Iterator[str]:
    for resource, lives in world.itglue.items():
        for life in lives.values():
            if any(event.by == "api" and event.verb == "delete" for event in life.events):
                yield f"{resource} {life.id} was deleted"
    for request in world.requests["itglue"]:
        if request["method"] == "DELETE":
            yield f"DELETE {request['path']} was sent to IT Glue"


def _psa_written(world: World) -> Iterator[str]:
    for request in world.requests["connectwise"]:
        path = request["path"].rstrip("/")
        if request["method"] != "GET" and "/system/callbacks" not in path and not path.endswith("/search"):
            yield f"{request['method']} {request['path']} was sent to ConnectWise"
    for lives in (world.companies, world.devices, world.sites, world.people, world.tickets):
        for life in lives.values():
            if any(event.by == "api" for event in life.events):
                yield f"ConnectWise record {life.id} was written"


def _forbidden(world: World) -> Iterator[str]:
    for system, noted in world.violations.items():
        for violation in noted:
            yield f"forbidden call to {system}: {violation}"


def _made_beside_native(world: World, judged: Judged, fold: Fold) -> Iterator[str]:
    """Yield what was made of a kind while a record of that kind had a live native link (PROTOCOLS 8)."""
    for kind in fold.versions.kinds:
        if kind in fold.links.types:
            continue  # the native sync has no assets
        lives = world.records(kind)
        born = [(life.born.at, life.id) for life in lives.values() if life.made_by_api]
        if not born:
            continue
        times, counts = _live_links(lives, judged)
        for moment, record in born:
            spans = range(bisect_left(times, moment - CLOCKS) - 1, bisect_left(times, moment + CLOCKS))
            if all(place >= 0 and counts[place] > 0 for place in spans):
                yield f"{kind} {record} was made while the native sync owned records of its kind"


def _live_links(lives: Lives, judged: Judged) -> tuple[list[float], list[int]]:
    """Give how many records had a link that forbids creates, from each moment on."""
    steps = []
    for life in lives.values():
        was = False
        for event in life.events:
            row = event.after
            live = (
                row is not None
                and is_native(row)
                and not (judged.native_sync == "disconnected" and row["psa-integration"] == "disabled")
            )
            if live != was:
                steps.append((event.at, 1 if live else -1))
                was = live
    steps.sort()
    times, counts, count = [], [], 0
    for moment, step in steps:
        count += step
        times.append(moment)
        counts.append(count)
    return times, counts


def _outside_rollout(world: World, fold: Fold) -> Iterator[str]:
    for ref, outcome in fold.outcomes.items():
        if outcome.rule != "rollout" or outcome.record is None:
            continue
        lives = world.records(outcome.kind)
        if any(event.by == "api" for event in lives[outcome.record].events):
            yield f"{ref} is outside the rollout, and {outcome.record} was written"
