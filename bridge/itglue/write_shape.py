"""The traits of a flexible asset as IT Glue shows them, turned into what it takes back (api/itglue.md 5.9)."""

from collections.abc import Iterable, Mapping
from typing import Any

Field = Mapping[str, Any]
"""A field of the type as IT Glue shows it: `name`, `name_key`, `kind`, …"""


class CannotWriteBackError(ValueError):
    """A trait cannot be sent back as it is shown: whoever wrote the asset would destroy it."""


def write_shape(fields: Iterable[Field], traits: Mapping[str, Any]) -> dict[str, Any]:
    """Give every trait of an asset in its write shape, by name-key; those without a value are left out.

    Raises CannotWriteBackError, naming the field, for an upload, a password, a key that the type does not have, or a
    value of another shape than its kind has.
    """
    by_key = {str(each["name_key"]): each for each in fields}
    written: dict[str, Any] = {}
    for key, value in traits.items():
        if value is None or value == "":
            continue
        field = by_key.get(key)
        if field is None:
            raise CannotWriteBackError(f'its type has no field of the key "{key}"')
        kept = _written(field, value)
        if kept is not None:
            written[key] = kept
    return written


def _written(field: Field, value: Any) -> Any:
    kind = field.get("kind")
    ids = tag_ids(value)
    if kind == "Tag" and isinstance(ids, list):
        return ids or None
    fits = (
        (kind in {"Text", "Textbox", "Select", "Date"} and isinstance(value, str))
        or (kind in {"Number", "Percent"} and isinstance(value, int | float) and not isinstance(value, bool))
        or (kind == "Checkbox" and isinstance(value, bool))
    )
    if fits:
        return value
    raise CannotWriteBackError(
        f'the field "{field.get("name")}" is a {kind}, which cannot be written back as it is shown'
    )


def tag_ids(value: Any) -> Any:
    """Give the ids of a tag as it is shown; any other value as it is.

    A record that was deleted is shown without an id: it cannot be tagged again (api 10, question 13).
    """
    values = value.get("values") if isinstance(value, Mapping) else None
    if not isinstance(values, list):
        return value
    return [int(each["id"]) for each in values if isinstance(each, Mapping) and each.get("id")]
