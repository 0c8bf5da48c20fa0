"""Limits and the gateway's faults: point 13 of the reference's checklist."""

from email.utils import parsedate_to_datetime

import httpx
import pytest

from tests.simulators.itglue.account import Account, document, unique
from tests.simulators.running import Running

ARGUMENTS = ("--empty",)


def _statuses(account: Account, count: int) -> list[int]:
    return [account.get("/platforms").status_code for _ in range(count)]


def test_point_13_a_rolling_window_frees_requests_one_by_one(simulator: Running, account: Account) -> None:
    """A request leaves the window so many seconds after it was made."""
    simulator.set(limit={"requests": 3, "seconds": 300, "window": "rolling"})

    assert _statuses(account, 2) == [200, 200]
    simulator.advance(200)
    assert _statuses(account, 2) == [200, 429]
    simulator.advance(101)
    assert _statuses(account, 3) == [200, 200, 429]


def test_point_13_a_fixed_window_frees_all_at_once(simulator: Running, account: Account) -> None:
    """At the turn of the window everything is free again."""
    simulator.set(limit={"requests": 2, "seconds": 10_000_000_000, "window": "fixed"})
    assert _statuses(account, 3) == [200, 200, 429]

    simulator.advance(10_000_000_000)

    assert _statuses(account, 3) == [200, 200, 429]


def test_point_13_the_default_is_3000_in_300_seconds(simulator: Running) -> None:
    """As documented; the window's kind is the reading that a client has to fear less from."""
    assert simulator.get("/switches")["limit"]["default"] == {"requests": 3000, "seconds": 300, "window": "rolling"}


def test_point_13_a_429_carries_no_header_unless_told(simulator: Running, account: Account) -> None:
    """`retry_after` chooses none, whole seconds or a date; the write was not executed."""
    simulator.set(limit={"requests": 0, "seconds": 300, "window": "rolling"})
    body = document("organizations", {"name": unique("Org")})

    plain = account.send("POST", "/organizations", body)
    simulator.set(retry_after="seconds")
    seconds = account.send("POST", "/organizations", body)
    simulator.set(retry_after="date")
    date = account.send("POST", "/organizations", body)

    assert (plain.status_code, plain.json()) == (429, {"message": "Too Many Requests"})
    assert "retry-after" not in plain.headers
    assert not any(name.startswith("x-ratelimit") for name in plain.headers)
    assert 1 <= int(seconds.headers["retry-after"]) <= 300
    assert parsedate_to_datetime(date.headers["retry-after"]).tzinfo is not None
    assert simulator.get("/records/organizations") == []


def test_point_13_a_body_over_10_mb_is_413(account: Account) -> None:
    """The gateway refuses it."""
    answer = account.post("/organizations", name="x", description="y" * (10 * 1024 * 1024))

    assert (answer.status_code, answer.json()) == (413, {"message": "Request Too Long"})


@pytest.mark.parametrize(
    ("status", "message"),
    [(502, "Internal server error"), (503, "Internal server error"), (504, "Endpoint request timed out")],
)
def test_point_13_a_fault_answers_the_gateways_body(
    simulator: Running, account: Account, status: int, message: str
) -> None:
    """Nothing was executed, and the next request is answered."""
    simulator.fault({"status": status}, path="^/organizations$", method="POST", nth=[1])
    name = unique("Org")

    answer = account.post("/organizations", name=name)

    assert (answer.status_code, answer.json()) == (status, {"message": message})
    assert account.post("/organizations", name=name).status_code == 201


def test_point_13_a_504_can_come_after_the_write(simulator: Running, account: Account) -> None:
    """The record is there all the same."""
    simulator.fault({"status": 504, "after_write": True}, method="POST")
    name = unique("Org")

    assert account.post("/organizations", name=name).status_code == 504
    assert account.names(f"/organizations?filter[name]={name}") == [name]


def test_point_13_the_write_can_come_after_a_504(simulator: Running, account: Account) -> None:
    """It is carried out later, once the clock is there."""
    simulator.fault({"status": 504, "write_delay": 30}, method="POST")
    name = unique("Org")

    assert account.post("/organizations", name=name).status_code == 504
    assert account.names(f"/organizations?filter[name]={name}") == []
    simulator.advance(29)
    assert account.names(f"/organizations?filter[name]={name}") == []
    simulator.advance(2)
    assert account.names(f"/organizations?filter[name]={name}") == [name]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415, 422, 429, 500])
def test_a_fault_answers_the_vendors_own_body(simulator: Running, account: Account, status: int) -> None:
    """Whatever the status, the body is JSON of the vendor's."""
    simulator.fault({"status": status})

    answer = account.get("/organizations")

    assert answer.status_code == status
    assert isinstance(answer.json(), dict)
    assert "json" in answer.headers["content-type"]


def test_a_connection_can_be_closed_before_and_after_the_write(simulator: Running, account: Account) -> None:
    """Without an answer the client cannot know."""
    before, after = unique("Org"), unique("Org")
    simulator.fault({"close": True}, method="POST", nth=[1])
    simulator.fault({"close": True, "after_write": True}, method="POST", nth=[2])

    for name in (before, after):
        with pytest.raises(httpx.RemoteProtocolError):
            account.post("/organizations", name=name)

    assert account.names(f"/organizations?filter[name]={before},{after}") == [after]
