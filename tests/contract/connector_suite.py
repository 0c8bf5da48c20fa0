"""What every connector promises (`bridge.connector`), proven against the simulator of its vendor.

A connector inherits it: `class TestConnectWise(ConnectorSuite): harness = ConnectWiseHarness()`. The simulator runs
once per class and is never emptied, so a test looks at the records that it made, or compares whole reads.
"""

import itertools
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Protocol

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridge.connector import Connector
from bridge.errors import (
    AuthError,
    BridgeError,
    IncompleteReadError,
    RateLimitError,
    SideDownError,
    SignatureError,
    TransientError,
)
from bridge.records import Absent, Page, Record, Ref, WebhookRequest
from tests.contract.mirror import Mirror
from tests.contract.simulator import Simulator, simulating

NOTHING_WANTED: frozenset[str] = frozenset()
PASSWORD = "hunter2-in-a-password-field"
HTML = {"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<html><body>Please log in</body></html>"}

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


class Harness(Protocol):
    """What the suite has to know of one vendor."""

    @property
    def system(self) -> str:
        """The simulator's name."""

    @property
    def source(self) -> str:
        """The name under which `connect` makes the connector."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that can be seeded here; each has a name that a person can change."""

    @property
    def deletable(self) -> tuple[str, ...]:
        """The kinds whose records can go for good."""

    @property
    def resources(self) -> Mapping[str, str]:
        """The control API's resource of each kind."""

    @property
    def lists(self) -> Mapping[str, str]:
        """A regular expression of the paths by which records of each kind are listed."""

    @property
    def wrong_key(self) -> str:
        """A key that the simulator does not accept."""

    @property
    def singles(self) -> Mapping[str, str]:
        """A regular expression of the paths by which one record of each kind is fetched."""

    def connect(self, simulator: Simulator, *, page_size: int = 5, deadline: float = 10.0) -> Connector:
        """Make a connector of the simulator."""

    def connect_wrongly(self, simulator: Simulator) -> Connector:
        """Make a connector with `wrong_key`, which is not accepted."""

    def secrets(self, simulator: Simulator) -> tuple[str, ...]:
        """Give every text among the accepted credentials that must never be seen."""

    def seed(self, simulator: Simulator, kind: str, name: str) -> str:
        """Make a record with this name, whatever else it needs; give its id."""

    def renamed(self, kind: str, name: str) -> dict[str, Any]:
        """Give the change that a person makes to rename a record."""

    def name_of(self, kind: str, payload: Mapping[str, Any]) -> str:
        """Give the name in a payload."""

    def with_passwords(self, simulator: Simulator, kind: str, name: str) -> str | None:
        """Make a record whose password-kind fields hold PASSWORD; None where the kind has none."""

    def moment_of(self, watermark: str) -> datetime:
        """Read a watermark as a time of the source."""

    def stuck(self, kind: str, page: list[Record]) -> dict[str, Any]:
        """Give the answer of a server that repeats the page just read, with its cursor."""

    def cut_short(self, kind: str) -> dict[str, Any]:
        """Give the answer of a server that says, wrongly, that there is nothing more."""


