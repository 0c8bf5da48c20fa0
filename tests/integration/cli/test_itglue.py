"""`glue-bridge itglue`: the twenty actions of the reference's section 4, against the simulator."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.integration.cli.workplace import Sides, Workplace, sides

FIELDS: list[dict[str, Any]] = [
    {"name": "Title", "kind": "Text", "required": True, "use_for_title": True, "show_in_list": True},
    {"name": "State", "kind": "Select", "default-value": "Open\nClosed"},
    {"name": "Devices", "kind": "Tag", "tag_type": "Configurations"},
]
NAMES = ("organization-types", "configuration-types", "configuration-statuses")


@pytest.fixture(scope="module")
def own() -> Iterator[Sides]:
    """Run simulators that these tests may write to."""
    with sides() as both:
        yield both


@pytest.fixture
def desk(
    own: Sides, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Workplace]:
    """Give a folder with settings for them."""
    monkeypatch.chdir(tmp_path)
    made = Workplace(tmp_path, own, capsys)
    made.ready()
    yield made
    structlog.reset_defaults()
    own.reset()


def asked(place: Workplace, method: str) -> list[dict[str, Any]]:
    """Give the requests of a method."""
    return [one for one in place.sides.itglue.get("/requests") if one["method"] == method]


def a_type(place: Workplace, name: str) -> str:
    """Make a flexible asset type, and give its id."""
    (place.folder / "fields.json").write_text(json.dumps(FIELDS))
    made = place.json(
        "itglue", "flexible-asset-types", "create", name, "--fields", "fields.json", "--icon", "ticket", "--yes"
    )
    return str(made["record"]["id"])


@pytest.mark.parametrize("resource", NAMES)
def test_names_are_listed_made_shown_and_renamed(desk: Workplace, resource: str) -> None:
    """Actions 1 to 12; each write stands in the journal with what it replaced."""
    made = desk.run("itglue", resource, "create", "Made Here", "--yes")
    [there] = desk.json("itglue", resource, "list", "--name", "Made Here")["records"]
    changed = desk.json("itglue", resource, "update", there["id"], "--name", "Renamed", "--yes")
    again = desk.run("itglue", resource, "update", there["id"], "--name", "Renamed", "--yes")
    shown = desk.json("itglue", resource, "get", there["id"])
    every = desk.json("itglue", resource, "list", "--sort", "-name")
    wrote = desk.json("journal")["entries"]

    assert (made.code, again.code) == (0, 0)
    assert there["name"] == "Made Here"
    assert shown == changed
    assert shown["record"]["name"] == "Renamed"
    names = [each["name"] for each in every["records"]]
    assert every["count"] == len(names) > 1
    assert names == sorted(names, reverse=True)
    assert [(each["verb"], each["ref"], each["itglue_id"], each["outcome"]) for each in wrote] == [
        ("itglue create", f"itglue:{resource.replace('-', '_')}", there["id"], "written"),
        ("itglue update", f"itglue:{resource.replace('-', '_')}", there["id"], "written"),
    ]
    assert (wrote[1]["before"], wrote[1]["after"]) == ({"name": "Made Here"}, {"name": "Renamed"})


def test_a_name_that_is_there_is_not_made_twice(desk: Workplace) -> None:
    """IT Glue would take it, however its letters are written, and no settings could say which of two."""
    desk.run("itglue", "organization-types", "create", "Twice", "--yes")
    other = desk.json("itglue", "organization-types", "create", "Once", "--yes")["record"]["id"]
    before = len(desk.json("journal")["entries"])

    said = [
        desk.run("itglue", "organization-types", "create", "Twice", "--yes"),
        desk.run("itglue", "organization-types", "create", "tWICE", "--yes"),
        desk.run("itglue", "organization-types", "update", other, "--name", "twice", "--yes"),
    ]
    own = desk.run("itglue", "organization-types", "update", other, "--name", "ONCE", "--yes")

    assert [(each.code, each.err[7:11]) for each in said] == [(1, "B417")] * 3
    assert all('organization type "Twice" already' in each.err for each in said)
    assert own.code == 0
    assert len(desk.json("journal")["entries"]) == before + 1


def test_countries_are_listed_by_iso_code_and_shown(desk: Workplace) -> None:
    """Actions 13 and 14."""
    found = desk.json("itglue", "countries", "list", "--iso", "US")
    [country] = found["records"]

    shown = desk.json("itglue", "countries", "get", country["id"])
    none = desk.run("itglue", "countries", "get", "999999999")
    small = desk.run("itglue", "countries", "list", "--iso", "us")

    assert (country["iso"], shown["record"]["name"]) == ("US", country["name"])
    assert small.out.splitlines()[-1] == "1 country"
    assert (none.code, none.err[7:11]) == (1, "B401")


def test_domains_are_listed_by_organization(desk: Workplace) -> None:
    """Action 15; no password is ever asked for."""
    every = desk.json("itglue", "domains", "list", "--include", "attachments")
    organizations = {each["organization_id"] for each in every["records"]}
    one = min(organizations) if organizations else "2400107"

    found = desk.json("itglue", "domains", "list", "--organization", one)
    refused = desk.run("itglue", "domains", "list", "--include", "passwords")

    assert {each["organization_id"] for each in found["records"]} <= {one}
    assert (refused.code, refused.err[7:11]) == (1, "B400")
    assert not [each for each in asked(desk, "GET") if "passwords" in str(each)]


def test_a_flexible_asset_type_is_made_with_its_fields_and_changed(desk: Workplace) -> None:
    """Actions 16 to 20."""
    number = a_type(desk, "PSA Contract")

    listed = desk.json(
        "itglue", "flexible-asset-types", "list", "--name", "PSA Contract", "--include", "flexible_asset_fields"
    )
    by_icon = desk.json("itglue", "flexible-asset-types", "list", "--icon", "ticket", "--enabled", "--id", number)
    fields = desk.json("itglue", "flexible-asset-fields", "list", number)
    by_name = desk.json("itglue", "flexible-asset-fields", "list", "psa contract")
    unknown = desk.run("itglue", "flexible-asset-fields", "list", "999")
    for_people = desk.run("itglue", "flexible-asset-types", "list", "--include", "flexible_asset_fields")
    changed = desk.json(
        "itglue", "flexible-asset-types", "update", number, "--description", "From the PSA", "--no-enabled", "--yes"
    )  # fmt: skip
    shown = desk.json("itglue", "flexible-asset-types", "get", number, "--include", "flexible-asset-fields")
    off = desk.json("itglue", "flexible-asset-types", "list", "--no-enabled")

    assert [each["id"] for each in listed["records"]] == [number]
    assert {each["name"] for each in listed["included"]} == {"Title", "State", "Devices"}
    assert by_icon["count"] == 1
    assert by_name == fields
    assert (unknown.code, unknown.err[7:11]) == (1, "B401")
    assert "no flexible asset type '999'" in unknown.err
    assert "Devices  Tag" in for_people.out
    assert {(each["name"], each["kind"], each["order"]) for each in fields["records"]} == {
        ("Title", "Text", 1), ("State", "Select", 2), ("Devices", "Tag", 3),
    }  # fmt: skip
    assert (changed["record"]["description"], changed["record"]["enabled"]) == ("From the PSA", False)
    assert len(shown["included"]) == 3
    assert number in {each["id"] for each in off["records"]}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([], "a type needs a field\n"),
        ([{**FIELDS[0], "use_for_title": False}], "a type needs a title"),
        ([{**FIELDS[0], "kind": "Textbox"}], "a type needs a title"),
        ([{**FIELDS[0], "show_in_list": False}], "a type needs a field in its list"),
        ([FIELDS[0], FIELDS[0]], "name Title stands on two fields"),
        ([FIELDS[0], {"name": "S", "kind": "Select"}], 'field 2 "S" needs its options'),
        ([FIELDS[0], {"name": "N", "kind": "Number"}], 'field 2 "N" needs decimals'),
        ([FIELDS[0], {"name": "T", "kind": "Tag"}], 'field 2 "T" needs a tag_type'),
        ([FIELDS[0], {"name": "G", "kind": "Gadget", "colour": 1}], "has an unknown word colour"),
        ([FIELDS[0], {"kind": "Text"}], "field 2 has no name"),
        ("none", "is no list of fields"),
    ],
)
def test_what_a_new_type_needs_is_checked_before_it_is_sent(desk: Workplace, fields: Any, said: str) -> None:
    """IT Glue names one mistake at a time, and makes a title of no other kind."""
    (desk.folder / "fields.json").write_text(json.dumps(fields))
    before = len(asked(desk, "POST"))

    found = desk.run("itglue", "flexible-asset-types", "create", "Wrong", "--fields", "fields.json", "--yes")

    assert (found.code, found.err[7:11]) == (1, "B418")
    assert said in found.err
    assert len(asked(desk, "POST")) == before


def test_a_refusal_is_said_and_journaled(desk: Workplace) -> None:
    """A name of the native sync; and one whose answer was lost says that it may be done."""
    desk.sides.itglue.fault({"status": 422}, method="POST", path="configuration_types$", nth=[1])
    refused = desk.run("itglue", "configuration-types", "create", "Refused", "--yes")
    desk.sides.itglue.fault({"status": 504, "after_write": True}, method="POST", path="configuration_types$", nth=[1])
    lost = desk.run("itglue", "configuration-types", "create", "Lost", "--yes")

    wrote = desk.json("journal")["entries"]

    assert (refused.code, lost.code) == (1, 1)
    assert "B417" in refused.err
    assert "it may be done all the same: look with glue-bridge itglue configuration-types list" in lost.err
    assert [each["outcome"] for each in wrote] == ["refused", "unknown"]
    assert desk.json("itglue", "configuration-types", "list", "--name", "Lost")["count"] == 1


def test_nobody_to_ask_writes_nothing(desk: Workplace) -> None:
    """Scripts say --yes."""
    before = len(asked(desk, "POST"))

    said = desk.run("itglue", "organization-types", "create", "Unasked")

    assert (said.code, said.err[7:11]) == (1, "B407")
    assert len(asked(desk, "POST")) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("countries", "list", "--icon", "x"), "countries cannot be filtered by icon; by name, iso"),
        (("domains", "list", "--sort", "name"), "domains cannot be sorted by name; by created_at, updated_at"),
        (("countries", "list", "--include", "regions"), "regions cannot be included with countries; nothing can"),
        (("countries", "get", "US"), "'US' is no id of IT Glue"),
        (("domains", "list", "--organization", "Acme"), "'Acme' is no id of IT Glue"),
        (("countries", "create", "Atlantis"), "No such command 'create'"),
        (("domains", "get", "5"), "No such command 'get'"),
        (("organization-types", "update", "5"), "say what changes: --name"),
    ],
)
def test_what_the_api_cannot_do_is_said_before_it_is_asked(
    desk: Workplace, arguments: tuple[str, ...], said: str
) -> None:
    """An ignored filter would give everything."""
    before = len(asked(desk, "GET"))

    found = desk.run("itglue", *arguments)

    assert (found.code, found.err[7:11]) == (1, "B400")
    assert said in found.err
    assert len(asked(desk, "GET")) == before


def test_lists_are_read_to_their_end(desk: Workplace) -> None:
    """Every country, though the server would rather give small pages."""
    pages = len(asked(desk, "GET"))

    found = desk.json("itglue", "countries", "list")

    assert found["count"] == len({each["id"] for each in found["records"]}) > 50
    assert len(asked(desk, "GET")) - pages == -(-found["count"] // 1000)
