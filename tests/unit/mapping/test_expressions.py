"""Conditions and templates: a sandbox that says what is wrong before the first record."""

from pathlib import Path
from typing import Any

import pytest

from bridge.desired import Desired, Excluded, Held
from bridge.mapping import SettingsErrors
from tests.unit.mapping.samples import COMPANY, REF, configuration, mapping_of, organization


def value(folder: Path, template: str, attribute: str = "position", **words: Any) -> Any:
    """Give what one template makes of a configuration."""
    mapping = mapping_of(folder, f"[configurations.set]\n{attribute} = '''{template}'''\n")
    outcome = mapping.block("configurations").map(configuration(**words), REF)
    assert isinstance(outcome, Desired), outcome
    return outcome.attributes[attribute]


def refused(folder: Path, toml: str) -> list[tuple[str, int | None, str]]:
    """Give code, line and text of what a file is refused for."""
    with pytest.raises(SettingsErrors) as caught:
        mapping_of(folder, toml)
    return [(each.code, each.line, str(each)) for each in caught.value.problems]


@pytest.mark.parametrize(
    ("template", "words", "gives"),
    [
        ("Rack 4", {}, "Rack 4"),
        ("{{ site }}", {"site": {"id": "5", "name": "Leeds"}}, "Leeds"),
        ("{{ site.id }}", {"site": {"id": "5", "name": "Leeds"}}, "5"),
        ("{{ site }}-{{ asset_tag }}", {"site": None, "asset_tag": None}, "-"),
        ("{{ site ~ '/' ~ asset_tag }}", {"site": None, "asset_tag": "7"}, "/7"),
        ("{{ asset_tag | upper }}", {"asset_tag": None}, None),
        ("{{ [site, asset_tag] | join(', ') }}", {"site": None, "asset_tag": "7"}, "7"),
        ("{{ mac_addresses | join(' ') }}", {"mac_addresses": ["A", "B"]}, "A B"),
        ("{{ custom['Missing'] }}", {"custom": {}}, None),
        ("{{ custom.Rack }}", {"custom": {"Rack": "R12"}}, "R12"),
        ("{{ questions['Units'] }} U", {"questions": {"Units": 2.0}}, "2 U"),
        ("{{ active }}", {"active": True}, "Yes"),
        ("{{ ref }}", {}, "psa:configuration:4711"),
        ("{% if type == 'Laptop' %}mobile{% else %}fixed{% endif %}", {}, "mobile"),
        ("{% for each in mac_addresses %}{{ each }};{% endfor %}", {"mac_addresses": ["A", "B"]}, "A;B;"),
        ("{# where #}Rack 4", {}, "Rack 4"),
        ("{{ '{{' }}x", {}, "{{x"),
        ("  {{ name }}\u200b ", {}, "KRK-LT-14"),
    ],
)
def test_templates_give_text(template: str, words: dict[str, Any], gives: str | None, tmp_path: Path) -> None:
    """References are their names, what is absent is nothing and never the word None."""
    assert value(tmp_path, template, **words) == gives


def test_what_is_inserted_into_notes_is_escaped(tmp_path: Path) -> None:
    """The operator's own text is HTML, a record's is not, unless it is declared safe."""
    template = "<b>{{ os_info }}</b>{{ notes | safe }}"

    assert value(tmp_path, template, "notes", os_info="a<b", notes="<i>x</i>") == "<b>a&lt;b</b><i>x</i>"


def test_a_condition_reads_clean_words(tmp_path: Path) -> None:
    """A character without width in a type's name does not let the device through the filter."""
    mapping = mapping_of(tmp_path, "[configurations]\nonly = \"type not in ['Spare']\"\n")

    outcome = mapping.block("configurations").map(configuration(type="Spare\u200b "), REF)

    assert outcome == Excluded("[configurations].only")


@pytest.mark.parametrize("types", [[{"id": "1", "name": "Client"}], ["Client"]])
def test_types_are_compared_by_name(types: list[Any], tmp_path: Path) -> None:
    """`'Client' in types` is how one writes it, though each type has an id."""
    mapping = mapping_of(tmp_path, "[organizations]\nonly = \"'Client' in types\"\n")
    block = mapping.block("organizations")

    assert isinstance(block.map(organization(types=types), COMPANY), Desired)
    assert block.map(organization(types=[]), COMPANY) == Excluded("[organizations].only")


def test_a_template_that_fails_holds_that_record_and_names_the_culprit(tmp_path: Path) -> None:
    """All templates are one expression; when it raises they are tried one by one."""
    mapping = mapping_of(
        tmp_path,
        '[configurations.set]\nposition = "{{ name | lower }}"\nasset_tag = "T{{ questions[\'Units\'] + 1 }}"\n',
    )
    block = mapping.block("configurations")

    held = block.map(configuration(questions={"Units": "two"}), REF)

    assert isinstance(held, Held)
    assert held.code == "bad_value"
    assert held.reason.startswith("asset_tag (bridge.toml:5): TypeError")
    assert isinstance(block.map(configuration(questions={"Units": 2}), REF), Desired)


