"""Related items: links from one record to another (reference 5.10)."""

from typing import Any

from simulators.exchange import Answer, Request
from simulators.itglue.account import Account
from simulators.itglue.bodies import Item, data_of, item
from simulators.itglue.catalogue.related import DESTINATIONS, OWNERS, RELATED_ITEMS, end
from simulators.itglue.refusals import (
    JSON_API,
    Refusal,
    bad_request,
    blank,
    detailed,
    invalid,
    no_route,
    not_found,
    unprocessable,
    unreachable,
)
from simulators.itglue.schema import Row
from simulators.itglue.validation import dropped_attributes
from simulators.itglue.values import identifier, number_of
from simulators.kernel import Kernel


class Related:
    """Answer the nested routes of related items; there is no GET."""

    def __init__(self, kernel: Kernel, account: Account) -> None:
        self._kernel = kernel
        self._account = account

    def answer(self, parts: list[str], request: Request) -> Answer:
        """Carry out a write below the record that owns the links."""
        resource, owner, rest = parts[0], parts[1], parts[4:]
        number, *below = [number_of(part) for part in (owner, *rest)]
        if resource not in OWNERS or number is None or None in below or len(below) > 1:
            raise no_route()
        link = below[0] if below else None
        if request.method not in (("PATCH", "PUT") if rest else ("POST", "DELETE")):
            raise no_route()
        data = data_of(request, plain_json=self._kernel.switches["accept_plain_json"])
        if resource not in self._account.tables or not self._account.has(resource, number):
            raise not_found()
        mark = end(resource, number)
        if link is not None:
            return self._update(mark, link, item(RELATED_ITEMS, data))
        if request.method == "DELETE":
            return self._delete(mark, data)
        return self._create(mark, data)

    def linked(self, resource: str, owner: int, attributes: dict[str, Any]) -> int:
        """Link two records by hand; the UI does not link a pair twice either."""
        if resource not in OWNERS or resource not in self._account.tables or not self._account.has(resource, owner):
            raise not_found()
        dashed = {name.replace("_", "-"): value for name, value in attributes.items()}
        row = self._checked(end(resource, owner), Item(dashed, None, None), [])
        return self._account.create(RELATED_ITEMS, row, "person")

    def _create(self, owner: str, data: Any) -> Answer:
        sent = [item(RELATED_ITEMS, one) for one in (data if isinstance(data, list) else [data])]
        rows: list[Row] = []
        refused: list[Refusal] = []
        for one in sent:
            try:
                rows.append(self._checked(owner, one, rows))
            except Refusal as refusal:
                refused.append(refusal)
        partial = isinstance(data, list) and self._kernel.switches["bulk"] == "partial"
        if refused and not partial:
            raise refused[0]
        records = [self._account.create(RELATED_ITEMS, row, "api") for row in rows]
        if refused:
            raise unprocessable(*(error for one in refused for error in one.answer.body["errors"]))
        return self._answer(201, records, many=isinstance(data, list))

    def _checked(self, owner: str, sent: Item, others: list[Row]) -> Row:
        word, target = sent.attributes.get("destination-type"), sent.attributes.get("destination-id")
        found = [
            blank(name)
            for name, value in (("destination-type", word), ("destination-id", target))
            if value is None or value == ""
        ]
        if not found and word not in DESTINATIONS:
            found.append(invalid("destination-type", "is not included in the list"))
        number = identifier(target)
        if not found and number is None:
            found.append(invalid("destination-id", "is not a number"))
        if found:
            raise unprocessable(*found)
        assert isinstance(word, str)
        assert number is not None
        table = DESTINATIONS[word]
        if table is None or not self._account.has(table, number):
            raise unreachable()
        destination = end(table, number)
        notes = None if self._drops_notes() else sent.attributes.get("notes")
        row = {"owner": owner, "destination": destination, "resource-type-name": word, "notes": notes or None}
        if self._kernel.switches["second_related_item"] == "refuse" and self._is_linked(owner, destination, others):
            raise self._second()
        return row

    def _drops_notes(self) -> bool:
        return "notes" in dropped_attributes(self._kernel, RELATED_ITEMS)

    def _is_linked(self, one: str, other: str, others: list[Row]) -> bool:
        rows = self._account.tables["related_items"].rows
        ends = ((one, other), (other, one))
        return any((row["owner"], row["destination"]) in ends for row in [*rows.values(), *others])

    @staticmethod
    def _second() -> Refusal:
        error = detailed("a similar or inverse relation already exists", "data")
        return unprocessable(error | {"source": {"pointer": None}})

    def _update(self, owner: str, record: int, sent: Item) -> Answer:
        self._check(owner, record)
        if "notes" in sent.attributes and not self._drops_notes():
            self._account.update(RELATED_ITEMS, record, {"notes": sent.attributes["notes"] or None}, "api")
        return self._answer(200, [record], many=False)

    def _delete(self, owner: str, data: Any) -> Answer:
        if not isinstance(data, list):
            raise bad_request("data must be an array")
        records = []
        for one in data:
            sent = item(RELATED_ITEMS, one, attributes_wanted=False)
            if sent.id is None:
                raise bad_request("id is missing", "id")
            self._check(owner, sent.id)
            records.append(sent.id)
        answer = self._answer(200, records, many=True)
        for record in dict.fromkeys(records):
            self._account.tables["related_items"].remove(record, "api")
        return answer

    def _check(self, owner: str, record: int) -> None:
        row = self._account.row("related_items", record)
        if row is None or row["owner"] != owner:
            raise not_found()

    def _answer(self, status: int, records: list[int], *, many: bool) -> Answer:
        rows = self._account.tables["related_items"].rows
        data = [self._account.document(RELATED_ITEMS, record, rows[record]) for record in records]
        return Answer(status, {"data": data if many else data[0]}, {"content-type": JSON_API}, rows=len(data))
