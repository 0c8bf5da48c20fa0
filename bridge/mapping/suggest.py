"""Suggested documentation: which rules fit a ticket, and which items of IT Glue they choose; pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bridge.mapping.clean import plain
from bridge.mapping.phrases import Phrase, first_held

FIRST, MORE = 5, 30
"""How many items the fields `suggest = "first"` and `suggest = "more"` show at most, of each kind."""
TICKET, DEVICE, ORGANIZATION = "ticket", "device", "organization"
SUBJECTS = {TICKET: "ticket", DEVICE: "configuration", ORGANIZATION: "organization"}
"""Whose attributes a rule may look at, with their kind of record."""
DOCUMENTS, CHECKLISTS = "Documents", "Checklists"

Subjects = Mapping[str, Sequence[Mapping[str, Any]]]
"""By subject: the words of the ticket, of each of its devices, of its organization."""


@dataclass(frozen=True, slots=True)
class Item:
    """One document, checklist or flexible asset that may be shown."""

    id: str
    name: str
    org_id: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Condition:
    """An attribute, `caption` that of a custom field or question, and what one of its values has to hold."""

    subject: str
    word: str
    phrases: tuple[Phrase, ...]
    caption: str | None = None

    @property
    def shown(self) -> str:
        """Name the attribute as the file does."""
        return f"{self.subject}.{self.word}" + (f".{self.caption}" if self.caption is not None else "")


@dataclass(frozen=True, slots=True)
class Rule:
    """One `[[suggestions]]`: where every condition holds, the items of a kind whose name holds one of `titled`.

    `show` is a tag type of IT Glue, `shared` are organizations of IT Glue, by name or id, whose items are shown to all.
    """

    name: str
    where: str
    when: tuple[Condition, ...]
    show: str
    titled: tuple[Phrase, ...] = ()
    shared: tuple[str, ...] = ()

    def content(self) -> list[Any]:
        """Give all that decides what is shown, for a digest."""
        conditions = [[each.shown, sorted(each.phrases)] for each in self.when]
        return [conditions, self.show, sorted(self.titled), list(self.shared)]

    def because(self, subjects: Subjects) -> dict[str, str] | None:
        """Give, by attribute, the words that were found; None where the rule does not fit."""
        found: dict[str, str] = {}
        for condition in self.when:
            held = first_held(_texts(condition, subjects), condition.phrases)
            if held is None:
                return None
            found[condition.shown] = " ".join(held)
        return found

    def takes(self, item: Item) -> bool:
        """Tell whether the rule shows an item of its kind."""
        return not self.titled or first_held((item.name,), self.titled) is not None


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a block shows: its rules, and its fields, each the trait's word with its part (first, more) and tag type."""

    rules: tuple[Rule, ...]
    fields: tuple[tuple[str, str, str], ...]

    @property
    def shows(self) -> tuple[str, ...]:
        """Name what is shown: tag types of IT Glue."""
        return tuple(dict.fromkeys(show for _, _, show in self.fields))

    def words(self, subject: str) -> frozenset[str]:
        """Name the attributes of a subject that the rules look at."""
        return frozenset(each.word for rule in self.rules for each in rule.when if each.subject == subject)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a ticket shows of one kind, in its order."""

    first: tuple[Item, ...] = ()
    more: tuple[Item, ...] = ()


def choose(items: Iterable[Item], *, own: str | None) -> Choice:
    """Order items and cut them to what is shown: those of the own organization first, each the last updated first.

    Of those updated in the same moment the younger comes first, so that there is one order.
    """
    once = {item.id: item for item in items}
    ranked = sorted(once.values(), key=lambda item: (item.org_id != own, -item.updated_at.timestamp(), -int(item.id)))
    return Choice(tuple(ranked[:FIRST]), tuple(ranked[FIRST : FIRST + MORE]))


def item_of(kind: str, itglue_id: str, org_id: str | None, attributes: Mapping[str, Any]) -> Item | None:
    """Give an item of the index; None for one that is never shown: restricted, archived, without an organization.

    What IT Glue restricts says so on documents and flexible assets (api/itglue.md 5.9, 5.11): one that does not say it
    either way is not shown. Checklists have no such attribute.
    """
    unsaid = object()
    restricted = attributes.get("restricted", None if kind == "checklists" else unsaid)
    if restricted not in (None, False) or attributes.get("archived") or not org_id:
        return None
    return Item(itglue_id, str(attributes.get("name") or ""), org_id, _moment(attributes.get("updated_at")))


def _moment(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _texts(condition: Condition, subjects: Subjects) -> list[str]:
    found = []
    for words in subjects.get(condition.subject, ()):
        value = words.get(condition.word)
        if condition.caption is not None:
            value = (value or {}).get(condition.caption)
        for each in value if isinstance(value, list | tuple) else [value]:
            text = plain(each)
            if text:
                found.append(text)
    return found
