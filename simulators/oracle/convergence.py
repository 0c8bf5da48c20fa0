"""I4, convergence: nothing is written without a change, and a settled system writes nothing."""

from .attributes import DERIVED
from .requests import at
from .world import World

WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})


def needless(world: World) -> list[str]:
    """List the updates by API clients that changed nothing."""
    return [
        f"{resource} {life.id} was written without a change"
        for resource, lives in world.itglue.items()
        if resource != "configuration_interfaces"  # IT Glue writes these itself
        for life in lives.values()
        for event in life.events
        if event.by == "api" and event.verb == "update" and not event.changed() - DERIVED
    ]


def writes_between(before: World, after: World) -> list[str]:
    """List what API clients wrote into IT Glue between two readings: after an idle time or a rerun, nothing."""
    found = []
    for resource, lives in after.itglue.items():
        earlier = before.itglue.get(resource, {})
        for life in lives.values():
            known = len(earlier[life.id].events) if life.id in earlier else 0
            found += [
                f"{resource} {life.id} was {event.verb}d though nothing had changed: {', '.join(sorted(event.changed()))}"
                for event in life.events[known:]
                if event.by == "api"
            ]
    return found


def write_requests(world: World, since: float = 0.0) -> list[str]:
    """List the requests to IT Glue that could have written since a moment, answered or not."""
    return [
        f"{request['method']} {request['path']} answered {request['status']}"
        for request in world.requests["itglue"]
        if request["method"] in WRITES and at(request) >= since
    ]
