"""The parameters of a request, in the vendor's underscored spelling."""

import re
from dataclasses import dataclass, field

from simulators.itglue.refusals import bad_request, titled, unprocessable
from simulators.itglue.values import number_of

_FILTER = re.compile(r"filter\[(?:(exclude|range)\]\[)?([^\[\]]+)\](?:\[\])?")
_UNESCAPED_COMMA = re.compile(r"(?<!\\),")
DEFAULT_SIZE = 50
MAXIMUM_SIZE = 1000


@dataclass(frozen=True)
class Condition:
    """One filter; `values` are the alternatives."""

    mode: str
    """`is`, `exclude` or `range`."""
    word: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """What a list is asked for."""

    number: int = 1
    size: int = DEFAULT_SIZE
    sort: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    include: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = field(default=())
    """Every parameter but the page, as it came, for the links."""


def parse(parameters: list[tuple[str, str]]) -> Query:
    """Read the parameters; what is no filter and not known is ignored."""
    names = [name for name, _ in parameters]
    if len(names) != len(set(names)):
        raise unprocessable(titled("Duplicate Parameters Specified", "data"))
    number, size = 1, DEFAULT_SIZE
    sort: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    conditions = []
    for name, value in parameters:
        if name == "page[number]":
            number = _positive(name, value)
        elif name == "page[size]":
            size = min(_positive(name, value), MAXIMUM_SIZE)
        elif name == "sort":
            sort = tuple(_underscored(word) for word in value.split(",") if word.strip())
        elif name == "include":
            include = tuple(word.strip().replace("-", "_") for word in value.split(",") if word.strip())
        elif name.startswith("filter["):
            # What has another form than a filter is one that does not exist, rather than nothing at all.
            found = _FILTER.fullmatch(name)
            mode, word = (found[1] or "is", found[2]) if found else ("is", name.removeprefix("filter"))
            # An alternative without a value is none.
            values = tuple(part.replace("\\,", ",") for part in _UNESCAPED_COMMA.split(value) if part.strip())
            conditions.append(Condition(mode, word.replace("-", "_"), values))
    others = tuple((name, value) for name, value in parameters if name not in ("page[number]", "page[size]"))
    return Query(number, size, sort, tuple(conditions), include, others)


def _underscored(word: str) -> str:
    word = word.strip()
    return "-" + word[1:].replace("-", "_") if word.startswith("-") else word.replace("-", "_")


def _positive(name: str, value: str) -> int:
    number = number_of(value)
    if number is None or number < 1:
        raise bad_request(f"{name} must be a number from 1", None)
    return number
