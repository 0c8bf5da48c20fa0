"""Faults that the control API orders: which requests they hit, with what."""

import re
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulators.refusal import ControlError

_WHEN = {"method", "path", "nth", "share"}
_DO = {"status", "headers", "body", "delay", "close", "truncate", "after_write", "write_delay"}


@dataclass(frozen=True)
class Deed:
    """What is done to a request that a fault hits."""

    status: int | None = None
    headers: dict[str, str] | None = None
    body: Any = None
    has_body: bool = False
    delay: float = 0
    close: bool = False
    truncate: int | None = None
    after_write: bool = False
    write_delay: float | None = None

    @property
    def replaces(self) -> bool:
        """Whether another answer than the real one is sent."""
        return self.status is not None or self.has_body or self.write_delay is not None


@dataclass
class Fault:
    """One order; `seen` counts the requests that fit it."""

    id: int
    when: dict[str, Any]
    do: dict[str, Any]
    deed: Deed
    methods: frozenset[str] | None
    path: re.Pattern[str] | None
    nth: frozenset[int] | None
    share: float | None
    random: Random = field(repr=False)
    seen: int = 0
    hits: int = 0

    def fits(self, method: str, path: str) -> bool:
        """Say whether method and path are meant; the path may be written with or without its leading slash."""
        if self.methods is not None and method not in self.methods:
            return False
        return self.path is None or bool(self.path.search(path) or self.path.search(path.removeprefix("/")))

    def counts(self) -> bool:
        """Count a fitting request and say whether it is one of those to hit."""
        self.seen += 1
        if self.nth is not None and self.seen not in self.nth:
            return False
        return self.share is None or self.random.random() < self.share

    def listing(self) -> dict[str, Any]:
        """Return the order as it was given, with what came of it."""
        return {"id": self.id, "when": self.when, "do": self.do, "seen": self.seen, "hits": self.hits}


class Faults:
    """The orders in force, oldest first."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._last = 0
        self._faults: dict[int, Fault] = {}

    def add(self, order: Any) -> Fault:
        """Take an order `{"when": …, "do": …}`."""
        if not isinstance(order, dict) or not set(order) <= {"when", "do"} or "do" not in order:
            raise ControlError(400, 'faults: an object {"when": {…}, "do": {…}} is wanted')
        when, do = order.get("when") or {}, order["do"]
        _known(when, _WHEN, "when")
        _known(do, _DO, "do")
        if not do:
            raise ControlError(400, "faults: do is empty, so nothing would happen")
        self._last += 1
        fault = Fault(
            id=self._last,
            when=when,
            do=do,
            deed=_deed(do),
            methods=_methods(when.get("method")),
            path=_pattern(when.get("path")),
            nth=_ordinals(when.get("nth")),
            share=_number(when, "share", top=1),
            random=Random(f"{self._seed}:{self._last}"),
        )
        self._faults[fault.id] = fault
        return fault

    def hit(self, method: str, path: str) -> Fault | None:
        """Let every order count the request and return the oldest that hits it."""
        if not self._faults:
            return None
        plain = path.rstrip("/") or "/"
        hitting = [fault for fault in self._faults.values() if fault.fits(method, plain) and fault.counts()]
        if not hitting:
            return None
        hitting[0].hits += 1
        return hitting[0]

    def remove(self, fault: int | None = None) -> None:
        """Lift one order, or all."""
        if fault is None:
            self._faults.clear()
        elif self._faults.pop(fault, None) is None:
            raise ControlError(404, f"fault {fault} does not exist")

    def listing(self) -> list[dict[str, Any]]:
        """Return every order in force."""
        return [fault.listing() for fault in self._faults.values()]


def _known(part: Any, words: set[str], where: str) -> None:
    if not isinstance(part, dict):
        raise ControlError(400, f"faults: {where} is not an object")
    if unknown := set(part) - words:
        raise ControlError(
            400, f"faults: {where} does not know {', '.join(sorted(unknown))}; it knows {', '.join(sorted(words))}"
        )


def _deed(do: dict[str, Any]) -> Deed:
    headers = do.get("headers")
    if headers is not None and not (
        isinstance(headers, dict) and all(isinstance(v, str | int) for v in headers.values())
    ):
        raise ControlError(400, "faults: headers is an object of strings")
    status = _number(do, "status", low=200, top=599)
    truncate = _number(do, "truncate")
    for name in ("close", "after_write"):
        if not isinstance(do.get(name, False), bool):
            raise ControlError(400, f"faults: {name} is true or false")
    return Deed(
        status=None if status is None else int(status),
        headers=None if headers is None else {name: str(value) for name, value in headers.items()},
        body=do.get("body"),
        has_body=do.get("body") is not None,
        delay=_number(do, "delay") or 0,
        close=do.get("close", False),
        truncate=None if truncate is None else int(truncate),
        after_write=do.get("after_write", False),
        write_delay=_number(do, "write_delay"),
    )


def _number(part: dict[str, Any], name: str, *, low: float = 0, top: float | None = None) -> float | None:
    value = part.get(name)
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or value < low
        or (top is not None and value > top)
    ):
        raise ControlError(400, f"faults: {name} is a number from {low}" + ("" if top is None else f" to {top}"))
    return value


def _methods(value: Any) -> frozenset[str] | None:
    if value is None:
        return None
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ControlError(400, "faults: method is a word or a list of words")
    return frozenset(word.upper() for word in words)


def _pattern(value: Any) -> re.Pattern[str] | None:
    if value is None:
        return None
    try:
        return re.compile(value)
    except (re.error, TypeError):
        raise ControlError(400, f"faults: path {value!r} is no regular expression") from None


def _ordinals(value: Any) -> frozenset[int] | None:
    if value is None:
        return None
    numbers = [value] if isinstance(value, int) else value
    if not isinstance(numbers, list) or not all(type(number) is int and number > 0 for number in numbers):
        raise ControlError(400, "faults: nth is a list of ordinals from 1")
    return frozenset(numbers)
