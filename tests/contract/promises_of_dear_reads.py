"""What costs a request per record: the kinds that are read organization by organization, and the words of `enrich`."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bridge.connector import Connector
from bridge.errors import BridgeError
from bridge.records import Absent, Record
from tests.contract.harness import NOTHING_WANTED, Grounded
from tests.contract.promises_of_records import COMMON, WORDS
from tests.contract.simulator import Simulator

TROUBLE: Mapping[str, dict[str, Any]] = {
    "html": {
        "status": 200,
        "headers": {"Content-Type": "text/html"},
        "body": "<html><body>Please log in</body></html>",
    },
    "404 html": {"status": 404, "headers": {"Content-Type": "text/html"}, "body": "<html>404</html>"},
    "401": {"status": 401},
    "403": {"status": 403},
    "500": {"status": 500},
    "503": {"status": 503},
    "429": {"status": 429, "headers": {"Retry-After": "70"}},  # a shorter one is waited for in place
    "closed": {"close": True},
    "truncated": {"truncate": 1},
    "null": {"status": 200, "body": "null"},
    "nothing": {"status": 200, "body": ""},
}
troubles = pytest.mark.parametrize("do", TROUBLE.values(), ids=TROUBLE)


class PromisesOfDearReads(Grounded):
    """They are whole or an error, and what nobody wants is not asked for."""

    def test_all_records_of_an_organization_are_read_whatever_the_page_size(
        self, simulator: Simulator, below: str
    ) -> None:
        """Those of another one are not among them."""
        mine, other = (self.harness.seed(simulator, "organization", f"With {n} {below}s") for n in ("many", "few"))
        made = {self.harness.seed_below(simulator, below, mine, f"{below} {n}") for n in range(5)}
        self.harness.seed_below(simulator, below, other, "elsewhere")

        for page_size in (1, 2, 100):
            with self.connected(simulator, page_size=page_size) as connector:
                found = connector.of_organization(below, self.ref("organization", mine))
            assert not isinstance(found, Absent)
            assert made <= {record.ref.id for record in found}
            assert {record.words["organization"]["id"] for record in found} == {mine}
            assert len({record.ref for record in found}) == len(found)

    def test_every_word_below_an_organization_is_there(
        self, simulator: Simulator, connector: Connector, below: str
    ) -> None:
        """They are mapped like any record, and a stored payload gives them again."""
        mine = self.harness.seed(simulator, "organization", "Words")
        self.harness.seed_below(simulator, below, mine, "words")

        found = connector.of_organization(below, self.ref("organization", mine))

        assert not isinstance(found, Absent)
        for record in found:
            assert set(record.words) == COMMON | WORDS[below]
            assert connector.normalize(below, json.loads(json.dumps(dict(record.payload)))) == record
            assert record.words["url"] == connector.url(record.ref)

    def test_an_organization_that_is_not_there_is_absent(
        self, simulator: Simulator, connector: Connector, below: str
    ) -> None:
        """And one without records has none: two different answers."""
        never = self.ref("organization", "99999999")

        assert connector.of_organization(below, never) == Absent(never)

    @troubles
    def test_trouble_below_an_organization_is_never_absence(
        self, simulator: Simulator, connector: Connector, below: str, do: dict[str, Any]
    ) -> None:
        """Else a bad hour would make every location of a customer look gone."""
        mine = self.harness.seed(simulator, "organization", "In trouble")
        self.harness.seed_below(simulator, below, mine, "here")
        simulator.break_down(do, {"path": self.harness.belows[below]})

        with pytest.raises(BridgeError):
            connector.of_organization(below, self.ref("organization", mine))

    def test_only_wanted_words_are_asked_for(self, simulator: Simulator, connector: Connector, dear: str) -> None:
        """Without a wish the records come back as they are, and no request is made."""
        record = connector.fetch(self.ref(dear, self.harness.seed(simulator, dear, "cheap")))
        assert isinstance(record, Record)
        before = len(simulator.requests())

        assert list(connector.enrich([record], NOTHING_WANTED)) == [record]
        assert len(simulator.requests()) == before

    def test_enriching_adds_the_wanted_words_and_changes_nothing_else(
        self, simulator: Simulator, connector: Connector, dear: str
    ) -> None:
        """Payload and version stay, so that the next poll does not see a change in what is not listed."""
        number = self.harness.seed(simulator, dear, "linked")
        word, expected = self.harness.link(simulator, dear, number)
        record = connector.fetch(self.ref(dear, number))
        assert isinstance(record, Record)

        (enriched,) = connector.enrich([record], frozenset({word}))

        assert record.words[word] is None
        assert [one["id"] for one in enriched.words[word]] == expected
        assert (enriched.ref, enriched.version, enriched.payload) == (record.ref, record.version, record.payload)
        assert {**enriched.words, word: None} == record.words

    def test_what_went_meanwhile_is_left_out_and_the_rest_is_enriched(
        self, simulator: Simulator, connector: Connector, dear: str
    ) -> None:
        """One deleted record must not stop the others, nor read as trouble of the whole source."""
        going, staying = (self.harness.seed(simulator, dear, name) for name in ("going", "staying"))
        word, _ = self.harness.link(simulator, dear, staying)
        records = list(connector.reread([self.ref(dear, going), self.ref(dear, staying)]))
        simulator.delete(self.harness.resources[dear], going)

        found = list(connector.enrich(records, frozenset({word})))

        assert [record.ref.id for record in found] == [staying]

    @troubles
    def test_trouble_in_enriching_is_an_error_never_an_empty_word(
        self, simulator: Simulator, connector: Connector, dear: str, do: dict[str, Any]
    ) -> None:
        """An empty word would take the tags off the documentation."""
        number = self.harness.seed(simulator, dear, "linked")
        word, _ = self.harness.link(simulator, dear, number)
        record = connector.fetch(self.ref(dear, number))
        assert isinstance(record, Record)
        simulator.break_down(do, {"path": self.harness.enrichments[dear]})

        with pytest.raises(BridgeError):
            list(connector.enrich([record], frozenset({word})))

    def test_a_sample_shows_the_newest_records(self, simulator: Simulator, connector: Connector, kind: str) -> None:
        """Enough to tell what the source offers, without reading all of it."""
        *_, newest = (self.harness.seed(simulator, kind, f"sample {n}") for n in range(4))

        found = list(connector.sample(kind, 3))

        assert newest in {record.ref.id for record in found}
        assert all(record.ref.kind == kind for record in found)
