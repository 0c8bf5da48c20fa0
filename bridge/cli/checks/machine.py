"""The settings, the database, the queue and the quota."""

import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import sqlalchemy as sa
from redis.exceptions import RedisError

from bridge.cli import failures, output
from bridge.cli.checks.found import Found, of_problems, of_settings, ok
from bridge.cli.options import database_of
from bridge.errors import SettingsError
from bridge.queue.address import RedisAddress
from bridge.queue.embedded import start_or_join
from bridge.quota import QuotaUnavailableError, Window, budget
from bridge.settings.secret import open_to_others
from bridge.store import meta

if TYPE_CHECKING:
    from bridge.settings import Settings
    from bridge.store.database import Database


class Machine:
    """What the other checks stand on; None is what could not be had."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.database: Database | None = None
        self.queue: RedisAddress | None = None

    def check(self, settings: "Settings") -> Iterator[Found]:
        """Open everything, and say what could not be opened."""
        yield ok("settings", _settings(settings))
        yield from map(of_settings, settings.missing())
        if open_to_others(environment := settings.environment_file):
            mode = stat.S_IMODE(environment.stat().st_mode)
            text = (
                f"{environment} holds keys and is open to others (mode {mode:04o}): chmod 600 {quote(str(environment))}"
            )
            yield Found("warn", "settings", text, "B115")
        yield from self._database(settings)
        yield from self._queue(settings)
        for window in settings.itglue.quota:
            given = budget(Window(window.requests, window.per), settings.itglue.share)
            yield ok("quota", f"{output.number(given.most)} of {output.number(window.requests)} requests in "
                              f"{output.span(window.per)} are the bridge's, {given.in_flight} at once")  # fmt: skip

    def _database(self, settings: "Settings") -> Iterator[Found]:
        try:
            db = self._stack.enter_context(database_of(settings))
            with db.write() as connection:
                meta.put(db, connection, "checked_at", str(db.now(connection)))
                version = connection.execute(
                    sa.text("SELECT sqlite_version()" if db.is_sqlite else "SHOW server_version")
                ).scalar_one()
        except SettingsError as error:
            yield from of_problems(failures.of(error) or (), "settings")
        except Exception as error:
            problems = failures.of(error)
            if problems is None:
                raise
            yield from of_problems(problems, "database")
        else:
            self.database = db
            where = f"in {_short(settings.data_folder)}" if db.is_sqlite else "at its address"
            yield ok("database", f"{'SQLite' if db.is_sqlite else 'PostgreSQL'} {version} {where}, writable")

    def _queue(self, settings: "Settings") -> Iterator[Found]:
        try:
            url = settings.redis_url
            address = self._stack.enter_context(RedisAddress(url) if url else start_or_join(settings.data_folder))
            client = address.client()
            try:
                client.ping()
            finally:
                client.close()
        except SettingsError as error:
            yield from of_problems(failures.of(error) or (), "settings")
        except RedisError as error:
            unavailable = QuotaUnavailableError(f"{address} does not answer: {error}")
            yield from of_problems(failures.of_side(unavailable, "queue"), "queue")
        else:
            self.queue = address
            yield ok("queue", "embedded Valkey answers" if url is None else f"{address} answers")


def _settings(settings: "Settings") -> str:
    entries = settings.rollout.organizations if settings.rollout is not None else ()
    scope = "everyone" if "*" in entries else output.count(len(entries), "organization") if entries else "no one yet"
    sources = ", ".join(settings.sources)
    return f"{settings.file.name}: mode {settings.mode}, rollout {scope}, {output.count(len(settings.sources), 'source')} {sources}"


def _short(path: Path) -> str:
    try:
        return f"./{path.relative_to(Path.cwd())}"
    except ValueError:
        return str(path)
