"""What the client makes of every kind of answer, over real HTTP."""

import json
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bridge.errors import (
    AuthError,
    BridgeError,
    RateLimitError,
    RejectedError,
    SideDownError,
    TransientError,
    UnknownOutcomeError,
)
from bridge.itglue.address import address
from bridge.itglue.classify import BulkRefusedError, SlowListError, SyncedError
from bridge.itglue.client import ITGlue
from bridge.itglue.compare import not_taken
from bridge.jsonapi import TooLargeError
from bridge.quota import QuotaUnavailableError, QuotaWaitError
from tests.integration.itglue.simulator import Account, Simulator

SAMPLES = Path(__file__).parents[2] / "samples" / "itglue"


@pytest.mark.parametrize("switch", ["gateway_403", "json_401"])
def test_a_wrong_key_stops_the_side(connect: Callable[..., ITGlue], simulator: Simulator, switch: str) -> None:
    """In either form; the key is not told."""
    simulator.switch(wrong_key=switch)
    stranger = connect(key="ITG.0123secret")

    with pytest.raises(AuthError) as caught:
        stranger.page("organizations", lane="live")

    assert "secret" not in str(caught.value)
    assert "secret" not in repr(stranger)


def test_a_single_record_is_read_or_none(itglue: ITGlue, account: Account) -> None:
    """An id that is no number never becomes a path."""
    [row] = account.create(account.device("PC"))

    found = itglue.get("configurations", row.id, lane="live")

    assert found is not None
    assert found.attributes["organization_id"] == account.organization
    assert itglue.get("configurations", "424242", lane="live") is None
    for id_ in ("", "5/../6", "abc", "٣"):
        with pytest.raises(ValueError, match="no id of IT Glue"):
            itglue.get("configurations", id_, lane="live")


def test_an_organization_that_is_not_reachable_refuses_the_record_and_not_the_key(account: Account) -> None:
    """401 with the pointer `id`."""
    account.parent = ("organizations", "987654321")

    with pytest.raises(RejectedError, match="Unauthorized resource access") as one:
        account.create(account.device("PC"))
    with pytest.raises(BulkRefusedError) as many:
        account.create(account.device("PC"), account.device("PC 2"))

    assert one.value.status == many.value.refusal.status == 401


def test_a_wrong_address_names_the_setting(connect: Callable[..., ITGlue], simulator: Simulator) -> None:
    """The HTML page of an unknown route is no answer about a record."""
    with pytest.raises(TransientError, match=r"is \[itglue\] url right"):
        connect(url=simulator.url + "/api/v1").page("organizations", lane="live")


def test_validation_is_told_per_attribute(account: Account) -> None:
    """A missing name, a type that does not exist."""
    with pytest.raises(RejectedError) as nameless:
        account.create(account.device(""))
    with pytest.raises(RejectedError) as typeless:
        account.create({"name": "PC"})

    assert [attribute for attribute, _ in nameless.value.pointers] == ["name"]
    assert [attribute for attribute, _ in typeless.value.pointers] == ["configuration_type"]
    assert "must exist" in str(typeless.value)


def test_a_name_that_exists_is_told(itglue: ITGlue, simulator: Simulator) -> None:
    """422 on the name."""
    simulator.person("manufacturers", name="Dell")

    with itglue.turn("live") as turn, pytest.raises(RejectedError) as caught:
        itglue.create(turn, "manufacturers", [{"name": "Dell"}])

    assert [attribute for attribute, _ in caught.value.pointers] == ["name"]
    assert caught.value.status == 422


@pytest.mark.parametrize(
    ("do", "read", "write"),
    [
        ({"status": 500}, SideDownError, UnknownOutcomeError),
        ({"status": 502}, SideDownError, UnknownOutcomeError),
        ({"status": 503}, SideDownError, UnknownOutcomeError),
        ({"status": 504}, SlowListError, UnknownOutcomeError),
        ({"status": 413}, TooLargeError, TooLargeError),
        ({"status": 415}, TransientError, UnknownOutcomeError),
        (
            {"status": 200, "headers": {"content-type": "text/html"}, "body": "<h1>Back soon</h1>"},
            SideDownError,
            UnknownOutcomeError,
        ),
        ({"status": 302, "headers": {"location": "/login"}, "body": ""}, SideDownError, UnknownOutcomeError),
        ({"close": True}, SideDownError, UnknownOutcomeError),
        ({"truncate": 40}, SideDownError, UnknownOutcomeError),
        ({"close": True, "after_write": True}, SideDownError, UnknownOutcomeError),
        ({"status": 504, "after_write": True}, SlowListError, UnknownOutcomeError),
    ],
    ids=lambda value: json.dumps(value) if isinstance(value, dict) else value.__name__,
)
def test_a_broken_answer_is_an_error_of_the_side_and_leaves_a_write_unknown(
    account: Account, simulator: Simulator, do: dict[str, Any], read: type[BridgeError], write: type[BridgeError]
) -> None:
    """Nothing is sent a second time."""
    simulator.fault(do, path="^/?(organizations/.*/)?configurations")
    before = len(simulator.requests())

    calls: tuple[tuple[Callable[[], object], type[BridgeError]], ...] = (
        (lambda: account.itglue.page("configurations", lane="live"), read),
        (lambda: account.create(account.device("PC")), write),
        (lambda: account.create(account.device("PC"), account.device("PC 2")), write),
        (lambda: account.update(("5", {"name": "PC"})), write),
    )
    for call, error in calls:
        with pytest.raises(error) as caught:
            call()
        assert type(caught.value) is error

    assert len(simulator.requests()) - before == 4


