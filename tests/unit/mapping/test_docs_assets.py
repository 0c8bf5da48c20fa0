"""docs/mapping.md on flexible assets: each row of the kinds of fields is run, and so are the ready blocks."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from bridge.desired import Desired, Held
from bridge.mapping import compile_mapping
from bridge.mapping.traits import TAGS, TAGS_BY_ID, UNSAFE, VALUELESS
from bridge.records import Ref
from tests.unit.mapping.samples import mapping_of, settings_of

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
SECTION = TEXT.split("### Kinds of fields", 1)[1].split("\n### ", 1)[0]
MORE = {"Select": 'options = ["Low", "High"], ', "Tag": 'tags = "Configurations", ', "Number": "", "Percent": ""}


def rows() -> list[Any]:
    """Give each row of the table."""
    table = SECTION.strip().split("\n\n")[0].splitlines()[2:]
    found = []
    for line in table:
        cells = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\) \| ", line.strip().strip("|"))]
        found.append(pytest.param(*cells, id=f"{cells[0]} {cells[4]}"))
    return found


def code(cell: str) -> str:
    """Give what stands between a cell's backticks."""
    return cell.split("`", 1)[1].rsplit("`", 1)[0]


@pytest.mark.parametrize(("kind", "takes", "value", "record", "becomes"), rows())
def test_each_kind_of_field_becomes_what_the_page_says(
    kind: str, takes: str, value: str, record: str, becomes: str, tmp_path: Path
) -> None:
    """A field with this value, of a ticket with these words."""
    assert takes
    field = f'{{ name = "F", kind = "{kind}", {MORE.get(kind, "")}value = {json.dumps(code(value))} }}'
    title = '{ name = "Title", kind = "Text", value = "x", title = true }'
    toml = f'[[flexible_assets]]\ntype = "Page"\nfrom = "psa.tickets"\nfields = [{title}, {field}]\n'
    words = {
        "ref": "psa:ticket:7",
        "organization": {"id": "311", "name": "Acme"},
        "custom": {},
        **json.loads(code(record)),
    }

    found = mapping_of(tmp_path, toml).block("page").map(words, Ref("psa", "ticket", "7"))

    if becomes.startswith("held"):
        assert isinstance(found, Held)
        assert found.code == code(becomes)
    else:
        assert isinstance(found, Desired), found
        given = [str(each) for each in found.tags["traits.F"]] if kind == "Tag" else found.attributes["traits.F"]
        assert given == json.loads(code(becomes))


def test_the_page_names_every_kind_and_tag_type() -> None:
    """What the file may say, and what it may not."""
    table = {row.values[0] for row in rows()}

    assert table == {"Text", "Textbox", "Number", "Percent", "Date", "Checkbox", "Select", "Tag"}
    assert [word for word in (*TAGS, *TAGS_BY_ID, *UNSAFE, *VALUELESS) if word not in SECTION] == []


@pytest.mark.parametrize("name", ["open-tickets", "psa-ticket"])
def test_a_ready_block_compiles_as_it_stands(name: str, tmp_path: Path) -> None:
    """Appended to a file whose source is called otherwise it needs that name alone."""
    block = (ROOT / "examples" / f"{name}.toml").read_text(encoding="utf-8").replace("cw.tickets", "psa.tickets")

    mapping = compile_mapping(settings_of(tmp_path, block))

    assert mapping.block(name).relative
    assert [each.id for each in mapping.blocks][-1] == name
