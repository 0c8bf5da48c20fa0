"""The index of IT Glue: what reads and answers bring, how fresh it is, what a change found in it makes due."""

from typing import Any

import pytest
import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.index import AssetRow, Index, linked_ids
from bridge.store.schema import asset_keys, assets, links, mirror, targets

KIND = "configurations"


@pytest.fixture
def index(db: Database) -> Index:
    """Give an index whose lists may lag by ten seconds."""
    return Index(db, list_lag=10.0)


def _asset(number: str, at: int = 1, organization: str | None = "5", **attributes: Any) -> AssetRow:
    adapters = attributes.pop("adapters", ())
    given = {"name": f"device {number}", "organization_id": organization, "updated_at": f"2026-01-01T00:00:{at:02d}Z"}
    return AssetRow(number, {**given, **attributes}, adapters)


def _read(index: Index, *rows: AssetRow, number: int, at: float, organization: str = "") -> tuple[list[str], list[str]]:
    """Read completely; give what changed and what is gone."""
    with index.db.write() as connection:
        changed = index.store(connection, KIND, rows, now=at + 1, read=number)
        gone = index.finish(connection, KIND, organization, read=number, began_at=at, now=at + 2)
    return changed, gone


def _answer(index: Index, row: AssetRow, *, at: float) -> None:
    with index.db.write() as connection:
        index.store(connection, KIND, [row], now=at, read=None)


def _names(index: Index) -> dict[str, str]:
    with index.db.read() as connection:
        return {row.itglue_id: row.attributes for row in connection.execute(sa.select(assets))}


def test_a_complete_read_replaces_what_was_there(index: Index) -> None:
    """What it does not show is gone; only what is new or different has changed."""
    _read(index, _asset("1"), _asset("2"), _asset("3"), number=1, at=100)

    changed, gone = _read(index, _asset("1"), _asset("2", at=2, name="renamed"), _asset("4"), number=2, at=200)

    assert sorted(changed) == ["2", "4"]
    assert gone == ["3"]
    assert sorted(_names(index)) == ["1", "2", "4"]


def test_a_change_of_stamps_alone_is_none(index: Index) -> None:
    """IT Glue touches records for reasons of its own."""
    _read(index, _asset("1"), number=1, at=100)

    assert _read(index, _asset("1", at=9), number=2, at=200) == ([], [])


def test_a_read_of_one_organization_says_nothing_of_others(index: Index) -> None:
    """Only its own records can be missing from it."""
    _read(index, _asset("1", organization="5"), _asset("2", organization="6"), number=1, at=100)

    _, gone = _read(index, number=2, at=200, organization="5")

    assert gone == ["1"]


def test_an_older_read_does_not_put_back_what_an_answer_replaced(index: Index) -> None:
    """A page that was made before our write shows the record as it was before."""
    _read(index, _asset("1"), number=1, at=100)
    _answer(index, _asset("1", at=5, name="written by us"), at=150)

    changed, gone = _read(index, _asset("1", at=1), number=2, at=140)

    assert (changed, gone) == ([], [])
    assert "written by us" in _names(index)["1"]


def test_what_an_answer_brought_may_be_missing_from_lists_for_a_while(index: Index) -> None:
    """A list that lags does not show it; one that may not lag any more takes it away."""
    _answer(index, _asset("1"), at=100)

    _, young = _read(index, number=1, at=105)
    _, old = _read(index, number=2, at=111)

    assert (young, old) == ([], ["1"])


def test_what_was_listed_before_and_is_missing_is_gone_however_lately_we_wrote_it(index: Index) -> None:
    """A technician deleted it after our update; a record that we moved may be missing at its new organization."""
    _read(index, _asset("1"), _asset("2", organization="6"), number=1, at=90)
    _answer(index, _asset("1", at=2, name="written by us"), at=100)
    _answer(index, _asset("2", at=2, organization="5"), at=100)

    _, gone = _read(index, number=2, at=105)
    _, later = _read(index, number=3, at=111)

    assert (gone, later) == (["1"], ["2"])


