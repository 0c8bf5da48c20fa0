"""Overrides of blocks of flexible assets: other conditions, values and owners for some organizations."""

import re
from pathlib import Path
from typing import Any

import pytest

from bridge.desired import Desired, Excluded
from bridge.mapping import Mapping, SettingsErrors
from bridge.records import Ref
from tests.unit.mapping.samples import mapping_of
from tests.unit.mapping.test_assets import SUMMARY, TICKET, block, ticket

ACME, BOLT = (Ref("psa", "organization", "311"), "Acme Ltd"), (Ref("psa", "organization", "312"), "Bolt Ltd")


def over(*tables: str, of: str = "psa-ticket", who: str = "Acme Ltd") -> str:
    """Write overrides of a block, one after the other."""
    return "".join(
        f'[[override]]\norganizations = ["{who}"]\n[override.flexible_assets.{of}]\n{each}\n' for each in tables
    )


def wish(mapping: Mapping, organization: Any = ACME, **words: Any) -> Any:
    """Map a ticket in the form that holds for its organization."""
    return mapping.block("psa-ticket", organization).map(ticket(**words), TICKET)


def test_fields_take_other_values_for_the_organizations_that_it_names(tmp_path: Path) -> None:
    """Whatever the override is silent about stays, and so does everybody else."""
    plain = mapping_of(tmp_path, block(more='once = ["State"]'))
    mapping = mapping_of(
        tmp_path,
        block(more='once = ["State"]')
        + over('set = { "State" = "Closed", remarks = "{{ age_days }} days" }\nfill = ["Age"]', "set = { Age = 4 }"),
    )  # fmt: skip

    here, there = wish(mapping), wish(mapping, BOLT)

    assert isinstance(here, Desired)
    assert isinstance(there, Desired)
    changed = {name: value for name, value in here.attributes.items() if value != there.attributes.get(name)}
    assert changed == {"traits.State": "Closed", "traits.Remarks": "3 days", "traits.Age": 4}
    owners = mapping.block("psa-ticket", ACME).owners
    assert [set(owners.once), set(owners.fill)] == [{"traits.State"}, {"traits.Age"}]
    assert mapping.block("psa-ticket", BOLT).digest == plain.block("psa-ticket").digest
    assert mapping.block("psa-ticket", ACME).digest != plain.block("psa-ticket").digest


def test_a_condition_and_a_switch_exclude_by_the_rule_of_the_override(tmp_path: Path) -> None:
    """The rule names the line, and the later of two overrides wins."""
    only = mapping_of(tmp_path, block() + over("only = \"board == 'Projects'\""))
    off = mapping_of(tmp_path, block() + over("enabled = false"))
    on = mapping_of(tmp_path, block() + over("enabled = false", "enabled = true"))

    line = 2 + len((block() + over("x")).splitlines())  # two lines stand above
    rule = f"bridge.toml:{line} [[override]] flexible_assets.psa-ticket"
    assert wish(only, board="Help Desk") == Excluded(f"{rule}.only")
    assert isinstance(wish(only, board="Projects"), Desired)
    assert isinstance(wish(only, BOLT, board="Help Desk"), Desired)
    assert wish(off) == Excluded(f"{rule}.enabled")
    assert isinstance(wish(off, BOLT), Desired)
    assert isinstance(wish(on), Desired)
    assert off.block("psa-ticket", ACME).digest != off.block("psa-ticket", BOLT).digest


def test_what_an_override_needs_is_read_of_every_record(tmp_path: Path) -> None:
    """A summary asks for its records before it is known whose form it takes: none that any form takes may be missing."""
    mapping = mapping_of(tmp_path, SUMMARY + over('only = "not open and board"', of="open-tickets"))

    block_ = mapping.block("open-tickets")

    assert {"open", "board"} <= block_.want
    assert block_.takes(ticket(open=False, board="Projects"), TICKET)
    assert block_.takes(ticket(open=True), TICKET)
    assert not block_.takes(ticket(open=False, board=None), TICKET)
    assert mapping.block("open-tickets", ACME).want == block_.want


def test_what_an_override_says_is_shown_with_its_line(tmp_path: Path) -> None:
    """`mapping` prints the override's rows after the block's, and `explain` finds them by the key."""
    mapping = mapping_of(tmp_path, block() + over("gone = \"archive\"\nset = { State = 'Open' }"))

    rows = {row.key: (row.text, row.where) for row in mapping.explain_rows() if row.block == "psa-ticket (Acme Ltd)"}

    assert rows["gone"][0] == "archive"
    assert rows.keys() == {"gone", "fields.State"}
    form = mapping.block("psa-ticket", ACME)
    assert (form.provenance["gone"], form.provenance["fields.State"]) == (rows["gone"][1], rows["fields.State"][1])


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (over("enabled = false", of="psa-tickets"), 'no block of flexible assets is called "psa-tickets".*psa-ticket'),
        (over('set = { Stat = "x" }'), 'psa-ticket has no field "Stat".*State'),
        (over('set = { State = "Gone" }'), '"State" "Gone" is no option'),
        (over('set = { State = "{{ statu }}" }'), "statu"),
        (over('only = "bord"'), "bord"),
        (over('once = ["Stat"]'), 'psa-ticket has no field "Stat"'),
        (over('type = "Other"'), "type"),
    ],
)
def test_what_cannot_be_is_refused_with_the_line_of_the_override(tmp_path: Path, toml: str, says: str) -> None:
    """The block's own table is right: the line is the override's."""
    with pytest.raises(SettingsErrors, match=says) as refused:
        mapping_of(tmp_path, block() + toml)

    [problem] = refused.value.problems
    found = re.search(r"bridge\.toml:(\d+)", str(problem))
    assert found is not None
    assert int(found[1]) > (tmp_path / "bridge.toml").read_text().splitlines().index("[[override]]")
