"""The words of each kind of record that a mapping may use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bridge.records import Ref


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a record.

    `shape` is how it stands in `Record.words`: text, lines (text with line breaks), value (number, flag, time, date),
    reference, references, list, captions (`custom`, `questions`), records (of a summary). `row` is False for what costs
    a request per record; `relative` is True for what changes with the day; `of` is the kind of the records that it
    refers to, or that it lists.
    """

    name: str
    shape: str = "text"
    row: bool = True
    relative: bool = False
    of: str = ""


def _table(*words: Word | str) -> dict[str, Word]:
    common = ("ref", "source", "kind", "id", "url", Word("created_at", "value"), Word("updated_at", "value"))
    every = (*common, Word("active", "value"), Word("custom", "captions"), *words)
    return {each.name: each for each in (Word(word) if isinstance(word, str) else word for word in every)}


WORDS: dict[str, dict[str, Word]] = {
    "organization": _table(
        "name",
        "identifier",
        "status",
        Word("types", "references"),
        Word("parent", "reference", of="organization"),
        "phone",
        "website",
        "territory",
        Word("recycled", "value"),
    ),
    "configuration": _table(
        "name",
        Word("organization", "reference", of="organization"),
        "type",
        "status",
        "serial_number",
        "model",
        "manufacturer",
        "asset_tag",
        "mac_address",
        Word("mac_addresses", "list"),
        "primary_ip",
        "default_gateway",
        "os",
        "os_info",
        Word("purchased_at", "value"),
        Word("installed_at", "value"),
        "installed_by",
        Word("warranty_expires_at", "value"),
        Word("notes", "lines"),
        Word("site", "reference", of="location"),
        Word("contact", "reference", of="contact"),
        Word("parent", "reference", of="configuration"),
        Word("questions", "captions"),
    ),
    "location": _table(
        "name",
        Word("organization", "reference", of="organization"),
        "address_1",
        "address_2",
        "city",
        "region",
        "postal_code",
        "country",
        "phone",
        "fax",
        Word("primary", "value"),
    ),
    "contact": _table(
        "first_name",
        "last_name",
        Word("organization", "reference", of="organization"),
        "title",
        "type",
        Word("site", "reference", of="location"),
        Word("emails", "list"),
        Word("phones", "list"),
        Word("important", "value"),
        Word("notes", "lines"),
    ),
    "ticket": _table(
        Word("number", "value"),
        "title",
        Word("organization", "reference", of="organization"),
        "board",
        "status",
        "priority",
        "type",
        Word("open", "value"),
        Word("closed_days", "value", relative=True),
        Word("age_days", "value", relative=True),
        Word("site", "reference", of="location"),
        Word("contact", "reference", of="contact"),
        Word("configurations", "references", row=False, of="configuration"),
        "assigned",
    ),
}


DEAR: dict[str, frozenset[str]] = {
    kind: frozenset(word.name for word in words.values() if not word.row) for kind, words in WORDS.items()
}
"""The words of each kind that cost a request per record."""


def referred(ref: Ref, words: Mapping[str, Any]) -> Iterator[Ref]:
    """Give the records that a record refers to, save the organization that it belongs to."""
    for word in WORDS[ref.kind].values():
        if word.of and word.name != "organization":
            value = words.get(word.name)
            for each in value if isinstance(value, list) else [value]:
                if each and each.get("id"):
                    yield Ref(ref.source, word.of, str(each["id"]))


PLURALS = {f"{kind}s": kind for kind in WORDS}
"""What `from` and a summary's list of records are called: `tickets` for tickets."""


def summary(anchor: str, kind: str) -> str:
    """Name the words of a summary: those of its anchor, and the list of the records that it is about."""
    return f"{anchor} with {kind}s"


def words_of(kind: str) -> dict[str, Word]:
    """Give the words of a kind of record, or of a summary."""
    anchor, summarises, plural = kind.partition(" with ")
    if not summarises:
        return WORDS[kind]
    return {**WORDS[anchor], plural: Word(plural, "records", of=PLURALS[plural])}


def called(words: Mapping[str, Any]) -> str:
    """Give what people call a record: its name, or that of a contact, or the title of a ticket."""
    if name := words.get("name"):
        return str(name)
    own = (words.get("first_name"), words.get("last_name"))
    return str(" ".join(each for each in own if each) or words.get("title") or "")
