"""What is entered into the collections of a record: types, custom fields, answers to questions."""

from typing import Any

from simulators.connectwise.catalog.companies import COMPANY, TYPE
from simulators.connectwise.catalog.configurations import CONFIGURATION, QUESTION
from simulators.connectwise.catalog.system import USER_DEFINED_FIELD
from simulators.connectwise.schema import Field, Resource
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant
from simulators.connectwise.values import Intake, custom_value, reference_id
from simulators.refusal import ControlError

_TYPE_FIELD = Field("type", "reference", target=TYPE)


class Entries:
    """Read collections in the vendor's shape into stored form; what is not named in them stays as it was."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant
        self._last_answer = 0
        self._custom = Intake(tenant, tenant.stores[USER_DEFINED_FIELD].resource)
        self._question = Intake(tenant, tenant.stores[QUESTION].resource)

    def take(self, resource: Resource, row: Row, record: dict[str, Any], before: Row) -> None:
        """Put the collections of a record into its row; `before` is the row they change, empty for a new one."""
        if resource.path == COMPANY and record.get("types") is not None:
            row["types"] = self._types(record["types"], strict=bool(before))
        if resource.pod is not None and record.get("customFields") is not None:
            row["customFields"] = self._custom_values(resource, record["customFields"], before.get("customFields"))
            if not row["customFields"]:
                del row["customFields"]
        if resource.path == CONFIGURATION:
            if record.get("questions") is not None:
                row["questions"] = self._answers(row, record["questions"], before.get("questions"))
            if row.get("questions") and row.get("type") != before.get("type"):
                # A change of the type swaps the question set (5.5).
                kept = {question["id"] for question in self._tenant.questions_of(row.get("type"))}
                row["questions"] = {key: value for key, value in row["questions"].items() if key in kept}
            if not row.get("questions"):
                row.pop("questions", None)

    def _types(self, given: Any, *, strict: bool) -> tuple[int, ...]:
        kinds = [
            reference_id(self._tenant, _TYPE_FIELD, each, COMPANY, strict=strict) for each in _objects(given, "types")
        ]
        return tuple(dict.fromkeys(kind for kind in kinds if kind is not None))

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
