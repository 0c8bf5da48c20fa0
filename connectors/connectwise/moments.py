"""How ConnectWise writes times, and how it wants them written in a condition."""

from datetime import UTC, datetime
from enum import StrEnum


class Form(StrEnum):
    """A way to write a time in a condition (api/connectwise.md 3.1): no one way works on every server."""

    ZULU = "with Z"
    NAIVE = "without a zone"


def literal(at: datetime, form: Form) -> str:
    """Write a time for a condition, in whole seconds of UTC, rounded down: a bound may come early, never late."""
    return f"[{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}{'Z' if form is Form.ZULU else ''}]"


def parse(text: object) -> datetime | None:
    """Read a time of a payload or a watermark, UTC where it names no zone; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def stamp(at: datetime) -> str:
    """Write a time as RFC 3339 UTC, in whole seconds where it has no parts of one."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def date(text: object) -> str | None:
    """Give the date part of a date-only field, as written: it comes as midnight (api/connectwise.md 5.1)."""
    return text.strip()[:10] if isinstance(text, str) and parse(text) else None
