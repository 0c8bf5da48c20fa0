"""Polling: inclusive, repeatable, never skipping; watermarks by the source's time alone."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bridge.connector import Connector
from tests.contract.harness import NOTHING_WANTED, Grounded
from tests.contract.mirror import name_in
from tests.contract.simulator import Simulator


class PromisesOfChanges(Grounded):
    """Polling on ends with what the source holds."""

    def test_a_poll_is_inclusive(self, simulator: Simulator, connector: Connector, kind: str) -> None:
        """Two changes in one second look alike, so what the watermark names is read again."""
        ids = self.seeded(simulator, kind, 3)
        mirror = self.everything(connector, kind)

        for turn, number in enumerate(ids):
            self.rename(simulator, kind, number, f"turn {turn}")
            mirror.take(connector.changes(kind, mirror.watermark, NOTHING_WANTED))

            assert name_in(mirror.records[self.ref(kind, number)]) == f"turn {turn}"

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

            held = self.harness.living(running, kind)
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

        assert {ref.id for ref in mirror.records} >= set(self.harness.living(simulator, kind))
