"""The collections inside a record: types, questions, communicationItems, custom fields (5.1, 5.4, 5.5)."""

from collections.abc import Callable
from typing import Any

from simulators.connectwise.catalog.paths import COMMUNICATION_TYPE, QUESTION, USER_DEFINED_FIELD
from simulators.connectwise.schema import Child
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant

Elements = Callable[[Row], list[dict[str, Any]]]

CUSTOM_FIELD = Child(
    "customFields",
    {
        "id": "integer",
        "caption": "string",
        "type": "string",
        "entryMethod": "string",
        "numberOfDecimals": "integer",
        "value": "answer",
        "connectWiseId": "string",
        "rowNum": "integer",
        "userDefinedFieldRecId": "integer",
        "podId": "string",
    },
)


class Parts:
    """Make the elements of collections, nulls as None."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._questions: dict[int | None, list[dict[str, Any]]] = {}
        self._questions_version = -1
        self._custom: dict[int, list[dict[str, Any]]] = {}
        self._custom_version = -1
        self.unanswered = True
        """Whether questions without an answer are listed; the vendor's way is not known (section 11)."""

    def elements(self, child: Child) -> Elements:
        """Return the function that lists one collection of a row, with `type/id` beside `type` where it has one."""
        if child.target:
            target, name = child.target, child.name
            label = self._tenant.label
            return lambda row: [{"id": each, "name": label(target, each, "name")} for each in row.get(name, ())]
        return self.questions if child.name == "questions" else self.communications

    def communications(self, row: Row) -> list[dict[str, Any]]:
        """List the communicationItems of a contact."""
        label = self._tenant.label
        return [
            {
                "id": item["id"],
                "type": item.get("type"),
                "type/id": item.get("type"),
                "type/name": label(COMMUNICATION_TYPE, item.get("type", 0), "name"),
                "value": item["value"],
                "extension": item.get("extension"),
                "defaultFlag": item["defaultFlag"],
                "domain": item.get("domain"),
                "communicationType": item.get("communicationType"),
            }
            for item in row.get("communicationItems", ())
        ]

    def questions(self, row: Row) -> list[dict[str, Any]]:
        """List the answers of a configuration; the list follows its type."""
        version = self._tenant.stores[QUESTION].version
        if version != self._questions_version:
            self._questions.clear()
            self._questions_version = version
        kind = row.get("type")
        shapes = self._questions.get(kind)
        if shapes is None:
            shapes = self._questions[kind] = [_question(each) for each in self._tenant.questions_of(kind)]
        if not shapes:
            return []
        answers = row.get("questions") or {}
        listed = []
        for shape in shapes:
            answered = answers.get(shape["questionId"])
            if answered is not None:
                listed.append({**shape, "answerId": answered[0], "answer": answered[1]})
            elif self.unanswered:
                listed.append(shape)
        return listed

    def custom_fields(self, pod: int, row: Row) -> list[dict[str, Any]]:
        """List the custom fields of a record, also the empty ones."""
        version = self._tenant.stores[USER_DEFINED_FIELD].version
        if version != self._custom_version:
            self._custom.clear()
            self._custom_version = version
        shapes = self._custom.get(pod)
        if shapes is None:
            shapes = self._custom[pod] = [_custom(each) for each in self._tenant.custom_fields_of(pod)]
        values = row.get("customFields")
        if not values:
            return shapes
        return [{**shape, "value": values.get(shape["id"])} for shape in shapes]


def _question(row: Row) -> dict[str, Any]:
    return {
        "answerId": None,
        "questionId": row["id"],
        "question": row["question"],
        "answer": None,
        "sequenceNumber": row.get("sequenceNumber"),
        "numberOfDecimals": row.get("numberOfDecimals"),
        "fieldType": row["fieldType"],
        "requiredFlag": row["requiredFlag"],
    }


def _custom(row: Row) -> dict[str, Any]:
    return {
        "id": row["id"],
        "caption": row["caption"],
        "type": row["fieldTypeIdentifier"],
        "entryMethod": row["entryTypeIdentifier"],
        "numberOfDecimals": row.get("numberDecimals") or 0,
        "value": None,
        "connectWiseId": f"c0ffee00-0000-4000-8000-{row['id']:012d}",
        "rowNum": row.get("sequenceNumber") or row["id"],
        "userDefinedFieldRecId": row["id"],
        "podId": str(row["podId"]),
    }
