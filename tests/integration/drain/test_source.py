"""From a real source to IT Glue: polls, snapshots and fetches of the ConnectWise simulator."""

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from bridge import poll, restored
from bridge.records import Ref
from bridge.store import runs, streams
from bridge.store.schema import fetches, mirror, pauses
from bridge.store.schema import streams as stream_rows
from tests.integration.drain.conftest import Make
from tests.integration.drain.world import QUICK, World
from tests.simulators.running import Running

COMPANY, CONFIGURATION = "company/companies", "company/configurations"


class Office:
    """What a person does in ConnectWise."""

    def __init__(self, psa: Running) -> None:
        self.psa = psa
        self.status = self._setup("company/companies/statuses", {"name": "Active", "defaultFlag": True})
        self.kind = self._setup("company/companies/types", {"name": "Client", "defaultFlag": True})
        self.active = self._setup("company/configurations/statuses", {"description": "Active", "defaultFlag": True})
        self.server = self._setup("company/configurations/types", {"name": "Server"})
        self.printer = self._setup("company/configurations/types", {"name": "Printer"})

    def _setup(self, path: str, body: dict[str, Any]) -> int:
        return int(self.psa.person("POST", path, body)["id"])

    def company(self, name: str) -> str:
        body = {"name": name, "identifier": name.replace(" ", "")[:20], "status": {"id": self.status},
                "types": [{"id": self.kind}]}  # fmt: skip
        return str(self.psa.person("POST", COMPANY, body)["id"])

    def device(self, company: str, name: str, kind: int | None = None, **more: Any) -> str:
        body = {"name": name, "company": {"id": int(company)}, "type": {"id": kind or self.server},
                "status": {"id": self.active}, **more}  # fmt: skip
        return str(self.psa.person("POST", CONFIGURATION, body)["id"])

    def change(self, path: str, number: str, **body: Any) -> None:
        self.psa.person("PATCH", f"{path}/{number}", body)

    def delete(self, path: str, number: str) -> None:
        self.psa.control.delete(f"/records/{path}/{number}").raise_for_status()


@pytest.fixture
def office(psa: Running) -> Office:
    """Give somebody who works in it."""
    return Office(psa)


@pytest.fixture
def world(make: Make, psa: Running) -> World:
    """Give a world whose source is this ConnectWise."""
    return make(QUICK, connectwise=psa)


def _read(world: World, what: str = "poll") -> None:
    for kind in ("organization", "configuration"):
        world.cycle(kind, what)


def test_a_customer_and_its_devices_come_through(world: World, office: Office) -> None:
    """Polled, mirrored and drained, they are in IT Glue; a second poll brings nothing to do."""
    acme = office.company("Acme Ltd")
    office.device(acme, "srv-1", serialNumber="SN-ONE-1")
    office.device(acme, "srv-2")
    _read(world)
    world.drain()
    writes = world.writes()

    _read(world)
    world.drain()
    office.device(acme, "srv-3")
    _read(world)
    world.drain()

    assert sorted(one["name"] for one in world.records("configurations")) == ["srv-1", "srv-2", "srv-3"]
    assert world.writes() == writes + 1


def test_every_run_ends_with_its_counts(world: World, office: Office) -> None:
    """Seen is what was written, equal, held, excluded, gone or open; a run that is done has nothing open."""
    acme = office.company("Acme Ltd")
    office.device(acme, "srv-1")
    first = world.cycle("organization"), world.cycle("configuration")
    world.drain()
    second = world.cycle("organization"), world.cycle("configuration")

    ended = dict(runs.end_finished(world.engine.db, planned=False))

    assert [ended[run or 0]["written"] for run in first] == [1, 1]
    assert [ended[run or 0]["equal"] for run in second] == [1, 1]
    assert all(counts["open"] == 0 for counts in ended.values())


def test_a_device_that_is_deleted_is_gone_after_two_snapshots_and_a_fetch(world: World, office: Office) -> None:
    """Absent once is no proof; absent twice it is fetched, and only then gone."""
    acme = office.company("Acme Ltd")
    numbers = [office.device(acme, f"srv-{number}") for number in range(4)]
    _read(world)
    world.drain()
    office.delete(CONFIGURATION, numbers[0])
    ref = f"cw:configuration:{numbers[0]}"

    _read(world, "ids")
    once = _fetches(world)
    _read(world, "ids")
    twice = _fetches(world)
    poll.fetch_due(world.engine)
    world.drain()

    assert once == []
    assert twice == [ref]
    assert world.state(ref) == ("gone", None)
    assert world.state(f"cw:configuration:{numbers[1]}") == ("settled", None)


