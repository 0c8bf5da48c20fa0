"""What connectors hand to the engine: references, records and pages of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

KINDS = ("organization", "location", "contact", "configuration", "ticket")


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """Identity of a record at its source, written `cw:configuration:4711`."""

    source: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.source}:{self.kind}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `source:kind:id`; raise ValueError, naming the form, for anything else."""
        parts = text.strip().split(":", 2)
        if len(parts) != 3 or not all(parts) or parts[1] not in KINDS:
            raise ValueError(f"{text!r} is no reference; write source:kind:id, for example cw:configuration:4711")
        return cls(*parts)


@dataclass(frozen=True, slots=True)
class Record:
    """One normalised record.

    `version` is the source's change stamp in milliseconds since 1970 (0 where the source has none); versions of one
    record never decrease at the source. `words` are the record's words as `docs/mapping.md` lists them, JSON values
    only: a time is RFC 3339 UTC text, a date `yyyy-mm-dd`, a reference `{"id": "311", "name": "Acme Ltd"}` or None
    (the kind is implied by the word), an absent value None. Of `emails` and `phones` each is
    `{"value", "label", "primary"}`, a phone has its `extension` besides; the primary one comes first. What changes with
    the day (`closed_days`, `age_days`) stands as the time that it counts from; a word that costs a request per record
    is None until `Connector.enrich` has added it. `payload` is what the vendor sent, in its words, without
    password-kind fields and without the text of tickets.
    """

    ref: Ref
    version: int
    words: Mapping[str, Any]
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Absent:
    """Not there *for our credentials*: deleted, or hidden from our role."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a read.

    `records` are to be mirrored. `present` names every id on the page (an id snapshot has no records). `hints` name
    records whose state the list cannot tell, to be fetched singly. `watermark` is the source's time, safe to store
    once this page is mirrored (None: not movable yet). `complete` is True on the last page of a read that provably
    saw everything it was asked for.
    """

    records: tuple[Record, ...] = ()
    present: tuple[Ref, ...] = ()
    hints: tuple[Ref, ...] = ()
    watermark: str | None = None
    complete: bool = False
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `check`: level is ok, warn or error; code names a page of `docs/errors.md` (None when ok)."""

    level: str
    subject: str
    text: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """An incoming webhook as it stood on the wire; header names in lower case."""

    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
