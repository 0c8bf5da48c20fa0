"""The history generator's changes of sites, contacts, tickets and what documents them, on the simulators alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.history.history import FURTHER_KINDS, FURTHER_RATES, KINDS, History
from tests.history.test_history import Pair, provider

OWNED = ("Ticket", "Status", "Devices", "Reported by", "Site")


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Run a provider's ConnectWise and IT Glue, in which an asset of an open ticket carries its marker."""
    with provider() as both:
        cw, ig = both
        types = {each["now"]["attributes"]["name"]: each["id"] for each in ig.get("/records/flexible_asset_types")}
        field = {"flexible-asset-type-id": types["Service Ticket"], "order": 50, "name": "Bridge ref", "kind": "Text"}
        ig.person("POST", "flexible_asset_fields", {"attributes": field})
        traps = {trap["ref"] for trap in cw.get("/traps/ticket")}
        names = {
            f"#{each['id']} {each['now']['summary']}": each["id"]
            for each in cw.get("/records/service/tickets")
            if not each["now"]["closedFlag"] and f"ticket:{each['id']}" not in traps
        }
        for asset in ig.get("/records/flexible_assets"):
            if (ticket := names.get(asset["now"]["attributes"]["name"])) is not None:
                traits = {"bridge-ref": f"cw:ticket:{ticket}"}
                ig.person("PATCH", f"flexible_assets/{asset['id']}", {"attributes": {"traits": traits}})
        yield both


def history(pair: Pair, seed: int = 1, **options: Any) -> History:
    """Begin a history of all kinds."""
    cw, ig = pair
    return History(seed, cw.control, ig.control, further=True, blocks=("service-ticket",), owned=OWNED, **options)


@pytest.mark.parametrize("kind", sorted(FURTHER_KINDS))
def test_each_further_kind_can_be_made(kind: str, pair: Pair) -> None:
    """Alone or after the kind that makes room for it; a change names what it wrote."""
    before = {
        "move_contact": ["create_contact"],
        "move_contact_back": ["create_contact", "move_contact"],
        "move_ticket_back": ["move_ticket"],
        "reopen_ticket": ["close_ticket"],
        "unlink_device": ["link_device"],
        "relink_device": ["link_device"],
        "turn_site": ["create_site"],
        "delete_site": ["create_site"],
        "delete_contact": ["create_contact"],
    }
    told = history(pair, seed=700 + list(FURTHER_KINDS).index(kind))
    for each in before.get(kind, ()):
        assert told.step(each)
        told.settle()

    assert told.step(kind)
    change = told.changes[-1]
    assert change.kind == kind
    assert change.values or change.verb == "DELETE"


@pytest.mark.parametrize(
    ("steps", "code", "then"),
    [
        (("create_contact", "move_contact"), "moved", "move_contact_back"),
        (("move_ticket",), "moved", "move_ticket_back"),
        (("delete_document",), "target_gone", None),
    ],
)
def test_a_further_change_tells_the_holds_that_it_causes(
    steps: tuple[str, ...], code: str, then: str | None, pair: Pair
) -> None:
    """By the target: a ticket's is that of its block."""
    told = history(pair, seed=50)
    for step in steps:
        assert told.step(step)
        told.settle()

    began = told.changes[-1].holds
    assert set(began.values()) == {code}
    assert told.expected_holds == began
    assert all(ref.startswith(("location:", "contact:", "service-ticket/ticket:")) for ref in began)
    if then is not None:
        assert told.step(then)
        assert told.changes[-1].lifts == set(began)
        assert told.expected_holds == {}


def test_histories_of_two_kinds_are_what_they_were(pair: Pair) -> None:
    """The further kinds come only where they are asked for."""
    cw, ig = pair
    told = History(9, cw.control, ig.control)

    assert {change.kind for change in told.apply(150)} <= set(KINDS)
    assert {change.kind for change in history(pair, seed=8).apply(300)} & set(FURTHER_KINDS)


def test_all_kinds_come_in_a_long_history() -> None:
    """On data of its own, made twice: the same seed makes the same changes."""
    told = []
    for _ in range(2):
        with provider("12x80") as own:
            told.append(history(own, seed=4).apply(400))

    assert told[0] == told[1]
    assert [change.number for change in told[0]] == list(range(1, len(told[0]) + 1))
    assert len({change.kind for change in told[0]} & set(FURTHER_KINDS)) > len(FURTHER_RATES) * 0.7
