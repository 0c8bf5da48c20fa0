"""Answers to POST, PATCH and DELETE, single and in bulk (reference 1.5 and 7)."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from simulators.exchange import Answer, Request
from simulators.itglue.account import Account
from simulators.itglue.bodies import Item, data_of, item, related
from simulators.itglue.catalogue.configurations import CONFIGURATION_INTERFACES
from simulators.itglue.catalogue.flexible import FLEXIBLE_ASSET_FIELDS
from simulators.itglue.fields import faults, faults_of_type
from simulators.itglue.query import Query
from simulators.itglue.reading import Reading
from simulators.itglue.refusals import (
    Refusal,
    bad_request,
    bulk_not_allowed,
    detailed,
    errors,
    no_route,
    server_error,
    unprocessable,
    unreachable,
)
from simulators.itglue.routes import Route
from simulators.itglue.schema import Resource, Row
from simulators.itglue.selection import Selection
from simulators.itglue.storing import Storing
from simulators.itglue.validation import Validation
from simulators.kernel import Kernel

REMOVAL_SECONDS = 300
"""How long an organization that was marked for deletion still stands; the vendor only says later."""

T = TypeVar("T")


_BELOW = {"configuration_interfaces": CONFIGURATION_INTERFACES, "flexible_asset_fields": FLEXIBLE_ASSET_FIELDS}


class Planned(NamedTuple):
    """A checked row, with the records that come along below it."""

    row: Row
    below: list[tuple[Resource, Row]]


class Writing:
    """Carry out writes of clients."""

    def __init__(
        self, kernel: Kernel, account: Account, reading: Reading, selection: Selection, storing: Storing
    ) -> None:
        self._kernel = kernel
        self._account = account
        self._reading = reading
        self._selection = selection
        self._storing = storing
        self._validation = Validation(kernel, account)

    def create(self, route: Route, request: Request) -> Answer:
        """Answer a POST."""
        resource = route.resource
        if not resource.creates or route.record is not None:
            raise no_route()
        data = self._data(request)
        if isinstance(data, list):
            return self._create_many(route, data)
        sent = item(resource, data)
        self._reading.check_parent(route)
        record = self._store(resource, self._planned(resource, sent, route.parent))
        return self._reading.one(resource, record, 201)

    def update(self, route: Route, request: Request, query: Query) -> Answer:
        """Answer a PATCH or a PUT."""
        resource = route.resource
        collection = route.record is None
        if (
            not resource.updates
            or (collection and not route.nested and not resource.bulk_updates)
            or (route.nested and resource.nested_posts_only)
        ):
            raise no_route()
        data = self._data(request)
        if collection and not route.nested:
            return self._update_many(resource, data, query)
        if isinstance(data, list):
            raise bulk_not_allowed(resource.label) if route.nested else bad_request("data must be an object")
        sent = item(resource, data)
        self._reading.check_parent(route)
        if collection:
            if sent.id is None:
                raise bad_request("id is missing", "id")
            route = Route(resource, sent.id, route.parent)
        record = self._reading.check_record(route)
        self._storing.update(resource, record, self._changes(resource, record, sent), "api")
        return self._reading.one(resource, record, 200)

    def delete(self, route: Route, request: Request, query: Query) -> Answer:
        """Answer a DELETE."""
        resource = route.resource
        if route.record is not None and ("nested" if route.nested else "flat") in resource.single_delete:
            return self._delete_one(route)
        if (
            not resource.bulk_deletes
            or (route.record is not None and not route.nested)
            or (route.nested and resource.nested_posts_only)
        ):
            raise no_route()
        if query.conditions and not route.nested:
            if request.body and self._data(request):
                raise bad_request("an array of ids cannot be used with a filter")
            records = self._selection.matching(resource, query)
        else:
            data = self._data(request)
            self._reading.check_parent(route)
            records = self._doomed(route, data)
        for record in records:
            self._validation.check_deletable(resource, record)
        answer = self._reading.several(resource, records, 200)
        for record in records:
            self._remove(resource, record)
        return answer

    def _create_many(self, route: Route, data: list[Any]) -> Answer:
        resource = route.resource
        if not route.nested or not resource.bulk_creates:
            raise bulk_not_allowed(resource.label)
        several = [item(resource, one) for one in data]
        self._reading.check_parent(route)
        fields: list[Row] = []

        def planned(one: Item) -> Planned:
            plan = self._planned(resource, one, route.parent)
            if resource.name == "flexible_asset_fields":
                if found := faults(plan.row, fields):
                    raise unprocessable(*found)
                fields.append(plan.row)
            return plan

        plans, refusal = self._each(several, planned)
        records = [self._store(resource, plan) for plan in plans]
        if refusal is not None:
            raise refusal
        return self._reading.several(resource, records, 201)

    def _update_many(self, resource: Resource, data: Any, query: Query) -> Answer:
        if query.conditions:
            sent = item(resource, data)
            targets = [(record, sent) for record in self._selection.matching(resource, query)]
        elif isinstance(data, list):
            targets = [self._target(resource, item(resource, one)) for one in data]
        else:
            raise bad_request("data must be an array")
        names: dict[str, int] = {}

        def planned(one: tuple[int, Item]) -> tuple[int, Row]:
            record, changes = one[0], self._changes(resource, *one)
            name = changes.get("name") if resource.unique_name else None
            if name is not None and names.setdefault(name, record) != record:
                raise unprocessable(detailed("has already been taken", "/data/attributes/name"))
            return record, changes

        plans, refusal = self._each(targets, planned)
        for record, changes in plans:
            self._storing.update(resource, record, changes, "api")
        if refusal is not None:
            raise refusal
        return self._reading.several(resource, [record for record, _ in plans], 200)

    def _each(self, several: list[Any], plan: Callable[[Any], T]) -> tuple[list[T], Refusal | None]:
        """Plan each row; return what may be stored and, if any row is refused, one refusal of the whole."""
        plans, refusals = [], []
        for one in several:
            try:
                plans.append(plan(one))
            except Refusal as refusal:
                refusals.append(refusal)
        if not refusals:
            return plans, None
        if self._kernel.switches["bulk"] == "atomic":
            plans = []
        found = [error for refusal in refusals for error in refusal.answer.body["errors"]]
        status = 422 if self._kernel.switches["bulk"] == "partial" else refusals[0].answer.status
        whole = unprocessable(*found)
        whole.answer.status = status
        return plans, whole

    def _target(self, resource: Resource, sent: Item) -> tuple[int, Item]:
        if sent.id is None:
            raise bad_request("id is missing", "id")
        return sent.id, sent

    def _planned(self, resource: Resource, sent: Item, parent: int | None) -> Planned:
        if resource.name == "flexible_asset_types" and "fields" in sent.attributes:
            # The documented table asks for them, the service breaks down on them (reference 4).
            raise server_error()
        row = self._validation.created(resource, sent, parent)
        below = []
        for word, members in related(sent).items():
            if word in resource.relationships:
                rows = self._validation.parts(_BELOW[word], [item(_BELOW[word], one) for one in members])
                below += [(_BELOW[word], one) for one in rows]
        if resource.name == "flexible_asset_types" and (found := faults_of_type([field for _, field in below])):
            raise unprocessable(*found)
        return Planned(row, below)

    def _no_relationships(self, resource: Resource) -> Refusal:
        detail = "relationships are not allowed in an update"
        if resource.name == "flexible_asset_types" and self._kernel.switches["relationships_in_type_patch"] == 403:
            pointer = {"pointer": "data/relationships"}
            return errors(403, {"status": 403, "title": "Forbidden", "detail": detail, "source": pointer})
        return unprocessable(detailed(detail, "data/relationships"))

    def _changes(self, resource: Resource, record: int, sent: Item) -> Row:
        if not self._account.has(resource.name, record):
            raise unreachable()
        if sent.relationships:
            raise self._no_relationships(resource)
        return self._validation.updated(resource, record, sent)

    def _store(self, resource: Resource, plan: Planned) -> int:
        record = self._storing.create(resource, plan.row, "api")
        for below, row in plan.below:
            self._storing.add(below, record, row)
        return record

    def _delete_one(self, route: Route) -> Answer:
        self._reading.check_parent(route)
        record = self._reading.check_record(route)
        self._validation.check_deletable(route.resource, record)
        self._storing.remove(route.resource, record, "api")
        return Answer(204)

    def _doomed(self, route: Route, data: Any) -> list[int]:
        resource = route.resource
        if not isinstance(data, list):
            raise bad_request("data must be an array")
        records = []
        for one in data:
            record, _ = self._target(resource, item(resource, one, attributes_wanted=False))
            row = self._account.row(resource.name, record)
            above = resource.parent
            if row is None or (route.parent is not None and above is not None and row.get(above.key) != route.parent):
                raise unreachable()
            records.append(record)
        return list(dict.fromkeys(records))

    def _remove(self, resource: Resource, record: int) -> None:
        if resource.name != "organizations":
            self._storing.remove(resource, record, "api")
            return

        def removed() -> None:
            if self._account.has("organizations", record):
                self._storing.remove(resource, record, "api")

        self._kernel.clock.at(self._kernel.clock.now() + REMOVAL_SECONDS, removed)

    def _data(self, request: Request) -> Any:
        return data_of(request, plain_json=self._kernel.switches["accept_plain_json"])
