"""`childConditions` and `customFieldConditions`: a row fits when one element does (reference 3.2)."""

from collections.abc import Callable
from itertools import product
from typing import Any

from simulators.connectwise.grammar import Comparison, ConditionError, Node, names
from simulators.connectwise.parts import CUSTOM_FIELD, Elements, Parts
from simulators.connectwise.paths import Accessor, unknown
from simulators.connectwise.predicates import Meaning, Test, bind
from simulators.connectwise.schema import Child, Resource
from simulators.connectwise.store import Row


def child_test(node: Node, resource: Resource, parts: Parts, meaning: Meaning) -> Test:
    """Return the test of a `childConditions` tree: all its terms about one collection must fit the same element."""
    _without_in(node, "childConditions")
    children = {child.name.lower(): child for child in resource.children}
    used = sorted({name.split("/")[0].lower() for name in names(node)})
    for name in names(node):
        if name.split("/")[0].lower() not in children:
            raise unknown(name)

    def find(path: str) -> Accessor:
        collection, _, word = path.partition("/")
        return _accessor(children[collection.lower()], word, path, used.index(collection.lower()))

    test = bind(node, find, meaning)
    lists: list[Elements] = [parts.elements(children[name]) for name in used]
    if len(lists) == 1:
        (elements,) = lists
        return lambda row: any(test((element,)) for element in elements(row))
    return lambda row: any(test(combined) for combined in product(*(elements(row) for elements in lists)))


def custom_field_test(node: Node, resource: Resource, parts: Parts, meaning: Meaning) -> Test:
    """Return the test of a `customFieldConditions` tree, such as `caption="Rack" and value="R12"`."""
    _without_in(node, "customFieldConditions")
    test = bind(node, lambda path: _accessor(CUSTOM_FIELD, path, path, 0), meaning)
    if resource.pod is None:
        return _no_row
    pod = resource.pod
    return lambda row: any(test((element,)) for element in parts.custom_fields(pod, row))


def _no_row(row: Row) -> bool:
    return False


def _accessor(child: Child, word: str, path: str, place: int) -> Accessor:
    for name, kind in child.elements.items():
        if name.lower() == word.lower():
            return Accessor(kind, _element(place, name), child.options.get(name, ()))
    raise unknown(path)


def _element(place: int, name: str) -> Callable[[Any], Any]:
    return lambda elements: elements[place][name]


def _without_in(node: Node, parameter: str) -> None:
    if isinstance(node, Comparison):
        if node.operator == "in":
            raise ConditionError(f"The operator in cannot be used in {parameter}.")
        return
    for term in node.terms:
        _without_in(term, parameter)
