"""Decisions and looking at targets, on both shapes of the store."""

from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from bridge import deciding, planning
from bridge.cli.failures import CommandError
from bridge.cli.finding import target_of, targets_of
from bridge.planning import Hold
from bridge.store import inspect, meta
from bridge.store import targets as target_rows
from bridge.store.database import Database
from bridge.store.schema import WAVES, decisions, mirror, payloads, targets
from tests.unit.mapping.samples import settings_of

MOVED = planning.change_digest(Hold("moved", "", then=planning.Create({})))


@pytest.fixture
def ids(db: Database) -> dict[str, int]:
    """Store two customers, one with a held record of each of some codes, and a name."""
    found: dict[str, int] = {}
    rows = [
        ("cw:organization:1", "organizations", "Acme Ltd", None, "settled", None),
        ("cw:organization:2", "organizations", "Bolt Ltd", None, "held", "unmatched"),
        ("cw:configuration:7", "configurations", "ACME-WS-1", "cw:organization:1", "held", "moved"),
        ("cw:configuration:8", "configurations", "ACME-WS-2", "cw:organization:1", "held", "shape_changed"),
        ("cw:configuration:9", "configurations", "ACME-WS-3", "cw:organization:1", "held", "ambiguous"),
    ]
    with db.write() as connection:
        for anchor, block, name, parent, state, code in rows:
            source, kind, ext_id = anchor.split(":")
            mirrored = connection.execute(
                sa.insert(mirror).values(source=source, kind=kind, ext_id=ext_id).returning(mirror.c.id)
            ).scalar_one()
            connection.execute(
                sa.insert(payloads).values(
                    mirror_id=mirrored, record=orjson.dumps({"name": name}).decode(), normalizer=1
                )
            )
            statement = sa.insert(targets).values(
                block=block, anchor=anchor, mirror_id=mirrored, state=state, code=code, reason=f"because of {code}",
                wave=WAVES[block], org_target=found.get(parent or ""), attempts=3, starts=2, settled_at=1.0,
                change_digest=MOVED if code == "moved" else planning.change_digest(Hold(code or "", "")),
            )  # fmt: skip
            found[anchor] = connection.execute(statement.returning(targets.c.id)).scalar_one()
        said = {"kind": "models", "name": "R640", "parent": {"kind": "manufacturers", "name": "Dell: Server"}}
        connection.execute(
            sa.insert(targets).values(
                block="names", anchor="models|dell: server|r640", name=orjson.dumps(said).decode(), state="settled",
                wave=WAVES["models"],
            )
        )  # fmt: skip
    return found


def test_targets_are_counted_and_shown_by_the_words_that_people_know(db: Database, ids: dict[str, int]) -> None:
    """With their customers, parents first."""
    with db.read() as connection:
        shown = inspect.shown(connection, [targets.c.state == "held"])
        by_code = inspect.held_by_code(connection, [inspect.of_organization([ids["cw:organization:1"]])])
        by_state = inspect.by_state(connection)
        named = inspect.organizations_named(connection, "Acme Ltd")

    assert [(each.label, each.name) for each in shown][:2] == [
        ("cw:organization:2", "Bolt Ltd"), ("cw:configuration:9", "ACME-WS-3"),
    ]  # fmt: skip
    assert {each.organization.name for each in shown[1:] if each.organization} == {"Acme Ltd"}
    assert by_code == {"ambiguous": 1, "moved": 1, "shape_changed": 1}
    assert list(by_state) == ["names", "organizations", "configurations"]
    assert [str(each.ref) for each in named] == ["cw:organization:1"]


def test_a_name_with_colons_is_found(db: Database, ids: dict[str, int]) -> None:
    """However it is divided, in any case."""
    with db.read() as connection:
        [row] = inspect.find(connection, "names:models:DELL: Server:r640")

    assert inspect.label(row) == "names:models:Dell: Server:R640"


def test_what_is_decided_is_planned_again(db: Database, ids: dict[str, int]) -> None:
    """Its seq rises, so that whoever works on it notices."""
    target = ids["cw:configuration:9"]
    with db.write() as connection:
        before = connection.execute(sa.select(targets.c.seq).where(targets.c.id == target)).scalar_one()
        deciding.decide(db, connection, target, "pin", by="jo", itglue_id="5", why="label")
    with db.read() as connection:
        row = connection.execute(sa.select(targets).where(targets.c.id == target)).one()
        decision = connection.execute(sa.select(decisions)).one()

    assert (row.state, row.seq, row.lane) == ("pending", before + 1, "live")
    assert (decision.verb, decision.itglue_id, decision.by, decision.why) == ("pin", "5", "jo", "label")


