"""Histories of changes with real processes killed in the middle, judged by I1 to I5 from the simulators' own history."""

from tests.faults import valkey
from tests.faults.scenarios.history import Kills, all_points, history
from tests.faults.scenarios.poison import poison
from tests.faults.shapes import several_machines
from tests.postgres import Postgres


def test_a_thousand_changes_survive_a_kill_at_every_crash_point() -> None:
    """On one box, six workers are killed, Valkey stands still and is wiped: I1 to I5 hold, and a rerun writes nothing."""
    history(
        changes=1000, kills=all_points(),
        troubles={500: lambda world: valkey.stand_still(world, 1.0), 800: valkey.wipe_embedded},
    )  # fmt: skip


def test_two_hundred_changes_survive_two_kills_on_several_machines(postgres_server: Postgres) -> None:
    """On PostgreSQL with an external Valkey that stands still and is wiped: I1 to I5 hold."""
    with several_machines(postgres_server) as (shape, server):

        def stand_still(_world: object) -> None:
            server.stand_still(1.0)

        history(
            changes=200, kills=Kills(("after send", "before settle"), frozenset({"after send"})), provider="8x120",
            shape=shape, troubles={80: stand_still, 140: lambda _world: valkey.wipe(str(server.socket))}, pace=0.02,
        )  # fmt: skip


def test_a_record_that_kills_its_workers_is_held_and_its_batch_is_written() -> None:
    """At its fifth start it is held `kills_worker`; the 23 others of its organization are made, each once."""
    poison()
