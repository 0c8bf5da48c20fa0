"""Related items as a person makes, changes and removes them in the UI."""

import re
from typing import Any

from simulators.itglue.account import Account
from simulators.itglue.catalogue.related import RELATED_ITEMS, end
from simulators.itglue.refusals import Refusal
from simulators.itglue.related import Related
from simulators.refusal import ControlError

_PATH = re.compile(r"(?:([a-z_]+)/(\d{1,18})/relationships/)?related_items(?:/(\d{1,18}))?")


class Links:
    """Answer the control API's calls on `related_items`, flat or below their owner."""

    def __init__(self, account: Account, related: Related) -> None:
        self._account = account
        self._related = related

    @staticmethod
    def meant(path: str) -> bool:
        """Say whether a path is one of related items."""
        return _PATH.fullmatch(path.strip("/")) is not None

    def dump(self, path: str) -> list[Any]:
        """Return every link with its history, those of one owner, or one of them."""
        resource, owner, record = self._parts(path)
        table = self._account.tables[RELATED_ITEMS.name]
        found = [one for one in sorted(table.history) if record in (None, one)]
        if resource is not None:
            mark = end(resource, owner or 0)
            found = [one for one in found if self._owner(one) == mark]
        return self._account.dump(RELATED_ITEMS, found)

    def act(self, method: str, path: str, body: Any) -> Any:
        """Carry out a POST, PATCH or DELETE."""
        resource, owner, record = self._parts(path)
        attributes = body.get("attributes", body) if isinstance(body, dict) else None
        if method != "DELETE" and not isinstance(attributes, dict):
            raise ControlError(400, 'related_items: an object {"attributes": {…}} is wanted')
        if method == "POST":
            if resource is None or record is not None:
                raise ControlError(
                    404, f"POST records/{path}: POST goes to <resource>/<id>/relationships/related_items"
                )
            assert attributes is not None
            return self._account.known(RELATED_ITEMS, self._linked(resource, owner or 0, attributes))
        row = self._account.row(RELATED_ITEMS.name, record)
        if record is None or row is None or (resource is not None and row["owner"] != end(resource, owner or 0)):
            raise ControlError(404, f"records/{path}: no such record")
        if method == "DELETE":
            self._account.tables[RELATED_ITEMS.name].remove(record, "person")
        else:
            assert attributes is not None
            self._account.update(RELATED_ITEMS, record, {"notes": attributes.get("notes") or None}, "person")
        return self._account.known(RELATED_ITEMS, record)

    def _linked(self, resource: str, owner: int, attributes: dict[str, Any]) -> int:
        try:
            return self._related.linked(resource, owner, attributes)
        except Refusal as refusal:
            raise ControlError(400, f"related_items: {refusal.answer.body['errors'][0]}") from None

    def _owner(self, record: int) -> str:
        event = self._account.tables[RELATED_ITEMS.name].history[record][-1]
        owner: str = (event.after or event.before or {})["owner"]
        return owner

    @staticmethod
    def _parts(path: str) -> tuple[str | None, int | None, int | None]:
        found = _PATH.fullmatch(path.strip("/"))
        assert found is not None
        resource, owner, record = found.groups()
        return resource, None if owner is None else int(owner), None if record is None else int(record)
