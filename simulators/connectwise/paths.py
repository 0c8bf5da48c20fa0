"""Field paths as conditions, orders and custom conditions name them: what each is, where its value comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from typing import Any

from simulators.connectwise.grammar import ConditionError
from simulators.connectwise.schema import STAMPS, Field, Kind, Resource
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant

Getter = Callable[[Row], Any]


@dataclass(frozen=True, slots=True)
class Accessor:
    """A path that conditions may name; `stored` is the row's own field where the value stands there as compared."""

    kind: Kind
    get: Getter
    options: tuple[str, ...] = ()
    stored: str | None = None


class Paths:
    """The paths of one resource, looked up in any case."""

    def __init__(self, tenant: Tenant, resource: Resource) -> None:
        self._resource = resource
        self._known: dict[str, Accessor] = {}
        for field in resource.fields:
            if field.filterable and field.kind not in {"children", "custom"}:
                self._add_field(tenant, field)
        for name, own in resource.linked.items():
            self._known[name.lower()] = Accessor("linked", _from_row(own), stored=own)
        for name, kind in STAMPS.items():
            if resource.entered or name in {"lastUpdated", "updatedBy"}:
                accessor = Accessor(kind, _from_row(name), stored=name)
                # 5.1, 6: with and without the prefix
                self._known[name.lower()] = accessor
                self._known[f"_info/{name}".lower()] = accessor

    def __getitem__(self, path: str) -> Accessor:
        """Return the accessor of a path as written; ConditionError if the vendor does not know it."""
        found = self._known.get(path.lower())
        if found is None:
            raise unknown(path)
        return found

    def _add_field(self, tenant: Tenant, field: Field) -> None:
        name = field.name
        if field.kind != "reference":
            self._known[name.lower()] = Accessor(field.kind, _from_row(name), field.options, name)
            return
        self._known[name.lower()] = Accessor("reference", _from_row(name), stored=name)
        self._known[f"{name}/id".lower()] = Accessor("integer", _from_row(name), stored=name)
        for word in _labels(tenant, field):
            get = partial(_shown, tenant, field.target, name, word)
            self._known[f"{name}/{word}".lower()] = Accessor(_label_kind(tenant, field, word), get)


def unknown(path: str) -> ConditionError:
    """Return the refusal of a name that the vendor does not know (section 8)."""
    return ConditionError(f"{path} is not a recognized name.")


def labels_of(tenant: Tenant, field: Field) -> tuple[str, ...]:
    """Return what a reference in this field shows besides its id."""
    return _labels(tenant, field)


def _labels(tenant: Tenant, field: Field) -> tuple[str, ...]:
    store = tenant.stores.get(field.target)
    return field.labels if store is None else tuple(store.resource.labels)


def _label_kind(tenant: Tenant, field: Field, word: str) -> Kind:
    store = tenant.stores.get(field.target)
    own = None if store is None else store.resource.names.get(store.resource.labels[word])
    return "string" if own is None else own.kind


def _from_row(name: str) -> Getter:
    if name in {"id", "lastUpdated"}:
        return itemgetter(name)  # every row has them

    def get(row: Row) -> Any:
        return row.get(name)

    return get


def _shown(tenant: Tenant, target: str, name: str, word: str, row: Row) -> str | None:
    record = row.get(name)
    return None if record is None else tenant.label(target, record, word)
