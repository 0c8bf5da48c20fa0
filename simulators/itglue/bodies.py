"""The document in a request's body (reference 1.5 and 9.3)."""

from dataclasses import dataclass
from typing import Any

import orjson

from simulators.exchange import Request
from simulators.itglue.refusals import JSON_API, bad_request, server_error, unsupported_media_type
from simulators.itglue.schema import Resource
from simulators.itglue.values import identifier


@dataclass(frozen=True)
class Item:
    """One resource object as it was sent, its attribute names in dashes."""

    attributes: dict[str, Any]
    id: int | None
    """From the top of the object or from its attributes."""
    relationships: dict[str, Any] | None


def data_of(request: Request, *, plain_json: bool) -> Any:
    """Return the member `data` of the body, or refuse the body."""
    declared = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.body and declared != JSON_API and not (plain_json and declared == "application/json"):
        raise unsupported_media_type()
    try:
        body = orjson.loads(request.body)
    except orjson.JSONDecodeError:
        raise bad_request("Invalid JSON format") from None
    if isinstance(body, str):
        raise server_error()
    if not isinstance(body, dict) or "data" not in body:
        raise bad_request("data is missing")
    return body["data"]


def item(resource: Resource, sent: Any, *, attributes_wanted: bool = True) -> Item:
    """Read one resource object, or refuse it."""
    if not isinstance(sent, dict):
        raise bad_request("data must be an object")
    type_ = sent.get("type")
    if not isinstance(type_, str) or type_.replace("-", "_") != resource.name:
        raise bad_request(f"type must be {resource.type}", "data/type")
    attributes = sent.get("attributes", None if attributes_wanted else {})
    if not isinstance(attributes, dict):
        raise bad_request("attributes must be an object", "data/attributes")
    relationships = sent.get("relationships")
    if relationships is not None and not isinstance(relationships, dict):
        raise bad_request("relationships must be an object", "data/relationships")
    dashed = {str(name).replace("_", "-"): value for name, value in attributes.items()}
    number = identifier(dashed["id"]) if dashed.get("id") is not None else identifier(sent.get("id"))
    return Item(dashed, number, relationships)


def related(item: Item) -> dict[str, list[Any]]:
    """Return what `relationships` carries, by underscored name; a single object counts as a list of one."""
    found = {}
    for name, value in (item.relationships or {}).items():
        data = value.get("data") if isinstance(value, dict) else None
        if data is None:
            continue
        found[name.replace("-", "_")] = data if isinstance(data, list) else [data]
    return found