def test_what_came_while_a_read_went_on_is_kept(index: Index) -> None:
    """An answer after the read began is not missing from it."""
    with index.db.write() as connection:
        index.store(connection, KIND, [_asset("1")], now=101, read=1)
    _answer(index, _asset("2"), at=102)
    with index.db.write() as connection:
        gone = index.finish(connection, KIND, "", read=1, began_at=100, now=103)

    assert gone == []


def test_freshness_counts_from_the_beginning_of_a_read(index: Index) -> None:
    """Of the whole account, or of one organization, whichever is later."""
    _read(index, number=1, at=100)
    _read(index, number=2, at=200, organization="5")

    with index.db.read() as connection:
        began = [index.began_at(connection, KIND, organization) for organization in ("", "5", "6")]

    assert began == [100, 200, 100]


def test_forgotten_reads_are_not_fresh(index: Index) -> None:
    """After a restore no read counts; a kind that IT Glue contradicts is read again."""
    _read(index, number=1, at=100)
    with index.db.write() as connection:
        index.forget(connection, KIND)
        forgotten = index.began_at(connection, KIND)
        index.forget_freshness(connection)
        none = index.began_at(connection, KIND)

    assert forgotten < 100
    assert none == 0


def test_a_psa_id_once_read_stays(index: Index) -> None:
    """Disconnecting the native sync drops the adapters at IT Glue: the id stays, until the record shows another."""
    _read(index, _asset("1", adapters=(("ConnectWise", "311"),)), number=1, at=100)
    _read(index, _asset("1", at=2, name="renamed"), number=2, at=200)
    kept = _keys(index, "psa_id")
    _read(index, _asset("1", at=3, adapters=(("ConnectWise", "999"),)), number=3, at=300)
    other = _keys(index, "psa_id")
    _read(index, number=4, at=400)

    assert kept == [("connectwise:311", "5")]
    assert other == [("connectwise:999", "5")]
    assert _keys(index, "psa_id") == []


def _keys(index: Index, key: str) -> list[tuple[str, str]]:
    with index.db.read() as connection:
        rows = connection.execute(sa.select(asset_keys.c.value, asset_keys.c.org_id).where(asset_keys.c.key == key))
        return [(row.value, row.org_id) for row in rows]


def test_keys_move_with_their_record(index: Index) -> None:
    """A record that changes its organization is found there, by its PSA id too."""
    _read(index, _asset("1", serial_number="5cg9120x", adapters=(("ConnectWise", "311"),)), number=1, at=100)
    _read(index, _asset("1", at=2, organization="6", serial_number="5cg9120x"), number=2, at=200)

    assert _keys(index, "serial_number") == [("5CG9120X", "6")]
    assert _keys(index, "psa_id") == [("connectwise:311", "6")]


def _targets(index: Index, *rows: dict[str, Any]) -> None:
    base = {"block": KIND, "wave": 5, "state": "settled", "code": None, "org_target": None}
    with index.db.write() as connection:
        connection.execute(sa.insert(targets), [{**base, **row} for row in rows])


def _link(index: Index, target: int, itglue_id: str, kind: str = KIND, *, owns: bool = True) -> None:
    with index.db.write() as connection:
        values = {"target": target, "itglue_type": kind, "itglue_id": itglue_id, "owns": owns}
        connection.execute(sa.insert(links).values(**values))


def _due(index: Index) -> list[str]:
    with index.db.read() as connection:
        return sorted(connection.execute(sa.select(targets.c.anchor).where(targets.c.state == "pending")).scalars())