def _fetches(world: World) -> list[str]:
    with world.engine.db.read() as connection:
        return list(connection.execute(sa.select(fetches.c.ref)).scalars())


def _want(world: World, ref: str, why: str = "webhook") -> None:
    engine = world.engine
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        engine.mirror.hint(connection, [Ref.parse(ref)], due_at=now, lane="live", why=why)


def test_a_hint_is_fetched_and_written(world: World, office: Office) -> None:
    """What a webhook names is read singly, in the live lane."""
    acme = office.company("Acme Ltd")
    number = office.device(acme, "srv-1")
    _read(world)
    world.drain()
    office.change(CONFIGURATION, number, tagNumber="T1")

    _want(world, f"cw:configuration:{number}")
    poll.fetch_due(world.engine)
    lane = world.target(f"cw:configuration:{number}").lane
    world.drain()

    assert lane == "live"
    assert world.record("configurations", "srv-1")["asset_tag"] == "T1"


def test_a_deletion_is_believed_after_two_fetches_apart(make: Make, psa: Running, office: Office) -> None:
    """However often it is asked for: two absences within the gap are one."""
    world = make(replace(QUICK, confirm_gap=60.0), connectwise=psa)
    acme = office.company("Acme Ltd")
    number = office.device(acme, "srv-1")
    _read(world)
    world.drain()
    office.delete(CONFIGURATION, number)
    ref = f"cw:configuration:{number}"

    _want(world, ref)
    poll.fetch_due(world.engine)
    _want(world, ref)
    poll.fetch_due(world.engine)
    soon = world.state(ref)
    world.times = replace(QUICK, confirm_gap=0.0)
    apart = world.another()
    _want(world, ref)
    poll.fetch_due(apart)
    world.drain()

    assert soon == ("settled", None)
    assert world.state(ref) == ("gone", None)


def test_a_role_that_hides_a_type_archives_nothing(world: World, office: Office) -> None:
    """Every printer vanishes at once: they are held, nothing is archived, and they go on when they are back."""
    world.configure(configurations='gone = "archive"\n', stops="[stops]\nshrunken = 0.9\n")
    acme = office.company("Acme Ltd")
    for number in range(8):
        office.device(acme, f"srv-{number}")
    printers = [f"cw:configuration:{office.device(acme, f'prn-{number}', office.printer)}" for number in range(6)]
    _read(world)
    world.drain()

    office.psa.set(role={"hide_types": ["Printer"]})
    for _ in range(3):
        _read(world, "ids")
        poll.fetch_due(world.engine)
        world.drain()
    held = {world.state(ref) for ref in printers}
    archived = [one["name"] for one in world.records("configurations") if one["archived"]]
    office.psa.set(role={"hide_types": []})
    _read(world, "ids")
    world.drain()

    assert held == {("held", "shape_changed")}
    assert archived == []
    assert {world.state(ref) for ref in printers} == {("settled", None)}


def test_organizations_that_vanish_at_once_take_their_devices_along(world: World, office: Office) -> None:
    """More than a twentieth of the customers is missing: they and their devices are held."""
    companies = [office.company(f"Customer {number}") for number in range(6)]
    for company in companies:
        office.device(company, f"srv of {company}")
    _read(world)
    world.drain()

    office.psa.set(role={"level": "my"})
    world.cycle("organization", "ids")
    world.drain()
    states = {world.state(f"cw:organization:{company}") for company in companies}
    with world.engine.db.read() as connection:
        absent = connection.execute(
            sa.select(sa.func.count()).select_from(mirror).where(mirror.c.absent_since.is_not(None))
        ).scalar()

    assert absent
    assert ("held", "shape_changed") in states
    assert ("held", "parent_held") in {
        world.state(f"cw:configuration:{row}") for row in _devices(world)
    }  # fmt: skip


def _devices(world: World) -> list[str]:
    with world.engine.db.read() as connection:
        return list(connection.execute(sa.select(mirror.c.ext_id).where(mirror.c.kind == "configuration")).scalars())


def test_a_company_that_is_merged_away_shows_where_its_devices_went(world: World, office: Office) -> None:
    """Its recycling makes its devices be read again: those now at another company are held as moved."""
    winner, loser = office.company("Winner"), office.company("Loser")
    number = office.device(loser, "srv-1")
    _read(world)
    world.drain()

    office.psa.person("POST", f"{COMPANY}/{loser}/merge", {"into": int(winner)})
    _read(world)
    world.drain()

    assert world.state(f"cw:organization:{loser}") == ("held", "recycle_bin")
    assert world.state(f"cw:configuration:{number}") == ("held", "moved")


