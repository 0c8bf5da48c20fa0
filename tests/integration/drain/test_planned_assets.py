"""What a plan says of assets whose type, or whose tags, are not made yet is what the application of it does."""

from bridge.plan_pass import plan_all
from tests.integration.drain.test_undoing import apply
from tests.integration.drain.world import World

BLOCK = """
[[flexible_assets]]
type = "PSA Ticket"
from = "cw.tickets"
fields = [
  { name = "Ticket", kind = "Text", value = "#{{ number }} {{ title }}", title = true },
  { name = "State", kind = "Text", value = "{{ status }}" },
]
"""
SHEETS = """
[[flexible_assets]]
type = "Device sheet"
from = "cw.configurations"
fields = [
  { name = "Name", kind = "Text", value = "sheet of {{ name }}", title = true },
  { name = "Card", kind = "Tag", tags = "FlexibleAssetType: Device card", value = "{{ ref }}" },
]

[[flexible_assets]]
type = "Device card"
from = "cw.configurations"
fields = [{ name = "Name", kind = "Text", value = "{{ name }}", title = true }]
"""
TIGHT = "[stops]\ncreates = { hour = 1, day = 1 }\n"


def test_a_reviewed_plan_passes_the_stops_whatever_keys_the_type_turns_out_to_have(world: World) -> None:
    """The keys of a type that is not made are guessed. A person makes it meanwhile, and renames its fields into place."""
    world.settle(world.organization())
    world.configure(assets=BLOCK, stops=TIGHT)
    world.put(*(world.ticket(str(number)) for number in (1, 2, 3)))
    planned = [line for line in plan_all(world.engine) if line.block == "psa-ticket"]
    kind = world.person("flexible_asset_types", name="PSA Ticket")
    for order, (first, then) in enumerate([("Number", "Ticket"), ("Phase", "State"), ("Mark", "Bridge ref")], 1):
        field = world.person(
            "flexible_asset_fields", name=first, kind="Text", order=order, use_for_title=order == 1,
            show_in_list=order == 1, flexible_asset_type_id=int(kind),
        )  # fmt: skip
        world.edit("flexible_asset_fields", field, name=then)

    apply(world, planned)

    assert {line.word for line in planned} == {"create"}
    assert {one["traits"]["number"] for one in world.records("flexible_assets")} == {
        "#1 ticket 1", "#2 ticket 2", "#3 ticket 3",
    }  # fmt: skip
    assert {world.state(f"cw:ticket:{number}") for number in (1, 2, 3)} == {("settled", None)}


def test_a_plan_shows_an_asset_that_tags_one_of_a_later_block(world: World) -> None:
    """Whatever the order in the file, what is tagged is planned before what tags it, and applied so."""
    world.settle(world.organization(), world.device("1"))
    world.configure(assets=SHEETS)
    world.put(world.device("1"))

    planned = {line.block: line.word for line in plan_all(world.engine)}
    apply(world)

    assert planned["device-card"] == "create"
    assert planned["device-sheet"] == "create"
    made = {one["name"]: one for one in world.records("flexible_assets")}
    assert [each["id"] for each in made["sheet of device 1"]["traits"]["card"]["values"]] == [
        int(made["device 1"]["id"])
    ]
