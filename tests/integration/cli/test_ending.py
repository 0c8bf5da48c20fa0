"""How commands end that are told to: by Ctrl-C, and by SIGTERM."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.queue.valkey import ValkeyServer
from bridge.supervise.status import find_status
from tests.integration.cli.processes import hanging, running_on
from tests.integration.cli.workplace import Sides, Workplace

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143}
SIGNALS = list(CODES)


def started(place: Workplace, *arguments: str) -> "subprocess.Popen[str]":
    """Run a command in a process group of its own, as a shell would."""
    return place.start(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, process_group=0)


def until(reached: Callable[[], object]) -> None:
    """Wait until a process is that far."""
    patience = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < patience
        time.sleep(0.02)


def ended(process: "subprocess.Popen[str]", number: signal.Signals) -> tuple[int, str]:
    """Send a signal to the whole group, as a terminal does; give the exit code and what was said of errors."""
    os.killpg(process.pid, number)
    _, err = process.communicate(timeout=30)
    return process.returncode, err


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("command", [("plan",), ("apply", "--yes")])
def test_a_command_that_is_broken_off_says_so(
    place: Workplace, command: tuple[str, ...], number: signal.Signals
) -> None:
    """By its exit code: whoever called it must not take it for done."""
    process = hanging(place, lambda: started(place, *command))

    code, err = ended(process, number)

    assert (code, err) == (CODES[number], "")
    assert running_on(place.folder) == ""


@pytest.mark.parametrize("number", SIGNALS)
def test_an_apply_that_is_broken_off_in_its_writes_says_how_far_it_came(
    place: Workplace, both: Sides, number: signal.Signals
) -> None:
    """What is under way ends; the rest stays open for the next one."""
    assert place.run("plan", "-o", "first.plan").code == 2
    both.itglue.fault({"delay": 3}, method="PATCH")
    before = len(both.itglue.get("/requests"))
    process = started(place, "apply", "first.plan")
    until(lambda: any(each["method"] == "PATCH" for each in both.itglue.get("/requests")[before:]))

    code, err = ended(process, number)

    assert code == CODES[number]
    assert "still open; what is open goes on with the next apply or the service" in err
    assert "Traceback" not in err
    assert running_on(place.folder) == ""


@pytest.mark.parametrize("number", SIGNALS)
def test_a_service_that_is_stopped_has_done_its_work(drained: Workplace, number: signal.Signals) -> None:
    """0 after either: systemd and Docker would count anything else as a failure."""
    process = started(drained, "run")
    until(lambda: find_status(drained.folder / "data"))

    code, err = ended(process, number)

    assert code == 0
    assert "Traceback" not in err
    assert f'"signal":"{number.name}"' in err.replace(" ", "")
    assert running_on(drained.folder) == ""


@pytest.mark.parametrize("number", SIGNALS)
def test_a_service_may_be_stopped_while_it_starts(drained: Workplace, number: signal.Signals) -> None:
    """As when a machine goes down right after it came up; here the start waits for the database."""
    lock = sqlite3.connect(drained.folder / "data" / "bridge.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    process = started(drained, "run")
    server = ValkeyServer(Path(drained.folder / "data" / "queue").resolve())
    until(lambda: server.known() is not None and server.answers())
    time.sleep(0.3)
    process.send_signal(number)
    lock.execute("ROLLBACK")
    lock.close()

    _, err = process.communicate(timeout=30)

    assert (process.returncode, "Traceback" in err) == (0, False)
    assert running_on(drained.folder) == ""


@pytest.mark.parametrize("number", SIGNALS)
def test_a_demo_that_is_broken_off_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    """Neither its simulators nor its folder."""
    arguments = [sys.executable, "-m", "bridge", "demo", "--size", "12x60"]
    process = subprocess.Popen(
        arguments, env=os.environ | {"TMPDIR": str(tmp_path)}, text=True, bufsize=1, process_group=0,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    for line in process.stdout:
        if "glue-bridge check" in line:
            break

    code, _ = ended(process, number)

    assert code == CODES[number]
    assert list(tmp_path.iterdir()) == []
    assert running_on(tmp_path) == ""
