"""What is entered into the collections of a record: types, custom fields, answers, ways to reach a contact."""

from typing import Any

from simulators.connectwise.associations import BY_HOLDER
from simulators.connectwise.catalog.paths import COMMUNICATION, CONFIGURATION, CONTACT, QUESTION, USER_DEFINED_FIELD
from simulators.connectwise.consequences import complete_communication
from simulators.connectwise.schema import Field, Resource
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant
from simulators.connectwise.values import Intake, custom_value, reference_id
from simulators.refusal import ControlError


class Entries:
    """Read collections in the vendor's shape into stored form; what is not named in them stays as it was."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._last_answer = 0
        self._custom = Intake(tenant, tenant.stores[USER_DEFINED_FIELD].resource)
        self._question = Intake(tenant, tenant.stores[QUESTION].resource)
        self._communication = Intake(tenant, tenant.stores[COMMUNICATION].resource)

    def take(self, resource: Resource, row: Row, record: dict[str, Any], before: Row) -> None:
        """Put the collections of a record into its row; `before` is the row they change, empty for a new one."""
        if resource.path in BY_HOLDER and record.get("types") is not None:
            kind = BY_HOLDER[resource.path].kind
            row["types"] = self._types(resource, kind, record["types"], strict=bool(before))
        if resource.pod is not None and record.get("customFields") is not None:
            row["customFields"] = self._custom_values(resource, record["customFields"], before.get("customFields"))
            if not row["customFields"]:
                del row["customFields"]
        if resource.path == CONFIGURATION:
            self._take_questions(row, record, before)
        if resource.path == CONTACT and record.get("communicationItems") is not None:
            row["communicationItems"] = self._items(row, record["communicationItems"], before)

    def _take_questions(self, row: Row, record: dict[str, Any], before: Row) -> None:
        if record.get("questions") is not None:
            row["questions"] = self._answers(row, record["questions"], before.get("questions"))
        if row.get("questions") and row.get("type") != before.get("type"):
            # A change of the type swaps the question set (5.5).
            kept = {question["id"] for question in self._tenant.questions_of(row.get("type"))}
            row["questions"] = {key: value for key, value in row["questions"].items() if key in kept}
        if not row.get("questions"):
            row.pop("questions", None)

    def _types(self, resource: Resource, kind: str, given: Any, *, strict: bool) -> tuple[int, ...]:
        field = Field("type", "reference", target=kind)
        kinds = [
            reference_id(self._tenant, field, each, resource.path, strict=strict) for each in _objects(given, "types")
        ]
        return tuple(dict.fromkeys(kind for kind in kinds if kind is not None))

    def _items(self, row: Row, given: Any, before: Row) -> tuple[Row, ...]:
        """Read communicationItems, which are replaced as a whole; an item keeps its id where it names one."""
        store = self._tenant.stores[COMMUNICATION]
        held = {item["id"]: item for item in before.get("communicationItems", ())}
        fresh = store.new_id()
        items: list[Row] = []
        for each in _objects(given, "communicationItems"):
            values = {name: value for name, value in self._communication.values(each).items() if value is not None}
            number = values.pop("id", None)
            elsewhere = number in store and store.table.rows[number]["contact"] != row["id"]
            if number is None or (elsewhere and not before):
                number, fresh = fresh, fresh + 1
            elif elsewhere:
                raise ControlError(400, f"{CONTACT}: communicationItems: {number} belongs to another contact")
            old = held.get(number, {**self._communication.defaults, "lastUpdated": int(self._tenant.clock.now())})
            item = {**old, **values, "id": number, "contact": row["id"], "contactId": row["id"]}
            if item.get("value") is None:
                raise ControlError(400, f"{CONTACT}: communicationItems: value is required")
            complete_communication(self._tenant, item)
            items.append(item)
            fresh = max(fresh, number + 1)
        return tuple(items)

    def _custom_values(self, resource: Resource, given: Any, before: dict[int, Any] | None) -> dict[int, Any]:
        values = dict(before or {})
        for each in _objects(given, "customFields"):
            definition = self._custom_field(resource, each)
            value = each.get("value")
            if value is None:
                values.pop(definition["id"], None)
            else:
                values[definition["id"]] = custom_value(definition, value)
        return values

    def _custom_field(self, resource: Resource, given: dict[str, Any]) -> Row:
        """Return the definition that a custom field names by id or caption; one not known yet is defined with it."""
        store = self._tenant.stores[USER_DEFINED_FIELD]
        if isinstance(given.get("id"), int):
            known = store.get(given["id"])
            if known is not None:
                return known
        else:
            for definition in self._tenant.custom_fields_of(resource.pod or 0):
                if definition["caption"] == given.get("caption"):
                    return definition
        if not isinstance(given.get("caption"), str):
            raise ControlError(400, f"{resource.path}: customFields names no field that is defined: {given!r}")
        words = {
            "id": "id",
            "caption": "caption",
            "type": "fieldTypeIdentifier",
            "entryMethod": "entryTypeIdentifier",
            "numberOfDecimals": "numberDecimals",
        }
        return self._define(USER_DEFINED_FIELD, self._custom, given, words, {"podId": resource.pod})

    def _answers(self, row: Row, given: Any, before: dict[int, Any] | None) -> dict[int, Any]:
        answers = dict(before or {})
        questions = {question["id"]: question for question in self._tenant.questions_of(row.get("type"))}
        for each in _objects(given, "questions"):
            question = questions.get(each.get("questionId", 0)) or self._asked(row, each)
            answer = each.get("answer")
            if answer is None:
                answers.pop(question["id"], None)
                continue
            held = answers.get(question["id"])
            number = each.get("answerId") or (held[0] if held else self._last_answer + 1)
            self._last_answer = max(self._last_answer, number)
            answers[question["id"]] = (number, custom_value(question, answer))
        return answers

    def _asked(self, row: Row, given: dict[str, Any]) -> Row:
        """Define a question of the record's type from an answer that brings all of it."""
        if row.get("type") is None or not isinstance(given.get("question"), str):
            raise ControlError(400, f"questions: the configuration's type has no question {given.get('questionId')}")
        words = {word: word for word in ("question", "fieldType", "sequenceNumber", "numberOfDecimals", "requiredFlag")}
        return self._define(
            QUESTION, self._question, given, {"questionId": "id", **words}, {"configurationType": row["type"]}
        )

    def _define(
        self, path: str, intake: Intake, given: dict[str, Any], words: dict[str, str], fixed: dict[str, Any]
    ) -> Row:
        store = self._tenant.stores[path]
        record = {own: given[word] for word, own in words.items() if given.get(word) is not None}
        row = {"id": store.new_id(), **intake.defaults, **intake.values(record), **fixed}
        if row["id"] in store:
            raise ControlError(409, f"{path} {row['id']} belongs elsewhere")
        row["lastUpdated"] = int(self._tenant.clock.now())
        store.put(row, "person")
        return row


def _objects(given: Any, what: str) -> list[dict[str, Any]]:
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise ControlError(400, f"{what} is a list of objects")
    return given
