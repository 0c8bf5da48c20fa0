"""The oracle on the simulators' own history of all kinds: the seeded traps, an honest clerk, and one that errs."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from simulators.oracle.accounting import held_against_fold
from simulators.oracle.blocks import AssetBlock, Field
from simulators.oracle.convergence import writes_between
from simulators.oracle.fold import fold
from simulators.oracle.judge import judge, read, reads
from simulators.oracle.judged import TRAPS
from simulators.oracle.world import World
from tests.oracle.clerk import Clerk
from tests.simulators.running import Running, running

TICKET = AssetBlock(
    name="service-ticket",
    type="Service Ticket",
    archive_when=lambda words: not words["open"] and words["closed_days"] >= 30,
    relative=True,
    fields=(
        Field("Ticket", "Text", lambda words: f"#{words['number']} {words['title']}", title=True, required=True),
        Field("Status", "Select", lambda words: words["status"],
              options=("New", "In Progress", "Waiting Customer", "Completed")),
        Field("Devices", "Tag", lambda words: words["configurations"], tags="configuration"),
        Field("Reported by", "Tag", lambda words: words["contact"], tags="contact"),
        Field("Site", "Tag", lambda words: words["site"], tags="location"),
    ),
)  # fmt: skip
OPEN = AssetBlock(
    name="open-tickets",
    type="Open tickets",
    per="organization",
    only=lambda words: words["open"],
    fields=(
        Field("Title", "Text", lambda words: f"Open tickets of {words['name']}", title=True, required=True),
        Field("Count", "Number", lambda words: len(words["tickets"])),
        Field(
            "List",
            "Textbox",
            lambda words: "".join(f"<p>{each['number']}</p>" for each in words["tickets"]) or "<p>None.</p>",
        ),
    ),
)
SETTINGS = replace(
    TRAPS, enabled=frozenset({"organization", "configuration", "location", "contact"}), assets=(TICKET, OPEN)
)


@pytest.fixture(scope="module")
def cw() -> Iterator[Running]:
    """Run a small provider's ConnectWise."""
    with running("connectwise", "--provider", "12x80", "--limits", "off") as simulator:
        yield simulator


@pytest.fixture(scope="module")
def ig() -> Iterator[Running]:
    """Run the IT Glue that belongs to it; the native sync is disconnected, the marker's field is added to the type."""
    with running("itglue", "--provider", "12x80", "--limits", "off") as simulator:
        simulator.control.post("/native_sync", json={"state": "disconnected"}).raise_for_status()
        types = [each["now"] for each in simulator.get("/records/flexible_asset_types")]
        number = next(each["id"] for each in types if each["attributes"]["name"] == "Service Ticket")
        field = {"flexible-asset-type-id": number, "order": 50, "name": "Bridge ref", "kind": "Text"}
        simulator.person("POST", "flexible_asset_fields", {"attributes": field})
        yield simulator


@pytest.fixture(scope="module")
def clerk(cw: Running, ig: Running) -> Iterator[Clerk]:
    """Give a clerk who knows all kinds."""
    working = Clerk(cw.control, ig.control, ig.url, ig.credentials["api_key"], SETTINGS)
    yield working
    working.close()


def seen(cw: Running, ig: Running) -> World:
    """Read both sides."""
    return read(cw.control, ig.control, reads(SETTINGS))


def test_the_fold_finds_the_seeded_traps_of_each_kind(cw: Running, ig: Running) -> None:
    """Two readings of one reference, made by two: no more and no less."""
    found = fold(seen(cw, ig), SETTINGS)
    held = {ref: codes for ref, codes in found.held().items() if not ref.startswith(("organization", "configuration"))}
    seeded = {each["ref"]: each["code"] for kind in ("location", "contact") for each in cw.get(f"/traps/{kind}")} | {
        f"service-ticket/{each['ref']}": each["code"] for each in cw.get("/traps/ticket")
    }

    assert {ref: min(codes) for ref, codes in held.items()} == seeded
    assert held_against_fold([(ref, min(outcome.codes)) for ref, outcome in found.outcomes.items() if outcome.state == "held"],
                             [(ref, "only") for ref in found.excluded()], found) == []  # fmt: skip


def test_an_honest_clerk_is_found_honest(cw: Running, ig: Running, clerk: Clerk) -> None:
    """After the first sync all five invariants hold for all kinds, and working again writes nothing."""
    clerk.work()
    before, sent = seen(cw, ig), clerk.sent

    clerk.work()

    report = judge(cw.control, ig.control, SETTINGS, repair_within=5, before=before)
    assert report.holds, report.table(20)
    assert clerk.sent == sent
    assert writes_between(before, seen(cw, ig)) == []
    made = {resource for resource, lives in before.others.items() if any(life.made_by_api for life in lives.values())}
    assert made >= {"locations", "contacts", "flexible_assets", "flexible_asset_types"}


@pytest.mark.parametrize(
    ("invariant", "ref", "values"),
    [
        ("I1", "location:", {"city": "Nowhere"}),
        ("I1", "contact:", {"title": "Nobody"}),
        ("safety", "service-ticket/", {"traits": {"ticket": "other"}}),
        ("I4", "contact:", {}),
    ],
)
def test_a_clerk_who_errs_is_found_out(
    cw: Running, ig: Running, clerk: Clerk, invariant: str, ref: str, values: dict[str, Any]
) -> None:
    """By one write too many; a PATCH that leaves a trait out deletes it."""
    world = seen(cw, ig)
    outcomes = [each for each in fold(world, SETTINGS).settled() if each.ref.startswith(ref)]
    if "traits" in values:
        lives = world.others["flexible_assets"]
        outcomes = [each for each in outcomes if "traits.lessons" in (lives[str(each.record)].now or {})]
    record = str(outcomes[-1].record)
    resource = "flexible_assets" if "/" in ref else f"{ref[:-1]}s"

    clerk.patch(record, resource, **values)

    report = judge(cw.control, ig.control, SETTINGS, repair_within=5)
    assert any(record in sentence for sentence in report.violations[invariant]), report.table()
