"""What the JSON Schema of bridge.toml says of tables whose keys come from the words and attributes that there are."""

from typing import Any

from bridge.mapping.attributes import ATTRIBUTES
from bridge.mapping.suggest import SUBJECTS
from bridge.mapping.words import WORDS

_PHRASES: dict[str, Any] = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
    ]
}
_CAPTIONS: dict[str, Any] = {"type": "object", "minProperties": 1, "additionalProperties": _PHRASES}
_SET = {
    "OrganizationRules": "organizations",
    "LocationRules": "locations",
    "ContactRules": "contacts",
    "ConfigurationRules": "configurations",
}


def close(definitions: dict[str, Any]) -> None:
    """Let `set` take attributes that can be set alone, and `when` the words of its subjects; the tables are changed."""
    for name, block in _SET.items():
        attributes = [each for each in ATTRIBUTES[block].values() if each.settable]
        words = sorted({word for each in attributes for word in (each.word, each.name)})
        known = _table({word: {} for word in words})
        definitions[name]["properties"]["set"] = {"anyOf": [known, {"type": "null"}], "default": None, "title": "Set"}
    subjects = {
        subject: _table(
            {word: _CAPTIONS if each.shape == "captions" else _PHRASES for word, each in WORDS[kind].items()}
        )
        for subject, kind in SUBJECTS.items()
    }
    when = _table({subject: {**table, "minProperties": 1} for subject, table in subjects.items()})
    definitions["SuggestionRules"]["properties"]["when"] = {**when, "minProperties": 1, "title": "When"}


def _table(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}