def test_retry_begins_again_but_leaves_what_is_worked_on(db: Database, ids: dict[str, int]) -> None:
    """A claimed target keeps its starts: the one that works on it may be the one that kills its worker."""
    held, claimed = ids["cw:configuration:9"], ids["cw:organization:1"]
    with db.write() as connection:
        busy = {"state": "pending", "lease_until": db.now(connection) + 60}
        connection.execute(sa.update(targets).where(targets.c.id == claimed).values(**busy))
        assert deciding.retry(db, connection, [held, claimed]) == 2
        rows = {row.id: row for row in connection.execute(sa.select(targets).where(targets.c.id.in_([held, claimed])))}

    assert (rows[held].state, rows[held].attempts, rows[held].starts) == ("pending", 0, 0)
    assert (rows[claimed].attempts, rows[claimed].starts) == (0, 2)


def test_only_what_a_yes_can_lift_is_accepted(db: Database, ids: dict[str, int]) -> None:
    """A hold from which nothing follows digests alike whatever it is about: a yes to it would be to nothing."""
    with db.read() as connection:
        rows = {row.code: row for row in connection.execute(sa.select(targets).where(targets.c.state == "held"))}

    assert {code: deciding.can_accept(row) for code, row in rows.items()} == {
        "unmatched": False, "moved": True, "shape_changed": True, "ambiguous": False,
    }  # fmt: skip


def test_a_yes_to_a_shape_is_remembered_for_the_next_read(db: Database, ids: dict[str, int]) -> None:
    """With exactly its reason: a read that lacks more is another one."""
    with db.write() as connection:
        meta.put(db, connection, "shape:cw:configuration", "20 of 60 configurations are missing")
        rows = list(connection.execute(sa.select(targets).where(targets.c.code.in_(["moved", "shape_changed"]))))
        deciding.accept(db, connection, rows, by="jo")
        accepted = meta.get(connection, "shape:cw:configuration:accepted")
        stored = {(row.code, row.change_digest) for row in connection.execute(sa.select(decisions))}
        states = set(
            connection.execute(sa.select(targets.c.state).where(targets.c.id.in_([row.id for row in rows]))).scalars()
        )

    assert accepted == "20 of 60 configurations are missing"
    assert {code for code, _ in stored} == {"moved", "shape_changed"}
    assert ("moved", MOVED) in stored
    assert states == {"pending"}


def test_a_link_and_its_history_are_found(db: Database, ids: dict[str, int]) -> None:
    """Nothing where nothing was written."""
    target = ids["cw:organization:1"]
    with db.read() as connection:
        row = connection.execute(sa.select(targets).where(targets.c.id == target)).one()

        assert target_rows.link_of(connection, target) is None
        assert inspect.journal_of(connection, target, limit=5) == []
        assert inspect.decisions_of(connection, target) == []
        assert inspect.seen_by(connection, row) is not None
        assert [str(ref) for ref, _ in inspect.mirrored(connection, "cw", "organization")] == [
            "cw:organization:1", "cw:organization:2",
        ]  # fmt: skip


def test_an_asset_of_a_record_is_named_with_its_block(db: Database, ids: dict[str, int], tmp_path: Path) -> None:
    """A reference alone is the record itself; where there are but assets, which of them has to be said."""
    settings, seven, ticket = settings_of(tmp_path, ""), "cw:configuration:7", "cw:ticket:5"
    with db.write() as connection:
        for anchor, block in ((seven, "device-card"), (ticket, "psa-ticket"), (ticket, "psa-note")):
            wave = WAVES["flexible_assets"]
            connection.execute(
                sa.insert(targets).values(block=block, anchor=anchor, wave=wave, state="held", code="bug")
            )

    with db.read() as connection:
        named = {text: target_of(settings, connection, text) for text in (seven, f"device-card/{seven}")}
        every = [row.block for row in targets_of(settings, connection, seven)]
        written = [inspect.exact(row) for row in targets_of(settings, connection, seven)]
        with pytest.raises(CommandError, match=f"2 assets: say which, psa-ticket/{ticket}, psa-note/{ticket}"):
            target_of(settings, connection, ticket)
        with pytest.raises(CommandError, match=f'no block "device-crd" .*: write one of .*device-card/{seven}'):
            target_of(settings, connection, f"device-crd/{seven}")
        one = target_of(settings, connection, f"psa-note/{ticket}")

    assert named[seven].id == ids[seven]
    assert named[f"device-card/{seven}"].block == "device-card"
    assert every == ["configurations", "device-card"]
    assert written == [seven, f"device-card/{seven}"]
    assert one.block == "psa-note"


def test_a_slash_in_a_name_names_no_block() -> None:
    """Customers are called A/B Ltd, and ids of a source may hold anything."""
    assert inspect.of_block("A/B Ltd") == (None, "A/B Ltd")
    assert inspect.of_block("cw:configuration:7/8") == (None, "cw:configuration:7/8")
    assert inspect.of_block(" psa-ticket/cw:ticket:7/8 ") == ("psa-ticket", "cw:ticket:7/8")
