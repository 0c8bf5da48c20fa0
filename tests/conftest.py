"""The two supported shapes of the store: SQLite, and a real PostgreSQL that is started once."""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.migrate import upgrade
from bridge.store.schema import metadata
from tests.order import pytest_collection_modifyitems  # noqa: F401 - pytest calls it by its name
from tests.postgres import Postgres, memory, postgres

SHAPES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Give the server."""
    with postgres() as server:
        yield server


@pytest.fixture(params=SHAPES)
def shape(request: pytest.FixtureRequest) -> str:
    """Give the name of a shape; a test that uses it runs on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def sqlite_pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database file with all tables, to be copied."""
    file = tmp_path_factory.mktemp("pattern") / "bridge.db"
    made = Database(f"sqlite:///{file}")
    upgrade(made)
    made.close()
    return file


@pytest.fixture
def database_url(shape: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of a database of the test's own, brought to this release's schema."""
    if shape == "sqlite":
        with tempfile.TemporaryDirectory(prefix="store-", dir=memory()) as folder:
            file = shutil.copy(request.getfixturevalue("sqlite_pattern"), Path(folder) / "bridge.db")
            yield f"sqlite:///{file}"
        return
    server: Postgres = request.getfixturevalue("postgres_server")
    url = server.database()
    yield url
    server.drop(url)


@pytest.fixture
def fresh(database_url: str) -> Iterator[Database]:
    """Give a database whose schema the test may change."""
    made = Database(database_url)
    yield made
    made.close()


class Stores:
    """One database of each shape, emptied between tests; opened several times where several processes are played.

    Opening it anew for each test would compile every statement anew, which takes longer than most tests.
    """

    def __init__(self, folder: Path, request: pytest.FixtureRequest) -> None:
        self._folder = folder
        self._request = request
        self._opened: dict[str, list[Database]] = defaultdict(list)
        self._urls: dict[str, str] = {}

    def open(self, shape: str, place: int) -> Database:
        """Give the database as the process of this place has it."""
        if shape not in self._urls:
            if shape == "sqlite":
                file = shutil.copy(self._request.getfixturevalue("sqlite_pattern"), self._folder / "bridge.db")
                self._urls[shape] = f"sqlite:///{file}"
            else:
                self._urls[shape] = self._request.getfixturevalue("postgres_server").database()
        opened = self._opened[shape]
        while len(opened) <= place:
            opened.append(Database(self._urls[shape]))
        return opened[place]

    def empty(self, shape: str) -> None:
        """Take every row out."""
        with self.open(shape, 0).write() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sa.delete(table))

    def close(self) -> None:
        """Give back every connection."""
        for opened in self._opened.values():
            for each in opened:
                each.close()


@pytest.fixture(scope="session")
def stores(request: pytest.FixtureRequest) -> Iterator[Stores]:
    """Give the databases of both shapes."""
    with tempfile.TemporaryDirectory(prefix="stores-", dir=memory()) as folder:
        made = Stores(Path(folder), request)
        yield made
        made.close()


@pytest.fixture
def open_database(shape: str, stores: Stores) -> Callable[[], Database]:
    """Give a way to open the test's database once more, as another process would; it is empty at first."""
    stores.empty(shape)
    places = iter(range(1000))
    return lambda: stores.open(shape, next(places))


@pytest.fixture
def db(open_database: Callable[[], Database]) -> Database:
    """Give an empty database, open."""
    return open_database()
