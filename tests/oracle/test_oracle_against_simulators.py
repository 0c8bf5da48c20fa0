"""The oracle on the simulators' own history: the traps as seeded, an honest clerk, and one that errs."""

from collections.abc import Iterator
from typing import Any

import pytest

from simulators.oracle.accounting import held_against_fold, held_against_traps, parents_of
from simulators.oracle.convergence import writes_between
from simulators.oracle.fold import fold
from simulators.oracle.judge import Report, judge, read
from simulators.oracle.judged import TRAPS
from tests.history.history import History
from tests.oracle.clerk import Clerk
from tests.simulators.running import Running, running


@pytest.fixture(scope="module")
def cw() -> Iterator[Running]:
    """Run a small provider's ConnectWise."""
    with running("connectwise", "--provider", "12x80", "--limits", "off") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def ig() -> Iterator[Running]:
    """Run the IT Glue that belongs to it; the native sync is disconnected."""
    with running("itglue", "--provider", "12x80", "--limits", "off") as simulator:
        simulator.control.post("/native_sync", json={"state": "disconnected"}).raise_for_status()
        yield simulator


@pytest.fixture(scope="module")
def clerk(cw: Running, ig: Running) -> Iterator[Clerk]:
    """Give a clerk who has brought everything up to date once."""
    working = Clerk(cw.control, ig.control, ig.url, ig.credentials["api_key"], TRAPS)
    working.work()
    yield working
    working.close()


def verdict(cw: Running, ig: Running, **more: Any) -> Report:
    """Judge both simulators."""
    return judge(cw.control, ig.control, TRAPS, repair_within=5, **more)


def test_the_fold_finds_the_seeded_traps_and_no_others(cw: Running, ig: Running, clerk: Clerk) -> None:
    """The oracle's reading of the mapping and the provider's agree, before and after everything is written."""
    world = read(cw.control, ig.control)
    found = fold(world, TRAPS)
    held = [(f"cw:{ref}", code) for ref, codes in found.held().items() for code in codes]
    excluded = [(f"cw:{ref}", "only") for ref in found.excluded()]

    assert held_against_traps(held, excluded, world.traps, parents_of(world)) == []
    assert held_against_fold(held, excluded, found) == []
    assert held_against_traps(held[1:], excluded, world.traps, parents_of(world))


def test_an_honest_clerk_is_found_honest(cw: Running, ig: Running, clerk: Clerk) -> None:
    """Through histories of changes on both sides all five invariants hold, and working again writes nothing.

    What the history says must be held is what the fold says: two readings of the same changes, made apart.
    """
    history = History(3, cw.control, ig.control)
    for _ in range(3):
        history.apply(120)
        found = clerk.work()
        expected = dict(read(cw.control, ig.control).traps) | history.expected_holds
        history.settle()
        assert set(history.expected_holds) <= set(found.held())
        assert {ref: expected.get(ref) for ref, codes in found.held().items() if expected.get(ref) not in codes} == {}
    before = read(cw.control, ig.control)
    sent = clerk.sent

    clerk.work()

    report = verdict(cw, ig, before=before)
    assert report.holds, report.table(20)
    assert clerk.sent == sent
    assert writes_between(before, read(cw.control, ig.control)) == []


@pytest.mark.parametrize(
    ("invariant", "values"),
    [
        ("I1", {"serial_number": "WRONG-1"}),
        ("I1", {"hostname": "written-by-nobody"}),
        ("I1", {"archived": True}),
        ("I4", {}),
    ],
)
def test_a_clerk_who_errs_is_found_out(
    cw: Running, ig: Running, clerk: Clerk, invariant: str, values: dict[str, Any]
) -> None:
    """By one write too many."""
    record = settled(cw, ig)

    clerk.patch(record, **values)

    assert any(record in sentence for sentence in verdict(cw, ig).violations[invariant])


def test_a_second_record_is_found_out(cw: Running, ig: Running, clerk: Clerk) -> None:
    """Made by hand through the API with the notes of another."""
    record = settled(cw, ig, made=True)
    shown = ig.get(f"/records/configurations/{record}")[0]["now"]["attributes"]
    wanted = {name: shown[name] for name in ("name", "organization-id", "configuration-type-id", "notes")}

    clerk.send("POST", "configurations", {"type": "configurations", "attributes": wanted})

    assert any("was made while" in sentence for sentence in verdict(cw, ig).violations["I2"])


def test_a_deletion_is_found_out(cw: Running, ig: Running, clerk: Clerk) -> None:
    """By the record's history and by the request."""
    record = settled(cw, ig)

    clerk.send("DELETE", "configurations", [{"type": "configurations", "attributes": {"id": record}}])

    report = verdict(cw, ig)
    assert f"configurations {record} was deleted" in report.violations["safety"]
    assert any(sentence.startswith("DELETE") for sentence in report.violations["safety"])


def settled(cw: Running, ig: Running, *, made: bool = False) -> str:
    """Pick a configuration that stands for a device; one that was made if asked for."""
    found = fold(read(cw.control, ig.control), TRAPS)
    records = [
        outcome.record
        for outcome in found.settled()
        if outcome.ref.startswith("configuration:") and outcome.record is not None
    ]
    if made:
        own = {record for records in found.links.made.configurations.values() for record in records}
        records = [record for record in records if record in own]
    return records[len(records) // 2]
