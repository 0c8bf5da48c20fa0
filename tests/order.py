"""In which order the files of tests begin: where several run at once, none that takes long may be the last."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the proofs whose processes race real clocks, one in turn with two others; the quick ones fill the end."""
    found: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        found[item.path].append(item)
    items[:] = [item for file in ordered(found) for item in found[file]]


def ordered(files: Iterable[Path]) -> Iterator[Path]:
    """Give each file once."""
    known = list(files)
    dear = sorted((file for file in known if _is_below("e2e", file)), key=lambda file: (len(file.parts), file))
    middling = [file for file in known if _is_below("integration", file)]
    placed = {file: 2 * place for place, file in enumerate(dear)} | {file: place for place, file in enumerate(middling)}
    yield from sorted(placed, key=lambda file: placed[file])
    yield from (file for file in known if file not in placed)


def _is_below(folder: str, file: Path) -> bool:
    return file.is_relative_to(TESTS / folder)
