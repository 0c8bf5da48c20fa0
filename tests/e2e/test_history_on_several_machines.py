"""A history of changes on PostgreSQL with an external Valkey, judged by I1 to I5 from the simulators' own history."""

from tests.faults import valkey
from tests.faults.scenarios.history import Kills, history
from tests.faults.shapes import several_machines
from tests.postgres import Postgres


def test_two_hundred_changes_survive_two_kills_on_several_machines(postgres_server: Postgres) -> None:
    """Two workers are killed, Valkey stands still and is wiped: I1 to I5 hold, and a rerun writes nothing."""
    with several_machines(postgres_server) as (shape, server):

        def stand_still(_world: object) -> None:
            server.stand_still(1.0)

        history(
            changes=200, kills=Kills(("after send", "before settle"), frozenset({"after send"})), provider="8x120",
            shape=shape, troubles={80: stand_still, 140: lambda _world: valkey.wipe(str(server.socket))}, pace=0.02,
        )  # fmt: skip
