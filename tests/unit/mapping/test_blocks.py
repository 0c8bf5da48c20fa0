"""Blocks: what a record asks of IT Glue, who owns what, and where each line stands."""

import re
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.desired import Desired, Excluded, Held
from bridge.mapping import Gone, Mapping
from bridge.mapping.attributes import ATTRIBUTES
from bridge.mapping.problems import SettingsErrors
from bridge.records import Ref
from tests.unit.mapping.samples import COMPANY, REF, configuration, mapping_of, organization

ACME = (COMPANY, "Acme Ltd")

# A release must not change what a definition means; this is that of the default mapping 2026-11.
DIGESTS = {
    "organizations": "ffd1207733c6a90e012a7ef3161fee9f",
    "locations": "9512f128b33bbac32cd2f16d5a0f7321",
    "contacts": "cd3145d79d3e67bb10757ab48b7eee6d",
    "configurations": "f639c13b2b1826ae495c5b5558634242",
}


def test_the_default_mapping_has_the_digest_it_was_released_with(default_mapping: Mapping) -> None:
    """Another digest would plan every record of every installation again after an upgrade."""
    assert {block.id: block.digest for block in default_mapping.blocks} == DIGESTS


def test_a_digest_is_the_same_in_another_process(tmp_path: Path) -> None:
    """Text hashing is seeded per process; the rules digest must not be."""
    toml = '[configurations]\nonly = "type != \'Spare\'"\nignore = ["position", "asset_tag"]\n'
    here = mapping_of(tmp_path, toml).block("configurations").digest
    code = (
        "from pathlib import Path; from tests.unit.mapping.samples import mapping_of;"
        f"print(mapping_of(Path({str(tmp_path)!r}), {toml!r}).block('configurations').digest)"
    )

    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert there.stdout.strip() == here


@pytest.mark.parametrize(
    "toml",
    [
        "[configurations]\nonly = \"type != 'Spare'\"\n",
        '[configurations]\ntypes = ["* -> Server"]\n',
        "[configurations]\nonce = []\n",
        '[configurations]\ngone = "archive"\n',
        "[configurations]\nmarker = false\n",
        '[configurations]\nmatch = ["name"]\n',
        '[configurations.set]\nposition = "x"\n',
    ],
)
def test_what_changes_a_plan_changes_the_digest(toml: str, default_mapping: Mapping, tmp_path: Path) -> None:
    """Targets planned with other rules are planned again."""
    assert mapping_of(tmp_path, toml).block("configurations").digest != default_mapping.block("configurations").digest


def test_moving_a_line_changes_no_digest(tmp_path: Path) -> None:
    """Comments and order of keys are the operator's affair."""
    one = mapping_of(tmp_path, '[configurations]\nonce = []\ngone = "archive"\n').block("configurations")
    two = mapping_of(tmp_path, '# ours\n\n[configurations]\ngone = "archive"\n\nonce = []\n').block("configurations")

    assert one.digest == two.digest
    assert one.provenance["gone"] != two.provenance["gone"]


def test_a_zone_is_part_of_the_rules(tmp_path: Path, default_mapping: Mapping) -> None:
    """A warranty that ends at 23:00 UTC ends a day later in Berlin."""
    mapping = mapping_of(tmp_path, "", zone="Europe/Berlin")
    berlin = mapping.block("configurations")
    words = configuration(warranty_expires_at="2027-01-31T23:00:00Z")

    outcome = berlin.map(words, REF)
    elsewhere = berlin.map(words, Ref("other", "configuration", "1"))

    assert isinstance(outcome, Desired)
    assert isinstance(elsewhere, Desired)
    assert outcome.attributes["warranty_expires_at"] == "2027-02-01"
    assert elsewhere.attributes["warranty_expires_at"] == "2027-01-31"
    assert berlin.digest != default_mapping.block("configurations").digest


