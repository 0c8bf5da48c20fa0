"""What a model refuses, in our words: each says what the key takes. A value is not repeated, since it may be a secret."""

import json
from collections.abc import Mapping
from typing import Any

_TEXT = "write text in quotes"
_WORDS = {
    "string_type": _TEXT,
    "string_too_short": "write a text that is not empty",
    "int_type": "write a whole number, without quotes",
    "int_parsing": "write a whole number, without quotes",
    "int_from_float": "write a whole number",
    "float_type": "write a number, without quotes",
    "float_parsing": "write a number, without quotes",
    "finite_number": "write a number",
    "bool_type": "write true or false, without quotes",
    "bool_parsing": "write true or false, without quotes",
    "tuple_type": 'write a list, such as ["…", "…"]',
    "list_type": 'write a list, such as ["…", "…"]',
    "too_short": "write at least one entry",
    "dict_type": "write a table: its keys, each with a value",
    "path_type": f"{_TEXT}: the path of a file",
    "greater_than": "write a number above {gt:g}",
    "greater_than_equal": "write {ge:g} or more",
    "less_than": "write less than {lt:g}",
    "less_than_equal": "write {le:g} or less",
}
_TABLES = {"Line": 'write a line such as "A, B -> C"'}


def sentence(error: Mapping[str, Any]) -> str:
    """Say what the key takes, of one error of `ValidationError.errors()`; what a validator of ours says stays as it is."""
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind == "literal_error":
        return f"write {context['expected'].replace(chr(39), chr(34))}{_instead(error.get('input'))}"
    if kind == "model_type":
        return _TABLES.get(str(context.get("class_name")), _WORDS["dict_type"])
    if kind in _WORDS:
        return _WORDS[kind].format(**context)
    return str(error["msg"]).removeprefix("Value error, ")


def _instead(value: Any) -> str:
    """Repeat what stands there, where it is short: no key of fixed words is a secret."""
    return (
        f", not {json.dumps(value, ensure_ascii=False)}"
        if isinstance(value, str | int) and len(str(value)) < 40
        else ""
    )
