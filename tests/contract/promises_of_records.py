"""What is read, and in which words."""

import json
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.connector import Connector
from bridge.records import Page, Record
from tests.contract.harness import NOTHING_WANTED, PASSWORD, Grounded
from tests.contract.simulator import Simulator

COMMON = {"ref", "source", "kind", "id", "url", "created_at", "updated_at", "active", "custom"}
WORDS: Mapping[str, set[str]] = {
    "organization": {"name", "identifier", "status", "types", "parent", "phone", "website", "territory", "recycled"},
    "configuration": {
        *("name", "organization", "type", "status", "serial_number", "model", "manufacturer", "asset_tag"),
        *("mac_address", "mac_addresses", "primary_ip", "default_gateway", "os", "os_info", "purchased_at"),
        *("installed_at", "installed_by", "warranty_expires_at", "notes", "site", "contact", "parent", "questions"),
    },
    "location": {
        *("name", "organization", "address_1", "address_2", "city", "region", "postal_code", "country", "phone"),
        *("fax", "primary"),
    },
    "contact": {
        *("first_name", "last_name", "organization", "title", "type", "site", "emails", "phones", "important", "notes"),
    },
    "ticket": {
        *("number", "title", "organization", "board", "status", "priority", "type", "open", "closed_days", "age_days"),
        *("site", "contact", "configurations", "assigned"),
    },
}


class PromisesOfRecords(Grounded):
    """Every way to a record gives the same record, streamed, without passwords."""

    def test_a_first_read_gives_every_record_and_says_so(
        self, simulator: Simulator, connector: Connector, kind: str
    ) -> None:
        """Without a watermark a poll reads everything there is, and its last page says that it did."""
        self.seeded(simulator, kind, 7)

        mirror = self.everything(connector, kind)

        assert mirror.complete
        assert {ref.id for ref in mirror.records} == set(self.harness.living(simulator, kind))

    def test_every_word_of_the_mapping_is_there(self, simulator: Simulator, connector: Connector, kind: str) -> None:
        """A template may name any word of its kind; an absent value is None, never a missing word."""
        number = self.harness.seed(simulator, kind, "words")

        record = connector.fetch(self.ref(kind, number))

        assert isinstance(record, Record)
        assert set(record.words) == COMMON | WORDS[kind]
        assert json.loads(json.dumps(dict(record.words))) == record.words
        assert record.words["ref"] == str(record.ref)
        assert (record.words["source"], record.words["kind"], record.words["id"]) == (
            self.harness.source,
            kind,
            number,
        )
        assert record.words["url"] == connector.url(record.ref)

    def test_all_ways_to_a_record_give_the_same_record(
        self, simulator: Simulator, connector: Connector, kind: str
    ) -> None:
        """A list that shows less than a single answer would look like a change, each time the other one is read."""
        number = self.harness.seed(simulator, kind, "same")
        ref = self.ref(kind, number)

        polled = self.everything(connector, kind).records[ref]
        snapped = self.mirror().take(connector.snapshot(kind, NOTHING_WANTED)).records[ref]
        fetched = connector.fetch(ref)
        reread = list(connector.reread([ref]))

        assert polled == snapped == fetched
        assert reread == [fetched]
        assert list(connector.enrich([polled], NOTHING_WANTED)) == [polled]

    def test_a_stored_payload_gives_the_record_again(
        self, simulator: Simulator, connector: Connector, kind: str
    ) -> None:
        """A newer normalizer works on what is stored, without the source."""
        self.seeded(simulator, kind, 2)

        for record in self.everything(connector, kind).records.values():
            assert connector.normalize(kind, json.loads(json.dumps(dict(record.payload)))) == record

    def test_password_fields_are_dropped_whichever_way_a_record_is_read(
        self, simulator: Simulator, connector: Connector, kind: str
    ) -> None:
        """They are gone by their kind before anything is handed over, from words and payload alike."""
        number = self.harness.with_passwords(simulator, kind, "locked")
        if number is None:
            pytest.skip(f"{kind} has no password-kind fields")
        ref = self.ref(kind, number)
        assert PASSWORD in json.dumps(self.harness.living(simulator, kind)[number])

        fetched = connector.fetch(ref)
        assert isinstance(fetched, Record)
        records = [
            fetched,
            *connector.reread([ref]),
            self.everything(connector, kind).records[ref],
            self.mirror().take(connector.snapshot(kind, NOTHING_WANTED)).records[ref],
        ]

        assert len(records) == 4
        for record in records:
            assert PASSWORD not in json.dumps([dict(record.words), dict(record.payload)])

    def test_any_page_size_gives_the_same_records(self, running: Simulator, kind: str) -> None:
        """How a read is cut into pages is no one's business."""
        self.seeded(running, kind, 9)
        with self.connected(running, page_size=100) as connector:
            whole = self.everything(connector, kind).records
            ids = self.mirror().take(connector.snapshot(kind, NOTHING_WANTED, ids_only=True)).present

        @settings(max_examples=8, deadline=None, database=None)
        @given(st.integers(1, 60))
        def any_size(page_size: int) -> None:
            with self.connected(running, page_size=page_size) as connector:
                assert self.everything(connector, kind).records == whole
                snapshot = self.mirror().take(connector.snapshot(kind, NOTHING_WANTED, ids_only=True))
                assert snapshot.present == ids == set(whole)

        any_size()

    def test_reads_stream(self, simulator: Simulator, kind: str) -> None:
        """The first page is handed over before the last is asked for: memory must not grow with the source."""
        self.seeded(simulator, kind, 12)
        reads: tuple[Callable[[Connector], Iterator[Page]], ...] = (
            lambda c: c.changes(kind, None, NOTHING_WANTED),
            lambda c: c.snapshot(kind, NOTHING_WANTED),
            lambda c: c.snapshot(kind, NOTHING_WANTED, ids_only=True),
        )
        for read in reads:
            with self.connected(simulator, page_size=2) as connector:
                before = len(simulator.requests())
                first = next(read(connector))
                served = sum(one["rows"] or 0 for one in simulator.requests()[before:])

            assert first.present
            assert len(first.present) <= 2
            assert served <= 8