def test_the_default_wish_of_a_company(default_mapping: Mapping) -> None:
    """Name, short name, type and status; nothing else is touched."""
    outcome = default_mapping.block("organizations").map(organization(), COMPANY)

    assert isinstance(outcome, Desired)
    assert outcome.attributes == {"name": "Acme Ltd", "short_name": "ACME"}
    assert {key: each.name for key, each in outcome.names.items()} == {
        "organization_type_id": "Client",
        "organization_status_id": "Active",
    }
    assert outcome.refs == {}


def test_the_default_wish_of_a_configuration_names_its_organization(default_mapping: Mapping) -> None:
    """The organization, the location and the contact are references to records of the same source."""
    words = configuration(site={"id": "5", "name": "Leeds"}, contact={"id": "6", "name": "Jo"})

    outcome = default_mapping.block("configurations").map(words, REF)

    assert isinstance(outcome, Desired)
    assert outcome.refs == {
        "organization_id": Ref("psa", "organization", "311"),
        "location_id": Ref("psa", "location", "5"),
        "contact_id": Ref("psa", "contact", "6"),
    }
    assert set(outcome.refs) - {"organization_id"} | set(outcome.attributes) | set(outcome.names) == {
        attribute.name
        for attribute in ATTRIBUTES["configurations"].values()
        if attribute.word
        not in {
            "hostname",
            "position",
            "purchased_by",
            "restricted",
            "mitp_device_expiration_date",
            "mitp_end_of_life_date",
        }
    }


def test_what_the_source_does_not_say_is_none_not_missing(default_mapping: Mapping) -> None:
    """None lets the planner clear what we wrote; a skipped value is missing and clears nothing."""
    outcome = default_mapping.block("configurations").map(configuration(mac_address="joined, twice"), REF)

    assert isinstance(outcome, Desired)
    assert outcome.attributes["serial_number"] is None
    assert "mac_address" not in outcome.attributes
    assert '"joined, twice" is not one MAC address' in outcome.notes["mac_address"]


def test_several_addresses_that_a_connector_took_apart_are_skipped(default_mapping: Mapping) -> None:
    """The connector gives no single address then; the mapping still says why nothing is written."""
    words = configuration(mac_address=None, mac_addresses=["AA-BB-CC-00-00-01", "AA-BB-CC-00-00-02"])

    outcome = default_mapping.block("configurations").map(words, REF)

    assert isinstance(outcome, Desired)
    assert "mac_address" not in outcome.attributes
    assert "mac_address" in outcome.notes


@pytest.mark.parametrize("owner", [None, {}, {"id": None, "name": "Acme"}])
def test_a_configuration_without_organization_is_held(owner: object, default_mapping: Mapping) -> None:
    """IT Glue requires one, and none is guessed."""
    held = default_mapping.block("configurations").map(configuration(organization=owner), REF)

    assert isinstance(held, Held)
    assert held.code == "no_organization"


@pytest.mark.parametrize("word", ["name", "serial_number"])
def test_what_identifies_a_device_is_held_when_it_is_too_long(word: str, default_mapping: Mapping) -> None:
    """Skipped, it could be matched to another device."""
    held = default_mapping.block("configurations").map(configuration(**{word: "x" * 300}), REF)

    assert held == Held("bad_value", f"{word.replace('_', ' ')} is 300 characters, IT Glue takes 255")


def test_an_ignored_attribute_is_no_part_of_the_wish(tmp_path: Path) -> None:
    """Nor does its blank value hold the record."""
    mapping = mapping_of(tmp_path, '[configurations]\nignore = ["status", "manufacturer", "asset_tag"]\n')
    block = mapping.block("configurations")

    outcome = block.map(configuration(status=None, asset_tag="7", manufacturer="Dell", model="X"), REF)

    assert isinstance(outcome, Desired)
    assert "asset_tag" not in outcome.attributes
    assert not {"configuration_status_id", "manufacturer_id", "model_id"} & (
        set(outcome.attributes) | set(outcome.names)
    )
    assert block.owners.ignore == {"configuration_status_id", "manufacturer_id", "asset_tag"}


