"""Each point of the references' checklists has tests that carry its number."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
_TEST = re.compile(r"^def test_point_0?(\d+)_", re.MULTILINE)


@pytest.mark.parametrize(("system", "points"), [("itglue", 16), ("connectwise", 13)])
def test_every_point_has_a_test_of_its_number(system: str, points: int) -> None:
    """And no test carries a number that the checklist does not have."""
    sources = (path.read_text(encoding="utf-8") for path in (HERE / system).glob("test_*.py"))

    assert {int(number) for source in sources for number in _TEST.findall(source)} == set(range(1, points + 1))
