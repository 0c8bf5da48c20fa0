"""Words that cost a request per record: a ticket's devices, on their way from ConnectWise to IT Glue.

The block is a small one of these proofs: it makes a configuration of each ticket of the help desk, its devices as the
asset tag.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bridge import poll
from bridge.desired import Desired, Excluded, Name
from bridge.mapping.block import Block, Owners, Words
from bridge.mapping.blocks import Mapping, Organization
from bridge.mapping.gone import Gone
from bridge.plan_pass import plan_all
from bridge.records import Ref
from bridge.settings import Settings
from bridge.store import meta
from bridge.store.block_key import BlockKey
from bridge.store.mirror import Mirror
from bridge.store.schema import fetches, pauses
from bridge.sweep import TODAY, sweep
from tests.integration.drain.conftest import Make
from tests.integration.drain.test_source import Office
from tests.integration.drain.world import QUICK, World
from tests.simulators.running import Running

TICKETS = "service/tickets"
# Without Retry-After: one that it names is waited out in place, for up to a minute.
_BUSY = {"status": 429, "body": {"error": "ConnectWiseAPI", "message": "Too many requests."}}


def _map(words: Words, ref: Ref) -> Desired | Excluded:
    if words["board"] != "Help Desk":
        return Excluded("[configurations].only")
    organization = Ref(ref.source, "organization", words["organization"]["id"])
    devices = ", ".join(each["id"] for each in words["configurations"] or ())
    return Desired(
        {"name": words["title"], "asset_tag": devices or None},
        {"configuration_type_id": Name("configuration_types", "Ticket", make=True)},
        {"organization_id": organization},
    )


class TicketMapping(Mapping):
    """The mapping of the settings, its configurations made of tickets."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.of_tickets = Block(
            id="configurations", kind="ticket", itglue_type="configurations", wave=5, digest="tickets",
            want=frozenset({"title", "board", "organization", "configurations"}), owners=Owners(), gone=Gone(),
            match=("name",), create="yes", marker=False, relative=False, provenance={}, map=_map,
            leaves=lambda _words, _ref: False,
        )  # fmt: skip

    @property
    def blocks(self) -> tuple[Block, ...]:
        return (super().block("organizations"), self.of_tickets)

    def block(self, block_id: str, organization: Organization | None = None) -> Block:
        return self.of_tickets if block_id == "configurations" else super().block(block_id, organization)

    def want(self, kind: str) -> frozenset[str]:
        return self.of_tickets.want if kind == "ticket" else super().want(kind)


class Desk(Office):
    """Somebody who works on tickets."""

    def __init__(self, psa: Running) -> None:
        super().__init__(psa)
        self.acme = self.company("Acme Ltd")
        self.boards = {name: self._setup("service/boards", {"name": name}) for name in ("Help Desk", "Sales")}

    def ticket(self, title: str, *devices: str, board: str = "Help Desk") -> str:
        body = {"summary": title, "company": {"id": int(self.acme)}, "board": {"id": self.boards[board]}}
        number = str(self.psa.person("POST", TICKETS, body)["id"])
        for device in devices:
            self.link(number, device)
        return number

    def link(self, ticket: str, device: str) -> None:
        self.psa.person("POST", f"{TICKETS}/{ticket}/configurations", {"id": int(device)})

    def asked(self) -> list[str]:
        """Give the tickets whose devices were asked for so far."""
        paths = [one["path"] for one in self.psa.get("/requests")]
        return [path.split("/")[-2] for path in paths if path.endswith("/configurations") and "tickets" in path]

    def fault(self, do: dict[str, Any], ticket: str = r"\d+") -> None:
        when = {"path": f"tickets/{ticket}/configurations"}
        self.psa.control.post("/faults", json={"when": when, "do": do}).raise_for_status()

    def repair(self) -> None:
        self.psa.control.delete("/faults").raise_for_status()


@pytest.fixture
def desk(psa: Running) -> Desk:
    """Give somebody who works in a ConnectWise of its own."""
    return Desk(psa)


@pytest.fixture
def world(make: Make, desk: Desk) -> World:
    """Give a world whose source is this ConnectWise, and whose block reads tickets."""
    made = make(QUICK, connectwise=desk.psa)
    engine = made.engine
    engine.mapping = TicketMapping(made.settings())
    keys = [BlockKey(block.id, block.wave, block.kind) for block in engine.mapping.blocks]
    engine.mirror = Mirror(engine.db, keys, confirm_gap=engine.times.confirm_gap)
    return made


