"""IT Glue's switches: what its reference leaves open."""

import re
from typing import Any

from simulators.switches import Switch, flag, one_of, seconds, texts
from simulators.windows import window_value


def _url_or_none(value: Any) -> str | None:
    if value is None or (isinstance(value, str) and value.startswith(("http://", "https://"))):
        return value
    raise ValueError("null or a control URL")


def _attributes(value: Any) -> list[str]:
    if not all(re.fullmatch(r"[a-z_-]+\.[a-z0-9_.-]+", word) for word in texts(value)):
        raise ValueError("a list of resource.attribute")
    return texts(value)


SWITCHES = (
    Switch(
        "wrong_key",
        "gateway_403",
        "answer to a missing or unknown key: the gateway's 403, or a 401 in JSON:API form",
        one_of("gateway_403", "json_401"),
    ),
    Switch("accept_plain_json", False, "take bodies declared as application/json too", flag),
    Switch(
        "unknown_filter",
        "refuse",
        "a filter or sort word that does not exist: refuse with 400, or ignore it and answer everything",
        one_of("refuse", "ignore"),
    ),
    Switch(
        "unknown_trait",
        "refuse",
        "a trait key that does not exist: 422, or dropped with a 200",
        one_of("refuse", "drop"),
    ),
    Switch(
        "absent_traits",
        "keep",
        "a PATCH of a flexible asset without traits: leaves them alone, or deletes them all",
        one_of("keep", "delete"),
    ),
    Switch(
        "renamed_field",
        "keep",
        "name-key of a field that is renamed: stays, or follows, and the traits move to the new key",
        one_of("keep", "follow"),
    ),
    Switch(
        "contact_emails",
        "refuse",
        "contact-emails in a PATCH of a contact that is not synced: 422, or taken",
        one_of("refuse", "take"),
    ),
    Switch(
        "synced_contacts",
        "closed",
        "a PATCH of a synced contact: nothing is open, or important and notes are",
        one_of("closed", "important_and_notes"),
    ),
    Switch("drop_attributes", [], "resource.attribute words that are taken with a 200 and not stored", _attributes),
    Switch("relationships_in_type_patch", 422, "status for relationships in a PATCH of a type", one_of(422, 403)),
    Switch(
        "second_related_item",
        "refuse",
        "a repeated or inverse related item: 422, or a second link",
        one_of("refuse", "link"),
    ),
    Switch("list_lag_seconds", 0, "how long a new record is missing from lists", seconds),
    Switch(
        "bulk",
        "atomic",
        "a bulk write with a bad row: nothing is stored, or the good rows are (422 for the whole all the same)",
        one_of("atomic", "partial"),
    ),
    Switch(
        "limit",
        {"requests": 3000, "seconds": 300, "window": "rolling"},
        "requests per key in a rolling or fixed window; setting it begins a fresh window",
        window_value,
    ),
    Switch("retry_after", "none", "Retry-After of a 429", one_of("none", "seconds", "date")),
    Switch(
        "two_way",
        None,
        "control URL of a PSA simulator that edits and creates on synced kinds are pushed to",
        _url_or_none,
    ),
)
