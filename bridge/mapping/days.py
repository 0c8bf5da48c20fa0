"""Words that change with the day: kept as the time that they count from, mapped as whole days."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bridge.mapping.words import WORDS

RELATIVE: dict[str, tuple[str, ...]] = {
    kind: tuple(word.name for word in words.values() if word.relative) for kind, words in WORDS.items()
}
"""The words of each kind that change with the day."""

_DAY = 86_400


def as_of(kind: str, words: Mapping[str, Any], now: float) -> Mapping[str, Any]:
    """Give the words of a record as they are at a time, in seconds since 1970: days gone by are whole, never below 0."""
    if not RELATIVE[kind]:
        return words
    given = dict(words)
    for word in RELATIVE[kind]:
        since = given.get(word)
        if isinstance(since, str):
            given[word] = max(0, int((now - _seconds(since)) // _DAY))
    return given


def _seconds(text: str) -> float:
    """Read a time as records carry it: RFC 3339 in UTC."""
    at = datetime.fromisoformat(text)
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()
