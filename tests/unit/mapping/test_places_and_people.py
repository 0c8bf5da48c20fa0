"""Locations and contacts: switching a kind off, and what of them is found by name or is a reference."""

from pathlib import Path

import pytest

from bridge.desired import Desired, Excluded, Held, Name
from bridge.mapping import Mapping
from bridge.mapping.problems import SettingsErrors
from bridge.records import Ref
from tests.unit.mapping.samples import COMPANY, REF, configuration, contact, location, mapping_of

SITE, PERSON = Ref("psa", "location", "5"), Ref("psa", "contact", "6")
ACME = (COMPANY, "Acme Ltd")


def test_a_kind_that_is_switched_off_is_excluded_not_read_and_not_referred_to(tmp_path: Path) -> None:
    """Its key is the rule; a device keeps whatever location IT Glue has."""
    mapping = mapping_of(tmp_path, "[locations]\nenabled = false\n")

    device = mapping.block("configurations").map(configuration(site={"id": "5", "name": "Leeds"}), REF)

    assert mapping.block("locations").map(location(), SITE) == Excluded("[locations].enabled")
    assert mapping.kinds_of("cw") == ("organization", "contact", "configuration")
    assert mapping.want("location") == frozenset()
    assert isinstance(device, Desired)
    assert "location_id" not in device.refs | device.attributes


def test_an_override_switches_a_kind_on_for_one_customer(tmp_path: Path) -> None:
    """Then it is read, and excluded for all others."""
    toml = (
        '[contacts]\nenabled = false\n[[override]]\norganizations = ["Acme Ltd"]\n[override.contacts]\nenabled = true\n'
    )
    mapping = mapping_of(tmp_path, toml)

    assert "contact" in mapping.kinds_of("cw")
    assert isinstance(mapping.block("contacts", ACME).map(contact(), PERSON), Desired)
    assert isinstance(mapping.block("contacts").map(contact(), PERSON), Excluded)


def test_an_override_switches_a_kind_off_for_one_customer_and_names_its_line(tmp_path: Path) -> None:
    """The rule says where it stands."""
    mapping = mapping_of(
        tmp_path, '[[override]]\norganizations = ["Acme Ltd"]\n[override.locations]\nenabled = false\n'
    )

    given = mapping.block("locations", ACME).map(location(), SITE)

    assert given == Excluded("bridge.toml:6 [[override]] locations.enabled")
    assert isinstance(mapping.block("locations").map(location(), SITE), Desired)


def test_a_region_is_looked_for_inside_its_country_and_neither_is_made(default_mapping: Mapping) -> None:
    """IT Glue's lists are its own: what they lack is left out."""
    given = default_mapping.block("locations").map(location(country="US", region="NY"), SITE)

    assert isinstance(given, Desired)
    country = Name("countries", "US", make=False, hold="")
    assert given.names == {"country_id": country, "region_id": Name("regions", "NY", False, country, "")}


def test_a_line_may_hold_a_country_though_a_missing_one_holds_nothing(tmp_path: Path) -> None:
    """`!hold` is the operator's word."""
    mapping = mapping_of(tmp_path, '[locations]\ncountries = ["Elsewhere -> !hold", "* -> !same"]\n')

    given = mapping.block("locations").map(location(country="Elsewhere"), SITE)

    assert isinstance(given, Held)
    assert given.code == "no_value"


@pytest.mark.parametrize("kind", [None, ""])
def test_a_contact_needs_no_type(default_mapping: Mapping, kind: str | None) -> None:
    """IT Glue does not ask for one."""
    given = default_mapping.block("contacts").map(contact(type=kind), PERSON)

    assert isinstance(given, Desired)
    assert given.attributes["contact_type_id"] is None


def test_a_computed_reference_is_one_and_text_is_none(tmp_path: Path) -> None:
    """What is chosen among references refers; what is only a name cannot."""
    toml = '[contacts.set]\nlocation = "{{ site if title else none }}"\n'
    words = {"site": {"id": "5", "name": "Leeds"}}
    chosen = mapping_of(tmp_path, toml).block("contacts")
    named = mapping_of(tmp_path, '[contacts.set]\nlocation = "{{ site.name }}"\n').block("contacts")

    refers, none = chosen.map(contact(title="CFO", **words), PERSON), chosen.map(contact(**words), PERSON)
    text = named.map(contact(**words), PERSON)

    assert isinstance(refers, Desired)
    assert isinstance(none, Desired)
    assert isinstance(text, Desired)
    assert refers.refs["location_id"] == SITE
    assert none.attributes["location_id"] is None
    assert "location_id" not in text.refs | text.attributes
    assert "no reference" in text.notes["location_id"]


@pytest.mark.parametrize(
    ("toml", "code"),
    [
        ('[locations]\ngone = "archive"\n', "B127"),
        ('[contacts]\ngone = "status Inactive"\n', "B127"),
        ('[contacts]\nmatch = ["serial_number"]\n', "B131"),
        ('[contacts]\nset = { name = "{{ first_name }}" }\n', "B125"),
        ('[locations]\nset = { country = "{{ contry }}" }\n', "B122"),
        ('[locations]\nignore = ["name"]\n', "B126"),
    ],
)
def test_what_these_kinds_cannot_do_is_refused(tmp_path: Path, toml: str, code: str) -> None:
    """With its line, before anything is read."""
    with pytest.raises(SettingsErrors) as caught:
        mapping_of(tmp_path, toml)

    assert [each.code for each in caught.value.problems] == [code]
