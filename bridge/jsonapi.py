"""JSON:API as IT Glue speaks it (api/itglue.md 1.3 to 1.5), as pure functions.

Inside the bridge attribute words have underscores, every id is a string, and the keys of `traits` stay as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bridge.errors import RejectedError, TransientError

FIELDS = "flexible_asset_fields"  # of a flexible asset type: a relationship on the wire, an attribute to us
CONTENT_TYPE = "application/vnd.api+json"
MOST_BYTES = 10_000_000  # the gateway's 10 MB (api 2), read in the smaller way


class TooLargeError(RejectedError):
    """The body is over what the gateway takes: fewer rows may pass, one row alone never will."""

    def __init__(self, message: str) -> None:
        super().__init__(message, 413)


@dataclass(frozen=True, slots=True)
class Adapter:
    """What ties a record to another system: `type` such as "ConnectWise", `remote_id` the id there."""

    type: str
    remote_id: str
    sync: bool
    orphaned: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One record of IT Glue."""

    id: str
    attributes: dict[str, Any]
    adapters: tuple[Adapter, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """What an answer holds: `total` and `next_page` are None where it does not say, or there is none."""

    rows: tuple[Row, ...]
    included: tuple[dict[str, Any], ...] = ()
    total: int | None = None
    next_page: int | None = None


def underscored(word: str) -> str:
    """Give a word as the bridge writes it."""
    return word.replace("-", "_")


def encode(type_: str, attributes: Mapping[str, Any]) -> bytes:
    """Write the body for one record; the fields of a flexible asset type go along as its relationships (api 4, action 18)."""
    data: dict[str, Any] = {"type": type_, "attributes": _outgoing(attributes)}
    fields = data["attributes"].pop(FIELDS, None)
    if fields is not None:
        related = [{"type": FIELDS, "attributes": _outgoing(each)} for each in fields]
        data["relationships"] = {FIELDS: {"data": related}}
    return _body(data)


def encode_many(type_: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Write the body for several records; the id of a record to be changed stands among its attributes (api 1.5)."""
    return _body([{"type": type_, "attributes": _outgoing(row)} for row in rows])


def parse(payload: Any) -> Document:
    """Read an answer with one record or a list; raise TransientError where it is no such document."""
    try:
        data = payload["data"]
        included = tuple(payload.get("included") or ())
        by_identity = {(underscored(each["type"]), str(each["id"])): each for each in included}
        meta = {underscored(key): value for key, value in (payload.get("meta") or {}).items()}
        return Document(
            rows=tuple(_row(each, by_identity) for each in (data if isinstance(data, list) else [data])),
            included=included,
            total=_number(meta.get("total_count")),
            next_page=_number(meta.get("next_page")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise TransientError(f"the answer is no JSON:API document ({type(error).__name__}: {error})") from error


def _row(data: Mapping[str, Any], included: Mapping[tuple[str, str], Mapping[str, Any]]) -> Row:
    attributes = {name: _incoming(name, value) for name, value in _named(data["attributes"])}
    relationships = data.get("relationships") or {}
    fields = list(_fields(relationships, included))
    if fields:
        attributes[FIELDS] = sorted(fields, key=lambda each: (each.get("order") or 0, int(each["id"])))
    return Row(str(data["id"]), attributes, tuple(_adapters(relationships, included)))


def _fields(
    relationships: Mapping[str, Any], included: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Give the fields of a flexible asset type that came along, each with its id."""
    for name, relationship in _named(relationships):
        for pointer in (relationship.get("data") or ()) if name == FIELDS else ():
            found = included.get((underscored(pointer["type"]), str(pointer["id"])))
            if found is not None:
                shown = {word: _incoming(word, value) for word, value in _named(found["attributes"])}
                yield {**shown, "id": str(found["id"])}


def _named(mapping: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((underscored(key), value) for key, value in mapping.items())


def _incoming(name: str, value: Any) -> Any:
    if name == "traits":
        return value
    if name.endswith("_id") and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return [dict(_named(each)) if isinstance(each, Mapping) else each for each in value]
    return value


def _outgoing(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Ids are numbers in the reference's tables; some are over 2^31, none over 2^63 (api 1.3)."""
    return {
        name: int(value)
        if (name == "id" or name.endswith("_id")) and isinstance(value, str) and value.isascii() and value.isdigit()
        else value
        for name, value in attributes.items()
    }


def _adapters(
    relationships: Mapping[str, Any], included: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Iterator[Adapter]:
    for name, relationship in _named(relationships):
        if name != "adapters_resources":
            continue
        for pointer in relationship.get("data") or ():
            found = included.get((underscored(pointer["type"]), str(pointer["id"])))
            if found is None:
                continue
            words = dict(_named(found["attributes"]))
            if words.get("remote_id") is not None:
                yield Adapter(
                    str(words.get("adapter_type_name") or ""),
                    str(words["remote_id"]),
                    sync=bool(words.get("sync")),
                    orphaned=bool(words.get("orphaned")),
                )


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _body(data: Any) -> bytes:
    body = orjson.dumps({"data": data})
    if len(body) > MOST_BYTES:
        raise TooLargeError(f"the body has {len(body):,} bytes, IT Glue takes {MOST_BYTES:,}")
    return body