def test_naming_an_attribute_in_one_list_takes_it_out_of_the_built_in_ones(tmp_path: Path) -> None:
    """`ignore = ["notes"]` is enough; nobody has to write `once = []` too."""
    owners = mapping_of(tmp_path, '[configurations]\nignore = ["notes"]\n').block("configurations").owners

    assert owners.once == frozenset()
    assert owners.ignore == {"notes"}


@pytest.mark.parametrize(
    ("block", "text", "gone"),
    [
        ("configurations", "keep", Gone()),
        ("configurations", "archive", Gone("archive")),
        ("configurations", "archive after 14d", Gone("archive", 14 * 86_400)),
        ("configurations", "archive when not active", Gone("archive", when="not active")),
        ("organizations", "status Inactive", Gone("status", status="Inactive")),
        ("organizations", "status No longer served after 2d", Gone("status", 2 * 86_400, "No longer served")),
    ],
)
def test_policies_for_what_is_gone(block: str, text: str, gone: Gone, tmp_path: Path) -> None:
    """What each kind can do in IT Glue."""
    assert mapping_of(tmp_path, f'[{block}]\ngone = "{text}"\n').block(block).gone == gone


def test_a_condition_may_count_a_record_as_gone(tmp_path: Path) -> None:
    """`archive when not active`: gone though the source has it."""
    block = mapping_of(tmp_path, '[configurations]\ngone = "archive when not active"\n').block("configurations")

    assert block.leaves(configuration(active=False), REF) is True
    assert block.leaves(configuration(active=True), REF) is False
    assert "active" in block.want


def test_provenance_names_line_or_release(tmp_path: Path) -> None:
    """Each line of a value map has its own."""
    toml = '[configurations]\ntypes = [\n  "Server -> Server",\n  "* -> !same",\n]\n'

    provenance = mapping_of(tmp_path, toml).block("configurations").provenance

    assert provenance["types.0"] == "bridge.toml:5"
    assert provenance["types.1"] == "bridge.toml:6"
    assert provenance["statuses.0"] == "defaults 2026-11"
    assert provenance["set.name"] == "defaults 2026-11"


OVERRIDES = """
[configurations]
types = ["* -> Base"]
set   = { asset_tag = "base", position = "base" }
[[override]]
organizations = ["Acme Ltd", "psa:organization:7"]
[override.configurations]
types = ["* -> First"]
only  = "type != 'Spare'"
set   = { asset_tag = "first" }
[[override]]
organizations = "Acme Ltd"
configurations = { types = ["* -> Second"] }
organization   = { create = "never" }
"""


def test_a_later_override_wins_key_by_key(tmp_path: Path) -> None:
    """The second takes `types`, the first still has `set`, the block the rest."""
    mapping = mapping_of(tmp_path, OVERRIDES)

    outcome = mapping.block("configurations", ACME).map(configuration(), REF)

    assert isinstance(outcome, Desired)
    assert outcome.names["configuration_type_id"].name == "Second"
    assert outcome.attributes["asset_tag"] == "first"
    assert outcome.attributes["position"] == "base"
    assert mapping.block("organizations", ACME).create == "never"
    assert mapping.block("organizations").create == "ask"


def test_an_override_selects_by_ref_too_and_leaves_others_alone(tmp_path: Path) -> None:
    """By exact name or Ref; a name that only resembles is another organization."""
    mapping = mapping_of(tmp_path, OVERRIDES)

    by_ref = mapping.block("configurations", (Ref("psa", "organization", "7"), "Whatever"))
    other = mapping.block("configurations", (Ref("psa", "organization", "8"), "ACME LTD"))

    assert by_ref.provenance["types.0"] == "bridge.toml:10"
    assert other is mapping.block("configurations")


