"""What summaries are about costs a request per record: the open tickets of each device, from ConnectWise to IT Glue."""

from typing import Any

import pytest
import sqlalchemy as sa

from bridge import apply_run
from bridge.plan_pass import plan_all
from bridge.store import targets as target_rows
from bridge.store.schema import targets
from tests.integration.drain.conftest import Make
from tests.integration.drain.test_enriching import TICKETS, Desk
from tests.integration.drain.world import QUICK, World
from tests.simulators.running import Running

BLOCK = """
[[flexible_assets]]
type = "Open tickets"
from = "cw.tickets"
per = "{per}"
only = "open"
fields = [
  {{ name = "Title", kind = "Text", value = "{{{{ name }}}}: {{{{ tickets | length }}}}", title = true }},
  {{ name = "Tickets", kind = "Text", value = "{tickets}" }},
]
"""
_TITLES = "{{ tickets | map(attribute='title') | sort | join(', ') }}"
_DEVICES = (
    "{% for t in tickets %}{{ t.title }} on {{ t.configurations | map(attribute='id') | join(' + ') }}.{% endfor %}"
)
# Without Retry-After: one that it names is waited out in place, for up to a minute.
_BUSY = {"status": 429, "body": {"error": "ConnectWiseAPI", "message": "Too many requests."}}


class Counter(Desk):
    """Somebody who works on tickets, and closes them."""

    def __init__(self, psa: Any) -> None:
        super().__init__(psa)
        board = f"service/boards/{self.boards['Help Desk']}/statuses"
        psa.person("POST", board, {"name": "New", "defaultFlag": True})
        self.closed = int(psa.person("POST", board, {"name": "Done", "closedStatus": True})["id"])

    def unlink(self, ticket: str, device: str) -> None:
        self.psa.person("DELETE", f"{TICKETS}/{ticket}/configurations/{device}")

    def close(self, ticket: str) -> None:
        self.change(TICKETS, ticket, status={"id": self.closed})


@pytest.fixture
def desk(psa: Running) -> Counter:
    """Give somebody who works in a ConnectWise of its own."""
    return Counter(psa)


@pytest.fixture
def world(make: Make, desk: Counter) -> World:
    """Give a world that shows with each device what is open of it."""
    made = make(QUICK, connectwise=desk.psa)
    made.configure(assets=BLOCK.format(per="configuration", tickets=_TITLES))
    return made


def _read(world: World, what: str = "poll") -> None:
    for kind in ("organization", "configuration", "ticket"):
        world.cycle(kind, what)


def _work(world: World, what: str = "poll") -> None:
    _read(world, what)
    world.drain()


def _shown(world: World) -> dict[str, str | None]:
    """Give the tickets of each summary by its title."""
    return {one["name"]: one["traits"].get("tickets") for one in world.records("flexible_assets")}


def test_each_device_shows_the_open_tickets_that_name_it(world: World, desk: Counter) -> None:
    """Each open ticket is asked for once and a closed one never; reading again asks for nothing and writes nothing."""
    printer, server = desk.device(desk.acme, "Printer"), desk.device(desk.acme, "Server")
    both, one = desk.ticket("It burns", server, printer), desk.ticket("No paper", printer)
    unlinked, closed = desk.ticket("Buy one"), desk.ticket("Done long ago", printer)
    desk.close(closed)

    _work(world)
    asked, writes = desk.asked(), world.writes()
    _work(world)
    with world.engine.db.read() as connection:
        mine = sa.select(targets.c.anchor).where(targets.c.block == "open-tickets")
        anchors = list(connection.execute(mine).scalars())
    for anchor in anchors:
        _touch(world, anchor)
    world.drain()

    assert _shown(world) == {"Printer: 2": "It burns, No paper", "Server: 1": "It burns"}
    assert sorted(asked) == sorted([both, one, unlinked])
    assert (desk.asked(), world.writes()) == (asked, writes)


def _touch(world: World, anchor: str) -> None:
    with world.engine.db.write() as connection:
        mine = (targets.c.anchor == anchor) & (targets.c.block == "open-tickets")
        target_rows.touch(connection, mine, now=world.engine.db.now(connection), lane="backfill")


def test_a_ticket_that_goes_to_another_device_is_due_at_both(world: World, desk: Counter) -> None:
    """The device that it leaves loses it, the one that it comes to has it, and no other summary is written."""
    printer, server = desk.device(desk.acme, "Printer"), desk.device(desk.acme, "Server")
    other = desk.device(desk.acme, "Other")
    number = desk.ticket("It burns", printer)
    desk.ticket("Slow", other)
    _work(world)
    writes = world.writes()
    desk.unlink(number, printer)
    desk.link(number, server)
    desk.change(TICKETS, number, summary="It still burns")

    _work(world)

    assert _shown(world) == {"Printer: 0": None, "Server: 1": "It still burns", "Other: 1": "Slow"}
    assert world.writes() == writes + 2


def test_a_new_ticket_finds_its_device_and_a_closed_one_leaves_it(world: World, desk: Counter) -> None:
    """No list says which device a ticket is about, so any of its organization is due until the ticket is read."""
    printer = desk.device(desk.acme, "Printer")
    first = desk.ticket("First", printer)
    _work(world)
    asked = desk.asked()

    second = desk.ticket("Second", printer)
    _work(world)
    both = _shown(world)
    desk.close(first)
    _work(world)

    assert both == {"Printer: 2": "First, Second"}
    assert _shown(world) == {"Printer: 1": "Second"}
    assert (asked, desk.asked()) == ([first], [first, second])


