"""docs/mapping.md on suggested documentation: its example compiles, and each row of its table is so."""

import json
import re
from pathlib import Path

import pytest

from bridge.mapping.suggest import DEVICE, ORGANIZATION, TICKET
from tests.unit.mapping.samples import mapping_of

TEXT = (Path(__file__).parents[3] / "docs" / "mapping.md").read_text(encoding="utf-8")
SECTION = TEXT.split("### Suggested documentation", 1)[1].split("\n### ", 1)[0]
EXAMPLE = re.findall(r"```toml suggestions\n(.*?)```", SECTION, re.DOTALL)[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in SECTION.split("| ticket | device", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
]


@pytest.mark.parametrize(("ticket", "device", "organization", "because"), ROWS)
def test_the_example_chooses_what_the_page_says(
    ticket: str, device: str, organization: str, because: str, tmp_path: Path
) -> None:
    """Which rule fits a ticket, and by which words."""
    shown = mapping_of(tmp_path, EXAMPLE).block("psa-ticket").suggestions
    assert shown is not None
    given = zip((TICKET, DEVICE, ORGANIZATION), (ticket, device, organization), strict=True)
    subjects = {subject: [json.loads(cell.strip("` "))] for subject, cell in given}

    found = {rule.name: rule.because(subjects) for rule in shown.rules if rule.because(subjects) is not None}

    name, _, words = because.partition(": ")
    assert found == ({} if name == "nothing" else {name: json.loads(words.strip("`"))})


def test_the_page_has_rows_of_both_kinds() -> None:
    """A table that is not found would prove nothing."""
    assert len([row for row in ROWS if row[3] == "nothing"]) == 2
    assert len(ROWS) == 5
