"""Value maps: ordered lines, the first that fits decides."""

import random
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.desired import Desired, Excluded, Held, Name
from bridge.mapping import Mapping
from bridge.mapping.rules import parse_line
from tests.unit.mapping.samples import COMPANY, REF, configuration, mapping_of, organization


def device(mapping: Mapping, **words: Any) -> Desired | Excluded | Held:
    """Map a configuration."""
    return mapping.block("configurations").map(configuration(**words), REF)


def company(mapping: Mapping, **words: Any) -> Desired | Excluded | Held:
    """Map an organization."""
    return mapping.block("organizations").map(organization(**words), COMPANY)


def name(outcome: Desired | Excluded | Held, attribute: str) -> Name:
    """Give a name of a wish."""
    assert isinstance(outcome, Desired)
    return outcome.names[attribute]


def test_a_name_on_the_right_is_never_made(tmp_path: Path) -> None:
    """A misspelt name in the file must not become a type in IT Glue; what the source calls itself may."""
    mapping = mapping_of(tmp_path, '[configurations]\ntypes = ["Server -> Managed Server", "* -> !same"]\n')

    mapped = name(device(mapping, type="SERVER"), "configuration_type_id")
    same = name(device(mapping, type="Laptop"), "configuration_type_id")

    assert mapped == Name("configuration_types", "Managed Server", make=False, hold="no_type")
    assert same == Name("configuration_types", "Laptop", make=True, hold="no_type")


def test_of_several_types_the_first_line_decides_not_the_first_type(tmp_path: Path) -> None:
    """A company that is Vendor and Client is a customer, whichever of them stands first."""
    mapping = mapping_of(tmp_path, '[organizations]\ntypes = ["Client -> Customer", "Vendor -> Supplier"]\n')
    types = [{"id": "2", "name": "Vendor"}, {"id": "7", "name": "Client"}]

    for order in (types, types[::-1]):
        assert name(company(mapping, types=order), "organization_type_id").name == "Customer"


def test_same_with_several_types_is_that_of_the_lowest_id(default_mapping: Mapping) -> None:
    """Ids compare as numbers: 9 is lower than 12. The order of the list says nothing."""
    types = [{"id": "12", "name": "Client"}, {"id": "9", "name": "Vendor"}, {"id": "100", "name": "Partner"}]
    random.Random(7).shuffle(types)

    assert name(company(default_mapping, types=types), "organization_type_id").name == "Vendor"


def test_types_without_ids_count_in_their_order(default_mapping: Mapping) -> None:
    """A source that gives bare names gives the lowest first."""
    outcome = company(default_mapping, types=["Vendor", "Client"])

    assert name(outcome, "organization_type_id").name == "Vendor"


@pytest.mark.parametrize("blank", [None, "", "  ", "\u200b"])
def test_a_blank_status_is_held_unless_a_line_names_it(
    blank: str | None, default_mapping: Mapping, tmp_path: Path
) -> None:
    """`!same` has nothing to be the same as; `""` is how a line names blank."""
    named = mapping_of(tmp_path, "[configurations]\nstatuses = ['\"\" -> Unknown', '* -> !same']\n")

    held = device(default_mapping, status=blank)

    assert isinstance(held, Held)
    assert held.code == "no_status"
    assert name(device(named, status=blank), "configuration_status_id").name == "Unknown"


def test_a_star_with_a_name_takes_a_blank_value_too(tmp_path: Path) -> None:
    """`*` fits everything."""
    mapping = mapping_of(tmp_path, '[configurations]\nstatuses = ["Active -> Active", "* -> Inactive"]\n')

    assert name(device(mapping, status=None), "configuration_status_id").name == "Inactive"


def test_no_line_that_fits_holds(tmp_path: Path) -> None:
    """A map without `*` is a list of what is wanted; the rest waits for a person."""
    mapping = mapping_of(tmp_path, '[configurations]\ntypes = ["Server -> Server"]\n')

    held = device(mapping, type="Toaster")

    assert held == Held("no_type", 'no line of [configurations].types fits type "Toaster"')


