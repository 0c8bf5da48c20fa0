"""Mirroring: what a connector brings is stored as it came, whatever the shape of the store."""

import itertools
from typing import Any

import orjson
import pytest
import sqlalchemy as sa

from bridge.connector import Connector
from bridge.store import runs
from bridge.store.database import Database
from bridge.store.mirror import Mirror
from bridge.store.schema import mirror, payloads
from tests.contract.harness import EVERYTHING, Grounded
from tests.contract.simulator import Simulator

ODD = "Łódź 📎 'a' \"b\" \\ \u2028 %s :x"


class PromisesOfMirroring(Grounded):
    """A first poll and every later one leave in the store what they brought."""

    @pytest.fixture
    def stored(self, db: Database) -> Mirror:
        """Give an empty mirror in the store, of no block: only records are looked at."""
        return Mirror(db, (), confirm_gap=60.0)

    def test_what_is_read_stands_in_the_store_as_it_came(
        self, simulator: Simulator, connector: Connector, kind: str, stored: Mirror
    ) -> None:
        """Version, payload and words, of records that are new and of one that changed; what did not change is seen."""
        ids = self.seeded(simulator, kind, 6)
        read, moments = self.mirror(), itertools.count(1)
        for name in ("before", ODD):
            self.rename(simulator, kind, ids[0], name)
            run = _run(stored.db)
            for page in read.taking(connector.changes(kind, read.watermark, EVERYTHING[kind])):
                stored.write(page.records, read_started_at=next(moments), run=run, lane="live", normalizer=1)

        found = _stored(stored.db)

        assert found == {ref.id: (each.version, dict(each.payload), each.words) for ref, each in read.records.items()}
        assert self.harness.name_of(kind, found[ids[0]][1]) == ODD

    def test_what_a_complete_read_did_not_see_is_told_apart(
        self, simulator: Simulator, connector: Connector, kind: str, stored: Mirror
    ) -> None:
        """Ids alone are enough: those that are there count as seen in its run, and only those."""
        ids = self.seeded(simulator, kind, 6)
        for page in connector.snapshot(kind, EVERYTHING[kind]):
            stored.write(page.records, read_started_at=1.0, run=_run(stored.db), lane="live", normalizer=1)
        if kind in self.harness.deletable:
            simulator.delete(self.harness.resources[kind], ids[0])
        living, run = set(self.harness.living(simulator, kind)), _run(stored.db)

        for page in connector.snapshot(kind, EVERYTHING[kind], ids_only=True):
            assert stored.seen(page.present, run=run) == []

        with stored.db.read() as connection:
            seen = set(connection.execute(sa.select(mirror.c.ext_id).where(mirror.c.seen_run == run)).scalars())
        assert seen == living
        assert (ids[0] in seen) == (kind not in self.harness.deletable)


def _run(db: Database) -> int:
    with db.write() as connection:
        return runs.start(db, connection, "poll", "test")


def _stored(db: Database) -> dict[str, tuple[int, Any, Any]]:
    joined = sa.select(mirror.c.ext_id, mirror.c.version, payloads.c.body, payloads.c.record).join(
        payloads, payloads.c.mirror_id == mirror.c.id
    )
    with db.read() as connection:
        return {
            row.ext_id: (row.version, orjson.loads(row.body), orjson.loads(row.record))
            for row in connection.execute(joined)
        }
