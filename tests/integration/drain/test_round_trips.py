"""What is written into a trait is what is read of it: planning again is empty, whatever the value and its kind."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bridge.refresh import refresh
from tests.integration.drain.world import World

TICKETS = [str(number) for number in range(1, 13)]
OPTIONS = ["New", "In Progress", "Wartet für Kunde", "10 %", "New "]
BLOCK = """
[[flexible_assets]]
type = "Sheet"
from = "cw.tickets"
fields = [
  { name = "Title", kind = "Text", value = "sheet {{ number }}", title = true },
  { name = "Text", kind = "Text", value = "{{ custom['text'] }}" },
  { name = "Textbox", kind = "Textbox", value = "<p>{{ custom['lines'] }}</p>" },
  { name = "Number", kind = "Number", decimals = 2, value = "{{ custom['number'] }}" },
  { name = "Whole", kind = "Number", value = "{{ custom['number'] }}" },
  { name = "Percent", kind = "Percent", decimals = 1, value = "{{ custom['number'] }}" },
  { name = "Date", kind = "Date", value = "{{ custom['day'] }}" },
  { name = "Checkbox", kind = "Checkbox", value = "{{ custom['flag'] }}" },
  { name = "Select", kind = "Select", options = ["New", "In Progress", "Wartet für Kunde", "10 %"], value = "{{ custom['option'] }}" },
]
"""
ANY = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.fixed_dictionaries(
    {
        "text": st.none()
        | ANY.map(lambda text: text[:80])
        | st.just("x" * 255)
        | st.sampled_from([" a  b ", "0", "-", "\t"]),
        "lines": ANY | st.just("line\n" * 900) | st.sampled_from(["<b>&amp;", "</p>", "a\r\n\r\nb", "&#xD800;"]),
        "number": st.none()
        | st.integers(-(10**12), 10**12)
        | st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 6))
        | st.sampled_from(["0.005", "-0.004", "2.675", "1e3", "0"]),
        "day": st.none() | st.dates().map(str) | st.datetimes().map(lambda at: f"{at.isoformat(timespec='seconds')}Z"),
        "flag": st.none() | st.booleans() | st.sampled_from(["yes", "No", "true", "0"]),
        "option": st.none() | st.sampled_from([*OPTIONS, "in progress"]),
    }
)
NUMBERS = {"number": 2, "whole": 0, "percent": 1}


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)
@given(st.lists(VALUES, min_size=len(TICKETS), max_size=len(TICKETS)))
def _play(world: World, drawn: list[dict[str, Any]]) -> None:
    world.put(*(world.ticket(number, custom=values) for number, values in zip(TICKETS, drawn, strict=True)))
    world.drain()
    shown = {one["name"]: one for one in world.records("flexible_assets")}
    kind = f"flexible_assets:{shown['sheet 1']['flexible_asset_type_id']}"
    for number, values in zip(TICKETS, drawn, strict=True):
        traits = shown[f"sheet {number}"]["traits"]
        assert {name: traits.get(name) for name in NUMBERS} == {
            name: _rounded(values["number"], decimals) for name, decimals in NUMBERS.items()
        }
        assert traits.get("date") == (None if values["day"] is None else values["day"][:10])
        assert (traits.get("select") or "").casefold() == (values["option"] or "").strip().casefold()

    refresh(world.engine, kind, lane="backfill")
    world.drain()
    before = world.writes()
    for number in TICKETS:
        world.touch(f"cw:ticket:{number}")
    world.drain()
    assert world.writes() == before
    assert {world.state(f"cw:ticket:{number}") for number in TICKETS} == {("settled", None)}


def _rounded(value: Any, decimals: int) -> float | None:
    if value is None:
        return None
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return float(exact) + 0.0  # no -0.0


def test_every_kind_of_value_comes_back_as_it_was_written(world: World) -> None:
    """Texts of any characters, numbers to be rounded, times as days, options in any letters; made and changed."""
    flaps = "[stops]\nflaps = 1000\nemptied = { hour = 10000 }\n"  # this proof is not about stops
    world.configure(assets=BLOCK, stops=flaps)
    world.settle(world.organization())
    _play(world)


TAGGED = """
[[flexible_assets]]
type = "Card"
from = "cw.configurations"
fields = [{ name = "Name", kind = "Text", value = "{{ name }}", title = true }]