@pytest.mark.parametrize("sample", sorted(path.stem for path in SAMPLES.glob("*.4??.json")))
def test_each_recorded_body_comes_through_as_the_unit_tests_know_it(
    account: Account, simulator: Simulator, sample: str
) -> None:
    """Over the wire a write of one record is refused, known undone, or unknown: never a success."""
    body = json.loads((SAMPLES / f"{sample}.json").read_text())
    simulator.fault(
        {"status": int(sample[-3:]), "headers": {"content-type": "application/json"}, "body": body}, method="POST"
    )

    with pytest.raises((AuthError, RateLimitError, RejectedError, UnknownOutcomeError)):
        account.create(account.device("PC"))


def test_a_gateway_that_gives_up_after_the_write_leaves_it_unknown_and_done(
    account: Account, simulator: Simulator
) -> None:
    """504, and the record is there all the same."""
    simulator.fault({"status": 504, "after_write": True}, method="POST")

    with pytest.raises(UnknownOutcomeError):
        account.create(account.device("Written"))

    assert [each["now"]["attributes"]["name"] for each in simulator.records("configurations")].count("Written") == 1


def test_an_answer_past_the_deadline_ends_at_the_deadline(
    connect: Callable[..., ITGlue], account: Account, simulator: Simulator
) -> None:
    """The slot and the thread are free again; the outcome is unknown."""
    simulator.fault({"delay": 3}, method="POST")
    account.itglue = connect(deadline=0.3)
    begun = time.monotonic()

    with pytest.raises(UnknownOutcomeError, match=r"no whole answer within 0\.3 s"):
        account.create(account.device("PC"))

    assert time.monotonic() - begun < 1


