"""`[store]`: where the data lies; one box or several machines, no mix."""

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field

from bridge.errors import SettingsError
from bridge.mapping.durations import Seconds
from bridge.mapping.rules import Rules
from bridge.settings.secret import Secret

SQLITE = "sqlite"


class StoreSettings(Rules):
    """The data folder, and for several machines the database and Redis; how long what is past is kept."""

    data: str = "data"
    database: Secret | None = None
    redis: Secret | None = None
    keep_journal: Annotated[Seconds, Field(ge=172_800)] = 34_560_000.0  # 400 days; the stops count two of them
    keep_gone: Seconds = 2_592_000.0  # 30 days

    def folder(self, beside: Path) -> Path:
        """Give the data folder; a relative one starts at the folder of bridge.toml."""
        return beside / self.data

    def database_url(self, beside: Path) -> str:
        """Give the database's URL, by default SQLite in the data folder; raise SettingsError for a missing secret."""
        return self.database.read() if self.database else f"{SQLITE}:///{self.folder(beside) / 'bridge.db'}"

    def redis_url(self) -> str | None:
        """Give the URL of an external Redis or Valkey; None for the embedded one."""
        return self.redis.read() if self.redis else None


def mix_of(store: StoreSettings, beside: Path) -> str | None:
    """Say what is wrong with a database and a queue that do not go together; None where they do."""
    try:
        single = store.database_url(beside).startswith(SQLITE)
        embedded = store.redis_url() is None
    except SettingsError:
        return None  # the missing secret is a problem of its own
    if single and not embedded:
        return "SQLite with an external Redis: set database to a postgresql:// URL too, or leave redis out"
    if not single and embedded:
        return "PostgreSQL with the embedded queue: set redis to a redis:// URL too, or leave database out"
    return None


def holds_password(url: str) -> bool:
    """Say whether a URL carries a password."""
    try:
        return bool(urlsplit(url).password)
    except ValueError:
        return True