[[flexible_assets]]
type = "Sheet"
from = "cw.tickets"
fields = [
  { name = "Title", kind = "Text", value = "sheet {{ number }}", title = true },
  { name = "Configurations", kind = "Tag", tags = "Configurations", value = "{{ configurations }}" },
  { name = "Contacts", kind = "Tag", tags = "Contacts", value = "{{ contact }}" },
  { name = "Locations", kind = "Tag", tags = "Locations", value = "{{ site }}" },
  { name = "Organizations", kind = "Tag", tags = "Organizations", value = "{{ organization }}" },
  { name = "Assets", kind = "Tag", tags = "FlexibleAssetType: Card", value = "{{ configurations }}" },
  { name = "Domains", kind = "Tag", tags = "Domains", value = "{{ custom['domains'] }}" },
  { name = "Documents", kind = "Tag", tags = "Documents", value = "{{ custom['documents'] }}" },
  { name = "Checklists", kind = "Tag", tags = "Checklists", value = "{{ custom['checklists'] }}" },
]
"""
BY_ID = ("domains", "documents", "checklists")
# What the ticket refers to, before and after.
BOTH, ONE = ("5", "6"), ("6",)


def test_every_kind_of_tag_comes_back_as_it_was_written(world: World) -> None:
    """By reference what the bridge syncs, by IT Glue's id the rest; made, changed, emptied, and each time at rest."""
    world.configure(assets=TAGGED, stops="[stops]\nemptied = { hour = 100 }\n")
    world.settle(
        world.organization(), *(make(each) for make in (world.site, world.contact, world.device) for each in BOTH)
    )
    home = int(world.record("organizations", "Acme Ltd")["id"])
    ids = {word: [world.person(word, organization_id=home, name=f"{word} {each}") for each in BOTH] for word in BY_ID}
    expected = {
        "configurations": {each: world.record("configurations", f"device {each}")["id"] for each in BOTH},
        "assets": {each: world.record("flexible_assets", f"device {each}")["id"] for each in BOTH},
        "contacts": {each: world.record("contacts", f"Jo Doe {each}")["id"] for each in BOTH},
        "locations": {each: world.record("locations", f"site {each}")["id"] for each in BOTH},
        **{word: dict(zip(BOTH, ids[word], strict=True)) for word in BY_ID},
    }

    for devices, single in ((BOTH, "5"), (ONE, "6"), ((), None)):
        person = {"id": single, "name": "Jo"} if single else None
        world.settle(
            world.ticket(
                "7", configurations=[{"id": each, "name": each} for each in devices], contact=person, site=person,
                custom={word: [expected[word][each] for each in devices] for word in BY_ID},
            )
        )  # fmt: skip

        assert tags(world) == {
            **{
                word: [expected[word][each] for each in devices]
                for word in (*BY_ID, "configurations", "assets")
                if devices
            },
            **{word: [expected[word][single]] for word in ("contacts", "locations") if single},
            "organizations": [str(home)],
        }
        refresh(world.engine, _kind(world), lane="backfill")
        world.drain()
        before = world.writes()
        world.touch("cw:ticket:7")
        world.drain()
        assert world.writes() == before


def tags(world: World) -> dict[str, list[str]]:
    """Give what the sheet tags: by trait, IT Glue's ids in order."""
    traits = world.record("flexible_assets", "sheet 7")["traits"]
    return {
        name: sorted(str(each["id"]) for each in value["values"])
        for name, value in traits.items()
        if isinstance(value, dict) and value["values"]
    }


def _kind(world: World) -> str:
    return f"flexible_assets:{world.record('flexible_assets', 'sheet 7')['flexible_asset_type_id']}"
