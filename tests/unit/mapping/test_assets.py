"""Blocks of flexible assets: what the file may say, and what a record asks of IT Glue by it."""

import re
from pathlib import Path
from typing import Any

import pytest

from bridge.desired import Desired, Excluded, Held
from bridge.mapping import Mapping, SettingsErrors
from bridge.mapping.assets import BRIDGE_REF
from bridge.records import Ref
from tests.unit.mapping.samples import mapping_of, organization

TICKET = Ref("psa", "ticket", "7")
FIELDS = """
  { name = "Ticket", kind = "Text", value = "#{{ number }} {{ title | truncate(80) }}", title = true, required = true },
  { name = "State", kind = "Select", options = ["Open", "Closed"], value = "{{ 'Open' if open else 'Closed' }}" },
  { name = "Age", kind = "Number", value = "{{ age_days }}" },
  { name = "Body", kind = "Textbox", value = "<p>{{ title }} <a href='{{ url }}'>open</a></p>" },
  { name = "Devices", kind = "Tag", tags = "Configurations", value = "{{ configurations }}" },
  { name = "Remarks", kind = "Textbox" },
"""
SUMMARY = """
[[flexible_assets]]
type = "Open tickets"
from = "psa.tickets"
per = "organization"
only = "open"
fields = [
  { name = "Title", kind = "Text", value = "{{ name }}: {{ tickets | length }} open", title = true },
  { name = "Tickets", kind = "Textbox", value = "<ul>{% for t in tickets | sort(attribute='number') %}<li>{{ t.number }} {{ t.title }}</li>{% endfor %}</ul>" },
]
"""


def block(fields: str = FIELDS, more: str = "") -> str:
    """Write a block over tickets."""
    return f'[[flexible_assets]]\ntype = "PSA Ticket"\nfrom = "psa.tickets"\n{more}\nfields = [{fields}]\n'


def ticket(**words: Any) -> dict[str, Any]:
    """Give the words of a ticket."""
    return {
        "number": 7, "title": "Printer", "organization": {"id": "311", "name": "Acme Ltd"}, "open": True, "age_days": 3,
        "url": "https://psa.test/7", "ref": "psa:ticket:7", "configurations": [{"id": "9", "name": "KRK-1"}], **words,
    }  # fmt: skip


def wish(mapping: Mapping, words: dict[str, Any], block_id: str = "psa-ticket", ref: Ref = TICKET) -> Any:
    """Map a record."""
    return mapping.block(block_id).map(words, ref)


def test_a_record_asks_for_its_traits(tmp_path: Path) -> None:
    """Each field with a value is a trait by its name; tags are references; the Bridge ref is always there."""
    found = wish(mapping_of(tmp_path, block()), ticket())

    assert isinstance(found, Desired)
    assert found.attributes == {
        "traits.Ticket": "#7 Printer", "traits.State": "Open", "traits.Age": 3, f"traits.{BRIDGE_REF}": "psa:ticket:7",
        "traits.Body": '<p>Printer <a href="https://psa.test/7">open</a></p>',
    }  # fmt: skip
    assert found.tags == {"traits.Devices": (Ref("psa", "configuration", "9"),)}
    assert found.refs == {"organization_id": Ref("psa", "organization", "311")}


def test_html_of_a_record_is_text(tmp_path: Path) -> None:
    """Tags come from the template alone, and no value leaves the attribute that it stands in."""
    words = ticket(title="<script>x</script>\x00", url="https://x' onmouseover='y")

    found = wish(mapping_of(tmp_path, block()), words)

    assert found.attributes["traits.Body"] == "<p>&lt;script&gt;x&lt;/script&gt; <a>open</a></p>"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"title": "x" * 300, "number": "y" * 250}, 'field "Ticket" is'),
        ({"age_days": "soon"}, 'field "Age" "soon" is no number'),
        ({"configurations": [{"name": "no id"}]}, 'field "Devices"'),
    ],
)
def test_a_bad_value_holds_and_names_the_field(tmp_path: Path, words: dict[str, Any], says: str) -> None:
    """IT Glue would refuse the whole asset, and name one failure only."""
    found = wish(mapping_of(tmp_path, block()), ticket(**words))

    assert isinstance(found, Held)
    assert found.code == "bad_value"
    assert says in found.reason


def test_a_condition_excludes_by_its_rule(tmp_path: Path) -> None:
    """The rule names the block and where it stands."""
    mapping = mapping_of(tmp_path, block(more='only = "open"'))

    found = wish(mapping, ticket(open=False))

    assert found == Excluded("bridge.toml:3 [[flexible_assets]] psa-ticket.only")


