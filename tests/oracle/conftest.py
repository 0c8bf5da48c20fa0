import pytest

from simulators.oracle.judged import TRAPS
from tests.oracle.scene import Scene


@pytest.fixture
def scene() -> Scene:
    """Give an empty world with one company that is matched by its name."""
    return Scene(TRAPS)
