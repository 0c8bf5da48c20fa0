"""The shapes in which ConnectWise sends records, narrowed from JSON (api/connectwise.md 5)."""

from typing import Any

from bridge.errors import TransientError

Payload = dict[str, Any]

# The text of a ticket, which is not carried. The vendor's lists do not show it (api/connectwise.md 5.6).
TICKET_TEXT = frozenset({"initialDescription", "initialInternalAnalysis", "initialResolution"})


def rows_of(body: Any, where: str) -> list[Payload]:
    """Give the rows of a list answer; raise TransientError where it is no list of records with ids."""
    if not isinstance(body, list):
        raise TransientError(f"{where}: answered with a JSON {type(body).__name__} instead of a list")
    for row in body:
        row_of(row, where)
    return body


def row_of(body: Any, where: str) -> Payload:
    """Give the record of a single answer; raise TransientError where it is none."""
    if not isinstance(body, dict) or id_of(body) is None:
        raise TransientError(f"{where}: answered with something that is no record with an id")
    return body


def count_of(body: Any, where: str) -> int:
    """Give the number of a `/count` answer."""
    count = body.get("count") if isinstance(body, dict) else None
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise TransientError(f"{where}: answered with something that is no count")
    return count


def id_of(value: Any) -> int | None:
    """Give the id of a record or reference.

    A reference that is not set can be there without an id (api/connectwise.md 5.1), so the id is what counts.
    """
    found = value.get("id") if isinstance(value, dict) else None
    if isinstance(found, bool):
        return None
    if isinstance(found, str) and found.isascii() and found.isdigit():
        return int(found)
    return found if isinstance(found, int) else None


def without_secrets(payload: Payload) -> Payload:
    """Give the payload as it may be kept.

    Custom fields and questions of the kind Password are gone, whatever they hold. So are nulls, which some versions
    send and others leave out, and hrefs, which name the codebase and so would change on all records at each upgrade
    (api/connectwise.md 5.1): neither is a change of the record. The text of a ticket is gone too.
    """
    kept: Payload = {key: one for key, one in _pruned(payload).items() if key not in TICKET_TEXT}
    for word, kind in (("customFields", "type"), ("questions", "fieldType")):
        if isinstance(kept.get(word), list):
            kept[word] = [field for field in kept[word] if isinstance(field, dict) and not _is_password(field, kind)]
    return kept


def _is_password(field: Payload, kind: str) -> bool:
    return str(field.get(kind, "")).strip().casefold() == "password"


def _pruned(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {key: _pruned(one) for key, one in value.items() if one is not None and not key.endswith("_href")}
        return {key: one for key, one in kept.items() if one != {}}
    if isinstance(value, list):
        return [_pruned(one) for one in value]
    return value
