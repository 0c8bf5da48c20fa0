"""What must never happen: deletions, writes into the PSA, calls that are forbidden, what only IT Glue knew emptied."""

from bisect import bisect_left
from collections.abc import Iterator

from .attributes import DERIVED, attribute_by_name, is_native
from .fold import Fold
from .judged import Judged
from .requests import limited
from .story import Lives
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
        *emptied(world, judged),
        *_made_beside_native(world, judged),
        *_outside_rollout(world, fold),
    ]


def emptied(world: World, judged: Judged) -> Iterator[str]:
    """Yield the values that an API client overwrote with nothing though no API client had written them."""
    for kind, lives, block in (
        ("organization", world.organizations, judged.organizations),
        ("configuration", world.configurations, judged.configurations),
    ):
        for life in lives.values():
            for event in life.events:
                if event.by != "api" or event.verb != "update":
                    continue
                before, after = event.before or {}, event.after or {}
                for name in sorted(event.changed() - DERIVED - _FLAGS - {"adapters"}):
                    if after.get(name) not in (None, "") or before[name] == life.written_by_api(name, event.at):
                        continue
                    attribute = attribute_by_name(kind, name)
                    opted_in = attribute is not None and attribute.among(block.clear)
                    refused_otherwise = name == "model-id" and "manufacturer-id" in event.changed()
                    if not opted_in and not refused_otherwise:
                        yield f"{kind} {life.id}: {name} {before[name]!r} was emptied, and only IT Glue knew it"


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
    for lives in (world.companies, world.devices):
        for life in lives.values():
            if any(event.by == "api" for event in life.events):
                yield f"ConnectWise record {life.id} was written"


def _forbidden(world: World) -> Iterator[str]:
    for system, noted in world.violations.items():
        for violation in noted:
            yield f"forbidden call to {system}: {violation}"


def _made_beside_native(world: World, judged: Judged) -> Iterator[str]:
    """Yield what was made of a kind while a record of that kind had a live native link (PROTOCOLS 8)."""
    for kind, lives in (("organization", world.organizations), ("configuration", world.configurations)):
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
        lives = world.organizations if ref.startswith("organization:") else world.configurations
        if any(event.by == "api" for event in lives[outcome.record].events):
            yield f"{ref} is outside the rollout, and {outcome.record} was written"
