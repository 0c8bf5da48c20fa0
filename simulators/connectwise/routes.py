"""Paths below the API root, found by their words; ids are numbers (reference 5)."""

from dataclasses import dataclass, field
from typing import Literal

from simulators.connectwise.catalog import LINKS, RESOURCES
from simulators.connectwise.catalog.unbuilt import UNBUILT
from simulators.connectwise.schema import Link, Resource

Action = Literal["list", "count", "one", "search"]


@dataclass(frozen=True, slots=True)
class Route:
    """What a path means; `resource` is None where the vendor has one that is not built, `pattern` is its list path."""

    action: Action
    pattern: str
    resource: Resource | None
    parents: dict[str, int] = field(default_factory=dict)
    record: int = 0
    view: tuple[str, ...] | None = None
    noun: str = "Record"
    kinds: tuple[str, ...] = ()
    """The `recordType` of the records below this path; empty where it does not matter."""
    link: Link | None = None


@dataclass
class _Node:
    words: dict[str, "_Node"] = field(default_factory=dict)
    number: "_Node | None" = None
    pattern: str | None = None
    resource: Resource | None = None
    view: tuple[str, ...] | None = None
    noun: str = "Record"
    kinds: tuple[str, ...] = ()
    link: Link | None = None


def route(segments: list[str]) -> Route | None:
    """Return what the segments of a path mean; None where the vendor has no such path."""
    action: Action = "list"
    node, numbers = _walk(segments)
    record = 0
    if node is None or node.pattern is None:
        last = segments[-1].lower() if segments else ""
        node, numbers = _walk(segments[:-1])
        if node is None or node.pattern is None:
            return None
        if last == "count":
            action = "count"
        elif last == "search" and node.kinds:  # only tickets have it (3.5)
            action = "search"
        elif last.isascii() and last.isdigit():
            action, record = "one", int(last)
        else:
            return None
    parents = dict(zip(_parents(node.pattern), numbers, strict=True))
    return Route(action, node.pattern, node.resource, parents, record, node.view, node.noun, node.kinds, node.link)


def _walk(segments: list[str]) -> tuple[_Node | None, list[int]]:
    node: _Node | None = _ROOT
    numbers: list[int] = []
    for segment in segments:
        assert node is not None
        below = node.words.get(segment.lower())
        if below is None and segment.isascii() and segment.isdigit():
            below = node.number
            numbers.append(int(segment))
        if below is None:
            return None, []
        node = below
    return node, numbers


def _parents(pattern: str) -> list[str]:
    return [part[1:-1] for part in pattern.split("/") if part.startswith("{")]


def _plant(root: _Node, pattern: str, resource: Resource | None, noun: str) -> _Node:
    node = root
    for part in pattern.split("/"):
        if part.startswith("{"):
            node.number = node.number or _Node()
            node = node.number
        else:
            node = node.words.setdefault(part.lower(), _Node())
    node.pattern, node.resource, node.noun = pattern, resource, noun
    return node


def _tree() -> _Node:
    root = _Node()
    for pattern, noun in UNBUILT.items():
        _plant(root, pattern, None, noun)
    for resource in RESOURCES:
        for pattern in (resource.path, *resource.aliases):
            _plant(root, pattern, resource, resource.noun)
        for pattern, view in resource.views.items():
            _plant(root, pattern, resource, resource.noun).view = view
        for pattern, kinds in resource.kinds.items():
            _plant(root, pattern, resource, resource.noun).kinds = kinds
    by_path = {resource.path: resource for resource in RESOURCES}
    for pattern, link in LINKS.items():
        node = _plant(root, pattern, by_path[link.target], by_path[link.target].noun)
        node.view, node.link = link.view, link
    return root


_ROOT = _tree()
