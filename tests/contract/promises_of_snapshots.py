"""Completeness: claimed only where it is proven."""

import itertools

import pytest

from bridge.connector import Connector
from bridge.errors import (
    IncompleteReadError,
)
from tests.contract.harness import NOTHING_WANTED, Grounded
from tests.contract.simulator import Simulator


class PromisesOfSnapshots(Grounded):
    """Absence may be concluded from a complete read alone."""

    def test_a_snapshot_sees_everything_and_says_so(
        self, simulator: Simulator, connector: Connector, kind: str
    ) -> None:
        """With ids alone it sees the same, and carries no records."""
        self.seeded(simulator, kind, 7)
        living = set(self.harness.living(simulator, kind))

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
        throughout = set(self.harness.living(simulator, kind)) - {ids[0], ids[6]}
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
        before = set(self.harness.living(simulator, kind))
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
