"""Claims: who may work on a target, how long, and what ends it."""

from collections import Counter
from collections.abc import Callable, Iterable
from threading import Barrier, Thread
from typing import Any

import pytest
import sqlalchemy as sa

from bridge.store import targets as target_rows
from bridge.store.database import Database
from bridge.store.schema import WAVES, run_targets, runs, targets, waits

NOW = 1_000_000.0
DEVICES = WAVES["configurations"]


def _add(db: Database, *rows: dict[str, Any]) -> None:
    base = {"block": "configurations", "wave": DEVICES, "due_at": NOW - 1, "lane": "backfill", "org_target": None,
            "state": "pending", "starts": 0, "lease_until": 0.0, "code": None, "rule": None, "settled_at": None,
            "attempts": 0, "seq": 1}  # fmt: skip
    with db.write() as connection:
        connection.execute(sa.insert(targets), [{**base, **row} for row in rows])


def _claim(db: Database, *, now: float = NOW, owner: str = "me", **more: Any) -> list[Any]:
    given = {"lane": "backfill", "lease": 10.0, "limit": 200, **more}
    return target_rows.claim(db, owner=owner, now=now, **given)


def _of(rows: Iterable[Any]) -> list[str]:
    return [row.anchor for row in rows]


def _all(db: Database) -> dict[str, Any]:
    with db.read() as connection:
        return {row.anchor: row for row in connection.execute(sa.select(targets))}


def test_a_claim_takes_one_wave_parents_first(db: Database) -> None:
    """Names before organizations before devices; what is not due, held, or of another lane stays."""
    _add(
        db,
        {"anchor": "device"},
        {"anchor": "organization", "wave": WAVES["organizations"], "block": "organizations"},
        {"anchor": "name", "wave": WAVES["names"], "block": "names"},
        {"anchor": "later", "wave": WAVES["names"], "block": "names", "due_at": NOW + 1},
        {"anchor": "held", "wave": WAVES["names"], "block": "names", "state": "held", "due_at": None},
        {"anchor": "live", "wave": WAVES["names"], "block": "names", "lane": "live"},
    )

    assert [_of(_claim(db)) for _ in range(4)] == [["name"], ["organization"], ["device"], []]
    assert _of(_claim(db, lane="live")) == ["live"]


def test_a_full_claim_takes_the_whole_of_its_last_organization(db: Database) -> None:
    """Sixty rows of a limit of fifty, where one organization has them: one POST can take all of it."""
    _add(db, *({"anchor": f"a{number}", "org_target": 1} for number in range(20)))
    _add(db, *({"anchor": f"b{number}", "org_target": 2} for number in range(60)))
    _add(db, {"anchor": "c", "org_target": 3})

    first, second = _claim(db, limit=50), _claim(db, limit=50)

    assert len(first) == 80
    assert _of(second) == ["c"]
    assert [row.org_target for row in first] == sorted(row.org_target for row in first)


def test_a_lease_keeps_others_away_until_it_runs_out(db: Database) -> None:
    """Then the next one takes over, with a higher fence, and the first can settle nothing any more."""
    _add(db, {"anchor": "one"})
    [mine] = _claim(db)

    early = _claim(db, now=NOW + 5, owner="other")
    [theirs] = _claim(db, now=NOW + 11, owner="other")
    with db.write() as connection:
        settled = target_rows.settle(connection, mine, "settled", now=NOW, outcome="equal")

    assert early == []
    assert theirs.fence == mine.fence + 1
    assert not settled
    assert _all(db)["one"].owner == "other"


def test_what_killed_its_worker_twice_is_claimed_alone(db: Database) -> None:
    """A poison row never takes a batch with it."""
    _add(db, {"anchor": "fine"}, {"anchor": "poison", "starts": 2}, {"anchor": "fine too"})

    claims = [sorted(_of(_claim(db))) for _ in range(3)]

    assert sorted(claims) == [[], ["fine", "fine too"], ["poison"]]


