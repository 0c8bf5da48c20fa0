"""IT Glue's times: RFC 3339 in UTC with milliseconds (reference 1.3)."""

import re
from datetime import UTC, date, datetime, timedelta

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d+)?(Z|\+00:00)?")


def stamp(seconds: float) -> str:
    """Seconds since the epoch as a stamp; stamps sort as times."""
    return _text(datetime.fromtimestamp(seconds, UTC))


def after(earlier: str | None, wanted: str) -> str:
    """Return the wanted stamp, or the next one after an earlier stamp that it would not exceed."""
    if earlier is None or wanted > earlier:
        return wanted
    return _text(datetime.fromisoformat(earlier) + timedelta(milliseconds=1))


def is_date(text: str) -> bool:
    """Say whether a text is a day as `yyyy-mm-dd`."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def bounds(text: str) -> tuple[str, str]:
    """Return the first and last stamp that a filter's date or time means; raises ValueError on anything else."""
    if _DATE.fullmatch(text):
        date.fromisoformat(text)
        return f"{text}T00:00:00.000Z", f"{text}T23:59:59.999Z"
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    moment = datetime.fromisoformat(f"{found[1]}T{found[2]}+00:00")
    if found[3]:
        exact = _text(moment.replace(microsecond=int(float(found[3]) * 1_000_000)))
        return exact, exact
    return _text(moment), _text(moment.replace(microsecond=999_000))


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
