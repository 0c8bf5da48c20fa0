"""Lists, counts and single records as the API answers them (reference 3, 5)."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from simulators.connectwise import answers
from simulators.connectwise.access import Scope
from simulators.connectwise.finding import Finder, Query
from simulators.connectwise.grammar import ConditionError
from simulators.connectwise.paging import (
    PageError,
    Parameters,
    forward_link,
    last_seen,
    page_links,
    page_number,
    page_size,
)
from simulators.connectwise.parts import Parts
from simulators.connectwise.predicates import Meaning
from simulators.connectwise.rendering import Renderer, Style
from simulators.connectwise.routes import Route
from simulators.connectwise.schema import Resource
from simulators.connectwise.selection import Tree, selection_of
from simulators.connectwise.store import Row, Store
from simulators.connectwise.tenant import Tenant
from simulators.exchange import Answer

_RENDERERS = 16


@dataclass(frozen=True, slots=True)
class Call:
    """A read, with all that decides its answer; `url` is the list's, as Link headers show it."""

    route: Route
    url: str
    parameters: Parameters
    forward_only: bool
    scope: Scope
    meaning: Meaning
    style: Style
    body: Parameters = field(default_factory=list)
    """What a search has in its body instead of the query."""

    def value(self, name: str) -> str | None:
        """Return a parameter, whose name is taken in any case (point 6)."""
        for key, value in (*self.body, *self.parameters):
            if key.lower() == name:
                return value
        return None


class Reading:
    """Answer reads of the resources that are built."""

    def __init__(self, tenant: Tenant, parts: Parts) -> None:
        self._tenant = tenant
        self._parts = parts
        self._finder = Finder(tenant, parts)
        self._renderers: dict[Style, Renderer] = {}

    def renderer(self, style: Style) -> Renderer:
        """Return the renderer of a style."""
        found = self._renderers.get(style)
        if found is None:
            if len(self._renderers) >= _RENDERERS:
                self._renderers.clear()
            found = self._renderers[style] = Renderer(self._tenant, self._parts, style)
        return found

    def forget(self) -> None:
        """Drop what was found before a switch was set."""
        self._finder.forget()

    def answer(self, call: Call) -> Answer:
        """Carry out a read."""
        resource = call.route.resource
        assert resource is not None
        store = self._tenant.stores[resource.path]
        missing = self._missing_parent(call.route, resource)
        if missing is not None:
            return missing
        try:
            if call.route.action == "count":
                return Answer(200, orjson.dumps({"count": len(self._finder.find(self._query(call)))}))
            chosen = self._chosen(call, resource)
            if call.route.action == "one":
                return self._one(call, store, chosen)
            return self._list(call, store, chosen)
        except ConditionError as refused:
            return answers.bad_condition(str(refused))
        except PageError as refused:
            return answers.error(400, "InvalidParameter", str(refused))

    def _one(self, call: Call, store: Store, chosen: Tree | None) -> Answer:
        row = store.get(call.route.record)
        visible = call.scope.one_test(store.resource)
        if row is None or not self._below(row, call.route) or (visible is not None and not visible(row)):
            return answers.not_found(store.resource.noun, call.route.record)
        return Answer(200, orjson.dumps(self.renderer(call.style).one(store.resource, row, chosen)), rows=1)

    def _list(self, call: Call, store: Store, chosen: Tree | None) -> Answer:
        size = page_size(call.value("pagesize"))
        if call.forward_only:
            if call.value("orderby"):
                raise ConditionError("orderBy is not allowed with forward-only pagination.")
            ids, more = self._finder.forward(self._query(call), last_seen(call.value("pageid")), size)
            link: str | None = forward_link(call.url, call.parameters, ids[-1] if more else None)
        else:
            page = page_number(call.value("page"))
            found = self._finder.find(self._query(call))
            ids = found[(page - 1) * size : page * size]
            link = page_links(call.url, call.parameters, page, size, len(found))
        rows = store.table.rows
        shown = self.renderer(call.style).all(store.resource, (rows[record] for record in ids), chosen)
        return Answer(200, orjson.dumps(shown), {} if link is None else {"link": link}, rows=len(shown))

    def _query(self, call: Call) -> Query:
        assert call.route.resource is not None
        return Query(
            path=call.route.resource.path,
            parents=tuple(call.route.parents.items()),
            kinds=call.route.kinds,
            link=call.route.link,
            conditions=call.value("conditions") or "",
            child_conditions=call.value("childconditions") or "",
            custom_field_conditions=call.value("customfieldconditions") or "",
            order=call.value("orderby") or "",
            scope=call.scope,
            meaning=call.meaning,
        )

    def _chosen(self, call: Call, resource: Resource) -> Tree | None:
        chosen = selection_of(call.value("fields") or "", resource, self._tenant)
        if call.route.view is None:
            return chosen
        view: dict[str, Any] = dict.fromkeys((*call.route.view, "_info"))
        return view if chosen is None else {name: below for name, below in chosen.items() if name in view}

    def _missing_parent(self, route: Route, resource: Resource) -> Answer | None:
        for name, record in route.parents.items():
            target = self._tenant.stores[resource.names[name].target if route.link is None else route.link.holder]
            row = target.get(record)
            if row is None or not self._fits_path(row, target, route):
                return answers.not_found(target.resource.noun, record)
        return None

    def _fits_path(self, row: Row, target: Store, route: Route) -> bool:
        """Say whether a parent is one that the path before it names: of the right kind, below its own parents."""
        kinds = next(
            (kinds for path, kinds in target.resource.kinds.items() if route.pattern.startswith(f"{path}/")), ()
        )
        if kinds and row.get("recordType") not in kinds:
            return False
        return all(row.get(name) == route.parents.get(name) for name in target.resource.parents)

    def _below(self, row: Row, route: Route) -> bool:
        """Say whether a record stands below the path that names it."""
        if route.link is not None:
            (holder,) = route.parents.values()
            return row["id"] in self._tenant.stores[route.link.holder].table.rows[holder].get(route.link.field, ())
        if route.kinds and row.get("recordType") not in route.kinds:
            return False
        return all(row.get(name) == record for name, record in route.parents.items())
