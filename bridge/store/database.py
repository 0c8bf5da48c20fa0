"""One connection pool to SQLite or PostgreSQL, with the pragmas, clocks and locks that the protocols rest on."""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.pool import ConnectionPoolEntry

from bridge.errors import SettingsError
from bridge.store.turn import Turn

T = TypeVar("T")
_AGAIN = 5
# PostgreSQL ends one of two transactions that wait for each other; that one has only to be done again.
_DEADLOCK = {"40P01", "40001"}
# SQLite 3.7.0-3.51.2 can corrupt a WAL database that several connections use.
SAFE_SQLITE = (3, 51, 3)


def sqlite_module() -> Any:
    """Give the first SQLite driver that is safe with a shared WAL database; raise SettingsError where none is."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3 as dbapi2
    if dbapi2.sqlite_version_info < SAFE_SQLITE:
        raise SettingsError(
            "B134",
            f"SQLite {dbapi2.sqlite_version} can corrupt a database that several processes use; "
            "install the wheel pysqlite3, or a Python whose sqlite3 is 3.51.3 or newer, or set [store].database to PostgreSQL",
        )
    return dbapi2


class Database:
    """The store's connections. Times are seconds since 1970, by the database's own clock."""

    def __init__(self, url: str, *, pool_size: int = 24) -> None:
        parsed = make_url(url)
        self.url = url
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if parsed.database:
                Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = sa.create_engine(
                url,
                module=sqlite_module(),
                poolclass=sa.QueuePool,
                pool_size=pool_size,
                max_overflow=8,
                pool_use_lifo=True,  # each connection that is used holds a cache of its own
                connect_args={"timeout": 30.0, "check_same_thread": False, "isolation_level": None},
            )
            sa.event.listen(self.engine, "connect", _set_pragmas)
            sa.event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = sa.create_engine(
                parsed.set(drivername="postgresql+psycopg"), pool_size=pool_size, max_overflow=8, pool_pre_ping=True,
            )  # fmt: skip
        self._turn = Turn(Path(parsed.database)) if self.is_sqlite and parsed.database else None
        self._inserts: dict[tuple[Any, ...], Any] = {}  # to put a statement together takes longer than to execute it
        # A verdict rests on several statements: on PostgreSQL they see one moment only where that is asked for.
        self._reader = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes: it holds SQLite's write lock from its beginning."""
        with (
            self._turn.taken() if self._turn is not None else nullcontext(),
            self.engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads, all of it at one moment."""
        with self._reader.connect() as connection, connection.begin():
            yield connection

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Do a piece of work in a transaction that writes, and again where the database broke a deadlock with it."""
        for _ in range(_AGAIN):
            try:
                with self.write() as connection:
                    return work(connection)
            except sa.exc.OperationalError as error:
                if getattr(error.orig, "sqlstate", None) not in _DEADLOCK:
                    raise
        with self.write() as connection:
            return work(connection)

    def now(self, connection: Connection | None = None) -> float:
        """Give the database's clock, in seconds since 1970."""
        if self.is_sqlite:
            return time.time()
        statement = sa.text("SELECT extract(epoch FROM clock_timestamp())")
        if connection is not None:
            return float(connection.execute(statement).scalar_one())
        with self.read() as own:
            return float(own.execute(statement).scalar_one())

    def lock(self, connection: Connection, number: int) -> None:
        """Hold a lock of this number until the transaction ends; on SQLite every writer holds one already."""
        if not self.is_sqlite:
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:n)"), {"n": 0x61756C00_00000000 + number})

    def lock_source(self, connection: Connection, source: str) -> None:
        """Keep everyone else from writing into a source's mirror until the transaction ends."""
        self.lock(connection, 0x1_0000_0000 + zlib.crc32(source.encode()))

    def insert(self, table: sa.Table) -> Any:
        """Give the dialect's INSERT, which knows ON CONFLICT."""
        if self.is_sqlite:
            from sqlalchemy.dialects.sqlite import insert
        else:
            from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]
        return insert(table)

    def among(self, column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
        """Ask that a column is in the list that a parameter of this name holds, as `listed` writes it.

        A parameter for each value, as `in_` makes them, takes longer to write out than a row takes to find.
        """
        if self.is_sqlite:
            each = sa.func.json_each(sa.bindparam(name)).table_valued("value")
            return column.in_(sa.select(each.c.value))
        return column == sa.any_(sa.bindparam(name, type_=sa.ARRAY(column.type)))

    def listed(self, values: Iterable[Any]) -> Any:
        """Write a list as the parameter of `among`."""
        return orjson.dumps(list(values)).decode() if self.is_sqlite else list(values)

    def add_missing(
        self, connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *unique: str
    ) -> None:
        """Insert rows whose unique columns are not there yet; leave those that are."""
        if rows:
            key = (table.name, unique)
            if key not in self._inserts:
                self._inserts[key] = self.insert(table).on_conflict_do_nothing(index_elements=list(unique))
            connection.execute(self._inserts[key], [dict(row) for row in rows])

    def upsert(self, connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *unique: str) -> None:
        """Insert rows, or update all other given columns where the unique columns are there already."""
        if rows:
            key = (table.name, unique, *rows[0])
            if key not in self._inserts:
                statement = self.insert(table)
                updates = {name: statement.excluded[name] for name in rows[0] if name not in unique}
                self._inserts[key] = statement.on_conflict_do_update(index_elements=list(unique), set_=updates)
            connection.execute(self._inserts[key], [dict(row) for row in rows])

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()
        if self._turn is not None:
            self._turn.close()


def _set_pragmas(connection: Any, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    # FULL: a lost `creating` row is a duplicate; in batches it costs nothing.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "temp_store=MEMORY",
                   "cache_size=-2048"):  # fmt: skip
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A reader that turns writer cannot wait for the lock, so a writer takes it at once.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def chunks(values: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    """Cut a sequence so that its parts fit into an IN list."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
