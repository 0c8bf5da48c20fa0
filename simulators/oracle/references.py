"""References to other records: what a mapping names, and the IT Glue ids that stand for it."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from .text import ANY


class Reference(NamedTuple):
    """A record of the source, by the kind of its target and its id."""

    kind: str
    id: str


Records = Callable[[Reference], Collection[str]]
"""The IT Glue records that stand for a reference, none if there is no link."""


def references(wanted: Any) -> tuple[Reference, ...]:
    """Give the references that a wanted value is made of."""
    if isinstance(wanted, Reference):
        return (wanted,)
    if isinstance(wanted, tuple) and wanted and all(isinstance(each, Reference) for each in wanted):
        return wanted
    return ()


def resolved(wanted: Mapping[str, Any], records: Records) -> dict[str, Any]:
    """Turn references into sets of ids: what has no link is left out, and whether an earlier value stays is open."""
    return {word: _resolved(value, records) for word, value in wanted.items()}


def _resolved(value: Any, records: Records) -> Any:
    named = references(value)
    if not named:
        return value
    found = frozenset(record for each in named for record in records(each))
    if found:
        return found
    return ANY if isinstance(value, Reference) else None
