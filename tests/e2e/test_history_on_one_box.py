"""A history of changes with real processes killed in the middle, judged by I1 to I5 from the simulators' own history."""

from tests.faults import valkey
from tests.faults.scenarios.history import all_points, history


def test_a_thousand_changes_survive_a_kill_at_every_crash_point() -> None:
    """On one box, six workers are killed, Valkey stands still and is wiped: I1 to I5 hold, and a rerun writes nothing."""
    history(
        changes=1000, kills=all_points(),
        troubles={500: lambda world: valkey.stand_still(world, 1.0), 800: valkey.wipe_embedded},
    )  # fmt: skip
