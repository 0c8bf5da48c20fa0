"""The switches: what the reference leaves open, default the documented or cautious reading."""

from typing import Any

from simulators.connectwise.gateway import is_codebase
from simulators.switches import Switch, flag, one_of, seconds, texts
from simulators.windows import window_value

_ROLE: dict[str, Any] = {"hide_types": [], "level": "all", "blank_references": False, "forbidden": []}
_TOUCHES = {"customFields": False, "questions": False, "typeAssociations": False}
_FURTHER_TOUCHES = ("communicationItems", "configurations", "notes")
"""May be named too, and count as false while they are not: items of a contact, links and notes of a ticket."""


def _role(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict) or not set(value) <= set(_ROLE):
        raise ValueError(f"an object with {', '.join(_ROLE)}")
    full = {**_ROLE, **value}
    return {
        "hide_types": texts(full["hide_types"]),
        "level": one_of("all", "my")(full["level"]),
        "blank_references": flag(full["blank_references"]),
        "forbidden": texts(full["forbidden"]),
    }


def _touches(value: Any) -> dict[str, bool]:
    if not isinstance(value, dict) or not set(value) <= {*_TOUCHES, *_FURTHER_TOUCHES}:
        raise ValueError(f"an object with {', '.join((*_TOUCHES, *_FURTHER_TOUCHES))}")
    return {name: flag(given) for name, given in {**_TOUCHES, **value}.items()}


def _codebase(value: Any) -> str:
    if not isinstance(value, str) or not is_codebase(value):
        raise ValueError("a codebase such as v2025_2")
    return value


SWITCHES = (
    Switch(
        "deployment",
        "cloud",
        "cloud, or on_premise: codebase v4_6_release/, no gateway before the API",
        one_of("cloud", "on_premise"),
    ),
    Switch(
        "wrong_key",
        "json_401",
        "what wrong keys get on cloud: 401 JSON, or the 404 page of the web server",
        one_of("json_401", "html_404"),
    ),
    Switch("missing_client_id", 401, "the status for a missing clientId: 401, 403 or 400", one_of(401, 403, 400)),
    Switch("bare_root", True, "whether /apis/3.0 without a codebase is served", one_of(True, False)),
    Switch("ssl_required", False, "whether http is refused with SSL is required.", flag),
    Switch(
        "datetimes",
        "all",
        "forms of a date in conditions: all; naive_only finds nothing for a value with a zone; "
        "zone_ignored reads such a value in the server's zone",
        one_of("all", "naive_only", "zone_ignored"),
    ),
    Switch("nulls", "omit", "whether null fields are left out or shown", one_of("omit", "explicit")),
    Switch(
        "role",
        _ROLE,
        "hide_types hides the configurations of these types; level my shortens lists; blank_references empties "
        "references to companies and sites; forbidden names list paths that answer 403",
        _role,
    ),
    Switch("codebase", "v2025_1", "the tenant's codebase; after a change the old one answers 404", _codebase),
    Switch("delete_lag_seconds", 0, "how long a deleted record still answers 200", seconds),
    Switch("delete_touches", False, "whether deleting or restoring a company moves its lastUpdated", flag),
    Switch("merge_touches", False, "whether records moved by a merge get a new lastUpdated", flag),
    Switch(
        "child_touches",
        _TOUCHES,
        "whether a change of these alone moves the record's lastUpdated",
        _touches,
    ),
    Switch(
        "unanswered_questions",
        "listed",
        "whether questions without an answer stand in a configuration's questions",
        one_of("listed", "omitted"),
    ),
    Switch("retry_after", "seconds", "whether a 429 has a Retry-After header", one_of("seconds", "none")),
    Switch(
        "limit",
        {"requests": 1000, "seconds": 60, "window": "rolling"},
        "requests of the tenant before 429; then 30 seconds of cool-down",
        window_value,
    ),
)
