"""Trouble: each error has its kind, and none reads as absence."""

from typing import Any

import pytest

from bridge.connector import Connector
from bridge.errors import (
    AuthError,
    BridgeError,
    RateLimitError,
    SideDownError,
    TransientError,
)
from bridge.records import Absent, Record
from tests.contract.harness import NOTHING_WANTED, Grounded
from tests.contract.simulator import Simulator

HTML = {"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<html><body>Please log in</body></html>"}


class PromisesInTrouble(Grounded):
    """A failed read claims nothing and loses nothing."""

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
            ({"status": 429, "headers": {"Retry-After": "70"}}, RateLimitError),
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
                    assert caught.value.retry_after == 70
                simulator.repair()
                mirror.take(connector.changes(kind, mirror.watermark, NOTHING_WANTED))
                assert set(self.harness.living(simulator, kind)) <= {ref.id for ref in mirror.records}

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
