"""From a path to a resource: flat and nested routes."""

from dataclasses import dataclass

from simulators.itglue.catalogue import CATALOGUE
from simulators.itglue.refusals import no_route
from simulators.itglue.schema import Resource
from simulators.itglue.values import number_of


@dataclass(frozen=True)
class Route:
    """Where a request goes; `parent` is the id of the record above on a nested route, `record` the one at the end."""

    resource: Resource
    record: int | None = None
    parent: int | None = None

    @property
    def nested(self) -> bool:
        """Whether the path goes through a record above."""
        return self.parent is not None


def segments(path: str) -> list[str]:
    """Split a path; one trailing slash is allowed, an empty segment is not."""
    parts = path.removesuffix("/").split("/")[1:]
    if not parts or "" in parts:
        raise no_route()
    return parts


def resolve(parts: list[str]) -> Route:
    """Find the route of a path, or answer the router's 404 page."""
    match parts:
        case [name] if name in CATALOGUE:
            return Route(CATALOGUE[name])
        case [name, record] if name in CATALOGUE:
            return Route(CATALOGUE[name], record=_id(record))
        case [above, parent, "relationships", name, *rest] if name in CATALOGUE and len(rest) <= 1:
            resource = CATALOGUE[name]
            if resource.parent is None or resource.parent.resource != above:
                raise no_route()
            return Route(resource, record=_id(rest[0]) if rest else None, parent=_id(parent))
        case _:
            raise no_route()


def _id(segment: str) -> int:
    number = number_of(segment)
    if number is None:
        raise no_route()
    return number