def test_a_source_that_fails_is_paused_and_loses_nothing(world: World, office: Office) -> None:
    """Its pause grows, hints wait for its end, and what changed meanwhile is read after it."""
    acme = office.company("Acme Ltd")
    number = office.device(acme, "srv-1")
    _read(world)
    world.drain()
    office.change(CONFIGURATION, number, tagNumber="T1")
    office.psa.fault({"status": 503})

    failed = world.cycle("configuration")
    _want(world, f"cw:configuration:{number}")
    asked = len(office.psa.get("/requests"))
    poll.fetch_due(world.engine)
    spared = len(office.psa.get("/requests")) == asked
    office.psa.control.delete("/faults")
    with world.engine.db.write() as connection:
        paused = connection.execute(sa.select(pauses.c.code).where(pauses.c.scope == "cw")).scalar()
        connection.execute(sa.update(pauses).values(until=0.0))
    world.cycle("configuration")
    world.drain()

    assert failed is None
    assert paused == "down"
    assert spared
    assert world.record("configurations", "srv-1")["asset_tag"] == "T1"


def test_a_read_that_was_taken_over_moves_no_watermark(world: World, office: Office) -> None:
    """A scheduler that was frozen longer than its lease leaves the stream to the other one."""
    office.company("Acme Ltd")
    engine = world.engine
    streams.ensure(engine.db, [("cw", "organization", "poll")])
    mine = streams.claim_one(engine.db, "cw", "organization", "poll", owner="frozen", lease=-1.0)
    theirs = streams.claim_one(engine.db, "cw", "organization", "poll", owner="other", lease=60.0)
    assert mine is not None
    assert theirs is not None

    assert poll.cycle(engine, mine, every=60.0) is None
    with engine.db.read() as connection:
        assert connection.execute(sa.select(stream_rows.c.watermark)).scalar() is None
    assert poll.cycle(engine, theirs, every=60.0) is not None


@pytest.mark.parametrize("sign", ["counter", "host", "silence", "none"])
def test_a_restored_store_plans_everything_again_and_makes_nothing_twice(
    world: World, office: Office, sign: str
) -> None:
    """A lower counter, another host, a long silence: links are verified, the index read, and no record made again.

    On several machines another host is no sign: each of them starts on its own.
    """
    acme = office.company("Acme Ltd")
    office.device(acme, "srv-1")
    _read(world)
    world.drain()
    restored.started(world.engine, world.folder, silence=3600.0)
    restored.started(world.engine, world.folder, silence=3600.0)
    writes, reads = world.writes(), len(world.sent("GET", path="/configurations"))

    if sign == "counter":
        (world.folder / "starts").write_text("9")
    with world.engine.db.write() as connection:
        if sign == "host":
            connection.execute(sa.text("UPDATE meta SET value = 'elsewhere' WHERE name = 'host'"))
        if sign == "silence":
            connection.execute(sa.text("UPDATE meta SET value = '1.0' WHERE name = 'last_seen'"))
    why = restored.started(world.engine, world.folder, silence=3600.0)
    _read(world)
    world.drain()

    silent = sign == "none" or (sign == "host" and not world.engine.db.is_sqlite)
    assert (why is None) == silent
    assert world.writes() == writes
    assert (len(world.sent("GET", path="/configurations")) > reads) == (not silent)
    assert world.state(f"cw:organization:{acme}") == ("settled", None)


def test_a_store_put_back_finds_what_was_made_since(world: World, office: Office) -> None:
    """Its newest records are unknown to it: they are found by their marker or name, and adopted."""
    acme = office.company("Acme Ltd")
    _read(world)
    world.drain()
    office.device(acme, "srv-1")
    _read(world)
    world.drain()
    with world.engine.db.write() as connection:
        for table in ("links", "writes", "journal", "run_targets", "asset_keys", "assets", "index_reads"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
        connection.execute(sa.text("UPDATE targets SET state = 'pending', due_at = 0, settled_at = NULL"))
    (world.folder / "starts").write_text("9")

    restored.started(world.engine, world.folder, silence=3600.0)
    world.drain()

    assert len(world.records("configurations", dead=True)) == 1
    assert len(world.records("organizations", dead=True)) == 1
