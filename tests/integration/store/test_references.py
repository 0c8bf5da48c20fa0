"""References: what a target that another one refers to comes to, and who is told when that changes."""

from typing import Any

import pytest
import sqlalchemy as sa

from bridge.drain.references import HeldBy, LeftOut, Linked, Planned, Waits, look_up, of_record
from bridge.records import Record, Ref
from bridge.store import runs
from bridge.store import targets as target_rows
from bridge.store.block_key import BlockKey
from bridge.store.database import Database
from bridge.store.mirror import Mirror
from bridge.store.schema import WAVES, assets, links, mirror_refs, targets

SITE = Ref("cw", "location", "5")
BLOCKS = tuple(BlockKey(f"{kind}s", WAVES[f"{kind}s"], kind) for kind in ("organization", "location", "configuration"))


def _record(kind: str, number: str, version: int = 1, **words: Any) -> Record:
    return Record(Ref("cw", kind, number), version, {"name": number, **words}, {"v": version})


def _mirror(db: Database, *records: Record) -> None:
    mirror = Mirror(db, BLOCKS, confirm_gap=60.0)
    with db.write() as connection:
        run = runs.start(db, connection, "poll", "cw")
    for record in records:
        mirror.write([record], read_started_at=db.now(), run=run, lane="live", normalizer=1)


def _target(db: Database, ref: Ref) -> Any:
    with db.read() as connection:
        return connection.execute(sa.select(targets).where(targets.c.anchor == str(ref))).one()


def _become(db: Database, ref: Ref, state: str) -> None:
    with db.write() as connection:
        connection.execute(sa.update(targets).where(targets.c.anchor == str(ref)).values(state=state, due_at=None))


def _link(db: Database, ref: Ref, itglue_id: str, *, organization: str | None) -> None:
    """Link a target to a record that the index has, unless it has no organization."""
    with db.write() as connection:
        row = {"target": _target(db, ref).id, "itglue_type": "locations", "itglue_id": itglue_id}
        connection.execute(sa.insert(links).values(**row))
        if organization is not None:
            asset = {"kind": "locations", "itglue_id": itglue_id, "org_id": organization}
            connection.execute(sa.insert(assets).values(**asset))


def _look_up(db: Database, planned: Planned | None = None) -> Any:
    there = {} if planned is None else {int(_target(db, SITE).id): planned}
    with db.read() as connection:
        return look_up(connection, [of_record(SITE)], there)[of_record(SITE)]


@pytest.mark.parametrize("state", ["pending", "waiting", "creating"])
def test_what_will_have_a_record_is_waited_for(db: Database, state: str) -> None:
    """Without a link and open: nobody knows yet whether there will be one."""
    _mirror(db, _record("location", "5"))
    _become(db, SITE, state)

    assert _look_up(db) == Waits(_target(db, SITE).id)


def test_what_is_held_holds_what_refers_to_it(db: Database) -> None:
    """A person has to decide about it first."""
    _mirror(db, _record("location", "5"))
    _become(db, SITE, "held")

    found = _look_up(db)

    assert isinstance(found, HeldBy)
    assert found.target == _target(db, SITE).id
    assert str(SITE) in found.reason


@pytest.mark.parametrize("state", ["excluded", "gone"])
def test_what_never_comes_is_left_out(db: Database, state: str) -> None:
    """Its rule says why it is not there: nobody waits for it."""
    _mirror(db, _record("location", "5"))
    _become(db, SITE, state)

    assert isinstance(_look_up(db), LeftOut)


def test_what_was_never_read_is_left_out(db: Database) -> None:
    """Hidden from our role, or of a kind that is not read."""
    assert isinstance(_look_up(db), LeftOut)