class ConnectorSuite:
    """The promises, one test each; `harness` is the vendor's."""

    harness: ClassVar[Harness]

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "kind" in metafunc.fixturenames:
            metafunc.parametrize("kind", self.harness.kinds)

    @pytest.fixture(scope="class")
    @classmethod
    def running(cls) -> Iterator[Simulator]:
        with simulating(cls.harness.system) as simulator:
            yield simulator
            assert simulator.violations() == []

    @pytest.fixture
    def simulator(self, running: Simulator) -> Iterator[Simulator]:
        yield running
        running.repair()
        running.reset_switches()

    @pytest.fixture
    def connector(self, simulator: Simulator) -> Iterator[Connector]:
        with self.connected(simulator) as connector:
            yield connector

    @contextmanager
    def connected(self, simulator: Simulator, **options: Any) -> Iterator[Connector]:
        """Open a connector for a while."""
        connector = self.harness.connect(simulator, **options)
        try:
            yield connector
        finally:
            connector.close()

    def seeded(self, simulator: Simulator, kind: str, count: int, prefix: str = "seed") -> list[str]:
        """Make records; give their ids."""
        return [self.harness.seed(simulator, kind, f"{prefix} {n}") for n in range(count)]

    def rename(self, simulator: Simulator, kind: str, number: str, name: str) -> None:
        """Rename a record as a person would."""
        simulator.change(self.harness.resources[kind], number, self.harness.renamed(kind, name))

    def mirror(self) -> Mirror:
        """Give an empty mirror."""
        return Mirror(self.harness.moment_of)

    def ref(self, kind: str, number: str) -> Ref:
        """Give the Ref of a record."""
        return Ref(self.harness.source, kind, number)

    def everything(self, connector: Connector, kind: str) -> Mirror:
        """Read all of a kind as a first poll does."""
        return self.mirror().take(connector.changes(kind, None, NOTHING_WANTED))

    # What is read

    def test_a_first_read_gives_every_record_and_says_so(
        self, simulator: Simulator, connector: Connector, kind: str
    ) -> None:
        """Without a watermark a poll reads everything there is, and its last page says that it did."""
        self.seeded(simulator, kind, 7)

        mirror = self.everything(connector, kind)

        assert mirror.complete
        assert {ref.id for ref in mirror.records} == set(simulator.living(self.harness.resources[kind]))

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
        assert PASSWORD in json.dumps(simulator.living(self.harness.resources[kind])[number])

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

    # Changes

    def test_a_poll_is_inclusive(self, simulator: Simulator, connector: Connector, kind: str) -> None:
        """Two changes in one second look alike, so what the watermark names is read again."""
        ids = self.seeded(simulator, kind, 3)
        mirror = self.everything(connector, kind)

        for turn, number in enumerate(ids):
            self.rename(simulator, kind, number, f"turn {turn}")
            mirror.take(connector.changes(kind, mirror.watermark, NOTHING_WANTED))

            assert mirror.records[self.ref(kind, number)].words["name"] == f"turn {turn}"

    def test_a_poll_is_repeatable(self, simulator: Simulator, connector: Connector, kind: str) -> None:
        """A poll whose pages were lost is simply asked again."""
        ids = self.seeded(simulator, kind, 7)
        watermark = self.everything(connector, kind).watermark
        simulator.advance(3600)
        for number in ids:
            self.rename(simulator, kind, number, f"again {number}")

        first, second = (
            self.mirror().take(connector.changes(kind, watermark, NOTHING_WANTED)).records for _ in range(2)
        )

        assert first == second
        assert {self.ref(kind, number) for number in ids} <= set(first)

    def test_a_poll_leaves_out_what_did_not_change(self, simulator: Simulator, connector: Connector, kind: str) -> None:
        """Else each poll would be a full read."""
        self.seeded(simulator, kind, 6)
        simulator.advance(7200)
        number = self.harness.seed(simulator, kind, "late")
        watermark = self.everything(connector, kind).watermark

        later = self.mirror().take(connector.changes(kind, watermark, NOTHING_WANTED))

        assert [ref.id for ref in later.records] == [number]

    def test_the_watermark_is_the_sources_time_never_ours(
        self, simulator: Simulator, connector: Connector, kind: str
    ) -> None:
        """With the source's clock hours away from ours, the watermark follows the source's."""
        simulator.advance(6 * 3600)
        number = self.harness.seed(simulator, kind, "tomorrow")

        mirror = self.everything(connector, kind)

        assert mirror.watermark is not None
        reached = self.harness.moment_of(mirror.watermark)
        newest = datetime.fromisoformat(mirror.records[self.ref(kind, number)].words["updated_at"])
        assert newest - timedelta(hours=1) < reached <= newest
        assert reached > datetime.now(UTC) + timedelta(hours=4)

    def test_the_watermark_never_goes_back(self, simulator: Simulator, connector: Connector, kind: str) -> None:
        """Not where nothing changed, and not where the newest record is gone or was changed long ago."""
        self.seeded(simulator, kind, 2)
        mirror = self.everything(connector, kind)
        for _ in range(3):
            mirror.take(connector.changes(kind, mirror.watermark, NOTHING_WANTED))
        assert mirror.watermark is not None
        ahead = mirror.watermark
        simulator.advance(3600)

        self.harness.seed(simulator, kind, "newest")
        mirror.take(connector.changes(kind, ahead, NOTHING_WANTED))
        mirror.take(connector.changes(kind, mirror.watermark, NOTHING_WANTED))

        assert self.harness.moment_of(mirror.watermark) > self.harness.moment_of(ahead)

    def test_nothing_is_skipped_whatever_happens_while_pages_are_read(self, running: Simulator, kind: str) -> None:
        """For every history of renames and creations between pages, polling on ends with what the source holds."""
        resource = self.harness.resources[kind]
        ids = self.seeded(running, kind, 6, "history")
        names = itertools.count()

        def happens(what: str) -> None:
            if what == "create":
                ids.append(self.harness.seed(running, kind, f"new {next(names)}"))
            elif what == "wait":
                running.advance(400)
            else:
                number = ids[0] if what == "first" else ids[-1] if what == "last" else ids[len(ids) // 2]
                self.rename(running, kind, number, f"renamed {next(names)}")

        events = st.lists(st.sampled_from(["create", "first", "middle", "last", "wait"]), max_size=3)

        @settings(max_examples=10, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
        @example([["wait", "first", "last"], ["first", "create"], ["middle"]], 2)
        @given(st.lists(events, max_size=5), st.integers(1, 4))
        def any_history(between: list[list[str]], page_size: int) -> None:
            with self.connected(running, page_size=page_size) as connector:
                mirror = self.mirror().take(connector.changes(kind, None, NOTHING_WANTED))
                script = iter(between)
                running.advance(900)
                happens("first")
                for _ in mirror.taking(connector.changes(kind, mirror.watermark, NOTHING_WANTED)):
                    for what in next(script, []):
                        happens(what)
                mirror.take(connector.changes(kind, mirror.watermark, NOTHING_WANTED))

            held = running.living(resource)
            assert mirror.names() == {number: self.harness.name_of(kind, now) for number, now in held.items()}

        any_history()

    def test_records_that_go_while_pages_are_read_take_no_other_with_them(
        self, simulator: Simulator, kind: str
    ) -> None:
        """With page numbers, one deleted row on page 1 hides the first of page 2."""
        if kind not in self.harness.deletable:
            pytest.skip(f"{kind} never goes for good")
        ids = self.seeded(simulator, kind, 8)
        with self.connected(simulator, page_size=2) as connector:
            mirror = self.mirror()
            for turn, _ in enumerate(mirror.taking(connector.changes(kind, None, NOTHING_WANTED))):
                if turn < 2:
                    simulator.delete(self.harness.resources[kind], ids[turn])

        assert {ref.id for ref in mirror.records} >= set(simulator.living(self.harness.resources[kind]))

    # Completeness

    def test_a_snapshot_sees_everything_and_says_so(
        self, simulator: Simulator, connector: Connector, kind: str
    ) -> None:
        """With ids alone it sees the same, and carries no records."""
        self.seeded(simulator, kind, 7)
        living = set(simulator.living(self.harness.resources[kind]))

        whole = self.mirror().take(connector.snapshot(kind, NOTHING_WANTED))
        bare = self.mirror().take(connector.snapshot(kind, NOTHING_WANTED, ids_only=True))

        assert whole.complete
        assert bare.complete
        assert {ref.id for ref in whole.present} == {ref.id for ref in bare.present} == living
        assert set(whole.records) == whole.present
        assert bare.records == {}

    @pytest.mark.parametrize("ids_only", [True, False])
    def test_a_snapshot_that_changes_under_the_reader_claims_nothing_false(
        self, simulator: Simulator, kind: str, ids_only: bool
    ) -> None:
        """It may be given up as incomplete; if it says complete, it saw all that was there from begin to end."""
        ids = self.seeded(simulator, kind, 8)
        resource = self.harness.resources[kind]
        throughout = set(simulator.living(resource)) - {ids[0], ids[6]}
        with self.connected(simulator, page_size=2) as connector:
            mirror = self.mirror()
            try:
                for turn, _ in enumerate(mirror.taking(connector.snapshot(kind, NOTHING_WANTED, ids_only=ids_only))):
                    if turn == 1:
                        self.seeded(simulator, kind, 2)
                        self.rename(simulator, kind, ids[3], "moved")
                    if turn == 2 and kind in self.harness.deletable:
                        simulator.delete(resource, ids[0])
                        simulator.delete(resource, ids[6])
            except IncompleteReadError:
                assert not mirror.complete

        if mirror.complete:
            assert throughout <= {ref.id for ref in mirror.present}

    def test_records_made_during_a_snapshot_do_not_spoil_it(self, simulator: Simulator, kind: str) -> None:
        """A busy source would otherwise never be read completely."""
        self.seeded(simulator, kind, 6)
        before = set(simulator.living(self.harness.resources[kind]))
        with self.connected(simulator, page_size=2) as connector:
            mirror = self.mirror()
            for turn, _ in enumerate(mirror.taking(connector.snapshot(kind, NOTHING_WANTED, ids_only=True))):
                if turn < 2:
                    self.seeded(simulator, kind, 1)

        assert mirror.complete
        assert before <= {ref.id for ref in mirror.present}

    def test_a_snapshot_that_is_cut_short_is_incomplete(self, simulator: Simulator, kind: str) -> None:
        """An end that comes too early looks like an end; the count tells."""
        self.seeded(simulator, kind, 8)
        with self.connected(simulator, page_size=2) as connector:
            mirror = self.mirror()
            pages = mirror.taking(connector.snapshot(kind, NOTHING_WANTED, ids_only=True))
            next(pages)
            simulator.break_down(self.harness.cut_short(kind), {"path": self.harness.lists[kind], "nth": [1]})

            with pytest.raises(IncompleteReadError):
                list(pages)

        assert not mirror.complete

    def test_a_repeated_cursor_is_an_error(self, simulator: Simulator, kind: str) -> None:
        """Following it would read the same page for ever."""
        self.seeded(simulator, kind, 8)
        with self.connected(simulator, page_size=2) as connector:
            pages = iter(connector.changes(kind, None, NOTHING_WANTED))
            first, second = next(pages), next(pages)
            assert first.present != second.present
            stuck = self.harness.stuck(kind, list(second.records))
            simulator.break_down(stuck, {"path": self.harness.lists[kind]})

            with pytest.raises(IncompleteReadError):
                list(itertools.islice(pages, 20))

    # Failures

    @pytest.mark.parametrize(
        ("do", "error"),
        [
            (HTML, TransientError),
            ({"status": 200, "body": ""}, TransientError),
            ({"truncate": 40}, TransientError),
            ({"close": True}, SideDownError),
            ({"status": 500}, TransientError),
            (
                {"status": 502, "headers": {"Content-Type": "text/html"}, "body": "<html>Bad Gateway</html>"},
                TransientError,
            ),
            ({"status": 503}, TransientError),
            ({"status": 504}, TransientError),
            ({"status": 429, "headers": {"Retry-After": "7"}}, RateLimitError),
            ({"status": 401}, AuthError),
        ],
        ids=["html", "nothing", "truncated", "closed", "500", "502", "503", "504", "429", "401"],
    )
    def test_a_read_that_fails_midway_loses_nothing(
        self, simulator: Simulator, kind: str, do: dict[str, Any], error: type[BridgeError]
    ) -> None:
        """The error has its kind, nothing is claimed, and going on from the last watermark sees all."""
        self.seeded(simulator, kind, 6)
        for read in ("changes", "snapshot"):
            with self.connected(simulator, page_size=2) as connector:
                mirror = self.mirror()
                begun = (
                    connector.changes(kind, None, NOTHING_WANTED)
                    if read == "changes"
                    else connector.snapshot(kind, NOTHING_WANTED)
                )
                pages = mirror.taking(begun)
                next(pages)
                simulator.break_down(do)

                with pytest.raises(error) as caught:
                    list(pages)

                assert not mirror.complete
                if isinstance(caught.value, RateLimitError):
                    assert caught.value.retry_after == 7
                simulator.repair()
                mirror.take(connector.changes(kind, mirror.watermark, NOTHING_WANTED))
                assert set(simulator.living(self.harness.resources[kind])) <= {ref.id for ref in mirror.records}

    def test_a_pause_without_a_length_is_a_pause(self, simulator: Simulator, connector: Connector, kind: str) -> None:
        """Retry-After is a courtesy; without it the engine chooses."""
        simulator.break_down({"status": 429, "headers": {}, "body": "Too many requests"})

        with pytest.raises(RateLimitError) as caught:
            self.everything(connector, kind)

        assert caught.value.retry_after is None

    def test_an_answer_that_does_not_come_ends_at_the_deadline(self, simulator: Simulator, kind: str) -> None:
        """A reader that waits for ever holds its lease for ever."""
        simulator.break_down({"delay": 5}, {"path": self.harness.lists[kind]})

        with self.connected(simulator, deadline=0.4) as connector, pytest.raises(SideDownError):
            self.everything(connector, kind)

    # Single records

    def test_a_record_that_is_not_there_is_absent(self, simulator: Simulator, connector: Connector, kind: str) -> None:
        """Not found is a value, for one that never was and for one that went."""
        never = self.ref(kind, "99999999")
        assert connector.fetch(never) == Absent(never)
        if kind not in self.harness.deletable:
            return

        number = self.harness.seed(simulator, kind, "going")
        assert isinstance(connector.fetch(self.ref(kind, number)), Record)
        simulator.delete(self.harness.resources[kind], number)

        assert connector.fetch(self.ref(kind, number)) == Absent(self.ref(kind, number))

    @pytest.mark.parametrize(
        "do",
        [
            HTML,
            {"status": 404, "headers": {"Content-Type": "text/html"}, "body": "<html>404</html>"},
            {"status": 401},
            {"status": 403},
            {"status": 500},
            {"status": 503},
            {"status": 429},
            {"close": True},
            {"truncate": 30},
            {"status": 200, "body": "null"},
            {"status": 200, "body": ""},
        ],
        ids=["html", "404 html", "401", "403", "500", "503", "429", "closed", "truncated", "null", "nothing"],
    )
    def test_trouble_is_never_absence(
        self, simulator: Simulator, connector: Connector, kind: str, do: dict[str, Any]
    ) -> None:
        """What archives documentation has to be said by the source about this record."""
        number = self.harness.seed(simulator, kind, "here")
        assert isinstance(connector.fetch(self.ref(kind, number)), Record)
        simulator.break_down(do, {"path": self.harness.singles[kind]})

        with pytest.raises(BridgeError):
            connector.fetch(self.ref(kind, number))

    def test_many_records_are_reread_in_few_requests(
        self, simulator: Simulator, connector: Connector, kind: str
    ) -> None:
        """One that is not there is left out, which proves nothing."""
        ids = self.seeded(simulator, kind, 23)
        before = len(simulator.requests())

        found = list(connector.reread([self.ref(kind, number) for number in (*ids, "99999999")]))

        assert sorted(record.ref.id for record in found) == sorted(ids)
        assert len(simulator.requests()) - before < len(ids)
        assert list(connector.reread([])) == []

    # Secrets and strangers

    def test_no_secret_is_ever_seen(self, simulator: Simulator, caplog: pytest.LogCaptureFixture, kind: str) -> None:
        """Not in a repr, an error or a log line, whatever the server answers."""
        caplog.set_level(logging.DEBUG)
        seen: list[str] = []
        wrong = self.harness.connect_wrongly(simulator)
        right = self.harness.connect(simulator)
        echo = " ".join(self.harness.secrets(simulator))
        try:
            for connector, do in (
                (wrong, None),
                (right, {"status": 401}),
                (right, {"status": 400, "body": f"bad request: {echo}"}),
                (right, {"status": 500, "body": json.dumps({"message": echo})}),
                (right, {"status": 200, "body": echo}),
                (right, {"close": True}),
            ):
                if do is not None:
                    simulator.break_down(do)
                seen += [repr(connector), str(vars(connector))]
                for call in _calls(connector, self.ref(kind, "1")):
                    with pytest.raises(BridgeError) as caught:
                        call()
                    chain: BaseException | None = caught.value
                    while chain is not None:
                        seen += [str(chain), repr(chain)]
                        chain = chain.__cause__
                seen += [finding.text for finding in connector.check()]
                simulator.repair()
        finally:
            wrong.close()
            right.close()

        text = "\n".join([*seen, caplog.text])
        secrets = (*self.harness.secrets(simulator), self.harness.wrong_key)
        assert not [secret for secret in secrets if secret in text]

    def test_a_wrong_key_is_a_matter_of_the_whole_side(self, simulator: Simulator, kind: str) -> None:
        """The side pauses and one alert goes out, rather than every record failing by itself."""
        connector = self.harness.connect_wrongly(simulator)
        try:
            with pytest.raises(AuthError):
                self.everything(connector, kind)
            with pytest.raises(AuthError):
                connector.fetch(self.ref(kind, "1"))
            findings = list(connector.check())
        finally:
            connector.close()

        assert [finding for finding in findings if finding.level == "error"]

    def test_check_has_no_complaint_about_a_healthy_source(self, simulator: Simulator, connector: Connector) -> None:
        """A check that always warns is not read."""
        for kind in self.harness.kinds:
            self.seeded(simulator, kind, 2)

        findings = list(connector.check())

        assert [finding for finding in findings if finding.level != "ok"] == []
        assert findings

    @pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"not json", b'{"id": 1}', b"\xff\xfe"])
    def test_a_webhook_from_a_stranger_is_refused(self, connector: Connector, body: bytes) -> None:
        """Its address can be found by anyone."""
        with pytest.raises(SignatureError):
            connector.read_webhook(WebhookRequest("/hook", {"id": "1"}, {"content-type": "application/json"}, body))

    def test_the_connector_says_what_it_is(self, connector: Connector) -> None:
        """Name, type, kinds and the version of its words."""
        assert connector.name == self.harness.source
        assert connector.type == self.harness.system
        assert set(self.harness.kinds) <= set(connector.kinds)
        assert connector.normalizer >= 1


def _calls(connector: Connector, ref: Ref) -> list[Callable[[], object]]:
    return [
        lambda: list(connector.changes(ref.kind, None, NOTHING_WANTED)),
        lambda: list(connector.snapshot(ref.kind, NOTHING_WANTED)),
        lambda: connector.fetch(ref),
        lambda: list(connector.reread([ref])),
    ]