def _read(world: World, what: str = "poll") -> None:
    for kind in ("organization", "ticket"):
        world.cycle(kind, what)


def _tags(world: World) -> dict[str, str | None]:
    return {one["name"]: one.get("asset_tag") for one in world.records("configurations")}


def test_devices_are_read_once_and_only_for_tickets_that_pass(world: World, desk: Desk) -> None:
    """Reading and planning again costs no request and no write."""
    printer, server = desk.device(desk.acme, "Printer"), desk.device(desk.acme, "Server")
    burning, quiet = desk.ticket("It burns", server, printer), desk.ticket("All is well")
    desk.ticket("Buy one", printer, board="Sales")
    _read(world)
    world.drain()
    asked, writes = desk.asked(), world.writes()

    _read(world)
    for number in (burning, quiet):
        world.touch(f"cw:ticket:{number}")
    world.drain()

    assert _tags(world) == {"It burns": f"{printer}, {server}", "All is well": None}
    assert sorted(asked) == sorted([burning, quiet])
    assert (desk.asked(), world.writes()) == (asked, writes)


def test_a_ticket_that_changed_has_its_devices_read_again(world: World, desk: Desk) -> None:
    """One request for one change; what the poll brings takes no device away meanwhile."""
    printer, server = desk.device(desk.acme, "Printer"), desk.device(desk.acme, "Server")
    number, other = desk.ticket("It burns", printer), desk.ticket("Other", printer)
    _read(world)
    world.drain()
    desk.link(number, server)
    desk.change(TICKETS, number, summary="It still burns")

    _read(world)
    world.drain()

    assert _tags(world) == {"It still burns": f"{printer}, {server}", "Other": printer}
    assert sorted(desk.asked()) == sorted([number, number, other])


def test_a_link_that_moves_no_stamp_is_found_by_the_full_snapshot(world: World, desk: Desk) -> None:
    """It is read again for each ticket that is mapped, and nothing is written where nothing differs."""
    printer, server = desk.device(desk.acme, "Printer"), desk.device(desk.acme, "Server")
    number, other = desk.ticket("It burns", printer), desk.ticket("Other", printer)
    _read(world)
    world.drain()
    writes = world.writes()
    desk.link(number, server)

    _read(world)
    world.drain()
    polled = _tags(world)["It burns"]
    _read(world, "snapshot")
    world.drain()

    assert polled == printer
    assert _tags(world) == {"It burns": f"{printer}, {server}", "Other": printer}
    assert world.writes() == writes + 1
    assert sorted(desk.asked()) == sorted([number, other] * 2)


@pytest.mark.parametrize("do", [{"status": 503}, {"close": True}, {"status": 401}, _BUSY])
def test_a_source_that_does_not_answer_spends_nobodys_attempts(world: World, desk: Desk, do: dict[str, Any]) -> None:
    """Nothing is written without the devices, IT Glue is not blamed, and afterwards all goes on."""
    printer = desk.device(desk.acme, "Printer")
    numbers = [desk.ticket(f"Ticket {n}", printer) for n in range(3)]
    _read(world)
    desk.fault(do)

    world.drain(until=lambda: world.state(f"cw:organization:{desk.acme}") == ("settled", None))
    world.drain(until=lambda: len(desk.asked()) >= 2)
    paused = [row.scope for row in _rows(world, pauses)]
    states = {world.state(f"cw:ticket:{number}") for number in numbers}
    attempts = {world.target(f"cw:ticket:{number}").attempts for number in numbers}
    desk.repair()
    world.drain()

    assert states == {("pending", None)}
    assert attempts == {0}
    assert paused in ([], ["cw"])
    assert _tags(world) == {f"Ticket {n}": printer for n in range(3)}
    assert _rows(world, pauses) == []


def _rows(world: World, table: sa.Table) -> list[Any]:
    with world.engine.db.read() as connection:
        return list(connection.execute(sa.select(table)).all())


