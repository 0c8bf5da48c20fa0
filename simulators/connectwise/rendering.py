"""A stored row becomes the JSON that the vendor shows (reference 5.1)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from simulators.connectwise.catalog.paths import COMMUNICATION_TYPE, COMPANY, SITE
from simulators.connectwise.moments import written
from simulators.connectwise.parts import Parts
from simulators.connectwise.paths import labels_of
from simulators.connectwise.schema import Child, Field, Resource
from simulators.connectwise.selection import Tree, pruned
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant

Make = Callable[[Row], Any]  # None where the field is null


@dataclass(frozen=True, slots=True)
class Style:
    """How records are shown to one caller; `base` is what hrefs begin with, up to `/apis/3.0/`."""

    base: str
    nulls: bool = False
    blank_references: bool = False


class Renderer:
    """Show the records of a tenant in one style."""

    def __init__(self, tenant: Tenant, parts: Parts, style: Style) -> None:
        self._tenant = tenant
        self._parts = parts
        self._style = style
        self._plans: dict[str, list[tuple[str, Make | None, Any]]] = {}
        self._shown: dict[tuple[str, str], tuple[int, dict[int, dict[str, Any]]]] = {}

    def all(self, resource: Resource, rows: Iterable[Row], chosen: Tree | None = None) -> list[dict[str, Any]]:
        """Show rows of a resource, whole or only what is chosen."""
        self._forget()
        plan = self._plan(resource) if chosen is None else self._chosen_plan(resource, chosen)
        nulls = self._style.nulls
        shown = []
        for row in rows:
            record: dict[str, Any] = {}
            for name, make, unset in plan:
                value = row.get(name) if make is None else make(row)
                if value is not None:
                    record[name] = value
                elif nulls:
                    record[name] = None
                elif unset is not None:
                    record[name] = unset
            shown.append(record)
        return shown

    def one(self, resource: Resource, row: Row, chosen: Tree | None = None) -> dict[str, Any]:
        """Show one row."""
        return self.all(resource, (row,), chosen)[0]

    def _plan(self, resource: Resource) -> list[tuple[str, Make | None, Any]]:
        plan = self._plans.get(resource.path)
        if plan is None:
            plan = self._plans[resource.path] = [
                (field.name, self._maker(field, resource), self._unset(field))
                for field in resource.fields
                if not field.hidden
            ]
            plan.append(("_info", self._info(resource), None))
        return plan

    def _chosen_plan(self, resource: Resource, chosen: Tree) -> list[tuple[str, Make | None, Any]]:
        plan: list[tuple[str, Make | None, Any]] = []
        for name, make, unset in self._plan(resource):
            if name not in chosen:
                continue
            below = chosen[name]
            if below is None or make is None:
                plan.append((name, make, unset))
            else:
                plan.append((name, _then(make, pruned(below)), None))
        return plan

    def _unset(self, field: Field) -> Any:
        if not field.hollow:
            return None
        # 5.1: an unset reference can appear as an object without id
        return {"_info": {f"{field.name}_href": f"{self._style.base}{field.target}/"}}

    def _maker(self, field: Field, resource: Resource) -> Make | None:
        name = field.name
        match field.kind:
            case "reference":
                return self._reference(field, resource)
            case "datetime":
                return lambda row: None if (second := row.get(name)) is None else written(second)
            case "children":
                return self._children(next(child for child in resource.children if child.name == name))
            case "custom":
                pod = resource.pod
                assert pod is not None
                return lambda row: self._parts.custom_fields(pod, row)
            case _:
                return None

    def _children(self, child: Child) -> Make:
        if child.target:
            kind = Field("type", "reference", target=child.target)
            return lambda row: [self._reference_to(kind, each) for each in row.get(child.name, ())]
        if child.name == "questions":
            return lambda row: _without_nulls(self._parts.questions(row), keep=self._style.nulls)
        return self._communications

    def _communications(self, row: Row) -> list[dict[str, Any]]:
        kind = Field("type", "reference", target=COMMUNICATION_TYPE)
        shown = []
        for item in self._parts.communications(row):
            reference = None if item["type"] is None else self._reference_to(kind, item["type"])
            shown.append({name: value for name, value in {**item, "type": reference}.items() if "/" not in name})
        return _without_nulls(shown, keep=self._style.nulls)

    def _reference(self, field: Field, resource: Resource) -> Make:
        name = field.name
        if self._style.blank_references and field.target in {COMPANY, SITE} and resource.path != COMPANY:
            # Section 2: a missing permission can blank a reference instead of failing.
            return lambda row: None if row.get(name) is None else {}
        key = (field.target, name)

        def make(row: Row) -> dict[str, Any] | None:
            record = row.get(name)
            if record is None:
                return None
            shown = self._shown.get(key)
            found = None if shown is None else shown[1].get(record)
            return self._reference_to(field, record) if found is None else found

        return make

    def _reference_to(self, field: Field, record: int) -> dict[str, Any]:
        key = (field.target, field.name)
        _, known = self._shown.setdefault(key, (self._tenant.target_version(field.target), {}))
        found = known.get(record)
        if found is None:
            found = {"id": record}
            for word in labels_of(self._tenant, field):
                label = self._tenant.label(field.target, record, word)
                if label is not None:
                    found[word] = label
            found["_info"] = {f"{field.href or field.name}_href": self._href(field.target, record)}
            known[record] = found
        return found

    def _href(self, target: str, record: int) -> str:
        store = self._tenant.stores.get(target)
        row = None if store is None else store.get(record)
        path = "/".join(
            str((row or {}).get(part[1:-1], 0)) if part.startswith("{") else part for part in target.split("/")
        )
        return f"{self._style.base}{path}/{record}"

    def _info(self, resource: Resource) -> Make:
        base = self._style.base
        links = [(word, f"{base}{path}") for word, path in resource.links.items()]
        entered = resource.entered

        def make(row: Row) -> dict[str, str]:
            info = {"lastUpdated": written(row["lastUpdated"])}
            if (by := row.get("updatedBy")) is not None:
                info["updatedBy"] = by
            if entered:
                if (second := row.get("dateEntered")) is not None:
                    info["dateEntered"] = written(second)
                if (by := row.get("enteredBy")) is not None:
                    info["enteredBy"] = by
            for word, pattern in links:
                info[word] = pattern.replace("{id}", str(row["id"]))
            return info

        return make

    def _forget(self) -> None:
        for key, (version, _) in list(self._shown.items()):
            if version != self._tenant.target_version(key[0]):
                del self._shown[key]


def _then(make: Make, prune: Callable[[Any], Any]) -> Make:
    def make_less(row: Row) -> Any:
        value = make(row)
        return None if value is None else prune(value)

    return make_less


def _without_nulls(elements: list[dict[str, Any]], *, keep: bool) -> list[dict[str, Any]]:
    if keep:
        return elements
    return [{name: value for name, value in element.items() if value is not None} for element in elements]
