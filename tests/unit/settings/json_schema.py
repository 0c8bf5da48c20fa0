"""As much of JSON Schema 2020-12 as the schema of bridge.toml uses; a word that is not known here is an error."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_NOTES = {"title", "description", "default", "format", "writeOnly", "$schema", "$defs"}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list, tuple), "string": (str,), "boolean": (bool,), "integer": (int,),
    "number": (int, float), "null": (type(None),),
}  # fmt: skip


def wrong(schema: Mapping[str, Any], value: Any, root: Mapping[str, Any] | None = None, at: str = "$") -> list[str]:
    """Name the places where a value does not fit a schema."""
    whole = schema if root is None else root
    return [found for word, rule in schema.items() for found in _broken(word, rule, schema, value, whole, at)]


def _broken(
    word: str, rule: Any, schema: Mapping[str, Any], value: Any, root: Mapping[str, Any], at: str
) -> Iterator[str]:
    match word:
        case "$ref":
            yield from wrong(root["$defs"][rule.removeprefix("#/$defs/")], value, root, at)
        case "anyOf":
            if all(wrong(each, value, root, at) for each in rule):
                yield f"{at} is none of {len(rule)}"
        case "type":
            kinds = _TYPES[rule]
            if not isinstance(value, kinds) or (isinstance(value, bool) and rule in {"integer", "number"}):
                yield f"{at} is no {rule}"
        case "enum" | "const":
            if value not in (rule if word == "enum" else [rule]):
                yield f"{at} is not among {rule}"
        case "properties" if isinstance(value, dict):
            for name, each in rule.items():
                if name in value:
                    yield from wrong(each, value[name], root, f"{at}.{name}")
        case "additionalProperties" if isinstance(value, dict):
            for name in value.keys() - schema.get("properties", {}).keys():
                yield from [f"{at}.{name} is not known"] if rule is False else []
                yield from wrong(rule, value[name], root, f"{at}.{name}") if isinstance(rule, dict) else []
        case "required" if isinstance(value, dict):
            yield from (f"{at}.{name} is missing" for name in rule if name not in value)
        case "minProperties" | "minItems" | "minLength" if isinstance(value, dict | list | str):
            yield from [f"{at} is too short"] if len(value) < rule else []
        case "maxLength" if isinstance(value, str):
            yield from [f"{at} is too long"] if len(value) > rule else []
        case "items" if isinstance(value, list):
            for number, each in enumerate(value):
                yield from wrong(rule, each, root, f"{at}[{number}]")
        case "pattern" if isinstance(value, str):
            yield from [] if re.search(rule, value) else [f"{at} does not fit {rule}"]
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum" if isinstance(value, int | float):
            yield from [] if _within(word, rule, value) else [f"{at} is not in range"]
        case _:
            known = _NOTES | {
                "properties", "additionalProperties", "required", "minProperties", "minItems", "minLength", "maxLength",
                "items", "pattern", "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum",
            }  # fmt: skip
            if word not in known:
                yield f"{at}: the schema has an unknown word {word}"


def _within(word: str, rule: float, value: float) -> bool:
    return {
        "minimum": value >= rule, "exclusiveMinimum": value > rule,
        "maximum": value <= rule, "exclusiveMaximum": value < rule,
    }[word]  # fmt: skip
