"""A mirror in memory, as small as the contract allows: what an engine may do with pages, and no more."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from bridge.records import Page, Record, Ref


class Mirror:
    """Takes pages one by one; keeps the newest record of each Ref and how far the reads have got.

    `moment_of` reads a watermark as a time of the source.
    """

    def __init__(self, moment_of: Callable[[str], datetime]) -> None:
        self.records: dict[Ref, Record] = {}
        self.present: set[Ref] = set()
        self.hints: set[Ref] = set()
        self.watermark: str | None = None
        self.complete = False
        self._moment_of = moment_of

    def take(self, pages: Iterable[Page]) -> "Mirror":
        """Take every page of a read, as far as it comes."""
        for _ in self.taking(pages):
            pass
        return self

    def taking(self, pages: Iterable[Page]) -> Iterator[Page]:
        """Take a read page by page, with something else happening in between."""
        self.complete = False
        for page in pages:
            assert not self.complete, "a page came after the one that said that all is read"
            for record in page.records:
                assert record.ref in page.present, f"{record.ref} is on the page, but not among its ids"
                known = self.records.get(record.ref)
                if known is None or record.version >= known.version:
                    self.records[record.ref] = record
            self.present.update(page.present)
            self.hints.update(page.hints)
            if page.watermark is not None:
                assert self.watermark is None or self._moment_of(page.watermark) >= self._moment_of(self.watermark), (
                    "a watermark went back"
                )
                self.watermark = page.watermark
            self.complete = page.complete
            yield page

    def names(self) -> dict[str, object]:
        """Give the name of each record by id."""
        return {ref.id: name_in(record) for ref, record in self.records.items()}


def name_in(record: Record) -> object:
    """Give the word of a record that a person changes to rename it."""
    return record.words[{"contact": "first_name", "ticket": "title"}.get(record.ref.kind, "name")]
