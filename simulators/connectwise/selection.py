"""`fields`: which parts of a record are answered (reference 3.3)."""

from collections.abc import Callable
from typing import Any

from simulators.connectwise.parts import CUSTOM_FIELD
from simulators.connectwise.paths import labels_of, unknown
from simulators.connectwise.schema import STAMPS, Field, Resource
from simulators.connectwise.tenant import Tenant

Tree = dict[str, "Tree | None"]  # None: the whole of it
Prune = Callable[[Any], Any]


def selection_of(text: str, resource: Resource, tenant: Tenant) -> Tree | None:
    """Return what is asked for, in the vendor's spelling; None for everything. ConditionError for an unknown name."""
    if not text.strip():
        return None
    known = _known(resource, tenant)
    chosen: Tree = {}
    for path in text.split(","):
        if path.strip():
            _choose(chosen, known, path.strip())
    return chosen


def pruned(tree: Tree) -> Prune:
    """Return the function that keeps of an object, or of each object of a list, what a tree names."""

    def prune(value: Any) -> Any:
        if isinstance(value, list):
            return [prune(each) for each in value]
        if not isinstance(value, dict):
            return value
        kept = {}
        for name, below in tree.items():
            if name in value:
                kept[name] = value[name] if below is None else prune_below[name](value[name])
        return kept

    prune_below = {name: pruned(below) for name, below in tree.items() if below is not None}
    return prune


def _choose(chosen: Tree, known: Tree, path: str) -> None:
    parts = path.split("/")
    for place, part in enumerate(parts):
        name = next((name for name in known if name.lower() == part.lower()), None)
        if name is None:
            raise unknown(path)
        if place == len(parts) - 1:
            chosen[name] = None
            return
        below = known[name]
        if below is None:
            raise unknown(path)
        held = chosen.setdefault(name, {})
        if held is None:
            # The whole was asked for already; the rest of the path only has to be right.
            held = {}
        chosen, known = held, below


def _known(resource: Resource, tenant: Tenant) -> Tree:
    known: Tree = {}
    for field in resource.fields:
        if field.selectable and not field.hidden:
            known[field.name] = _below(field, resource, tenant)
    known["_info"] = dict.fromkeys([*STAMPS, *resource.links])
    return known


def _below(field: Field, resource: Resource, tenant: Tenant) -> Tree | None:
    if field.kind == "reference":
        return _reference(field, tenant)
    if field.kind == "custom":
        return dict.fromkeys(CUSTOM_FIELD.elements)
    if field.kind == "children":
        child = next(child for child in resource.children if child.name == field.name)
        if child.target:
            return {"id": None, "name": None, "_info": {"type_href": None}}
        below: Tree = {name: None for name in child.elements if "/" not in name}
        for name in child.elements:
            if "/" in name:
                above, _, word = name.partition("/")
                inner = below[above] = below[above] or {}
                inner[word] = None
        return below
    return None


def _reference(field: Field, tenant: Tenant) -> Tree:
    href: Tree = {f"{field.href or field.name}_href": None}
    return {"id": None, **dict.fromkeys(labels_of(tenant, field)), "_info": href}