def test_a_link_that_moves_no_stamp_is_found_by_the_full_snapshot(world: World, desk: Counter) -> None:
    """A poll sees nothing of it; the snapshot has the open tickets read again, each once."""
    printer, server = desk.device(desk.acme, "Printer"), desk.device(desk.acme, "Server")
    number, other = desk.ticket("It burns", printer), desk.ticket("Not named")
    _work(world)
    desk.unlink(number, printer)
    desk.link(number, server)
    desk.link(other, server)

    _work(world)
    polled = _shown(world)
    _work(world, "snapshot")

    assert polled == {"Printer: 1": "It burns"}
    assert _shown(world) == {"Printer: 0": None, "Server: 2": "It burns, Not named"}
    assert sorted(desk.asked()) == sorted([number, other] * 2)


def test_a_ticket_that_moves_to_another_customer_leaves_the_device(world: World, desk: Counter) -> None:
    """What is one customer's never shows with another, though the ticket still names the device."""
    printer = desk.device(desk.acme, "Printer")
    bolt = desk.company("Bolt")
    desk.device(bolt, "Router")
    number = desk.ticket("It burns", printer)
    _work(world)
    before = _shown(world)
    desk.change(TICKETS, number, company={"id": int(bolt)})

    _work(world)

    assert before == {"Printer: 1": "It burns"}
    assert _shown(world) == {"Printer: 0": None}


def test_an_organization_shows_what_its_tickets_are_about(make: Make, desk: Counter) -> None:
    """A summary per organization knows the devices too, and a link that changes alone writes it again."""
    world = make(QUICK, connectwise=desk.psa)
    world.configure(assets=BLOCK.format(per="organization", tickets=_DEVICES))
    printer, server = desk.device(desk.acme, "Printer"), desk.device(desk.acme, "Server")
    number = desk.ticket("It burns", printer)
    desk.close(desk.ticket("Done", printer))
    _work(world)
    before, asked = _shown(world), desk.asked()
    desk.link(number, server)

    _work(world, "snapshot")

    assert before == {"Acme Ltd: 1": f"It burns on {printer}."}
    assert _shown(world) == {"Acme Ltd: 1": f"It burns on {printer} + {server}."}
    assert (asked, desk.asked()) == ([number], [number, number])


@pytest.mark.parametrize("do", [{"status": 503}, {"status": 401}, _BUSY])
def test_a_source_that_does_not_answer_spends_nobodys_attempts(world: World, desk: Counter, do: dict[str, Any]) -> None:
    """No summary is written without its tickets; afterwards all goes on."""
    printer = desk.device(desk.acme, "Printer")
    for number in range(3):
        desk.ticket(f"Ticket {number}", printer)
    _read(world)
    desk.fault(do)

    world.drain(until=lambda: len(desk.asked()) >= 2)
    meanwhile, row = _shown(world), _summary(world, printer)
    desk.repair()
    world.drain()

    assert meanwhile == {}
    assert (row.state, row.attempts) == ("pending", 0)
    assert _shown(world) == {"Printer: 3": "Ticket 0, Ticket 1, Ticket 2"}


def _summary(world: World, device: str) -> Any:
    with world.engine.db.read() as connection:
        mine = (targets.c.block == "open-tickets") & (targets.c.anchor == f"cw:configuration:{device}")
        return connection.execute(sa.select(targets).where(mine)).one()


def test_a_ticket_that_cannot_be_read_keeps_the_other_customers_going(world: World, desk: Counter) -> None:
    """Which device it is about nobody knows, so its own customer's devices are tried again, and say why."""
    printer = desk.device(desk.acme, "Printer")
    bolt = desk.company("Bolt")
    router = desk.device(bolt, "Router")
    broken = desk.ticket("Broken", printer)
    fine = desk.ticket("Fine")
    desk.change(TICKETS, fine, company={"id": int(bolt)})
    desk.link(fine, router)
    _read(world)
    desk.fault({"status": 200, "body": "{}"}, broken)

    world.drain(until=lambda: _summary(world, router).state == "settled" and _summary(world, printer).attempts > 0)
    meanwhile, row = _shown(world), _summary(world, printer)
    desk.repair()
    world.drain()

    assert meanwhile == {"Router: 1": "Fine"}
    assert row.state == "pending"
    assert f"cw:ticket:{broken}" in row.last_error
    assert _shown(world) == {"Router: 1": "Fine", "Printer: 1": "Broken"}


def test_a_plan_reads_the_tickets_and_nothing_of_it_is_refused(world: World, desk: Counter) -> None:
    """It knows the tickets of every device before anything is there, and what it has read is not read again."""
    printer, server = desk.device(desk.acme, "Printer"), desk.device(desk.acme, "Server")
    number = desk.ticket("It burns", server, printer)
    _read(world)

    lines = list(plan_all(world.engine))
    applied = apply_run.begin(world.engine, lines, reviewed=True, why="test")
    world.drain()

    planned = {line.ref: line.word for line in lines if line.block == "open-tickets"}
    assert planned == {f"cw:configuration:{device}": "create" for device in (printer, server)}
    assert applied.refused == []
    assert _shown(world) == {"Printer: 1": "It burns", "Server: 1": "It burns"}
    assert desk.asked() == [number]