def test_one_ticket_that_cannot_be_read_keeps_no_other_waiting(world: World, desk: Desk) -> None:
    """It alone is tried again, with a try spent, and comes through once it can be read."""
    printer = desk.device(desk.acme, "Printer")
    broken, fine = desk.ticket("Broken", printer), desk.ticket("Fine", printer)
    _read(world)
    desk.fault({"status": 200, "body": "{}"}, broken)

    world.drain(until=lambda: world.state(f"cw:ticket:{fine}") == ("settled", None))
    before = world.target(f"cw:ticket:{broken}")
    desk.repair()
    world.drain()

    assert before.state == "pending"
    assert before.attempts >= 1
    assert "ticket" in before.last_error
    assert _tags(world) == {"Broken": printer, "Fine": printer}


def test_a_ticket_that_went_meanwhile_is_looked_for_and_not_made(world: World, desk: Desk) -> None:
    """Two looks decide that it is gone; the other tickets do not wait for them."""
    going, fine = desk.ticket("Going"), desk.ticket("Fine")
    _read(world)
    desk.delete(TICKETS, going)

    world.drain(until=lambda: world.state(f"cw:ticket:{fine}") == ("settled", None))
    asked = [row.ref for row in _rows(world, fetches)]

    def is_gone() -> bool:
        poll.fetch_due(world.engine)
        return bool(world.state(f"cw:ticket:{going}")[0] == "gone")

    world.drain(until=is_gone)

    assert asked == [f"cw:ticket:{going}"]
    assert world.state(f"cw:ticket:{going}") == ("gone", None)
    assert _tags(world) == {"Fine": None}


def test_a_plan_knows_the_devices_before_anything_is_there(world: World, desk: Desk) -> None:
    """It asks for them as an apply would, and what it has learnt costs nobody a second request."""
    printer = desk.device(desk.acme, "Printer")
    number = desk.ticket("It burns", printer)
    desk.ticket("Buy one", printer, board="Sales")
    _read(world)
    lines = {line.ref: line for line in plan_all(world.engine)}
    list(plan_all(world.engine))
    world.drain()

    plan = lines[f"cw:ticket:{number}"].plan
    assert plan is not None
    assert plan["fields"]["asset_tag"]["new"] == printer
    assert desk.asked() == [number]
    assert _tags(world) == {"It burns": printer}


def test_devices_are_references_that_are_found_by_what_they_refer_to(world: World, desk: Desk) -> None:
    """What refers to a device is due when the device is linked, though no list shows that it does."""
    printer = desk.device(desk.acme, "Printer")
    number = desk.ticket("It burns", printer)
    _read(world)
    world.drain()

    with world.engine.db.read() as connection:
        found = connection.execute(
            sa.text(
                "SELECT ref FROM mirror_refs JOIN mirror ON mirror.id = mirror_id WHERE ext_id = :n AND kind = 'ticket'"
            ),
            {"n": number},
        ).scalars()
        assert f"cw:configuration:{printer}" in set(found)


def test_days_gone_by_are_mapped_and_worked_out_again_once_a_day(world: World, desk: Desk) -> None:
    """The mirror keeps the time that they count from; a new day asks the source for nothing."""
    mapping = world.engine.mapping
    assert isinstance(mapping, TicketMapping)
    want = frozenset({"title", "board", "organization", "age_days"})
    mapping.of_tickets = replace(mapping.of_tickets, map=_by_age, want=want, relative=True)
    ten_days_ago = datetime.now(UTC) - timedelta(days=10, minutes=1)
    number = desk.ticket("Old")
    desk.change(TICKETS, number, _info={"dateEntered": f"{ten_days_ago:%Y-%m-%dT%H:%M:%SZ}"})
    sweep(world.engine)
    _read(world)
    world.drain()
    ref, asked = f"cw:ticket:{number}", len(desk.psa.get("/requests"))

    sweep(world.engine)
    same_day = world.state(ref)
    with world.engine.db.write() as connection:
        meta.put(world.engine.db, connection, TODAY, "yesterday")
    sweep(world.engine)
    next_day = world.state(ref)
    world.drain()

    assert _tags(world) == {"Old": "10 days"}
    assert (same_day, next_day, world.state(ref)) == (("settled", None), ("pending", None), ("settled", None))
    assert (len(desk.psa.get("/requests")), desk.asked()) == (asked, [])


def _by_age(words: Words, ref: Ref) -> Desired | Excluded:
    wish = _map({**words, "configurations": ()}, ref)
    return (
        replace(wish, attributes={**wish.attributes, "asset_tag": f"{words['age_days']} days"})
        if isinstance(wish, Desired)
        else wish
    )
