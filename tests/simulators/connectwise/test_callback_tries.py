"""Point 11: further tries, and the end of entries that fail for three days."""

import time

import pytest

from tests.simulators.connectwise.entries import (
    CALLBACKS,
    listen,
    register,
    send,
    tried,
    until,
)
from tests.simulators.connectwise.psa import Psa
from tests.simulators.connectwise.receiver import Receiver

DAY = 86400


@pytest.mark.parametrize("status", [404, 409, 419, 429])
def test_point_11_some_answers_are_tried_again(clean: Psa, receiver: Receiver, status: int) -> None:
    """7.5: 2 s after the first try and 4 s after that, on the simulator's clock; then the event is lost."""
    receiver.statuses = [status]
    listen(clean, receiver)
    before = len(clean.simulator.get("/deliveries"))
    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})

    receiver.wait(1)
    tried(clean, before + 1)
    clean.simulator.advance(1)
    time.sleep(0.1)
    receiver.wait(1)
    clean.simulator.advance(1)
    receiver.wait(2)
    tried(clean, before + 2)
    clean.simulator.advance(3)
    time.sleep(0.1)
    receiver.wait(2)
    clean.simulator.advance(1)
    arrived = receiver.wait(3)
    tried(clean, before + 3)
    clean.simulator.advance(60)
    time.sleep(0.1)
    receiver.wait(3)

    assert len({(each.path, each.body, each.headers["x-content-signature"]) for each in arrived}) == 1
    assert [each["try"] for each in clean.simulator.get("/deliveries")[before:]] == [1, 2, 3]


def test_point_11_a_second_try_may_succeed(clean: Psa, receiver: Receiver) -> None:
    """A success ends the tries."""
    receiver.statuses = [429, 204]
    listen(clean, receiver)
    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})
    receiver.wait(1)

    clean.simulator.advance(60)

    receiver.wait(2)
    clean.simulator.advance(60)
    time.sleep(0.1)
    receiver.wait(2)


@pytest.mark.parametrize("status", [301, 400, 401, 500, 503])
def test_point_11_other_failures_are_lost(clean: Psa, receiver: Receiver, status: int) -> None:
    """7.5: they are not tried again."""
    receiver.statuses = [status]
    listen(clean, receiver)
    before = len(clean.simulator.get("/deliveries"))
    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})
    tried(clean, before + 1)

    clean.simulator.advance(60)
    time.sleep(0.1)

    receiver.wait(1)
    assert clean.simulator.get("/deliveries")[-1]["status"] == status


def test_point_11_messages_go_to_this_machine_only(clean: Psa) -> None:
    """Another host counts as one that cannot be reached."""
    register(clean)
    before = len(clean.simulator.get("/deliveries"))

    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})

    last = tried(clean, before + 1)[-1]
    assert (last["url"], last["status"]) == ("https://hooks.bridge.test/cw/k7?recordId=311&action=updated", None)


def _fail(psa: Psa, entry: int) -> bool:
    """Change a record while nothing takes messages; return whether the entry is disabled then."""
    before = len(psa.simulator.get("/deliveries"))
    psa.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})
    tried(psa, before + 1)
    return bool(psa.read(f"{CALLBACKS}/{entry}")["inactiveFlag"])


@pytest.mark.parametrize("pauses", [[3 * DAY], [DAY, DAY, DAY], [DAY, 2 * DAY]])
def test_point_11_three_days_of_failures_disable(clean: Psa, receiver: Receiver, pauses: list[int]) -> None:
    """7.5: with a failure on each day at their end, else with the first one after them; a PATCH takes it back."""
    receiver.statuses = [500]
    entry = listen(clean, receiver)["id"]

    assert not _fail(clean, entry)
    for pause in pauses[:-1]:
        clean.simulator.advance(pause)
        assert not _fail(clean, entry)
    clean.simulator.advance(pauses[-1])
    disabled = bool(clean.read(f"{CALLBACKS}/{entry}")["inactiveFlag"])
    assert disabled is (pauses == [DAY, DAY, DAY])
    if not disabled:
        _fail(clean, entry)

    until(lambda: clean.read(f"{CALLBACKS}/{entry}")["inactiveFlag"])
    sent = len(receiver.arrived)
    receiver.statuses = [204]
    clean.simulator.person("PATCH", "company/companies/311", {"city": "York"})
    time.sleep(0.1)
    assert len(receiver.arrived) == sent
    send(clean, "PATCH", f"{CALLBACKS}/{entry}", [{"op": "replace", "path": "inactiveFlag", "value": False}])
    clean.simulator.person("PATCH", "company/companies/311", {"city": "Leeds"})
    receiver.wait(sent + 1)


def test_point_11_a_success_between_begins_anew(clean: Psa, receiver: Receiver) -> None:
    """The three days are consecutive."""
    receiver.statuses = [500]
    entry = listen(clean, receiver)["id"]
    _fail(clean, entry)
    clean.simulator.advance(2 * DAY)
    receiver.statuses = [204]
    _fail(clean, entry)
    receiver.statuses = [500]

    clean.simulator.advance(2 * DAY)
    assert not _fail(clean, entry)
