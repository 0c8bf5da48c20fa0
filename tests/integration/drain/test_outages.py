"""A side that fails as a whole: it is paused, probed, reported once, and nobody's attempts are spent."""

import socket
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bridge import app
from bridge.apply_run import begin, drain
from bridge.errors import IncompleteReadError
from bridge.itglue.client import ITGlue
from bridge.plan_pass import plan_all
from bridge.store.schema import pauses, targets
from bridge.sweep import live_is_behind, sweep
from tests.integration.drain.world import World

DEVICE = "cw:configuration:7"
LACKING = {"data": [], "links": {}, "meta": {"current-page": 1, "next-page": None, "total-count": 3}}
JSON_API = {"content-type": "application/vnd.api+json"}


def _pause(world: World) -> str | None:
    with world.engine.db.read() as connection:
        code: str | None = connection.execute(sa.select(pauses.c.code).where(pauses.c.scope == "itglue")).scalar()
        return code


def test_a_wrong_key_pauses_the_side_until_it_is_rotated(world: World) -> None:
    """Nothing is written and no attempt is spent; the new key is read without a restart."""
    right = world.itglue.credentials["api_key"]
    world.use_key("ITG.wrong")
    world.person("organizations", name="Acme Ltd")

    world.put(world.organization(), world.device("7"))
    world.once()
    paused, asked = _pause(world), len(world.sent("GET", "POST", "PATCH"))
    world.once()
    again = len(world.sent("GET", "POST", "PATCH"))
    world.use_key(right)
    world.drain()

    assert paused == "auth"
    assert again == asked
    assert _pause(world) is None
    assert world.target(DEVICE).attempts == 0
    assert len(world.records("configurations")) == 1


def test_a_renewed_key_leaves_no_connection_of_the_old_one_open(world: World) -> None:
    """Requests under way with the old key have their answers; then its connections are closed."""
    world.configure(stops="[protocol]\ndeadline = 0.5\n")
    credentials = app.Credentials(world.settings(), world.engine.itglue.quota)
    credentials.engine = world.engine
    world.engine.itglue.close()
    world.engine.itglue = old = credentials.itglue()
    before = _connections(world)
    world.fault({"delay": 0.3}, method="GET", nth=[1])
    read: list[object] = []
    reading = Thread(target=lambda: read.append(old.page("organizations", lane="live")))
    reading.start()
    while _connections(world) == before:
        Event().wait(0.005)

    world.use_key("ITG.rotated")
    renewed = credentials.renew("itglue")
    meanwhile = _connections(world)
    reading.join()

    assert renewed
    assert world.engine.itglue is not old
    assert (len(read), meanwhile - before) == (1, 1)
    assert _connections(world) == before


def _connections(world: World) -> int:
    """Count this machine's open connections to the simulator, as their clients see them."""
    port = f":{urlsplit(world.itglue.url).port:04X}"
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(1 for each in lines if each[2].endswith(port) and each[3] == "01")


def test_no_connection_pauses_the_side_and_loses_nothing(world: World) -> None:
    """The connection never opened: rows go back to pending, and go out once IT Glue answers."""
    world.settle(world.organization())
    working = world.engine.itglue
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    world.engine.itglue = ITGlue(nowhere, SecretStr("k"), working.quota, deadline=world.times.deadline)

    world.put(world.device("7"))
    world.once()
    states = world.state(DEVICE), _pause(world), world.target(DEVICE).attempts
    world.engine.itglue.close()
    world.engine.itglue = working
    world.drain()

    assert states == (("pending", None), "down", 0)
    assert _pause(world) is None
    assert len(world.records("configurations", dead=True)) == 1


def test_an_outage_of_many_probes_holds_nothing(world: World) -> None:
    """However long every path fails, targets stay pending, with the pause growing between the probes."""
    world.settle(world.organization())
    world.engine.times = replace(world.times, attempts=2)
    world.fault({"status": 503})

    world.put(world.device("7"))
    for _ in range(4):
        world.once()
        with world.engine.db.write() as connection:
            connection.execute(sa.update(pauses).values(until=0.0))
    with world.engine.db.read() as connection:
        probes = connection.execute(sa.select(pauses.c.probes)).scalar()
    state = world.state(DEVICE)
    world.calm()
    world.drain()

    assert probes is not None
    assert probes >= 2
    assert state == ("pending", None)
    assert len(world.records("configurations")) == 1