@pytest.mark.parametrize("workers", [4])
def test_no_target_is_claimed_twice_at_a_time(open_database: Callable[[], Database], workers: int) -> None:
    """Four workers claim as fast as they can: each target goes to one of them."""
    db = open_database()
    _add(db, *({"anchor": f"{number}", "org_target": number % 20} for number in range(600)))
    claimed: list[str] = []
    start = Barrier(workers)

    def work(number: int) -> None:
        own = open_database()
        start.wait()
        empty = 0
        while empty < 3:
            rows = _claim(own, owner=f"worker {number}", limit=30)
            claimed.extend(_of(rows))
            empty = 0 if rows else empty + 1

    threads = [Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(claimed) == 600
    assert max(Counter(claimed).values()) == 1
    assert {row.fence for row in _all(db).values()} == {1}


def test_settling_needs_the_seq_that_was_planned(db: Database) -> None:
    """A target that changed meanwhile stays pending, and its claim ends all the same."""
    _add(db, {"anchor": "one"})
    [mine] = _claim(db)
    with db.write() as connection:
        target_rows.touch(connection, targets.c.anchor == "one", now=NOW + 1, lane="live")

    with db.write() as connection:
        settled = target_rows.settle(connection, mine, "settled", now=NOW + 2, outcome="equal")

    row = _all(db)["one"]
    assert not settled
    assert (row.state, row.owner, row.lease_until, row.starts) == ("pending", None, 0.0, 0)


@pytest.mark.parametrize(
    ("state", "lane", "after"),
    [
        ("settled", "live", ("pending", "backfill")), ("held", "backfill", ("pending", "backfill")),
        ("excluded", "backfill", ("pending", "backfill")), ("gone", "backfill", ("pending", "backfill")),
        ("waiting", "live", ("pending", "live")), ("pending", "live", ("pending", "live")),
        ("creating", "backfill", ("creating", "backfill")),
    ],
)  # fmt: skip
def test_a_touch_makes_due_whatever_the_state(db: Database, state: str, lane: str, after: tuple[str, str]) -> None:
    """All become pending but what is being created; live work stays live until it is done."""
    _add(db, {"anchor": "one", "state": state, "lane": lane, "starts": 4, "attempts": 3, "due_at": 5.0})

    with db.write() as connection:
        assert target_rows.touch(connection, targets.c.anchor == "one", now=NOW, lane="backfill") == 1

    row = _all(db)["one"]
    assert (row.state, row.lane) == after
    assert (row.seq, row.attempts) == (2, 0)
    assert row.starts == (0 if state == "held" else 4)
    assert row.due_at == (5.0 if state == "creating" else NOW)


def test_a_touch_tells_which_run_it_is_for(db: Database) -> None:
    """Without one the target keeps the run it had."""
    _add(db, {"anchor": "one", "run": 3})

    with db.write() as connection:
        target_rows.touch(connection, targets.c.anchor == "one", now=NOW, lane="live")
        kept = _all(db) if db.is_sqlite else None
        target_rows.touch(connection, targets.c.anchor == "one", now=NOW, lane="live", run=4)

    assert kept is None or kept["one"].run == 3
    assert _all(db)["one"].run == 4


def test_what_waits_is_let_go_when_its_parent_comes_to_an_end(db: Database) -> None:
    """Whatever that end is: settled, held or excluded; others' waiters stay."""
    for end in ("settled", "held", "excluded"):
        _add(
            db,
            {"anchor": f"maker {end}", "block": "names", "wave": 0},
            {"anchor": f"child {end}", "state": "waiting", "due_at": None},
            {"anchor": f"other {end}", "state": "waiting", "due_at": None},
        )
        rows = _all(db)
        with db.write() as connection:
            pair = {"target": rows[f"child {end}"].id, "on_target": rows[f"maker {end}"].id}
            connection.execute(sa.insert(waits).values(**pair))
        [maker] = _claim(db)

        with db.write() as connection:
            target_rows.settle(connection, maker, end, now=NOW, outcome=None)

        rows = _all(db)
        assert rows[f"child {end}"].state == "pending"
        assert rows[f"other {end}"].state == "waiting"


def test_records_are_told_when_their_organization_changes_its_state(db: Database) -> None:
    """Held, excluded, gone and back: each time its records are planned again; no change, no work."""
    _add(db, {"anchor": "org", "block": "organizations", "wave": 2})
    organization = _all(db)["org"].id
    _add(db, {"anchor": "child", "org_target": organization, "state": "settled", "due_at": None})
    seqs = []
    steps: list[tuple[str, dict[str, Any]]] = [
        ("settled", {}), ("settled", {}), ("held", {"code": "x"}), ("held", {"code": "y"}), ("settled", {}),
        ("excluded", {"rule": "a"}), ("excluded", {"rule": "b"}), ("gone", {"reason": "gone"}), ("settled", {}),
    ]  # fmt: skip

    for state, values in steps:
        with db.write() as connection:
            target_rows.touch(connection, targets.c.anchor == "org", now=NOW - 1, lane="backfill")
        [mine] = [row for row in _claim(db) if row.anchor == "org"]
        with db.write() as connection:
            assert target_rows.settle(connection, mine, state, now=NOW, outcome=None, **values)
        seqs.append(_all(db)["child"].seq)

    assert [after - before for before, after in zip([1, *seqs], seqs, strict=False)] == [1, 0, 1, 0, 1, 1, 1, 1, 1]


def test_attempts_grow_the_wait_and_end_in_a_hold(db: Database) -> None:
    """Ten seconds, twenty, and after the third of three attempts held, with the reason."""
    _add(db, {"anchor": "one"})
    dues = []
    for turn in range(3):
        [mine] = _claim(db, now=NOW + 1000 * turn)
        with db.write() as connection:
            target_rows.retry_later(
                connection, {mine.id: mine.fence}, "503", now=NOW + 1000 * turn, attempts=3,
                backoff=lambda tried: 10.0 * 2 ** (tried - 1),
            )  # fmt: skip
        dues.append(_all(db)["one"].due_at)

    row = _all(db)["one"]
    assert dues == [NOW + 10, NOW + 1020, None]
    assert (row.state, row.code) == ("held", "gives_up")
    assert "503" in row.reason


def test_what_is_being_created_is_never_given_up(db: Database) -> None:
    """Nobody knows yet whether it was made: it is looked for as long as it takes, and not before it is quiet."""
    _add(db, {"anchor": "one", "state": "creating", "attempts": 9})
    [mine] = _claim(db)

    with db.write() as connection:
        connection.execute(sa.update(targets).values(due_at=NOW + 500))
        gave_up = target_rows.retry_later(
            connection, {mine.id: mine.fence}, "503", now=NOW, attempts=3, backoff=lambda _: 10.0
        )

    row = _all(db)["one"]
    assert gave_up == []
    assert (row.state, row.due_at, row.owner) == ("creating", NOW + 500, None)


def test_giving_back_takes_a_start_back(db: Database) -> None:
    """Only a worker that dies leaves its start behind."""
    _add(db, {"anchor": "one"})
    [mine] = _claim(db)
    with db.write() as connection:
        target_rows.give_back(connection, {mine.id: mine.fence}, due_at=NOW)
    [again] = _claim(db)
    with db.write() as connection:
        target_rows.give_back(connection, {again.id: again.fence}, due_at=NOW, started=True)

    assert (again.starts, _all(db)["one"].starts) == (1, 1)


def test_renewing_leaves_alone_what_has_ended(db: Database) -> None:
    """A target that was settled while the rest of its claim goes on can be claimed again at once."""
    _add(db, {"anchor": "done"}, {"anchor": "open"})
    rows = {row.anchor: row for row in _claim(db)}
    with db.write() as connection:
        target_rows.settle(connection, rows["done"], "settled", now=NOW, outcome=None)
        held = {row.id: row.fence for row in rows.values()}
        renewed = target_rows.renew(connection, held, until=NOW + 100)
        target_rows.touch(connection, targets.c.anchor == "done", now=NOW, lane="backfill")

    assert renewed == {rows["open"].id}
    assert _of(_claim(db)) == ["done"]


def test_gone_is_due_again_when_its_grace_ends(db: Database) -> None:
    """Settled with a time, what is gone is claimed then; without one, never again."""
    _add(db, {"anchor": "graced"}, {"anchor": "done"})
    rows = {row.anchor: row for row in _claim(db)}
    with db.write() as connection:
        target_rows.settle(connection, rows["graced"], "gone", now=NOW, outcome="gone", due_at=NOW + 100)
        target_rows.settle(connection, rows["done"], "gone", now=NOW, outcome="gone")

    assert _claim(db, now=NOW + 99) == []
    assert _of(_claim(db, now=NOW + 101)) == ["graced"]


def test_a_later_seq_belongs_to_the_later_run(db: Database) -> None:
    """A run that entered at seq 2 waits for the settling of seq 2; one that entered at seq 1 has it too."""
    _add(db, {"anchor": "one"})
    [mine] = _claim(db)
    with db.write() as connection:
        connection.execute(sa.insert(runs), [{"id": 1}, {"id": 2}])
        entries = [{"run": 1, "target": mine.id, "seq": 1}, {"run": 2, "target": mine.id, "seq": 2}]
        connection.execute(sa.insert(run_targets), entries)
        target_rows.settle(connection, mine, "settled", now=NOW, outcome="written")
        outcomes = dict(connection.execute(sa.select(run_targets.c.run, run_targets.c.outcome)).all())

    assert outcomes == {1: "written", 2: None}


def test_a_hold_voids_every_claim(db: Database) -> None:
    """Whoever works on it settles nothing, and it is due no more."""
    _add(db, {"anchor": "one", "rule": "old"})
    [mine] = _claim(db)

    with db.write() as connection:
        target_rows.hold(connection, mine.id, "kills_worker", "five workers", now=NOW)
        settled = target_rows.settle(connection, mine, "settled", now=NOW, outcome=None)

    row = _all(db)["one"]
    assert not settled
    assert (row.state, row.code, row.rule, row.due_at) == ("held", "kills_worker", None, None)
    assert target_rows.was(row) == ("held", None)


def test_a_claim_of_many_uses_the_index_of_what_is_due(db: Database) -> None:
    """Among tens of thousands of settled targets, finding what is due reads no more than what is due."""
    _add(db, *({"anchor": f"s{number}", "state": "settled", "due_at": None} for number in range(20_000)))
    _add(db, *({"anchor": f"d{number}", "org_target": number % 9} for number in range(300)))
    with db.write() as connection:
        connection.execute(sa.text("ANALYZE"))
        due = [targets.c.lane == "backfill", targets.c.state.in_(["pending", "creating", "gone"]),
               targets.c.due_at <= NOW, targets.c.lease_until < NOW]  # fmt: skip
        statement = sa.select(targets.c.id).where(*due).order_by(targets.c.wave, targets.c.org_target, targets.c.id)
        text = str(statement.limit(200).compile(db.engine, compile_kwargs={"literal_binds": True}))
        explain = "EXPLAIN QUERY PLAN " if db.is_sqlite else "EXPLAIN "
        plan = "\n".join(str(tuple(row)) for row in connection.execute(sa.text(explain + text)))

    assert "targets_due" in plan