def test_a_bulk_that_is_given_up_on_its_way_is_not_carried_out_late(
    connect: Callable[..., ITGlue], account: Account, simulator: Simulator
) -> None:
    """The server stands still, takes part of 6 MB, and goes on after we gave up: it finds a cut connection."""
    account.itglue = connect(deadline=0.5)
    devices = [account.device(f"Late {i}", notes="x" * 60_000) for i in range(100)]

    os.kill(simulator.process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(UnknownOutcomeError):
            account.create(*devices)
    finally:
        os.kill(simulator.process.pid, signal.SIGCONT)

    made = [each["now"]["attributes"]["name"] for each in simulator.records("configurations")]
    assert not [name for name in made if name.startswith("Late")]


def test_a_body_over_10_mb_is_not_sent(account: Account, simulator: Simulator) -> None:
    """It costs no request."""
    before = len(simulator.requests())

    with pytest.raises(TooLargeError):
        account.create(*[account.device(f"{i}", notes="x" * 60_000) for i in range(200)])

    assert len(simulator.requests()) == before


@pytest.mark.parametrize(("switch", "least", "most"), [("none", 9, 10), ("seconds", 1, 11), ("date", 0, 12)])
def test_a_429_pauses_everyone(
    connect: Callable[..., ITGlue],
    account: Account,
    simulator: Simulator,
    redis: Redis,
    switch: str,
    least: float,
    most: float,
) -> None:
    """As long as the server says; the write was not carried out."""
    simulator.switch(retry_after=switch, limit={"requests": 1, "seconds": 10, "window": "rolling"})
    other = connect()
    other.page("organizations", lane="live")

    with pytest.raises(RateLimitError):
        account.create(account.device("PC"))
    with pytest.raises(QuotaWaitError) as caught:
        other.quota.acquire("live", max_wait=0)

    assert least < caught.value.seconds <= most
    simulator.switch(limit={"requests": 100_000, "seconds": 10, "window": "rolling"})


def test_before_the_first_byte_a_sender_may_step_back(account: Account, simulator: Simulator) -> None:
    """Nothing was sent, and the error is the caller's own."""

    def lost() -> None:
        raise LookupError("the lease is gone")

    before = len(simulator.requests())

    with account.itglue.turn("live") as turn, pytest.raises(LookupError):
        account.itglue.create(turn, "organizations", [{"name": "A"}], before_first_byte=lost)

    assert len(simulator.requests()) == before


def test_no_server_and_no_redis_are_known_not_to_have_sent(
    connect: Callable[..., ITGlue], account: Account, simulator: Simulator
) -> None:
    """The claim can be given back at once."""
    account.itglue = connect(url="http://127.0.0.1:9")

    with pytest.raises(SideDownError) as unreachable:
        account.create(account.device("PC"))
    account.itglue.quota._grant.registered_client = Redis(
        unix_socket_path="/nowhere/valkey.sock", retry=Retry(NoBackoff(), 0)
    )
    with pytest.raises(QuotaUnavailableError) as ungranted:
        account.itglue.page("organizations", lane="live")

    assert not unreachable.value.sent
    assert not ungranted.value.sent


def test_no_request_may_outlive_its_slot(itglue: ITGlue) -> None:
    """The quota was made for a deadline."""
    with pytest.raises(ValueError, match="outlive"):
        ITGlue("us", SecretStr("ITG.0"), itglue.quota, deadline=6.0)


def test_a_turn_is_for_one_request(itglue: ITGlue) -> None:
    """A second one would be outside the quota."""
    with itglue.turn("live") as turn:
        itglue.create(turn, "organizations", [{"name": "A"}])
        with pytest.raises(RuntimeError, match="one request"):
            itglue.create(turn, "organizations", [{"name": "A"}])


def test_attributes_that_were_dropped_with_a_200_are_noticed(account: Account, simulator: Simulator) -> None:
    """In a create and in an update."""
    simulator.switch(drop_attributes=["configurations.asset_tag"])
    sent = account.device("PC", asset_tag="7", hostname="pc", serial_number="5CG9", notes="a\nb", primary_ip="10.0.0.1")

    [created] = account.create(sent)
    [updated] = account.update((created.id, {"asset_tag": "8", "hostname": None}))

    assert not_taken(sent, created.attributes) == {"asset_tag": None}
    assert not_taken({"asset_tag": "8", "hostname": None}, updated.attributes) == {"asset_tag": None}


def test_a_synced_record_refuses_what_it_does_not_take(account: Account, simulator: Simulator) -> None:
    """The refusal is told apart; what stays open passes."""
    id_ = simulator.call(
        "POST",
        "/records/configurations",
        {
            "attributes": {
                "organization-id": account.organization,
                "name": "Owned",
                "configuration-type-id": account.type,
                "psa-integration": "enabled",
            },
            "adapter": {"adapter-type-name": "ConnectWise", "remote-id": "311"},
        },
    )["id"]

    with pytest.raises(SyncedError):
        account.update((id_, {"name": "Mine"}))
    [row] = account.update((id_, {"asset_tag": "7"}))

    assert row.attributes["asset_tag"] == "7"


def test_an_update_mixes_organizations_and_answers_each_by_id(
    itglue: ITGlue, account: Account, simulator: Simulator
) -> None:
    """One PATCH on the flat route, at most 50 rows."""
    [mine] = account.create(account.device("A"))
    account.parent = ("organizations", simulator.person("organizations", name="Other"))
    [theirs] = account.create(account.device("B"))

    rows = account.update((theirs.id, {"hostname": "b"}), (mine.id, {"hostname": "a"}))

    assert {row.id: row.attributes["hostname"] for row in rows} == {mine.id: "a", theirs.id: "b"}
    with pytest.raises(ValueError, match="51 records"):
        account.update(*[(mine.id, {"hostname": "a"})] * 51)
    with itglue.turn("live") as turn, pytest.raises(ValueError, match="cannot be written"):
        itglue.create(turn, "operating_systems", [{"name": "A"}])
    with itglue.turn("live") as turn, pytest.raises(ValueError, match="2 records"):
        itglue.update(turn, "manufacturers", [("1", {"name": "A"}), ("2", {"name": "B"})])


@pytest.mark.parametrize(("switch", "stored"), [("atomic", 0), ("partial", 1)])
def test_a_refused_bulk_is_unknown_since_some_rows_may_be_stored(
    account: Account, simulator: Simulator, switch: str, stored: int
) -> None:
    """The reason is kept."""
    simulator.switch(bulk=switch)

    with pytest.raises(BulkRefusedError) as caught:
        account.create(account.device("Good"), {"name": "Bad"})

    assert "must exist" in str(caught.value.refusal)
    mine = [
        each
        for each in simulator.records("configurations")
        if str(each["now"]["attributes"]["organization-id"]) == account.organization
    ]
    assert len(mine) == stored


def test_answers_carry_the_servers_time(account: Account) -> None:
    """It judges what was created when."""
    with account.itglue.turn("live") as turn:
        answer = account.itglue.create(turn, "organizations", [{"name": "Timely"}])

    assert answer.date is not None
    assert abs((answer.date - datetime.now(UTC)).total_seconds()) < 5


def test_the_key_goes_to_https_or_to_this_machine_only() -> None:
    """Regions, own hosts, loopback."""
    assert address("EU") == "https://api.eu.itglue.com"
    assert address("https://itglue.test/api/") == "https://itglue.test/api"
    assert address("http://127.0.0.1:8080") == "http://127.0.0.1:8080"
    assert address("http://[::1]:8080") == "http://[::1]:8080"
    for wrong in (
        "http://itglue.test",
        "http://127.0.0.1.itglue.test",
        "mars",
        "https://user:word@host.test",
        "ftp://localhost",
    ):
        with pytest.raises(ValueError, match="https"):
            address(wrong)
