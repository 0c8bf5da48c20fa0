"""Streams, fetches, pauses and runs: what keeps readers apart, and counts what they saw."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
import sqlalchemy as sa

from bridge.store import fetches, journal, pauses, runs, streams
from bridge.store import schema as tables
from bridge.store.database import Database
from bridge.store.decisions import decide, of, spend

POLL = ("cw", "configuration", "poll")


def _streams(db: Database) -> None:
    streams.ensure(db, [POLL, ("cw", "organization", "poll")])
    streams.ensure(db, [POLL])


def test_organizations_are_read_before_what_belongs_to_them(db: Database) -> None:
    """And no stream is given twice."""
    _streams(db)

    claimed = [streams.claim(db, owner="me", lease=60) for _ in range(3)]

    assert [row.kind if row else None for row in claimed] == ["organization", "configuration", None]


def test_what_the_settings_no_longer_name_is_read_no_more(db: Database) -> None:
    """A kind that no block reads costs nothing; what stays goes on from where it was, what comes back begins anew."""
    tickets = ("cw", "ticket", "poll")
    streams.keep(db, [POLL, tickets])
    for row in (streams.claim(db, owner="me", lease=60), streams.claim(db, owner="me", lease=60)):
        assert row is not None
        streams.move(db, row, "2026-05-01T09:00:00Z")
        streams.done(db, row, next_in=0)

    streams.keep(db, [POLL])
    claimed = [streams.claim(db, owner="me", lease=60) for _ in range(2)]
    streams.keep(db, [POLL, tickets])
    back = streams.claim(db, owner="me", lease=60)

    assert [row and (row.kind, row.watermark) for row in claimed] == [(POLL[1], "2026-05-01T09:00:00Z"), None]
    assert back is not None
    assert (back.kind, back.watermark) == ("ticket", None)


@pytest.mark.parametrize("schedulers", [4])
def test_schedulers_never_poll_one_stream_at_once(open_database: Callable[[], Database], schedulers: int) -> None:
    """Twenty streams, four schedulers: each stream is claimed by one."""
    db = open_database()
    streams.ensure(db, [("cw", f"kind {number}", "poll") for number in range(20)])
    claimed: list[str] = []
    start = Barrier(schedulers)

    def work() -> None:
        own = open_database()
        start.wait()
        misses = 0
        while misses < 3:
            row = streams.claim(own, owner="me", lease=60)
            if row is None:
                misses += 1
            else:
                claimed.append(row.kind)

    threads = [Thread(target=work) for _ in range(schedulers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(claimed) == sorted({*claimed})
    assert len(claimed) == 20


def test_a_watermark_moves_only_under_its_own_fence(db: Database) -> None:
    """A scheduler that was frozen for longer than its lease moves nothing, renews nothing, ends nothing."""
    _streams(db)
    first = streams.claim(db, owner="frozen", lease=-1)
    second = streams.claim(db, owner="other", lease=60)

    assert first is not None
    assert second is not None
    assert second.fence == first.fence + 1
    assert not streams.move(db, first, "older")
    assert not streams.renew(db, first, lease=60)
    assert not streams.done(db, first, next_in=60)
    assert streams.move(db, second, "newer")
    assert streams.done(db, second, next_in=60)


def test_a_stream_that_fails_is_counted_and_due_again(db: Database) -> None:
    """A success ends the count."""
    streams.ensure(db, [POLL])
    for error, failures in (("503", 1), ("503", 2), (None, 0)):
        row = streams.claim(db, owner="me", lease=60)
        assert row is not None
        streams.done(db, row, next_in=-1, error=error)
        with db.read() as connection:
            assert connection.execute(sa.select(tables.streams.c.failures)).scalar() == failures


def _hint(db: Database, ref: str = "cw:configuration:1", lane: str = "live", due_in: float = -1.0) -> None:
    with db.write() as connection:
        due_at = db.now(connection) + due_in
        statement = db.insert(tables.fetches).values(ref=ref, due_at=due_at, lane=lane, why="hint")
        values = {"seq": tables.fetches.c.seq + 1, "due_at": due_at}
        connection.execute(statement.on_conflict_do_update(index_elements=["ref"], set_=values))


def _fetch(db: Database) -> fetches.Row:
    [row] = fetches.claim(db, owner="me", lease=60, limit=10, sources=["cw"])
    return row


def test_a_fetch_that_is_done_is_gone(db: Database) -> None:
    """It is not given twice while it is worked on."""
    _hint(db)
    row = _fetch(db)

    assert fetches.claim(db, owner="other", lease=60, limit=10, sources=["cw"]) == []
    fetches.done(db, row)
    with db.read() as connection:
        assert connection.execute(sa.select(tables.fetches)).first() is None


def test_a_hint_during_a_fetch_is_never_lost(db: Database) -> None:
    """The record may have changed right after it was read: it is fetched again."""
    _hint(db)
    row = _fetch(db)
    _hint(db)

    fetches.done(db, row)

    assert _fetch(db).seq == row.seq + 1


def test_a_hint_during_a_fetch_that_is_put_off_stays_due(db: Database) -> None:
    """Put off for a minute because the record was absent, it is fetched at once: somebody asked again."""
    _hint(db)
    row = _fetch(db)
    _hint(db)

    fetches.again(db, row, due_in=60)

    assert _fetch(db).ref == row.ref


def test_a_doubt_during_a_fetch_waits_its_time(db: Database) -> None:
    """A hint for later does not make the record due at once, over and over."""
    _hint(db)
    row = _fetch(db)
    _hint(db, due_in=30.0)

    fetches.done(db, row)

    assert fetches.claim(db, owner="me", lease=60, limit=10, sources=["cw"]) == []


def test_live_fetches_come_first_and_other_sources_stay(db: Database) -> None:
    """An underscore in a source's name is no wildcard."""
    _hint(db, "c_w:configuration:1")
    _hint(db, "cxw:configuration:1")
    _hint(db, "c_w:configuration:2", lane="backfill")
    _hint(db, "c_w:configuration:3")

    rows = fetches.claim(db, owner="me", lease=60, limit=10, sources=["c_w"])

    assert [row.lane for row in rows] == ["live", "live", "backfill"]
    assert {row.ref.partition(":")[0] for row in rows} == {"c_w"}


