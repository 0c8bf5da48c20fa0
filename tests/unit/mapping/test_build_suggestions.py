"""`[[suggestions]]` and the fields that show them: what is built, and what is refused with its line."""

from pathlib import Path

import pytest

from bridge.errors import SettingsError
from bridge.mapping.problems import SettingsErrors
from bridge.mapping.words import WORDS
from tests.unit.mapping.samples import mapping_of

FIELDS = (
    '{ name = "Title", kind = "Text", value = "x", title = true }',
    '{ name = "Suggested", kind = "Tag", tags = "Documents", suggest = "first" }',
)
RULE = '[[suggestions]]\nwhen = { ticket.title = ["print"] }\nshow = "Documents"\n'


def block(*more: str, head: str = 'type = "Page"\nfrom = "psa.tickets"') -> str:
    """Give a block with a field for documents."""
    return f"[[flexible_assets]]\n{head}\nfields = [{', '.join([*FIELDS, *more])}]\n"


def said(tmp_path: Path, toml: str) -> str:
    """Give what is wrong with a file."""
    with pytest.raises(SettingsErrors) as caught:
        mapping_of(tmp_path, toml)
    assert {each.code for each in caught.value.problems} == {"B139"}
    return str(caught.value)


def test_a_block_reads_what_its_rules_look_at(tmp_path: Path) -> None:
    """Words of the ticket, of its devices, which costs their list, and of its organization; only rules of its kinds."""
    rules = """
[[suggestions]]
name   = "printing"
when   = { ticket.title = ["Paper  jam", "print"], device.type = "Printer", organization.types = ["Gold"], ticket.custom.Floor = ["3"] }
show   = "documents"
titled = "printer"
shared = ["Kraken Internal"]
"""
    mapping = mapping_of(tmp_path, block() + rules)

    found = mapping.block("page")
    assert found.suggestions is not None
    [rule] = found.suggestions.rules
    assert (rule.name, rule.show, rule.where, rule.shared) == (
        "printing",
        "Documents",
        "bridge.toml:8",
        ("Kraken Internal",),
    )
    assert {each.shown: each.phrases for each in rule.when} == {
        "ticket.title": (("paper", "jam"), ("print",)),
        "device.type": (("printer",),),
        "organization.types": (("gold",),),
        "ticket.custom.Floor": (("3",),),
    }
    assert found.suggestions.fields == (("traits.Suggested", "first", "Documents"),)
    assert {"title", "custom", "open", "configurations"} <= found.want
    assert {"type"} <= mapping.want("configuration")
    assert {"types"} <= mapping.want("organization")


def test_what_is_shown_is_part_of_the_rules_of_a_block(tmp_path: Path) -> None:
    """An edit of a rule makes its block's targets due; a name or a place alone does not."""
    digests = [
        mapping_of(tmp_path, text).block("page").digest
        for text in (
            block() + RULE,
            block() + RULE.replace("[[suggestions]]\n", '\n\n[[suggestions]]\nname = "printing"\n'),
            block() + RULE.replace("print", "printer"),
            block(),
        )
    ]

    assert digests[0] == digests[1]
    assert len(set(digests)) == 3


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        (block() + RULE.replace("title", "titel"), 'no word "titel"; nearest: "title"'),
        (block() + RULE.replace('["print"]', "[]"), "takes words"),
        (block() + RULE.replace('["print"]', "[3]"), "takes words"),
        (block() + RULE.replace('"print"', '"---"'), "neither a letter nor a digit"),
        (block() + RULE.replace("ticket.title", "ticket.custom"), "looked up by caption"),
        (block() + RULE.replace("{ ticket.title", "{ ticket = {}, device.name"), "names no attribute"),
        (block() + RULE + 'titled = ["?"]', "neither a letter nor a digit"),
        (block() + RULE.replace('"Documents"', '"Passwords"'), "what can be shown is"),
        (block() + RULE.replace('"Documents"', '"Configurations"'), "what can be shown is"),
        (block() + RULE.replace('"Documents"', '"Checklists"'), "no block of tickets has a field for it"),
        (block() + 2 * RULE.replace("show", 'name = "a"\nshow'), 'two rules are called "a"'),
        (block('{ name = "S", kind = "Text", suggest = "more" }') + RULE, "stand in a Tag of"),
        (block('{ name = "S", kind = "Tag", tags = "Contacts", suggest = "more" }'), "stand in a Tag of"),
        (block('{ name = "S", kind = "Tag", tags = "Documents", suggest = "more", value = "5" }'), "take no value"),
        (block('{ name = "S", kind = "Tag", tags = "Documents", suggest = "more", required = true }'), "take no value"),
        (block(head='type = "Page"\nfrom = "psa.configurations"'), 'only a block with from = "tickets"'),
        (block(head='type = "Page"\nfrom = "psa.tickets"\nper = "organization"'), 'only a block with from = "tickets"'),
        (
            block('{ name = "S", kind = "Tag", tags = "FlexibleAssetType: page", suggest = "more" }')
            + RULE.replace('"Documents"', '"FlexibleAssetType: Page"'),
            "itself writes these assets",
        ),
    ],
)
def test_what_cannot_be_is_refused(toml: str, expected: str, tmp_path: Path) -> None:
    """Each with B139 and what to write instead."""
    assert expected in said(tmp_path, toml)


def test_every_captioned_word_has_captions() -> None:
    """What the form of `when` rests on."""
    assert {name for words in WORDS.values() for name, word in words.items() if word.shape == "captions"} == {
        "custom",
        "questions",
    }


def test_an_unknown_subject_is_refused_by_the_model(tmp_path: Path) -> None:
    """Ticket, device, organization and no other."""
    with pytest.raises(SettingsError):
        mapping_of(tmp_path, block() + RULE.replace("ticket.title", "contact.title"))