def test_an_exclusion_beats_a_template_that_fails(tmp_path: Path) -> None:
    """A record that is filtered out is no one's problem."""
    mapping = mapping_of(
        tmp_path, '[configurations]\nonly = "type != \'Spare\'"\nset = { position = "{{ 1 // 0 }}{{ name }}" }\n'
    )

    assert mapping.block("configurations").map(configuration(type="Spare"), REF) == Excluded("[configurations].only")


def test_a_condition_that_fails_holds(tmp_path: Path) -> None:
    """A typo in a comparison must not let everything in, nor keep everything out."""
    mapping = mapping_of(tmp_path, "[configurations]\nonly = \"custom['Rank'] > 3\"\n")

    held = mapping.block("configurations").map(configuration(), REF)

    assert isinstance(held, Held)
    assert held.reason.startswith("only (bridge.toml:4): TypeError")


def test_what_a_list_lacks_is_an_error_not_an_empty_value(tmp_path: Path) -> None:
    """Undefined is strict: the first of no addresses is no address to write."""
    mapping = mapping_of(tmp_path, '[configurations.set]\nmac_address = "{{ mac_addresses[0] }}"\n')

    held = mapping.block("configurations").map(configuration(mac_addresses=[]), REF)

    assert isinstance(held, Held)
    assert held.code == "bad_value"


def test_every_unknown_word_is_named_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    """All at once, before anything runs."""
    found = refused(
        tmp_path,
        '[configurations]\nonly = "typ == \'x\'"\n[configurations.set]\nposition = "{{ sites }}"\nhostnam = "x"\n',
    )

    assert [(code, line) for code, line, _ in found] == [("B122", 4), ("B122", 6), ("B125", 7)]
    assert 'nearest: "type"' in found[0][2]
    assert 'nearest: "site"' in found[1][2]
    assert 'nearest: "hostname"' in found[2][2]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("only = \"{{ type }} == 'x'\"", "B123"),
        ('only = "type == "', "B123"),
        ("only = \"type == 'x' type\"", "B123"),
        ("only = \"name | uper == 'X'\"", "B123"),
        ('set = { position = "{{ name | _html }}" }', "B123"),
        ('set = { position = "{{ name" }', "B123"),
        ("set = { position = \"{% include 'x' %}\" }", "B123"),
        ('set = { position = "{{ range(9) }}" }', "B122"),
        ('set = { position = "{{ self }}" }', "B122"),
        ('set = { position = "{{ [1, 2] | random }}" }', "B123"),
        ('set = { warranty_expires_at = "soon" }', "B132"),
        ("set = { archived = true }", "B125"),
        ('set = { location = "{{ contact }}" }', "B132"),
        ('set = { location = "Leeds" }', "B132"),
        ('gone = "status Sold"', "B127"),
        ('set = { type = "Server" }', "B125"),
        ('once = ["note"]', "B125"),
        ('ignore = ["name"]', "B126"),
        ('clear = ["type"]', "B126"),
        ('once = ["notes"]\nfill = ["notes"]', "B126"),
        ('gone = "delete"', "B127"),
        ('gone = "status Inactive"', "B127"),
        ('gone = "archive after a while"', "B127"),
        ('gone = "archive when actve"', "B122"),
        ('match = ["serial"]', "B131"),
    ],
)
def test_a_file_that_cannot_work_is_refused(line: str, code: str, tmp_path: Path) -> None:
    """Each with its own page in docs/errors.md."""
    assert code in [each for each, _, _ in refused(tmp_path, f"[configurations]\n{line}\n")]


@pytest.mark.parametrize(
    "template", ["{{ ''.__class__ }}", "{{ custom.__class__.__mro__ }}", "{{ name.format.__globals__ }}"]
)
def test_the_sandbox_holds(template: str, tmp_path: Path) -> None:
    """A file from elsewhere reaches nothing of the process."""
    mapping = mapping_of(tmp_path, f'[configurations.set]\nposition = "{template}"\n')

    held = mapping.block("configurations").map(configuration(), REF)

    assert isinstance(held, Held)


def test_conditions_and_values_change_no_record(tmp_path: Path) -> None:
    """What is mapped is the mirror's own; an expression that tries to change it fails."""
    mapping = mapping_of(tmp_path, "[configurations.set]\nposition = \"{{ custom.update({'a': 1}) }}\"\n")
    words = configuration()

    held = mapping.block("configurations").map(words, REF)

    assert isinstance(held, Held)
    assert words == configuration()