def test_a_hold_says_its_line(tmp_path: Path) -> None:
    """Line 4 of the file: what `explain` shows."""
    mapping = mapping_of(tmp_path, '[configurations]\nstatuses = ["* -> !hold"]\n')

    assert device(mapping) == Held("no_status", 'bridge.toml:4 [configurations].statuses holds status "Active"')


def test_an_exclusion_beats_a_hold(tmp_path: Path) -> None:
    """A skipped type is excluded though its status, its name and its organization would hold it."""
    mapping = mapping_of(tmp_path, '[configurations]\nmanufacturers = ["Acme -> !skip", "* -> !same"]\n')

    outcome = device(mapping, organization=None, type=None, status=None, name=None, manufacturer="ACME")

    assert outcome == Excluded("bridge.toml:4 [configurations].manufacturers")


def test_an_optional_name_that_is_blank_is_left_out(default_mapping: Mapping) -> None:
    """No manufacturer is no reason to hold a device."""
    outcome = device(default_mapping, manufacturer=None, os="")

    assert isinstance(outcome, Desired)
    assert outcome.attributes["manufacturer_id"] is None
    assert outcome.attributes["operating_system_id"] is None
    assert "manufacturer_id" not in outcome.names


def test_a_hold_of_another_map_is_no_value(tmp_path: Path) -> None:
    """`no_value` is the code of any `!hold` but of types and statuses; a blank maker is no value to hold."""
    mapping = mapping_of(tmp_path, '[configurations]\nmanufacturers = ["* -> !hold"]\n')

    held = device(mapping, manufacturer="Dell")

    assert isinstance(held, Held)
    assert held.code == "no_value"
    assert isinstance(device(mapping, manufacturer=None), Desired)


def test_a_model_hangs_on_its_manufacturer(default_mapping: Mapping) -> None:
    """The same model name of two makers is two models; without a maker there is none."""
    dell = name(device(default_mapping, manufacturer="Dell", model="X1"), "model_id")
    lenovo = name(device(default_mapping, manufacturer="Lenovo", model="X1"), "model_id")
    alone = device(default_mapping, model="X1")

    assert dell.parent == Name("manufacturers", "Dell", make=True)
    assert lenovo.parent == Name("manufacturers", "Lenovo", make=True)
    assert isinstance(alone, Desired)
    assert alone.attributes["model_id"] is None
    assert "no manufacturer" in alone.notes["model_id"]


def test_an_operating_system_is_never_made_and_falls_back_to_its_notes(default_mapping: Mapping) -> None:
    """IT Glue's list of systems takes no additions."""
    outcome = device(default_mapping, os="Haiku R1")

    system = name(outcome, "operating_system_id")
    assert not system.make
    assert system.otherwise == ("operating_system_notes", "Haiku R1")
    assert isinstance(outcome, Desired)
    assert outcome.attributes["operating_system_notes"] is None


def test_the_operators_own_system_notes_stand_whether_or_not_the_system_is_listed(tmp_path: Path) -> None:
    """A `set` for the notes is not overwritten by the fallback."""
    mapping = mapping_of(tmp_path, '[configurations.set]\noperating_system_notes = "{{ os }} {{ os_info }}"\n')

    outcome = device(mapping, os="Haiku", os_info="R1")

    assert isinstance(outcome, Desired)
    assert outcome.attributes["operating_system_notes"] == "Haiku R1"
    assert outcome.names["operating_system_id"].otherwise == ("operating_system_notes", "Haiku R1")


def test_a_quoted_name_may_hold_a_comma() -> None:
    """The string form serves commas in quotes; the table form serves arrows too."""
    assert parse_line('"A, Inc", B -> C') == {"from": ["A, Inc", "B"], "to": "C"}


NAMES = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)


@hypothesis.settings(deadline=None)
@given(st.lists(NAMES, min_size=1), NAMES)
def test_a_line_reads_back_as_it_was_written(names: list[str], to: str) -> None:
    """Any names joined by commas, with any blanks between."""
    assert parse_line(f"  {' , '.join(names)}->{to} ") == {"from": names, "to": to}
