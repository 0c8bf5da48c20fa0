"""Value maps: ordered lines, the first that fits decides."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final


class Action(Enum):
    """What a line may say instead of a name."""

    HOLD = "!hold"
    SKIP = "!skip"


ValueMap = Callable[[Sequence[str | None]], "str | Action | None"]
"""From the source's names, lowest id first (one None where it is blank), to IT Glue's; None is left out."""


def lines(*entries: str | tuple[Sequence[str], str]) -> ValueMap:
    """Read lines such as `"Server, Host -> Managed Server"` or `(["A, Inc"], "B")`."""
    parsed = [_parsed(entry) for entry in entries]

    def mapped(names: Sequence[str | None]) -> str | Action | None:
        given = list(names) or [None]
        for froms, to in parsed:
            fitting = [name for name in given if "*" in froms or (name or "").casefold() in froms]
            if not fitting:
                continue
            if to == "!same":
                return next((name for name in fitting if name), None)
            return {action.value: action for action in Action}.get(to, to)
        return Action.HOLD

    return mapped


def _parsed(entry: str | tuple[Sequence[str], str]) -> tuple[set[str], str]:
    if isinstance(entry, str):
        left, _, to = entry.rpartition("->")
        froms: Sequence[str] = [part.strip() for part in left.split(",")]
    else:
        froms, to = entry
    return {"" if name == '""' else name.casefold() for name in froms}, to.strip()


SAME: Final = lines("* -> !same")
