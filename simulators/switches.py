"""Switches: what a vendor's reference leaves open, settable while the simulator runs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulators.refusal import ControlError


def any_value(value: Any) -> Any:
    """Take every value."""
    return value


@dataclass(frozen=True)
class Switch:
    """Declare a switch; `check` returns the value to keep or raises ValueError with what is wanted."""

    name: str
    default: Any
    means: str
    check: Callable[[Any], Any] = any_value


def one_of(*values: object) -> Callable[[Any], Any]:
    """Take one of these values, of the same type."""

    def check(value: Any) -> Any:
        for allowed in values:
            if value == allowed and isinstance(value, bool) == isinstance(allowed, bool):
                return allowed
        raise ValueError(f"one of {list(values)}")

    return check


flag = one_of(False, True)


def seconds(value: Any) -> float:
    """Take a number of seconds from 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise ValueError("a number of seconds from 0")
    return value


def texts(value: Any) -> list[str]:
    """Take a list of strings."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of strings")
    return value


class Switches(Mapping[str, Any]):
    """The values in force, by name."""

    def __init__(self, declared: tuple[Switch, ...]) -> None:
        self._declared = {switch.name: switch for switch in declared}
        self._values = {switch.name: switch.default for switch in declared}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def set(self, wanted: Any) -> list[str]:
        """Set several at once, or none of them when one is refused; return the names set."""
        if not isinstance(wanted, dict):
            raise ControlError(400, "switches: an object {name: value} is wanted")
        checked = {}
        for name, value in wanted.items():
            if name not in self._declared:
                raise ControlError(400, f"switch {name} does not exist; there are {', '.join(sorted(self._declared))}")
            try:
                checked[name] = self._declared[name].check(value)
            except ValueError as error:
                raise ControlError(400, f"switch {name}: {error} is wanted, not {value!r}") from None
        self._values.update(checked)
        return list(checked)

    def listing(self) -> dict[str, dict[str, Any]]:
        """Return every switch with its value, its default and what it means."""
        return {
            name: {"value": self._values[name], "default": switch.default, "means": switch.means}
            for name, switch in self._declared.items()
        }
