"""`glue-bridge status`."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from bridge.store import pauses
from bridge.store.schema import streams, targets
from bridge.supervise.lock import ServiceLock
from bridge.supervise.status import ChildStatus, ServiceStatus, write_status
from tests.integration.cli.workplace import Workplace


def test_before_anything_was_read_it_names_the_next_commands(place: Workplace) -> None:
    """And asks nobody."""
    asked = len(place.sides.itglue.get("/requests")), len(place.sides.psa.get("/requests"))

    said = place.run("status")

    assert said.code == 0
    assert said.out.startswith(
        "mode plan: the service writes nothing\nservice  not running\nsource   cw (connectwise)\n"
    )
    assert said.out.endswith("nothing has been read yet: glue-bridge check, then match, then plan\n")
    assert (len(place.sides.itglue.get("/requests")), len(place.sides.psa.get("/requests"))) == asked


def test_every_target_is_accounted_for(drained: Workplace) -> None:
    """Targets by block and state, held by code, and of each run what became of what it saw."""
    said = drained.run("status").out

    assert re.search(r"organizations +2 excluded +6 held +4 settled", said)
    assert re.search(r"configurations +13 excluded +32 held +15 settled", said)
    assert re.search(r"B305 +ambiguous +3\n", said)
    sums = re.findall(r"([\d,]+) seen = (\d+) written \+ (\d+) equal \+ (\d+) held \+ (\d+) excluded", said)
    assert sums
    assert all(int(seen) == sum(map(int, rest)) for seen, *rest in sums)


def test_json_has_the_shape_that_help_documents(drained: Workplace) -> None:
    """Times are RFC 3339, UTC."""
    told = drained.json("status")

    assert set(told) == {
        "mode",
        "now",
        "service",
        "paused",
        "sources",
        "itglue",
        "fetches",
        "targets",
        "held",
        "runs",
        "problems",
    }
    assert told["targets"]["organizations"] == {"excluded": 2, "held": 6, "settled": 4}
    assert told["held"]["parent_held"] == 22
    [source] = told["sources"]
    assert set(source) == {"name", "type", "paused", "streams"}
    assert {each["kind"] for each in source["streams"]} == {"organization", "configuration"}
    assert set(told["runs"][0]) == {
        "id",
        "kind",
        "scope",
        "started_at",
        "read_done_at",
        "ended_at",
        "outcome",
        "counts",
    }
    assert datetime.fromisoformat(told["now"]).tzinfo is not None
    assert told["itglue"]["quota"] is None  # nobody uses the queue server


def test_the_quota_is_shown_while_somebody_uses_it(drained: Workplace) -> None:
    """Beside a running command or service."""
    with drained.engine() as engine:
        engine.itglue.page("organizations", lane="live", size=1)

        told = drained.json("status")

    [window] = told["itglue"]["quota"]["windows"]
    assert window == {"requests": 3000, "seconds": 300.0, "ours": 2100, "used": 1}


def test_a_pause_says_why_and_until_when(drained: Workplace) -> None:
    """One line for the side that is lost."""
    with drained.engine() as engine:
        pauses.pause(engine.db, "cw", "auth", "401, check the keys", minimum=60.0, maximum=300.0)

    said = drained.run("status").out

    assert re.search(r"source   cw \(connectwise\)  PAUSED since [\d:]+, next try [\d:]+: 401, check the keys", said)


def test_a_running_service_shows_its_processes(drained: Workplace) -> None:
    """With pids and restarts."""
    at = datetime.now(UTC)
    data = drained.folder / "data"
    with ServiceLock(data):
        children = (ChildStatus("live-1", 4711, at, 0), ChildStatus("backfill-1", None, None, 2))
        write_status(data, ServiceStatus(os.getpid(), at, children))
        said, told = drained.run("status").out, drained.json("status")

    assert f"service  running since {at.astimezone():%H:%M:%S} (pid {os.getpid()})" in said
    assert "live-1" in said
    assert "2 restarts" in said
    assert [each["name"] for each in told["service"]["processes"]] == ["live-1", "backfill-1"]


@contextmanager
def serving(place: Workplace, *children: ChildStatus) -> Iterator[None]:
    """Look like a running service, which has just read everything that it reads."""
    data = place.folder / "data"
    at = datetime.now(UTC)
    with ServiceLock(data):
        write_status(data, ServiceStatus(os.getpid(), at, children or (ChildStatus("live-1", 4711, at, 0),)))
        yield


def test_a_check_that_finds_nothing_ends_with_0(drained: Workplace) -> None:
    """And says what it looked at; what is held is no problem of the service."""
    with serving(drained):
        said, told = drained.run("status", "--check"), drained.json("status", "--check")

    assert (said.code, said.out) == (
        0, "ok: the service runs, no side is paused, no stop is on, no stream is overdue\n",
    )  # fmt: skip
    assert told["problems"] == []


def test_a_check_names_a_service_that_is_down(drained: Workplace) -> None:
    """The whole, or a process of it; without --check the exit code stays 0."""
    nobody, plain = drained.run("status", "--check"), drained.run("status")
    with serving(drained, ChildStatus("backfill-1", None, None, 2)):
        child = drained.run("status", "--check")

    assert (nobody.code, nobody.out) == (1, "service: glue-bridge not running on this machine\n")
    assert (child.code, child.out) == (1, "service: backfill-1 down, waits to be started again after 2 restarts\n")
    assert plain.code == 0


def test_a_check_names_a_side_that_is_paused(drained: Workplace) -> None:
    """Once: that its streams are overdue goes without saying."""
    with drained.engine() as engine:
        pauses.pause(engine.db, "cw", "auth", "401, check the keys", minimum=60.0, maximum=300.0)
        with engine.db.write() as connection:
            connection.execute(sa.update(streams).values(last_ok_at=1.0))

    with serving(drained):
        said = drained.run("status", "--check")

    assert said.code == 1
    assert re.fullmatch(r"paused: cw paused since [\d:]+: 401, check the keys\n", said.out)


def test_a_check_names_a_stop_that_holds(drained: Workplace) -> None:
    """With the command that lists what it holds."""
    with drained.engine() as engine, engine.db.write() as connection:
        held = (targets.c.state == "held") & (targets.c.code == "ambiguous")
        connection.execute(sa.update(targets).where(held).values(code="stop_creates"))

    with serving(drained):
        said, told = drained.run("status", "--check"), drained.json("status", "--check")

    assert (said.code, said.out) == (1, "stop: stop_creates holds 3 targets: glue-bridge held --code stop_creates\n")
    assert told["problems"] == [
        {"what": "stop", "subject": "stop_creates", "text": said.out.removeprefix("stop: stop_creates ").strip()}
    ]


@pytest.mark.parametrize(("age", "lease", "found"), [(380.0, 0.0, False), (400.0, 0.0, True), (400.0, 60.0, False)])
def test_a_check_names_a_stream_that_is_overdue(drained: Workplace, age: float, lease: float, found: bool) -> None:
    """A poll of every 60 s has 60 + 30 + 300 s, unless it is being read right now."""
    poll = (streams.c.kind == "configuration") & (streams.c.what == "poll")
    with drained.engine() as engine, engine.db.write() as connection:
        now = engine.db.now(connection)
        late = {"last_ok_at": now - age, "lease_until": now + lease, "failures": 7, "last_error": "400, no such view"}
        connection.execute(sa.update(streams).where(poll).values(**late))

    with serving(drained):
        said = drained.run("status", "--check")

    assert said.code == int(found)
    overdue = re.fullmatch(
        r"overdue: cw:configuration:poll last read \S+( \S+)?, failed 7 times: 400, no such view\n", said.out
    )
    assert (overdue is not None) == found


def test_settings_that_are_not_there_are_an_error(empty: Workplace) -> None:
    """With the command that writes them; as JSON for scripts."""
    said = empty.run("status", "--json")

    assert said.code == 1
    assert (
        said.err
        == "ERROR  B100     bridge.toml cannot be read (No such file or directory); glue-bridge init writes one\n"
    )
    assert said.json == {
        "errors": [{"code": "B100", "message": said.err[16:].strip(), "file": "bridge.toml", "line": None}]
    }
