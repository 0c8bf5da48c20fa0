"""docs/mapping.md says what the mapping does: each of its examples is run."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bridge.desired import Desired, Excluded, Held
from bridge.mapping import Mapping
from bridge.mapping.attributes import ATTRIBUTES
from bridge.mapping.default_2026_11 import BLOCKS
from bridge.mapping.effective import KINDS
from bridge.mapping.words import WORDS
from bridge.records import Ref
from tests.unit.mapping.samples import TOP, configuration, contact, location, mapping_of, organization

DOCS = Path(__file__).parents[3] / "docs" / "mapping.md"
TEXT = DOCS.read_text(encoding="utf-8")


def cells(row: str) -> list[str]:
    """Split a row of a table."""
    return [cell.strip() for cell in row.strip().strip("|").split(" | ")]


def code(cell: str) -> str:
    """Give what stands between a cell's backticks."""
    found = re.search(r"`(.*)`", cell)
    assert found, cell
    return found[1]


def examples() -> list[Any]:
    """Give each row under an example of the page."""
    parts = re.findall(r"```toml example\n(.*?)```\n\n\| record[^\n]*\n\|[- |]*\n((?:\|[^\n]*\n)+)", TEXT, re.DOTALL)
    assert len(parts) == 6
    rows = [(toml, *cells(row)) for toml, table in parts for row in table.splitlines()]
    return [pytest.param(*row, id=f"{row[1]} gives {row[2]}") for row in rows]


def attribute_rows() -> list[Any]:
    """Give each row of the tables of attributes."""
    held = []
    for block in KINDS:
        table = TEXT.split(f"\n## {block.capitalize()}\n\n", 1)[1].split("\n\n")[0]
        held += [(block, *cells(row)) for row in table.splitlines()[2:]]
    return [pytest.param(*row, id=f"{row[0]} {row[1]} {row[4]}") for row in held]


def mapped(mapping: Mapping, block_id: str, words: dict[str, Any]) -> Desired | Excluded | Held:
    """Map a record whose words are some of a sample's, changed."""
    samples = {"organizations": organization, "locations": location, "contacts": contact}
    record = samples.get(block_id, configuration)(**words)
    ref = Ref("psa", KINDS[block_id], "4711")
    return mapping.block_for(block_id, record, ref).map(record, ref)


def shows(outcome: Desired | Excluded | Held, block_id: str, word: str, becomes: str) -> None:
    """Assert that an outcome is what a cell says."""
    if becomes.startswith("held"):
        assert isinstance(outcome, Held)
        assert outcome.code == code(becomes)
        assert outcome.reason
        return
    assert isinstance(outcome, Desired), outcome
    name = ATTRIBUTES[block_id][word].name
    if becomes == "skipped":
        assert name not in outcome.attributes
        assert outcome.notes[name].startswith("skipped: ")
    elif becomes.startswith("otherwise"):
        assert outcome.names["operating_system_id"].otherwise == (name, json.loads(code(becomes)))
    elif becomes.startswith("refers to"):
        assert outcome.refs[name] == Ref.parse(code(becomes))
    elif name in outcome.names:
        assert outcome.names[name].name == json.loads(code(becomes))
    else:
        assert outcome.attributes[name] == json.loads(code(becomes))


@pytest.mark.parametrize(("toml", "record", "gives"), examples())
def test_an_example_of_the_page_gives_what_it_says(toml: str, record: str, gives: str, tmp_path: Path) -> None:
    """Each row under an example is what the example's lines make of that record."""
    mapping = mapping_of(tmp_path, toml)
    block_id = next((each for each in KINDS if toml.startswith(f"[{each}]")), "configurations")

    outcome = mapped(mapping, block_id, json.loads(code(record)))

    if gives.startswith("excluded by"):
        moved = re.sub(r":(\d+)", lambda line: f":{int(line[1]) + TOP.count(chr(10))}", code(gives))
        assert outcome == Excluded(moved)
    elif gives.startswith("held"):
        shows(outcome, block_id, "name", gives)
    else:
        word, becomes = gives.split(" ", 1)
        shows(outcome, block_id, word, becomes)


@pytest.mark.parametrize(("block_id", "attribute", "comes_from", "takes", "example", "becomes"), attribute_rows())
def test_each_attribute_becomes_what_the_page_says(
    block_id: str, attribute: str, comes_from: str, takes: str, example: str, becomes: str, default_mapping: Mapping
) -> None:
    """The tables of attributes hold one example each, under the default mapping."""
    outcome = mapped(default_mapping, block_id, json.loads(code(example)))

    word = code(attribute)
    shows(outcome, block_id, "name" if word == "organization" else word, becomes)


@pytest.mark.parametrize("block_id", list(KINDS))
def test_the_page_has_a_row_for_each_attribute_of_the_default_mapping(block_id: str) -> None:
    """What the default mapping writes stands in the tables; what `set` alone can write is named below them."""
    section = TEXT.split(f"\n## {block_id.capitalize()}\n", 1)[1].split("\n## ")[0]

    for word in ATTRIBUTES[block_id]:
        row = f"| `{word}` |" in section
        assert row or f"`{word}`" in section
        assert row or word not in BLOCKS[block_id]["set"]


@pytest.mark.parametrize("kind", list(KINDS.values()))
def test_the_page_lists_every_word(kind: str) -> None:
    """The table of words and the words that expressions know are the same."""
    section = TEXT.split("## Words", 1)[1]
    row = next(line for line in section.splitlines() if line.startswith(f"| {kind} |"))
    common = re.search(r"Every record: `(.*)`", section)
    assert common

    listed = f"{common[1]} {code(row)}".replace("[]", "").replace("{}", "").split()

    assert sorted(listed) == sorted(WORDS[kind])