def test_a_summary_speaks_of_the_records_that_take_part(tmp_path: Path) -> None:
    """`only` looks at each record; the words are those of the organization, and the list of its records."""
    mapping = mapping_of(tmp_path, SUMMARY)
    ref = Ref("psa", "organization", "311")
    records = [ticket(number=9, title="B"), ticket(number=8, title="A <b>"), ticket(number=1, open=False)]

    found = wish(mapping, organization(tickets=records), "open-tickets", ref)

    assert found.attributes["traits.Title"] == "Acme Ltd: 2 open"
    assert found.attributes["traits.Tickets"] == "<ul><li>8 A &lt;b&gt;</li><li>9 B</li></ul>"
    assert found.refs == {"organization_id": ref}
    assert not found.empty
    assert wish(mapping, organization(tickets=[]), "open-tickets", ref).empty


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (block(more='gone = "archive when not opne"'), r'bridge.toml:6 .* nearest: "open"'),
        (block('{ name = "T", kind = "Textbox", value = "x", title = true }'), "cannot make the title"),
        (block('{ name = "T", kind = "Text", value = "x" }'), "no field is the title"),
        (block(FIELDS + '{ name = "F", kind = "Upload" }'), "IT Glue deletes Upload fields"),
        (block(FIELDS + '{ name = "F", kind = "Tag", tags = "Passwords", value = "1" }'), 'no tag type "Passwords"'),
        (block(FIELDS + '{ name = "F", kind = "Tag", tags = "Configuration" }'), 'nearest: "Configurations"'),
        (block(FIELDS + '{ name = "ticket", kind = "Text" }'), 'two fields are called "ticket"'),
        (block(FIELDS + '{ name = "F", kind = "Number", value = "many" }'), '"F" "many" is no number'),
        (block(FIELDS + '{ name = "F", kind = "Text", value = "{{ titel }}" }'), 'no word "titel"; nearest: "title"'),
        (block(more='once = ["Remark"]'), 'no field "Remark"; nearest: "Remarks"'),
        (block(more='ignore = ["Ticket"]'), "is needed and cannot stand in ignore"),
        (block(more='name = "configurations"'), "cannot be the name of a block"),
        (block() + block(), 'two blocks are called "psa-ticket"'),
        (block() + block(more='name = "other"'), "both make"),
        (block().replace("psa.tickets", "pas.tickets"), 'no source "pas"; nearest: "psa"'),
        (block().replace("psa.tickets", "psa.ticket"), 'no kind "ticket"; nearest: "tickets"'),
        (SUMMARY.replace("t.title", "t.titel"), 'a ticket has no word "titel"; nearest: "title"'),
        (SUMMARY.replace('"psa.tickets"', '"psa.organizations"'), "per = "),
    ],
)
def test_what_cannot_be_is_refused_with_the_line_and_the_nearest_word(tmp_path: Path, toml: str, says: str) -> None:
    """Every problem is known before anything is read or written."""
    with pytest.raises(SettingsErrors, match=r"bridge\.toml:\d+") as caught:
        mapping_of(tmp_path, toml)

    assert re.search(says, str(caught.value)), str(caught.value)


def test_what_changes_a_plan_changes_the_digest(tmp_path: Path) -> None:
    """Assets planned with other rules are planned again; where the block stands does not count."""
    first = mapping_of(tmp_path, block()).block("psa-ticket").digest

    assert mapping_of(tmp_path, f"\n\n{block()}").block("psa-ticket").digest == first
    assert mapping_of(tmp_path, block(more='once = ["Remarks"]')).block("psa-ticket").digest != first


def test_two_blocks_of_one_type_ask_for_all_fields_of_it(tmp_path: Path) -> None:
    """The type is made once, with what either of them writes."""
    other = SUMMARY.replace('"Open tickets"', '"PSA Ticket"\nname = "open-tickets"')
    mapping = mapping_of(tmp_path, block() + other)

    names = [field.name for field in mapping.asset_types["psa ticket"].fields]

    assert [each for each in ("Ticket", "Remarks", "Tickets", "Title", BRIDGE_REF) if each not in names] == []
    assert names.count(BRIDGE_REF) == 1


def test_the_day_counts_where_a_word_changes_with_it(tmp_path: Path) -> None:
    """Ages are evaluated again once a day, also those of a summary's records."""
    assert mapping_of(tmp_path, block()).block("psa-ticket").relative
    assert mapping_of(tmp_path, SUMMARY).block("open-tickets").relative
