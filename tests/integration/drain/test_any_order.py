"""Any order of the same changes, each told twice, ends in the same IT Glue state."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bridge.records import Record
from tests.integration.drain.world import World

ASSETS = """
[[flexible_assets]]
type = "PSA Ticket"
from = "cw.tickets"
fields = [
  { name = "Ticket", kind = "Text", value = "#{{ number }} {{ title }}", title = true },
  { name = "Status", kind = "Text", value = "{{ status }}" },
  { name = "Devices", kind = "Tag", value = "{{ configurations }}", tags = "Configurations" },
]

[[flexible_assets]]
type = "Open tickets"
from = "cw.tickets"
per = "organization"
only = "open"
fields = [
  { name = "Title", kind = "Text", value = "Open tickets", title = true },
  { name = "List", kind = "Textbox", value = "{% for t in tickets %}<p>{{ t.number }} {{ t.title }}</p>{% endfor %}" },
]
"""
RESOURCES = ("organizations", "locations", "contacts", "configurations", "flexible_assets")
SHOWN = ("name", "serial_number", "configuration_type_name", "organization_status_name", "city", "title", "location_id",
         "manufacturer_name", "archived", "traits")  # fmt: skip
"""What is compared of a record; what stands for another record, as that one's name."""
_numbers = count(1)


def versions(world: World, number: int) -> list[Record]:
    """Give three versions of each of a customer's records, older ones first; ids begin with a number of their own.

    The devices of a ticket are the same in all: they are read when it is worked on, whichever version was told last.
    """
    org, site, contact, device, ticket = (f"{number}{place}" for place in range(5))
    at_site, on_device = {"id": site, "name": "Leeds"}, [{"id": device, "name": "PC"}]
    return [
        world.organization(org, f"Acme {number}", status="Inactive"),
        world.site(site, org, name="Leeds", city="York"),
        world.contact(contact, org, last_name="A", title="Clerk", emails=[{"value": f"a{number}@acme.test"}]),
        world.device(device, org, name="PC", serial_number=f"S{number}", manufacturer="Dell", site=at_site),
        world.ticket(ticket, org, title="Slow", configurations=on_device),
        world.organization(org, f"Acme Ltd {number}", status="Active"),
        world.site(site, org, name="Leeds", city=None),
        world.contact(
            contact, org, last_name="B", title=None, site=at_site, emails=[{"value": f"a{number}@acme.test"}]
        ),
        world.device(device, org, name="Server", type="Managed Server", serial_number=f"S{number}", manufacturer="HP"),
        world.ticket(ticket, org, title="Slower", status="Waiting", configurations=on_device),
        world.organization(org, f"Acme {number}", status="Active"),
        world.site(site, org, name="London", city="London"),
        world.contact(
            contact, org, last_name="B", title="Boss", site=at_site, emails=[{"value": f"a{number}@acme.test"}]
        ),
        world.device(device, org, name="Server", type="Managed Server", serial_number=None, site=at_site),
        world.ticket(ticket, org, title="Slowest", status="Done", configurations=on_device),
    ]


def state(world: World, number: int) -> Mapping[str, Any]:
    """Give what IT Glue shows of a customer, ids as names, and the customer's own number left out."""
    records = {resource: world.records(resource) for resource in RESOURCES}
    names = {each["id"]: each["name"] for rows in records.values() for each in rows}
    home = {each["id"] for each in records["organizations"] if str(each["name"]).split()[-1] == str(number)}
    shown = {}
    for resource, rows in records.items():
        mine = [each for each in rows if each["id"] in home or str(each.get("organization_id")) in home]
        shown[resource] = sorted(repr(_row(each, names, str(number))) for each in mine)
    return shown


def _row(record: Mapping[str, Any], names: Mapping[str, str], number: str) -> Any:
    def plain(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: plain(each) for key, each in value.items()}
        if isinstance(value, list):
            return [plain(each) for each in value]
        return names.get(str(value), str(value).replace(number, "N"))

    return {name: plain(_tagged(record.get(name))) for name in SHOWN}


def _tagged(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {
        key: sorted(str(one["id"]) for one in each["values"]) if isinstance(each, Mapping) else each
        for key, each in value.items()
    }


def told(world: World, records: Sequence[Record], work_after: frozenset[int] = frozenset()) -> None:
    """Tell changes one by one, and work after some of them, at the end until nothing is open."""
    for place, record in enumerate(records):
        world.put(record)
        if place in work_after:
            world.once("backfill")
    world.drain()


def test_any_order_of_the_same_changes_ends_in_the_same_state(world: World) -> None:
    """Of all kinds, told twice, with work in between at any place; only what is newest counts."""
    counts = "{ hour = 100000, day = 100000 }"
    world.configure(assets=ASSETS, stops=f"[stops]\ncreates = {counts}\nnames = {counts}\nupdates = {counts}\n")
    first = 100_000 + next(_numbers)
    told(world, versions(world, first))
    wanted = state(world, first)
    assert {resource: len(rows) for resource, rows in wanted.items()} == {
        "organizations": 1, "locations": 1, "contacts": 1, "configurations": 1, "flexible_assets": 2,
    }  # fmt: skip

    older = 100_000 + next(_numbers)
    told(world, versions(world, older)[:10])
    assert all(
        rows != wanted[resource] for resource, rows in state(world, older).items() if resource != "organizations"
    )

    # Each try makes another customer, so that trying smaller ones takes as long as the whole.
    @settings(max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.too_slow])
    @given(st.permutations(range(30)), st.frozensets(st.integers(0, 29), max_size=6))
    def ends_the_same(order: list[int], work_after: frozenset[int]) -> None:
        number = 100_000 + next(_numbers)
        known = versions(world, number)
        told(world, [known[place % 15] for place in order], work_after)
        assert state(world, number) == wanted

    ends_the_same()
