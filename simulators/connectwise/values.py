"""A record in the vendor's read shape becomes a stored row: types, lengths, references."""

import re
import sys
from collections.abc import Callable
from typing import Any

from simulators.connectwise.moments import second_of
from simulators.connectwise.schema import STAMPS, Field, Resource
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant
from simulators.refusal import ControlError

_SHORT = 40  # words of this length repeat over many records: one copy each


class Intake:
    """Convert records of one resource."""

    def __init__(self, tenant: Tenant, resource: Resource) -> None:
        self._tenant = tenant
        self._resource = resource
        self.strict = False
        """Whether a reference must name a record that is there; while data is loaded it may come later."""
        self._convert: dict[str, Callable[[Any], Any]] = {
            field.name: self._converter(field) for field in resource.fields if field.kind not in {"children", "custom"}
        }
        self._apart = {field.name for field in resource.fields} - set(self._convert)
        self.defaults = {field.name: field.default for field in resource.fields if field.default is not None}

    def values(self, record: dict[str, Any]) -> Row:
        """Return the plain fields of a record in stored form, null as None; collections and `_info` are left out."""
        row: Row = {}
        for name, value in record.items():
            convert = self._convert.get(name)
            if convert is not None:
                row[name] = None if value is None else convert(value)
            elif name not in self._apart and name != "_info" and name not in self._resource.write_only:
                raise ControlError(400, f"{self._resource.path} has no field {name}")
        return row

    def stamps(self, record: dict[str, Any]) -> Row:
        """Return what a record's `_info` says of its stamps, in stored form."""
        info = record.get("_info") or {}
        return {
            name: second_of(info[name]) if kind == "datetime" else sys.intern(info[name])
            for name, kind in STAMPS.items()
            if info.get(name) is not None
        }

    def _converter(self, field: Field) -> Callable[[Any], Any]:
        match field.kind:
            case "string":
                return lambda value: self._text(field, value)
            case "integer":
                return lambda value: self._integer(field, value)
            case "number":
                return lambda value: self._number(field, value)
            case "boolean":
                return lambda value: self._boolean(field, value)
            case "datetime":
                return lambda value: self._moment(field, value)
            case "enum":
                return lambda value: self._choice(field, value)
            case "strings":
                return lambda value: self._texts(field, value)
            case _:
                return lambda value: self._reference(field, value)

    def _text(self, field: Field, value: Any) -> str:
        if not isinstance(value, str):
            raise self._wrong(field, value, "a string")
        if field.limit is not None and len(value) > field.limit:
            raise ControlError(
                400, f"{self._resource.path}: {field.name} takes {field.limit} characters, not {len(value)}"
            )
        return sys.intern(value) if len(value) <= _SHORT else value

    def _integer(self, field: Field, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(field, value, "an integer")
        return value

    def _number(self, field: Field, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(field, value, "a number")
        return float(value)

    def _boolean(self, field: Field, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._wrong(field, value, "true or false")
        return value

    def _moment(self, field: Field, value: Any) -> int:
        try:
            return second_of(value)
        except (TypeError, ValueError):
            raise self._wrong(field, value, "a time such as 2026-05-01T09:30:00Z") from None

    def _choice(self, field: Field, value: Any) -> str:
        for option in field.options:
            if isinstance(value, str) and option.lower() == value.lower():
                return option
        raise self._wrong(field, value, f"one of {', '.join(field.options)}")

    def _texts(self, field: Field, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self._wrong(field, value, "a list of strings")
        return tuple(value)

    def _reference(self, field: Field, value: Any) -> int | None:
        if not isinstance(value, dict):
            raise self._wrong(field, value, 'a reference such as {"id": 4}')
        return reference_id(self._tenant, field, value, self._resource.path, strict=self.strict)

    def _wrong(self, field: Field, value: Any, wanted: str) -> ControlError:
        return ControlError(400, f"{self._resource.path}: {field.name} is {wanted}, not {value!r}")


def reference_id(tenant: Tenant, field: Field, value: dict[str, Any], where: str, *, strict: bool) -> int | None:
    """Return the id that a reference means, by its id or by what it shows; None for one that is unset."""
    record = value.get("id")
    if record is None:
        for word in ("identifier", "name"):
            if isinstance(value.get(word), str):
                record = tenant.find(field.target, word, value[word])
                if record is None:
                    raise ControlError(400, f"{where}: {field.name} names no record: {value[word]!r}")
                break
        return record
    if isinstance(record, bool) or not isinstance(record, int):
        raise ControlError(400, f"{where}: the id of {field.name} is an integer, not {record!r}")
    store = tenant.stores.get(field.target)
    if store is not None and strict and record not in store:
        raise ControlError(400, f"{where}: {field.name} {record} does not exist")
    if store is None or record not in store:
        labels = {word: value[word] for word in ("identifier", "name") if isinstance(value.get(word), str)}
        if labels or record not in tenant.lookups.get(field.target, {}):
            tenant.learn(field.target, record, labels)
    return record


def custom_value(definition: Row, value: Any) -> Any:
    """Return the value of a custom field or a question as it is stored; ControlError if its type does not take it."""
    kind = definition.get("fieldTypeIdentifier") or definition.get("fieldType")
    wanted: tuple[type, ...] = (str,)
    if kind in {"Number", "Percent", "Currency"}:
        wanted = (int, float)
    elif kind == "Checkbox":
        wanted = (bool,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        raise ControlError(400, f"a field of type {kind} does not take {value!r}")
    if kind == "Date" and isinstance(value, str) and not re.match(r"\d{4}-\d{2}-\d{2}", value):
        raise ControlError(400, f"a field of type Date takes a date, not {value!r}")
    return sys.intern(value) if isinstance(value, str) and len(value) <= _SHORT else value