def test_an_overrides_exclusion_names_the_override(tmp_path: Path) -> None:
    """`[configurations].only` is not what kept it out."""
    mapping = mapping_of(tmp_path, OVERRIDES)
    words = configuration(type="Spare")

    outcome = mapping.block_for("configurations", words, REF).map(words, REF)

    assert outcome == Excluded("bridge.toml:11 [[override]] configurations.only")


def test_the_whole_mapping_is_listed_with_its_origin(tmp_path: Path) -> None:
    """What `glue-bridge mapping` prints."""
    rows = list(mapping_of(tmp_path, OVERRIDES).explain_rows())

    lines = {(row.block, row.key, row.text, row.where) for row in rows}
    assert ("configurations", "types", "* -> Base", "bridge.toml:5") in lines
    assert ("configurations", "once", "notes", "defaults 2026-11") in lines
    assert ("configurations (Acme Ltd)", "types", "* -> Second", "bridge.toml:15") in lines
    assert ("organizations (Acme Ltd)", "create", "never", "bridge.toml:16") in lines


def test_want_holds_every_word_that_any_form_reads(tmp_path: Path) -> None:
    """A connector asks the source for these and no more."""
    toml = OVERRIDES.replace('"base", position = "base"', "\"{{ custom['Rack'] }}\"").replace("Spare'", "Spare' and os")

    want = mapping_of(tmp_path, toml)

    assert {"custom", "os", "organization", "type", "status", "name"} <= want.want("configuration")
    assert "questions" not in want.want("configuration")


def test_the_parent_of_an_organization_cannot_be_set(tmp_path: Path) -> None:
    """IT Glue's API has no way to: a file that asks for it is told so."""
    with pytest.raises(SettingsErrors) as caught:
        mapping_of(tmp_path, '[organizations]\nset = { parent = "{{ parent }}" }\n')

    assert [each.code for each in caught.value.problems] == ["B125"]
    assert "API cannot set the parent" in str(caught.value)


def test_blocks_come_parents_first(default_mapping: Mapping) -> None:
    """Waves: organizations, then what a configuration refers to, then configurations."""
    assert [(block.id, block.kind, block.wave) for block in default_mapping.blocks] == [
        ("organizations", "organization", 2),
        ("locations", "location", 3),
        ("contacts", "contact", 4),
        ("configurations", "configuration", 5),
    ]
    assert [block.id for block in default_mapping.blocks_for_kind("configuration")] == ["configurations"]
    assert default_mapping.blocks_for_kind("ticket") == ()


@hypothesis.settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {},
        optional={
            word: st.one_of(st.none(), st.text(), st.integers(), st.booleans(), st.lists(st.text()))
            for word in (
                "name",
                "type",
                "status",
                "serial_number",
                "mac_address",
                "os",
                "manufacturer",
                "notes",
                "model",
            )
        }
        | {"installed_at": st.text(), "organization": st.fixed_dictionaries({"id": st.text(), "name": st.text()})},
    )
)
def test_mapping_never_raises_and_never_changes_its_answer(default_mapping: Mapping, words: dict[str, object]) -> None:
    """A record is mapped, held or excluded, whatever the source sent; twice the same."""
    block = default_mapping.block("configurations")

    once, twice = block.map(words, REF), block.map(words, REF)

    assert isinstance(once, Desired | Held)
    assert once == twice


def test_no_generated_code_holds_an_operators_words(tmp_path: Path) -> None:
    """What a file says enters the generated function as an object, never as program text."""
    evil = "'); __import__('os').abort(); ('"
    toml = f'[configurations]\nstatuses = [{{ from = ["{evil}"], to = "{evil}" }}, "* -> !same"]\n'
    mapping = mapping_of(tmp_path, toml + f'[configurations.set]\nposition = "{{{{ custom[\\"{evil}\\"] }}}}"\n')

    outcome = mapping.block("configurations").map(configuration(status=evil, custom={evil: evil}), REF)

    assert isinstance(outcome, Desired)
    assert outcome.attributes["position"] == evil
    assert re.match("configuration_statuses", outcome.names["configuration_status_id"].kind)