def test_a_pause_grows_with_each_probe_that_fails(db: Database) -> None:
    """New once, longer each time; who comes while it lasts is told how long; lifted, it says since when."""
    first = pauses.pause(db, "itglue", "down", "503", minimum=0.0, maximum=100.0)
    second = pauses.pause(db, "itglue", "down", "503", minimum=40.0, maximum=100.0)
    during = pauses.pause(db, "itglue", "down", "503", minimum=40.0, maximum=100.0)
    with db.read() as connection:
        active = pauses.active(connection, "itglue", now=db.now(connection))

    assert first == (True, 0.0)
    assert second == (False, 80.0)
    assert not during[0]
    assert 70.0 < during[1] <= 80.0
    assert active
    assert pauses.lift(db, "itglue") is not None
    assert pauses.lift(db, "itglue") is None


def test_workers_that_lose_a_side_at_once_report_it_once(open_database: Callable[[], Database]) -> None:
    """Four workers meet the same outage in the same moment."""
    found: list[bool] = []
    start = Barrier(4)

    def lose() -> None:
        own = open_database()
        start.wait()
        found.append(pauses.pause(own, "itglue", "down", "503", minimum=10.0, maximum=100.0)[0])

    threads = [Thread(target=lose) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [False, False, False, True]


def _run_with(db: Database, outcomes: list[str | None], *, names: int = 0) -> int:
    with db.write() as connection:
        run = runs.start(db, connection, "poll", "cw:configuration")
        for place, outcome in enumerate([*outcomes, *["written"] * names]):
            block = "names" if place >= len(outcomes) else "configurations"
            statement = sa.insert(tables.targets).values(block=block, anchor=f"{run} {place}")
            target = connection.execute(statement.returning(tables.targets.c.id)).scalar()
            connection.execute(sa.insert(tables.run_targets).values(run=run, target=target, outcome=outcome))
    return run


def test_seen_is_the_sum_of_all_outcomes_and_names_stand_apart(db: Database) -> None:
    """I5, over distinct targets."""
    run = _run_with(db, ["written", "equal", "equal", "held", "excluded", "gone", None], names=2)

    with db.read() as connection:
        counts = runs.count(connection, run)

    assert counts["seen"] == sum(counts[word] for word in runs.OUTCOMES) == 7
    assert counts["names"] == {"written": 2}


def test_a_run_ends_when_it_has_read_all_and_nothing_is_open(db: Database) -> None:
    """One that reads on, and one with an open target, go on; with mode = plan what is open is planned."""
    reading, open_, done = _run_with(db, ["equal"]), _run_with(db, ["equal", None]), _run_with(db, ["equal"])
    with db.write() as connection:
        for run in (open_, done):
            runs.read_done(connection, run, now=1.0)

    ended = runs.end_finished(db, planned=False)
    planned = runs.end_finished(db, planned=True)

    assert [run for run, _ in ended] == [done]
    assert [run for run, _ in planned] == [open_]
    with db.read() as connection:
        outcomes = dict(tuple(row) for row in connection.execute(sa.select(tables.runs.c.id, tables.runs.c.outcome)))
        left = set(connection.execute(sa.select(tables.run_targets.c.run)).scalars())
    assert outcomes == {reading: None, open_: "planned", done: "finished"}
    assert left == {reading}


def test_a_run_whose_reader_died_ends_with_the_next_one(db: Database) -> None:
    """Whoever has the stream now knows that nobody reads for the run before."""
    run = _run_with(db, ["equal"])

    with db.write() as connection:
        runs.abandon(connection, "poll", "cw:configuration", now=1.0)

    assert [number for number, _ in runs.end_finished(db, planned=False)] == [run]


def test_what_people_decided_stands_until_it_is_spent(db: Database) -> None:
    """The latest pin, new or exclude counts, every ban does; an accept is for its code and change, once."""
    with db.write() as connection:
        connection.execute(sa.insert(tables.targets), [{"id": 1, "anchor": "a"}, {"id": 2, "anchor": "b"}])
        decide(connection, 1, "pin", by="me", at=1.0, itglue_id="7")
        decide(connection, 1, "ban", by="me", at=2.0, itglue_id="8")
        decide(connection, 1, "ban", by="me", at=3.0, itglue_id="9")
        decide(connection, 1, "accept", by="me", at=4.0, code="moved", change_digest="d")
        before = of(connection, [1, 2])[1]
        spend(connection, [1], at=5.0)
        decide(connection, 1, "new", by="me", at=6.0)
        after = of(connection, [1])[1]

    assert (before.pin, before.bans) == ("7", frozenset({"8", "9"}))
    assert before.accepted("moved", "d")
    assert not before.accepted("moved", "other")
    assert (after.pin, after.new, after.accepts) == (None, True, {})


def test_a_ban_takes_back_a_pin_to_the_same_record(db: Database) -> None:
    """What a person says last counts."""
    with db.write() as connection:
        connection.execute(sa.insert(tables.targets), [{"id": 1, "anchor": "a"}])
        decide(connection, 1, "pin", by="me", at=1.0, itglue_id="7")
        decide(connection, 1, "ban", by="me", at=2.0, itglue_id="7")

        assert of(connection, [1])[1].pin is None


def test_a_pin_takes_back_a_ban_of_the_same_record(db: Database) -> None:
    """Else the record would be linked and let go by turns; other bans stand."""
    with db.write() as connection:
        connection.execute(sa.insert(tables.targets), [{"id": 1, "anchor": "a"}])
        for number, (verb, record) in enumerate([("ban", "7"), ("ban", "8"), ("pin", "7")]):
            decide(connection, 1, verb, by="me", at=float(number), itglue_id=record)

        found = of(connection, [1])[1]

    assert (found.pin, found.bans) == ("7", frozenset({"8"}))


def test_the_journal_counts_what_was_not_refused_nor_accepted(db: Database) -> None:
    """What is under way and what is unknown counts; what was refused, reviewed or is old does not."""
    row = {"target": 1, "batch": "b", "verb": "create", "at": 100.0, "accepted": False, "outcome": None}
    with db.write() as connection:
        journal.intend(
            connection,
            [row, {**row, "target": 2}, {**row, "target": 3, "accepted": True}, {**row, "target": 4, "at": 10.0},
             {**row, "target": 5}],
        )  # fmt: skip
        journal.answer(connection, "b", {2: "unknown", 5: "refused"})
        journal.answer(connection, "b", {1: "written"}, {1: "77"})

        assert journal.counted(connection, tables.journal.c.verb == "create", since=50.0) == 2
        made = sa.select(tables.journal.c.itglue_id).where(tables.journal.c.target == 1)
        assert connection.execute(made).scalar() == "77"
