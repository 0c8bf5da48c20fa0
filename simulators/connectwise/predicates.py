"""A tree of comparisons becomes a function that says whether a row fits (reference 3.1)."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulators.connectwise.grammar import ORDERING, Comparison, ConditionError, Literal, Node, names
from simulators.connectwise.moments import Datetimes, literal_of, second_of
from simulators.connectwise.paths import Accessor, Getter
from simulators.connectwise.schema import Kind

Test = Callable[[Any], bool]
Find = Callable[[str], Accessor]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NAMES = {"number": "numeric", "string": "string", "boolean": "boolean", "datetime": "datetime", "null": "null"}
_WANTED: dict[Kind, str] = {
    "integer": "number",
    "number": "number",
    "string": "string",
    "strings": "string",
    "enum": "string",
    "boolean": "boolean",
    "datetime": "datetime",
    "linked": "number",
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """How literals are read: the form of dates in force, and now in seconds."""

    datetimes: Datetimes
    now: float


def bind(node: Node, find: Find, meaning: Meaning) -> Test:
    """Return the test of a tree; ConditionError for a name, an operator or a literal that the field does not take."""
    if isinstance(node, Comparison):
        return _comparison(node, find(node.path), meaning)
    if node.word == "or" and sum(find(name).kind == "linked" for name in names(node)) > 1:
        raise ConditionError("An or of conditions on linked records is not supported.")
    tests = [bind(term, find, meaning) for term in node.terms]
    if len(tests) == 2:
        first, second = tests
        if node.word == "and":
            return lambda row: first(row) and second(row)
        return lambda row: first(row) or second(row)
    if node.word == "and":
        return lambda row: all(test(row) for test in tests)
    return lambda row: any(test(row) for test in tests)


def literal_value(kind: Kind, literal: Literal, accessor: Accessor, meaning: Meaning) -> Any:
    """Return the value that a literal means for a field of a kind, strings in lower case; None if it fits nothing.

    Raises ConditionError for a literal of another type.
    """
    if kind == "answer":
        return _free_value(literal, meaning)
    if literal.kind != _WANTED[kind]:
        raise ConditionError(
            f"Expected a {_NAMES[_WANTED[kind]]} value, not a {_NAMES[literal.kind]}. "
            "String values should be enclosed in double or single quotes, datetime values in square brackets."
        )
    if kind == "enum" and literal.text.lower() not in {option.lower() for option in accessor.options}:
        raise ConditionError("Enum value supplied was invalid")
    return _free_value(literal, meaning)


def _free_value(literal: Literal, meaning: Meaning) -> Any:
    match literal.kind:
        case "number":
            return float(literal.text) if "." in literal.text else int(literal.text)
        case "boolean":
            return literal.text == "true"
        case "datetime":
            return literal_of(literal.text, meaning.datetimes, meaning.now)
        case _:
            return literal.text.lower()


def _comparison(node: Comparison, accessor: Accessor, meaning: Meaning) -> Test:
    get, kind = accessor.get, accessor.kind
    if kind == "linked":
        return _linked(node, accessor, meaning)
    if any(literal.kind == "null" for literal in node.values):
        return _null(node, get)
    if kind == "reference":
        raise ConditionError(f"{node.path} is a reference; name one of its fields, such as {node.path}/id.")
    if node.operator == "in":
        wanted = {literal_value(kind, literal, accessor, meaning) for literal in node.values} - {None}
        return _negatable(_member(get, wanted, kind), get, negated=node.negated)
    (literal,) = node.values
    if node.operator in {"contains", "like"}:
        if kind not in {"string", "strings", "enum", "answer"} or literal.kind != "string":
            raise ConditionError(f"The operator {node.operator} takes string values only, {node.path} is not one.")
        text = literal.text.lower()
        fits = _containing(text) if node.operator == "contains" else _like(text)
        return _negatable(_texts(get, fits), get, negated=node.negated)
    if kind == "strings" or (kind == "boolean" and node.operator in ORDERING):
        raise ConditionError(f"The operator {node.operator} cannot be used with {node.path}.")
    value = literal_value(kind, literal, accessor, meaning)
    if value is None:
        return _never
    if kind == "answer" and literal.kind == "datetime":
        return _dated(get, _COMPARE[node.operator], value)
    return _ordered(get, _COMPARE[node.operator], value, kind)


def _linked(node: Comparison, accessor: Accessor, meaning: Meaning) -> Test:
    if node.operator != "=":
        raise ConditionError(f"The operator {node.operator} cannot be used with {node.path}.")
    value = literal_value("linked", node.values[0], accessor, meaning)
    return lambda row: value in (accessor.get(row) or ())


def _never(row: Any) -> bool:
    return False


def _null(node: Comparison, get: Getter) -> Test:
    if node.operator == "=":
        return lambda row: get(row) is None
    if node.operator == "!=":
        return lambda row: get(row) is not None
    raise ConditionError("null can only be compared with = and !=.")


def _ordered(get: Getter, compare: Callable[[Any, Any], bool], value: Any, kind: Kind) -> Test:
    # A null fits no comparison but those with null, as in SQL.
    if isinstance(value, str):
        return lambda row: isinstance(found := get(row), str) and compare(found.lower(), value)
    if kind == "answer":
        plain = isinstance(value, bool)
        return lambda row: (
            not isinstance(found := get(row), str | None) and isinstance(found, bool) is plain and compare(found, value)
        )
    return lambda row: (found := get(row)) is not None and compare(found, value)


def _dated(get: Getter, compare: Callable[[Any, Any], bool], value: float) -> Test:
    """Compare a custom field or an answer, which holds its date as text."""

    def test(row: Any) -> bool:
        found = get(row)
        try:
            return isinstance(found, str) and compare(second_of(found), value)
        except ValueError:
            return False

    return test


def _member(get: Getter, wanted: set[Any], kind: Kind) -> Test:
    if kind in {"string", "enum", "answer"}:
        return lambda row: (found.lower() if isinstance(found := get(row), str) else found) in wanted
    if kind == "strings":
        return lambda row: any(each.lower() in wanted for each in get(row) or ())
    return lambda row: get(row) in wanted


def _texts(get: Getter, fits: Callable[[str], bool]) -> Test:
    def test(row: Any) -> bool:
        found = get(row)
        if isinstance(found, str):
            return fits(found.lower())
        return isinstance(found, tuple) and any(fits(each.lower()) for each in found)

    return test


def _negatable(test: Test, get: Getter, *, negated: bool) -> Test:
    if not negated:
        return test
    return lambda row: get(row) is not None and not test(row)


def _containing(text: str) -> Callable[[str], bool]:
    return lambda found: text in found


def _like(text: str) -> Callable[[str], bool]:
    """Return the match of a pattern: `*` and `%` stand for any text; without them it means equals."""
    parts = re.split(r"[*%]+", text)
    if len(parts) == 1:
        return lambda found: found == text
    pattern = re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)
    return lambda found: pattern.fullmatch(found) is not None