def test_a_change_raises_its_target_and_the_held_ones_beside_it(index: Index) -> None:
    """Linked targets, and ambiguous ones of the same organization; not what is held for other reasons or elsewhere."""
    _targets(index, {"id": 1, "anchor": "org", "block": "organizations", "wave": 2},
             {"id": 9, "anchor": "other org", "block": "organizations", "wave": 2},
             {"id": 2, "anchor": "linked", "org_target": 1}, {"id": 3, "anchor": "equal", "org_target": 1},
             {"id": 4, "anchor": "ambiguous", "org_target": 1, "state": "held", "code": "ambiguous"},
             {"id": 5, "anchor": "moved", "org_target": 1, "state": "held", "code": "moved"},
             {"id": 6, "anchor": "elsewhere", "org_target": 9, "state": "held", "code": "ambiguous"})  # fmt: skip
    _link(index, 1, "5", "organizations")
    _link(index, 2, "70")
    _link(index, 3, "71")
    changed, _ = _read(index, _asset("70"), number=1, at=100)

    with index.db.write() as connection:
        index.raise_concerned(connection, KIND, changed, now=1000.0, new=True)

    assert _due(index) == ["ambiguous", "linked"]


def test_a_new_name_raises_whoever_is_held_for_one(index: Index) -> None:
    """A type that appears in IT Glue may set free any record of the account."""
    _targets(index, {"id": 1, "anchor": "no type", "state": "held", "code": "no_type"}, {"id": 2, "anchor": "fine"})

    with index.db.write() as connection:
        rows = [AssetRow("3", {"name": "Server"})]
        changed = index.store(connection, "configuration_types", rows, now=1.0, read=1)
        index.raise_concerned(connection, "configuration_types", changed, now=1000.0, new=True)

    assert _due(index) == ["no type"]


def test_a_name_that_is_gone_raises_whoever_was_refused_with_it(index: Index) -> None:
    """A device whose type a technician deleted is refused until the type is made anew; then it may be taken."""
    _targets(index, {"id": 1, "anchor": "name", "state": "held", "code": "rejected"},
             {"id": 2, "anchor": "elsewhere", "state": "held", "code": "ambiguous"})  # fmt: skip
    with index.db.write() as connection:
        connection.execute(sa.insert(mirror), [
            {"id": 7, "source": "cw", "kind": "configuration", "ext_id": "1", "version": 1, "read_started_at": 1.0,
             "digest": "d", "seen_run": 0},
        ])  # fmt: skip
        connection.execute(sa.update(targets).where(targets.c.id == 1).values(mirror_id=7))

    with index.db.write() as connection:
        index.raise_concerned(connection, "configuration_types", ["3"], now=1000.0, new=False)

    assert _due(index) == ["name"]


def test_holds_of_the_native_sync_end_with_its_last_link(index: Index) -> None:
    """One record that still syncs keeps all of them held; none left, all are planned again."""
    _targets(index, {"id": 1, "anchor": "held", "state": "held", "code": "native_sync_on"})
    _read(index, _asset("1", psa_integration="enabled"), number=1, at=100)
    with index.db.write() as connection:
        while_on = index.raise_native(connection, KIND, now=1000.0)
    _read(index, _asset("1", at=2, psa_integration=None), number=2, at=200)

    with index.db.write() as connection:
        words = index.live_native(connection, KIND)
        after = index.raise_native(connection, KIND, now=1000.0)

    assert (while_on, after, words) == (0, 1, frozenset())


def test_a_pool_names_who_owns_what(index: Index) -> None:
    """Assets of one organization with their keys; a link that owns nothing is no owner."""
    _targets(index, {"id": 1, "anchor": "cw:configuration:1"}, {"id": 2, "anchor": "at:configuration:2"})
    _link(index, 1, "70")
    _link(index, 2, "71", owns=False)
    _read(index, _asset("70"), _asset("71"), _asset("72", organization="6"), number=1, at=100)

    with index.db.read() as connection:
        pool = {asset.id: str(asset.owner) for asset in index.pool(connection, KIND, "5")}
        owned = linked_ids(connection, KIND, {"70", "71", "72"})

    assert pool == {"70": "cw:configuration:1", "71": "None"}
    assert owned == {"70"}