def test_work_that_needs_no_answer_does_not_end_a_pause(world: World) -> None:
    """A claim that sends nothing proves nothing: only an answer of IT Glue lifts the pause."""
    world.settle(world.organization(), world.device("7"))
    with world.engine.db.write() as connection:
        values = {"scope": "itglue", "code": "down", "since": 1.0, "until": 2.0, "probes": 3}
        connection.execute(sa.insert(pauses).values(**values))
    world.fault({"status": 503})

    world.touch(DEVICE)
    world.once()
    paused = _pause(world)
    world.calm()
    with world.engine.db.write() as connection:
        connection.execute(sa.update(pauses).values(until=0.0))
    world.drain()

    assert paused == "down"
    assert _pause(world) is None


def test_an_index_that_cannot_be_read_whole_is_read_again(world: World) -> None:
    """A list that breaks off in the middle proves nothing: nothing is made on the strength of it."""
    world.fault({"truncate": 40}, method="GET", path="configurations", nth=[1, 2])

    world.put(world.organization(), world.device("7"))
    world.drain()

    assert len(world.records("configurations", dead=True)) == 1


def test_a_list_that_is_never_whole_spends_nobodys_attempts(world: World) -> None:
    """However often the proof fails, nothing is made and nothing is held; once a read is whole, the device is made."""
    world.settle(world.organization(), world.device("1"))
    world.engine.times = replace(world.times, attempts=2, freshness=0.0)
    world.fault({"status": 200, "body": LACKING, "headers": JSON_API}, method="GET", path="configurations$")

    world.put(world.device("7"))
    for _ in range(3):
        world.once()
        with world.engine.db.write() as connection:
            connection.execute(sa.update(targets).where(targets.c.state == "pending").values(due_at=0.0))
    state, row, paused = world.state(DEVICE), world.target(DEVICE), _pause(world)
    world.calm()
    world.engine.times = world.times
    world.drain()

    assert "could not be read completely" in row.last_error
    assert (state, row.attempts, paused) == (("pending", None), 0, None)
    assert len(world.records("configurations", dead=True)) == 2


def test_an_apply_ends_where_a_list_is_never_whole(world: World) -> None:
    """It says so after a while instead of waiting for ever, and what is open goes on later."""
    world.settle(world.organization(), world.device("1"))
    world.engine.times = replace(world.times, freshness=0.0)
    world.put(world.device("7"))
    lines = [line for line in plan_all(world.engine) if line.ref == DEVICE]
    world.fault({"status": 200, "body": LACKING, "headers": JSON_API}, method="GET", path="configurations$")
    applied = begin(world.engine, lines, reviewed=True, why="test")

    with pytest.raises(IncompleteReadError, match="could not be read completely"):
        drain(world.engine, applied, Event())
    world.calm()
    world.engine.times = world.times
    world.drain()

    assert len(world.records("configurations", dead=True)) == 2


def test_an_idle_bridge_finds_out_that_a_side_is_back(world: World) -> None:
    """Once a pause is over the sweep rings, even where nothing is due: else the side would count as lost for ever."""
    bell = world.engine.doorbell = Bell()
    with world.engine.db.write() as connection:
        now = world.engine.db.now(connection)
        over = {"scope": "itglue", "code": "down", "why": "", "since": now - 10, "until": now - 5, "probes": 0}
        connection.execute(sa.insert(pauses).values(by="bridge", **over))

    sweep(world.engine)
    world.once()

    assert bell.rung == ["backfill"]
    assert _pause(world) is None


def test_the_backfill_is_called_to_help_only_where_live_is_behind(world: World) -> None:
    """Its workers are in the midst of large claims: what has just become due waits for its own."""
    world.settle(world.organization(), world.device("1"))
    bell = world.engine.doorbell = Bell()
    world.put(world.device("1", name="renamed"))
    with world.engine.db.write() as connection:
        connection.execute(sa.update(targets).values(lane="live"))

    sweep(world.engine)
    young = live_is_behind(world.engine)
    with world.engine.db.write() as connection:
        connection.execute(
            sa.update(targets).where(targets.c.anchor.endswith(":1")).values(due_at=targets.c.due_at - 5)
        )
    sweep(world.engine)

    assert (young, live_is_behind(world.engine)) == (False, True)
    assert bell.rung == ["live", "live", "backfill"]


class Bell:
    """Notes who is called."""

    def __init__(self) -> None:
        self.rung: list[str] = []

    def ring(self, lane: str) -> None:
        """Note it."""
        self.rung.append(lane)

    def close(self) -> None:
        """Hold nothing."""
