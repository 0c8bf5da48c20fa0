"""PostgreSQL's own backup, put back as docs/operating.md says."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from redis import Redis

from bridge import restored
from bridge.records import Record
from bridge.store.database import Database
from bridge.store.schema import links
from tests.integration.drain.world import QUICK, World
from tests.postgres import Postgres
from tests.simulators.running import Running

HOUR = 3600.0


class Store:
    """A database of its own, and the worlds that use it one after the other."""

    def __init__(self, server: Postgres, make: Callable[[Callable[[], Database]], World]) -> None:
        self.server = server
        self.url = server.database()
        self._make = make
        self._opened: list[Database] = []
        self._worlds: list[World] = []

    def _open(self) -> Database:
        self._opened.append(Database(self.url))
        return self._opened[-1]

    def begin(self) -> World:
        """Give a world with a fresh view of the database, as a service that starts has it."""
        self.end()
        self._worlds.append(self._make(self._open))
        return self._worlds[-1]

    def end(self) -> None:
        """Give back every connection."""
        while self._worlds:
            self._worlds.pop().close()
        while self._opened:
            self._opened.pop().close()


@pytest.fixture
def store(postgres_server: Postgres, tmp_path: Path, itglue: Running, redis: Redis) -> Iterator[Store]:
    """Give a store on PostgreSQL, whose worlds share the account."""
    made = Store(postgres_server, lambda opened: World(tmp_path, opened, itglue, redis, times=QUICK))
    yield made
    made.end()
    postgres_server.drop(made.url)


def _devices(itglue: Running) -> list[str]:
    return sorted(one["now"]["attributes"]["name"] for one in itglue.get("/records/configurations") if one["now"])


@pytest.mark.parametrize(
    ("kept", "silence", "said"),
    [(True, HOUR, "it has seen 1 starts, this data folder 2"), (False, 0.2, "it has been silent for 0 minutes")],
    ids=["by the starts that the data folder counted", "by its silence, in a fresh folder"],
)
def test_a_dump_put_back_is_noticed_and_nothing_is_made_twice(
    store: Store, itglue: Running, tmp_path: Path, *, kept: bool, silence: float, said: str
) -> None:
    """No link is believed, and a device made since is found, though the store that made it is gone."""
    data = tmp_path / "data"
    world = store.begin()
    records: list[Record] = [world.organization(), world.device("1"), world.device("2")]
    assert restored.started(world.engine, data, silence=HOUR) is None
    world.settle(*records[:2])
    dump = store.server.dump(store.url)
    world = store.begin()
    assert restored.started(world.engine, data, silence=HOUR) is None
    world.settle(records[2])
    made = _devices(itglue)
    store.end()
    store.server.restore(store.url, dump)
    world = store.begin()
    folder = data if kept else tmp_path / "fresh"

    first = restored.started(world.engine, folder, silence=silence)
    with world.engine.db.read() as connection:
        states = set(connection.execute(sa.select(links.c.state).distinct()).scalars())
    second = restored.started(world.engine, folder, silence=HOUR)
    world.settle(*records)

    assert (first, second) == (said, None)
    assert states == {"unknown"}
    assert made == _devices(itglue) == ["device 1", "device 2"]
    assert {world.link(f"cw:configuration:{number}").state for number in "12"} == {"known"}