@pytest.mark.parametrize("state", ["pending", "settled", "held", "excluded", "gone"])
def test_what_has_a_record_is_named_whatever_its_state(db: Database, state: str) -> None:
    """The link counts, with the organization that the index shows."""
    _mirror(db, _record("location", "5"))
    _link(db, SITE, "900", organization="77")
    _become(db, SITE, state)

    assert _look_up(db) == Linked("900", "77")


def test_a_record_that_it_glue_has_no_more_is_not_named(db: Database) -> None:
    """Its id would be refused with all that is sent beside it; nor does anybody wait for it."""
    _mirror(db, _record("location", "5"))
    _link(db, SITE, "900", organization=None)

    assert isinstance(_look_up(db), LeftOut)


def test_what_a_plan_makes_of_it_counts_in_place_of_the_store(db: Database) -> None:
    """Planned references exist; a planned hold holds."""
    _mirror(db, _record("location", "5"))

    made = _look_up(db, Planned("settled", f"new {SITE}", "77"))
    held = _look_up(db, Planned("held"))
    excluded = _look_up(db, Planned("excluded"))

    assert made == Linked(f"new {SITE}", "77")
    assert isinstance(held, HeldBy)
    assert isinstance(excluded, LeftOut)


def test_many_references_of_several_kinds_are_looked_up_at_once(db: Database) -> None:
    """Each finds its own, more than one statement's worth too."""
    _mirror(db, *[_record("location", str(number)) for number in range(3)], _record("configuration", "1"))
    wanted = [of_record(Ref("cw", "location", str(number))) for number in range(1200)]
    wanted.append(of_record(Ref("cw", "configuration", "1")))

    with db.read() as connection:
        found = look_up(connection, wanted)

    assert len(found) == 1201
    assert sum(isinstance(each, Waits) for each in found.values()) == 4


def test_a_change_of_a_target_makes_due_what_refers_to_it(db: Database) -> None:
    """Only that: by the references that the mirrored record holds at present."""
    site = {"id": "5", "name": "HQ"}
    _mirror(db, _record("location", "5"), _record("configuration", "1", site=site), _record("configuration", "2"))
    _mirror(db, _record("configuration", "3", site=site), _record("configuration", "3", 2, site=None))
    before = {number: _target(db, Ref("cw", "configuration", number)).seq for number in "123"}
    for number in "123":
        _become(db, Ref("cw", "configuration", number), "settled")

    with db.write() as connection:
        target_rows.touch_referring(connection, [_target(db, SITE).id], now=db.now(connection))

    after = {number: _target(db, Ref("cw", "configuration", number)) for number in "123"}
    assert {number: row.seq - before[number] for number, row in after.items()} == {"1": 1, "2": 0, "3": 0}
    assert [after[number].state for number in "123"] == ["pending", "settled", "settled"]


def test_a_reference_is_stored_once_and_the_organization_is_none(db: Database) -> None:
    """A record's organization is its parent; what names it twice refers to it once."""
    words: dict[str, Any] = {"organization": {"id": "1", "name": "Acme"}, "site": {"id": "5", "name": None}, "contact": None,
             "parent": {"id": "7", "name": "chassis"}}  # fmt: skip
    _mirror(db, _record("configuration", "1", **words))

    with db.read() as connection:
        stored = set(connection.execute(sa.select(mirror_refs.c.ref)).scalars())

    assert stored == {"cw:location:5", "cw:configuration:7"}


def test_the_first_verdict_on_a_target_is_told_to_what_refers_to_it(db: Database) -> None:
    """Whatever left it out before it was read is planned again."""
    _mirror(db, _record("configuration", "1", site={"id": "5", "name": "HQ"}), _record("location", "5"))
    device = Ref("cw", "configuration", "1")
    _become(db, device, "settled")

    with db.write() as connection:
        now = db.now(connection)
        row = connection.execute(sa.select(targets).where(targets.c.anchor == str(SITE))).one()
        target_rows.settle(connection, row, "held", now=now, outcome="held", code="ambiguous", reason="two")

    assert _target(db, device).state == "pending"
