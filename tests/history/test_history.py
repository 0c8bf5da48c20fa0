"""The history generator on the simulators alone."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.history.change import Change
from tests.history.history import IN_ITGLUE, KINDS, History
from tests.simulators.running import Running, running

Pair = tuple[Running, Running]


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Run a provider's ConnectWise and IT Glue; each test has a history with a seed of its own."""
    with provider() as both:
        yield both


@pytest.fixture
def own() -> Iterator[Pair]:
    """Run a provider for one test."""
    with provider() as both:
        yield both


@contextlib.contextmanager
def provider(size: str = "20x300") -> Iterator[Pair]:
    """Run both simulators of a provider."""
    with (
        running("connectwise", "--provider", size, "--limits", "off") as cw,
        running("itglue", "--provider", size, "--limits", "off") as ig,
    ):
        yield cw, ig


def history(pair: Pair, seed: int = 1, **options: Any) -> History:
    """Begin a history."""
    cw, ig = pair
    return History(seed, cw.control, ig.control, **options)


def last_states(pair: Pair) -> dict[str, dict[int, Any]]:
    """Give what each record is now, its stamps aside."""
    cw, ig = pair
    shown: dict[str, dict[int, Any]] = {}
    for side, path in (
        (cw, "company/companies"), (cw, "company/configurations"), (cw, "procurement/manufacturers"),
        (cw, "company/configurations/types"), (ig, "configurations"), (ig, "organizations"),
    ):  # fmt: skip
        shown[path] = {item["id"]: without_stamps(item["now"]) for item in side.get(f"/records/{path}")}
    return shown


def without_stamps(value: Any) -> Any:
    """Leave out times, and addresses of the simulator itself."""
    if isinstance(value, dict):
        return {
            name: without_stamps(each)
            for name, each in value.items()
            if name not in {"_info", "updated-at", "created-at", "dateDeleted", "mobileGuid"}
        }
    return [without_stamps(each) for each in value] if isinstance(value, list) else value


def test_the_same_seed_makes_the_same_changes() -> None:
    """On the same data, whatever the clock says; another seed makes others."""
    told: list[list[Change]] = []
    states = []
    for seed in (5, 5, 6):
        with provider("12x80") as pair:
            told.append(history(pair, seed).apply(250))
            states.append(last_states(pair))

    assert told[0] == told[1] != told[2]
    assert states[0] == states[1] != states[2]


def test_a_thousand_changes_take_seconds(own: Pair) -> None:
    """1,000 in under 15 s, of almost every kind; each record that was changed tells so, and every reference leads somewhere."""
    cw, _ = own
    told = history(own)
    began = time.monotonic()

    changes = told.apply(1000)

    assert time.monotonic() - began < 15
    assert [change.number for change in changes] == list(range(1, len(changes) + 1))
    assert len({change.kind for change in changes}) > 35
    shown = {item["id"]: item for item in cw.get("/records/company/configurations")}
    patched = Counter(
        int(change.record.split("/")[-1])
        for change in changes
        if change.record.startswith("company/configurations/") and change.verb == "PATCH"
        and change.record.split("/")[-2] == "configurations"
    )  # fmt: skip
    for device, times in patched.items():
        updates = sum(event["verb"] == "update" and event["by"] == "person" for event in shown[device]["history"])
        assert updates >= times
    assert_sound(own)


def assert_sound(pair: Pair) -> None:
    """Check that no change left a device at a company, a type, a status or a manufacturer that is not there."""
    cw, ig = pair
    there = {
        word: {item["id"] for item in cw.get(f"/records/{path}") if item["now"] is not None}
        for word, path in {
            "company": "company/companies",
            "type": "company/configurations/types",
            "status": "company/configurations/statuses",
            "manufacturer": "procurement/manufacturers",
        }.items()
    }
    devices = [item["now"] for item in cw.get("/records/company/configurations") if item["now"] is not None]
    assert len(devices) > 250
    for device in devices:
        for word, ids in there.items():
            found = (device.get(word) or {}).get("id")
            assert found is None or found in ids
    organizations = {int(item["id"]) for item in ig.get("/records/organizations") if item["now"] is not None}
    for item in ig.get("/records/configurations"):
        assert item["now"] is None or item["now"]["attributes"]["organization-id"] in organizations


def test_kinds_can_be_chosen_and_rated(pair: Pair) -> None:
    """Only these, or all but those that a rate of 0 leaves out; an unknown one is an error."""
    told = history(pair, seed=4, kinds=["rename_configuration", "flip"], rates={"flip": 0})
    assert {change.kind for change in told.apply(20)} == {"rename_configuration"}

    assert all(change.system == "itglue" for change in history(pair, seed=5, kinds=IN_ITGLUE).apply(20))
    with pytest.raises(ValueError, match="no such kind: rename_all"):
        history(pair, kinds=["rename_all"])


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_can_be_made(kind: str, pair: Pair) -> None:
    """Alone or after the kind that makes room for it; a change names what it wrote."""
    before = {
        "move_back": "move_configuration",
        "regain_status": "lose_status",
        "enter_filter": "leave_filter",
        "return_to_clients": "leave_clients",
        "restore_company": "recycle_company",
    }
    told = history(pair, seed=900 + list(KINDS).index(kind))
    if kind in before:
        assert told.step(before[kind])

    assert told.step(kind)
    change = told.changes[-1]
    assert change.kind == kind
    assert change.values or change.verb == "DELETE"


@pytest.mark.parametrize(
    ("first", "code", "then"),
    [
        ("move_configuration", "moved", "move_back"),
        ("lose_company", "no_organization", "move_back"),
        ("lose_status", "no_status", "regain_status"),
        ("recycle_company", "recycle_bin", "restore_company"),
        ("delete_record", "target_gone", None),
        ("merge_companies", "moved", None),
        ("create_company", "unmatched", None),
    ],
)
def test_a_change_tells_the_holds_that_it_causes(first: str, code: str, then: str | None, pair: Pair) -> None:
    """And the ones that another change ends."""
    told = history(pair, seed=100 + sum(first.encode()))

    assert told.step(first)

    began = {ref: hold for change in told.changes for ref, hold in change.holds.items()}
    assert code in began.values()
    assert told.expected_holds == began
    if then is not None:
        assert told.step(then)
        assert set(began) == {ref for change in told.changes for ref in change.lifts}
        assert told.expected_holds == {}


def test_what_was_made_can_be_moved_only_once_it_is_linked(pair: Pair) -> None:
    """A device that the bridge may not have seen yet goes to where it is when it is seen."""
    told = history(pair, seed=3, kinds=["create_configuration"])
    made = int(told.apply(1)[0].ref.split(":")[1])
    assert told.known.devices[made].home is None

    told.settle()

    assert told.known.devices[made].home == told.known.devices[made].company
