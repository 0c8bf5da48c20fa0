"""Retention: how long the journal is kept, and what the source said of people who are gone there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from bridge.store import hand_pauses, prune
from bridge.store.database import Database
from bridge.store.prune import DAY, Keep
from bridge.store.schema import journal, mirror, pauses, payloads, runs


@contextmanager
def later(db: Database, days: float) -> Iterator[Database]:
    """Open a database once more, its clock so many days on: the machine's for SQLite, the server's for PostgreSQL."""
    if db.is_sqlite:
        with time_machine.travel(db.now() + days * DAY, tick=True):
            yield db
        return
    name = sa.make_url(db.url).database
    with db.write() as connection:
        connection.execute(sa.text("CREATE SCHEMA IF NOT EXISTS moved"))
        connection.execute(
            sa.text(
                "CREATE OR REPLACE FUNCTION moved.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
                f"$$SELECT pg_catalog.clock_timestamp() + interval '{days} days'$$"
            )
        )
        connection.execute(sa.text(f'ALTER DATABASE "{name}" SET search_path = moved, pg_catalog, public'))
    moved = Database(db.url)
    try:
        yield moved
    finally:
        moved.close()
        with db.write() as connection:
            connection.execute(sa.text(f'ALTER DATABASE "{name}" RESET search_path'))


def write_journal(db: Database, number: int) -> None:
    """Journal writes at this moment."""
    with db.write() as connection:
        rows = [{"at": db.now(connection), "target": 1, "run": 1, "verb": "update", "outcome": "written"}]
        connection.execute(sa.insert(journal), rows * number)


def lose(db: Database, kind: str, number: int = 1) -> None:
    """Let records of a kind be gone at this moment."""
    with db.write() as connection:
        for ext in range(number):
            row = {"source": "cw", "kind": kind, "ext_id": str(ext), "digest": "d", "gone_at": db.now(connection)}
            [made] = connection.execute(sa.insert(mirror).values(**row).returning(mirror.c.id)).scalars()
            said = {"mirror_id": made, "body": '{"name": "Anna"}', "record": '{"first_name": "Anna"}'}
            connection.execute(sa.insert(payloads).values(**said))


def stored(db: Database) -> dict[str, tuple[str, str]]:
    """Give payload and record of one record of each kind."""
    with db.read() as connection:
        rows = connection.execute(
            sa.select(mirror.c.kind, payloads.c.body, payloads.c.record).join(
                payloads, payloads.c.mirror_id == mirror.c.id
            )
        )
        return {row.kind: (row.body, row.record) for row in rows}


def count(db: Database, table: sa.Table) -> int:
    """Count the rows of a table."""
    with db.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@pytest.mark.parametrize(("days", "kept"), [(399, 12_000), (401, 0)])
def test_the_journal_is_kept_for_400_days(fresh: Database, days: int, kept: int) -> None:
    """And no longer, however much there is."""
    write_journal(fresh, 12_000)

    with later(fresh, days) as db:
        pruned = prune.prune(db)

    assert count(fresh, journal) == kept
    assert pruned == 12_000 - kept


@pytest.mark.parametrize(("days", "blank"), [(29, set()), (31, {"contact", "ticket"})])
def test_what_the_source_said_of_people_goes_30_days_after_them(fresh: Database, days: int, blank: set[str]) -> None:
    """Contacts and tickets; what is said of devices stays, and so does the row that says that it is gone."""
    for kind in ("contact", "ticket", "configuration"):
        lose(fresh, kind)

    with later(fresh, days) as db:
        prune.prune(db)
        again = prune.prune(db)

    assert {kind for kind, said in stored(fresh).items() if said == ("{}", "{}")} == blank
    assert count(fresh, mirror) == 3
    assert again == 0


def test_both_are_settings(fresh: Database) -> None:
    """Shorter ones count from the same moments."""
    write_journal(fresh, 3)
    lose(fresh, "contact")

    with later(fresh, 3) as db:
        prune.prune(db, Keep(journal=2 * DAY, gone=4 * DAY))
        early = stored(fresh)["contact"]
        prune.prune(db, Keep(gone=2 * DAY))

    assert count(fresh, journal) == 0
    assert early != ("{}", "{}")
    assert stored(fresh)["contact"] == ("{}", "{}")


def test_a_run_that_wrote_goes_with_its_journal_and_a_pause_that_is_over_soon(fresh: Database) -> None:
    """A run that wrote nothing is gone after a day; a pause that still stands stays."""
    counts: list[dict[str, Any]] = [{"counts": '{"seen":1,"written":1,"equal":0}'}, {"counts": '{"written":0,"x":1}'}]
    with fresh.write() as connection:
        now = fresh.now(connection)
        connection.execute(sa.insert(runs), [{"kind": "poll", "ended_at": now, **each} for each in counts])
        hand_pauses.pause(fresh, connection, "cw", seconds=60.0, by="anna", why="x")
        hand_pauses.pause(fresh, connection, "*", seconds=30 * DAY, by="anna", why="x")

    with later(fresh, 2) as db:
        prune.prune(db)
        with db.read() as connection:
            left = list(connection.execute(sa.select(pauses.c.scope)).scalars())
    soon = count(fresh, runs)
    with later(fresh, 401) as db:
        prune.prune(db)

    assert (soon, left) == (1, ["hand:*"])
    assert count(fresh, runs) == 0
