from pathlib import Path

import pytest

from bridge.mapping import Mapping
from tests.unit.mapping.samples import mapping_of


@pytest.fixture(scope="session")
def default_mapping(tmp_path_factory: pytest.TempPathFactory) -> Mapping:
    """Give the built-in mapping, with a file that says nothing."""
    folder: Path = tmp_path_factory.mktemp("default")
    return mapping_of(folder, "")
