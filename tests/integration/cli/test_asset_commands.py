"""The commands and blocks of flexible assets: check, plan, explain, status, mapping."""

from pathlib import Path
from typing import Any

from tests.integration.cli.workplace import Sides, Workplace

BLOCK = """
[[flexible_assets]]
type = "Customer card"
from = "cw.organizations"
fields = [
  { name = "Name", kind = "Text", value = "{{ name }}", title = true },
  { name = "State", kind = "Select", options = ["Active", "Inactive"], value = "{{ 'Active' if active else 'Inactive' }}" },
]
"""


def add(place: Workplace, block: str) -> None:
    """Append a block to the settings."""
    path = Path(place.folder) / "bridge.toml"
    path.write_text(path.read_text(encoding="utf-8") + block, encoding="utf-8")


def test_check_tells_what_will_be_made(place: Workplace) -> None:
    """A type that is not there is no error."""
    add(place, BLOCK)

    said = place.run("check")

    assert (
        'flexible asset type "Customer card" is not there: it is made with 3 fields once an asset needs it' in said.out
    )


def test_check_names_what_does_not_fit(place: Workplace, both: Sides) -> None:
    """A field of another kind, an option that is missing, an upload: each with the block's line."""
    made = []
    kind = both.itglue.person("POST", "flexible_asset_types", {"attributes": {"name": "Customer card"}})
    fields: list[dict[str, Any]] = [
        {"name": "Name", "kind": "Textbox", "show-in-list": True},
        {"name": "State", "kind": "Select", "default-value": "Active"},
        {"name": "File", "kind": "Upload"},
    ]
    for order, field in enumerate(fields, 1):
        attributes: dict[str, Any] = {**field, "order": order, "flexible-asset-type-id": kind["id"]}
        made.append(both.itglue.person("POST", "flexible_asset_fields", {"attributes": attributes}))
    add(place, BLOCK)
    line = place.line_of("[[flexible_assets]]")

    said = place.run("check")
    for each in made:
        both.itglue.control.delete(f"/records/flexible_asset_fields/{each['id']}").raise_for_status()
    both.itglue.control.delete(f"/records/flexible_asset_types/{kind['id']}").raise_for_status()

    errors = [each for each in said.out.splitlines() if each.startswith("ERROR  B316")]
    assert said.code == 1
    assert len(errors) == 3
    assert all(f"bridge.toml:{line}" in each for each in errors)
    assert '"File"' in errors[0]
    assert 'field "Name" is a Textbox in IT Glue, the file says Text' in errors[1]
    assert 'field "State" has no option "Inactive"' in errors[2]


def test_plan_and_mapping_show_the_block(place: Workplace) -> None:
    """As a line of its own among the kinds, and key by key."""
    add(place, BLOCK)

    planned = place.run("plan")
    shown = place.run("mapping", "--block", "customer-card")
    status = place.run("status")

    assert "customer-card" in planned.out, planned.err
    assert "Customer card" in shown.out
    assert "fields.State" in shown.out
    assert "customer-card" in status.out


def test_a_vanished_block_is_only_named_where_it_vanished(place: Workplace) -> None:
    """A name that is no vanished block is refused with the page."""
    said = place.run("mapping", "retire", "psa-ticket")

    assert said.code == 1
    assert "B400" in said.err
    assert '"psa-ticket" is no block that has vanished' in said.err


def test_a_decision_about_one_asset_leaves_the_record_alone(place: Workplace) -> None:
    """The block is named before the reference; a pause is of the record with all that is made of it."""
    add(place, BLOCK)
    place.run("plan")
    [card] = place.json("explain", "customer-card/cw:organization:280")["targets"]

    said = place.run("held", "exclude", "customer-card/cw:organization:280", "--why", "no card")
    paused = place.run("pause", "customer-card/cw:organization:280", "--why", "no card")

    told = place.json("explain", "cw:organization:280")["targets"]
    assert card["block"] == "customer-card"
    assert said.code == 0, said.err
    assert said.out.startswith("customer-card/cw:organization:280 ")
    assert {each["block"]: [one["verb"] for one in each["decisions"]] for each in told} == {
        "organizations": [], "customer-card": ["exclude"],
    }  # fmt: skip
    assert "B401" in paused.err
    assert "pause cw:organization:280" in paused.err
