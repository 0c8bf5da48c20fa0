"""Answers to GET: lists with their pages, single records, what `include` brings."""

from typing import Any
from urllib.parse import urlencode

from simulators.exchange import Answer, Request
from simulators.itglue.account import Account
from simulators.itglue.adapters import document as adapter_document
from simulators.itglue.catalogue import CATALOGUE
from simulators.itglue.catalogue.related import RELATED_ITEMS, end
from simulators.itglue.query import Query
from simulators.itglue.refusals import JSON_API, no_route, not_found, unreachable
from simulators.itglue.routes import Route
from simulators.itglue.schema import Resource, Row
from simulators.itglue.selection import Selection

_FROM_TABLE = {
    "configuration_interfaces": "configuration-id",
    "flexible_asset_fields": "flexible-asset-type-id",
}


class Reading:
    """Answer lists and single records."""

    def __init__(self, account: Account, selection: Selection) -> None:
        self._account = account
        self._selection = selection

    def check_parent(self, route: Route) -> None:
        """Refuse a nested route through a record that is not there."""
        above = route.resource.parent
        if route.parent is not None and above is not None and not self._account.has(above.resource, route.parent):
            raise unreachable() if above.guarded else not_found()

    def check_record(self, route: Route) -> int:
        """Return the record that a route ends at, or refuse it."""
        assert route.record is not None
        row = self._account.row(route.resource.name, route.record)
        if row is None:
            raise not_found()
        above = route.resource.parent
        if route.parent is not None and above is not None and row.get(above.key) != route.parent:
            raise not_found()
        return route.record

    def read(self, route: Route, request: Request, query: Query) -> Answer:
        """Answer a GET."""
        if (route.record is None and not route.nested and not route.resource.flat_list) or (
            route.nested and route.resource.nested_posts_only
        ):
            raise no_route()
        self.check_parent(route)
        if route.record is None:
            ids = self._selection.select(route.resource, query, route.parent)
            return self._page(route.resource, ids, request, query)
        if route.resource.single != "served":
            raise no_route() if route.resource.single == "no_route" else unreachable()
        return self.one(route.resource, self.check_record(route), 200, query)

    def one(self, resource: Resource, record: int, status: int, query: Query | None = None) -> Answer:
        """Answer with a single record."""
        row = self._account.tables[resource.name].rows[record]
        data = self._account.document(resource, record, row)
        body: dict[str, Any] = {"data": data}
        if query is not None and query.include:
            words = self._words(resource, query)
            if words:
                body["included"] = self._include(resource, [(record, row, data)], words)
        return Answer(status, body, {"content-type": JSON_API}, rows=1)

    def several(self, resource: Resource, records: list[int], status: int) -> Answer:
        """Answer a bulk write."""
        rows = self._account.tables[resource.name].rows
        data = [self._account.document(resource, record, rows[record]) for record in records]
        return Answer(status, {"data": data}, {"content-type": JSON_API}, rows=len(data))

    def _page(self, resource: Resource, ids: list[int], request: Request, query: Query) -> Answer:
        start = (query.number - 1) * query.size
        rows = self._account.tables[resource.name].rows
        shown = [
            (record, rows[record], self._account.document(resource, record, rows[record], listed=True))
            for record in ids[start : start + query.size]
        ]
        pages = -(-len(ids) // query.size)
        body = page_body([data for _, _, data in shown], len(ids), pages, request, query)
        words = self._words(resource, query)
        if words:
            body["included"] = self._include(resource, shown, words, listed=True)
        return Answer(200, body, {"content-type": JSON_API}, rows=len(shown))

    @staticmethod
    def _words(resource: Resource, query: Query) -> list[str]:
        # Unknown words are ignored (reference 8); the words of a single GET are taken on lists too (reference 9).
        known = resource.includes | resource.single_includes
        return [word for word in dict.fromkeys(query.include) if word in known]

    def _include(
        self, resource: Resource, shown: list[tuple[int, Row, Row]], words: list[str], *, listed: bool = False
    ) -> list[Row]:
        included: dict[tuple[str, str], Row] = {}
        # A list is late in what it brings along too.
        late = {
            word: self._account.late(word) if listed and word in self._account.tables else set[int]() for word in words
        }
        for record, row, data in shown:
            for word in words:
                found = self._side_loaded(resource, word, record, row)
                if late[word]:
                    found = [one for one in found if int(one["id"]) not in late[word]]
                pointers = [{"id": one["id"], "type": one["type"]} for one in found]
                data["relationships"][word.replace("_", "-")] = {"data": pointers}
                included |= {(one["type"], one["id"]): one for one in found}
        return list(included.values())

    def _side_loaded(self, resource: Resource, word: str, record: int, row: Row) -> list[Row]:
        if word == "adapters_resources":
            return [adapter_document(link) for link in row.get("adapters", ())]
        if word == "location" and (location := self._account.row("locations", row.get("location-id"))) is not None:
            return [self._account.document(CATALOGUE["locations"], row["location-id"], location)]
        if word == "related_items":
            links = self._account.tables[word]
            found = sorted(links.find("owner", end(resource.name, record)))
            return [self._account.document(RELATED_ITEMS, one, links.rows[one]) for one in found]
        if word in _FROM_TABLE:
            table = self._account.tables[word]
            found = sorted(table.find(_FROM_TABLE[word], record))
            return [self._account.document(CATALOGUE[word], one, table.rows[one]) for one in found]
        return []


def page_body(data: list[Any], total: int, pages: int, request: Request, query: Query) -> dict[str, Any]:
    """Wrap a page's records as every list does (reference 1.4)."""
    following = query.number + 1 if query.number < pages else None
    preceding = query.number - 1 if query.number > 1 else None

    def link(number: int | None) -> str | None:
        if number is None:
            return None
        parameters = sorted([*query.others, ("page[number]", str(number)), ("page[size]", str(query.size))])
        return f"{request.origin}{request.path}?{urlencode(parameters)}"

    return {
        "data": data,
        "meta": {
            "current-page": query.number,
            "next-page": following,
            "prev-page": preceding,
            "total-pages": pages,
            "total-count": total,
            "filters": {},
        },
        "links": {
            "self": link(query.number),
            "first": link(1),
            "prev": link(preceding),
            "next": link(following),
            "last": link(max(pages, 1)),
        },
    }
