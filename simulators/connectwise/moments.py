"""Moments: the vendor's timestamps on the way out, the forms of a date literal on the way in."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from simulators.connectwise.grammar import ConditionError

Datetimes = Literal["all", "naive_only", "zone_ignored"]

SERVER_ZONE = ZoneInfo("America/New_York")
SERVER_ZONE_NAME = "Eastern Standard Time"

_FORM = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d{1,9})?\s*(Z|[+-]\d{2}:?\d{2})?)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=65536)
def written(second: int) -> str:
    """Return `YYYY-MM-DDThh:mm:ssZ` of a second since 1970 (reference 5.1)."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    return moment.isoformat()[:19] + "Z"


@lru_cache(maxsize=65536)
def second_of(text: str) -> int:
    """Return the second since 1970 of a timestamp in a record; a naive one is UTC, fractions are cut."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)


def literal_of(text: str, datetimes: Datetimes, now: float) -> float | None:
    """Return the second that a bracketed literal means, None when it can match nothing.

    `naive_only` finds nothing for a value with a zone; `zone_ignored` reads such a value in the server's zone.
    """
    word = text.lower()
    if word == "yesterday":
        return float(int(now) // 86400 * 86400 - 86400)
    if word == "today":
        return None  # 3.1: reported empty, while [yesterday] works
    match = _FORM.fullmatch(text)
    if match is None:
        raise ConditionError(f"The value [{text}] is not a recognized date.")
    day, time, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time or '00:00'}")
        offset = _offset(zone)
    except ValueError as wrong:
        raise ConditionError(f"The value [{text}] is not a recognized date.") from wrong
    if zone is not None and datetimes == "naive_only":
        return None
    if zone is not None and datetimes == "zone_ignored":
        moment = moment.replace(tzinfo=SERVER_ZONE)
    else:
        moment = moment.replace(tzinfo=UTC) - offset
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(seconds=1)
    return seconds + (float(fraction) if fraction else 0.0)


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in {"Z", "z"}:
        return timedelta(0)
    hours, minutes = int(zone[1:3]), int(zone[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(zone)
    return (1 if zone[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes)
