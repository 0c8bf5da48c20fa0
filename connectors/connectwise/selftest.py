"""Which form of a time this server filters by correctly, found by trying (api/connectwise.md 3.1).

Some servers ignore the zone of a value, some shift it by their own, some refuse it; a poll that asks in the wrong form
misses hours of changes and reports nothing.
"""

from datetime import datetime, timedelta

from bridge.errors import RejectedError
from connectors.connectwise.classify import RefusedError
from connectors.connectwise.client import Client
from connectors.connectwise.moments import Form, literal, parse
from connectors.connectwise.payloads import id_of

_STAMP = "id,_info/lastUpdated"
_SECOND = timedelta(seconds=1)
_TRIES = 3


def working_form(client: Client, paths: tuple[str, ...]) -> Form | None:
    """Give the form that works; None where no record is there to try on.

    Raises RefusedError B205 where neither does: polling would lose changes.
    """
    for path in paths:
        for _ in range(_TRIES):
            known = _known(client, path)
            if known is None:
                break
            number, at = known
            for form in Form:
                if _works(client, path, number, at, form):
                    return form
            if _known(client, path, f"id={number}") == known:  # else it changed under our hands: try once more
                raise RefusedError(
                    "B205",
                    f"{client.host}: filters by lastUpdated wrongly, with Z and without: {path}/{number} of "
                    f"{at:%Y-%m-%d %H:%M:%S} UTC is not found by its own time; ask ConnectWise support",
                )
    return None


def _known(client: Client, path: str, *conditions: str) -> tuple[int, datetime] | None:
    for row in client.some(path, *conditions, fields=_STAMP, size=25):
        number = id_of(row)
        at = parse((row.get("_info") or {}).get("lastUpdated"))
        if number is not None and at is not None:
            return number, at
    return None


def _works(client: Client, path: str, number: int, at: datetime, form: Form) -> bool:
    """Say whether a record is found in a window around its time, and not after it."""
    same = f"id={number}"
    early, late, later = (literal(at + n * _SECOND, form) for n in (-1, 1, 2))
    try:
        around = client.some(path, same, f"lastUpdated>={early}", f"lastUpdated<={late}", fields=_STAMP, size=1)
        after = client.some(path, same, f"lastUpdated>={later}", fields=_STAMP, size=1)
    except RejectedError:
        return False
    return [id_of(row) for row in around] == [number] and not after
