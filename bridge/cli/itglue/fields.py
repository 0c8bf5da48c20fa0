"""The fields of a new flexible asset type, checked before anything is sent (api/itglue.md 4 and 5.8)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from bridge.cli.failures import CommandError, Problem, fail

KINDS = ("Checkbox", "Date", "Header", "Number", "Percent", "Password", "Select", "Tag", "Text", "Textbox", "Upload")
TITLES = ("Text", "Select", "Date")  # of every other kind IT Glue makes `use_for_title` false
WORDS = frozenset(
    {"order", "name", "kind", "hint", "decimals", "default_value", "tag_type", "required", "use_for_title", "expiration",
     "show_in_list"}
)  # fmt: skip


def read(file: Path) -> list[dict[str, Any]]:
    """Read a JSON list of fields, in the words of `flexible-asset-fields list --json`; raise with everything wrong in it."""
    try:
        given = orjson.loads(file.read_bytes())
    except OSError as error:
        raise fail("B418", f"{file} cannot be read: {error.strerror}") from error
    except orjson.JSONDecodeError as error:
        raise fail("B418", f"{file} is no JSON: {error}") from error
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise fail("B418", f"{file} is no list of fields")
    fields = [
        {"order": place, **{word.replace("-", "_"): value for word, value in each.items()}}
        for place, each in enumerate(given, 1)
    ]
    wrong = faults(fields)
    if wrong:
        raise CommandError(*(Problem("B418", f"{file}: {each}", str(file)) for each in wrong))
    return fields


def faults(fields: Sequence[Mapping[str, Any]]) -> list[str]:
    """Name what IT Glue would refuse: of several mistakes it names one alone."""
    found = [fault for place, each in enumerate(fields, 1) for fault in _of_one(place, each)]
    for word in ("name", "order"):
        values = [str(each.get(word)) for each in fields]
        found += [f"{word} {value} stands on two fields" for value in dict.fromkeys(values) if values.count(value) > 1]
    if not fields:
        found.append("a type needs a field")
    if not any(each.get("use_for_title") and each.get("kind") in TITLES for each in fields):
        found.append(f"a type needs a title: use_for_title on a field of kind {', '.join(TITLES)}")
    if not any(each.get("show_in_list") for each in fields):
        found.append("a type needs a field in its list: show_in_list")
    return found


def _of_one(place: int, field: Mapping[str, Any]) -> list[str]:
    name, kind = field.get("name"), field.get("kind")
    what = f'field {place} "{name}"' if name else f"field {place}"
    found = [f"{what} has an unknown word {word}" for word in sorted(field.keys() - WORDS)]
    if not isinstance(name, str) or not name.strip():
        found.append(f"{what} has no name")
    if kind not in KINDS:
        found.append(f"{what} is of kind {kind}, which is none of {', '.join(KINDS)}")
    if kind == "Select" and not field.get("default_value"):
        found.append(f"{what} needs its options in default_value, one a line")
    decimals = field.get("decimals")
    if kind in {"Number", "Percent"} and (isinstance(decimals, bool) or not isinstance(decimals, int) or decimals < 0):
        found.append(f"{what} needs decimals, 0 or more")
    if kind == "Tag" and not field.get("tag_type"):
        found.append(f"{what} needs a tag_type, such as Configurations")
    return found
