"""Faults and windows at their edges."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from simulators.windows import Window
from tests.simulators.running import running


def test_a_fresh_fixed_window_is_whole() -> None:
    """It begins with its first request, and the next ones follow at its length."""
    window = Window(2, 10, "fixed")

    assert [window.take(99), window.take(99.5), window.take(100), window.take(108.5)] == [None, None, 9, 0.5]
    assert [window.take(109), window.take(118), window.take(118.9)] == [None, None, pytest.approx(0.1)]
    assert window.take(145) is None
    assert window.take(148) is None
    assert window.take(148) == 1


def test_a_fault_with_a_status_that_has_no_body_keeps_the_connection() -> None:
    """204 and 304 carry none, whatever the order says; a 200 without a body is empty; 1xx is no answer."""
    with running("itglue", "--empty") as simulator, httpx.Client(base_url=simulator.url) as http:
        for do in ({"status": 204}, {"status": 304}, {"status": 204, "body": "text"}, {"status": 200}):
            number = simulator.fault(do)
            answer = http.get("/platforms")
            assert (answer.status_code, answer.content) == (do["status"], b"")
            simulator.control.delete(f"/faults/{number}")
        assert http.get("/platforms").status_code == 403
        assert simulator.control.post("/faults", json={"do": {"status": 100}}).status_code == 400


def test_data_may_come_in_any_order(tmp_path: Path) -> None:
    """JSON objects have none: what refers to a later record waits for it."""
    data = {
        "configurations": [
            {"id": 7, "attributes": {"name": "PC", "organization-id": 5, "configuration-type-id": 3}},
        ],
        "configuration_types": [{"id": 3, "name": "Laptop"}],
        "organizations": [{"id": 6, "attributes": {"name": "Low", "parent-id": 5}}, {"id": 5, "name": "Top"}],
    }
    file = tmp_path / "data.json"
    file.write_text(json.dumps(data))

    with running("itglue", "--data", str(file)) as simulator:
        assert [one["id"] for one in simulator.get("/records/configurations")] == ["7"]
        assert [one["id"] for one in simulator.get("/records/organizations")] == ["5", "6"]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("[]", "an object"),
        ('{"organizations": 5}', "an object"),
        ('{"configurations": [{"name": "x", "organization-id": 9}]}', "does not exist"),
    ],
)
def test_data_that_cannot_be_taken_is_told_in_a_line(tmp_path: Path, data: str, word: str) -> None:
    """No traceback."""
    file = tmp_path / "data.json"
    file.write_text(data)
    command = [sys.executable, "-m", "simulators", "itglue", "--data", str(file)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert done.returncode == 1
    assert word in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_late_write_happens_at_its_own_time() -> None:
    """Also when the clock is moved far beyond it."""
    with running("itglue", "--empty") as simulator:
        key = {"x-api-key": simulator.credentials["api_key"], "content-type": "application/vnd.api+json"}
        body = {"data": {"type": "organizations", "attributes": {"name": "Late"}}}
        simulator.fault({"status": 504, "after_write": True, "write_delay": 20}, method="POST")
        with httpx.Client(base_url=simulator.url, headers=key) as http:
            assert http.post("/organizations", json=body).status_code == 504
        simulator.advance(1000)

        (request,) = simulator.get("/requests")
        (record,) = simulator.get("/records/organizations")

    asked, written = (datetime.fromisoformat(at) for at in (request["at"], record["history"][0]["at"]))
    assert 20 <= (written - asked).total_seconds() < 25
