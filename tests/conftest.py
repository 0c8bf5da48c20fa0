"""The two supported shapes of the store: SQLite, and a real PostgreSQL that is started once."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.store.database import Database
from bridge.store.migrate import upgrade
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
    """Give the URL of a fresh database of the shape, brought to this release's schema."""
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
def open_database(database_url: str) -> Iterator[Callable[[], Database]]:
    """Give a way to open the database once more, as another process would."""
    opened: list[Database] = []

    def connect() -> Database:
        opened.append(Database(database_url))
        return opened[-1]

    yield connect
    for each in opened:
        each.close()


@pytest.fixture
def db(open_database: Callable[[], Database]) -> Database:
    """Give the fresh database, open."""
    return open_database()
