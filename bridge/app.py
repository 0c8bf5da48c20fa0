"""The composition root: from the settings to a working engine."""

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pydantic import BaseModel, SecretStr
from sqlalchemy.engine import make_url

from bridge import heap
from bridge.connector import Connector
from bridge.engine import Doorbell, Engine, Silent, StopLimits
from bridge.errors import SettingsError
from bridge.itglue.client import ITGlue
from bridge.mapping.blocks import Mapping, compile_mapping
from bridge.queue.address import RedisAddress
from bridge.queue.doorbell import Doorbell as QueueDoorbell
from bridge.queue.embedded import start_or_join
from bridge.quota import Quota, Window, account
from bridge.settings import Settings, load_settings
from bridge.store import taking_up
from bridge.store.block_key import BlockKey
from bridge.store.database import Database
from bridge.store.index import Index
from bridge.store.migrate import upgrade
from bridge.store.mirror import Mirror
from bridge.store.pauses import ITGLUE
from bridge.store.prune import Keep
from connectors.registry import KINDS

LEAST_ROOM = 1 << 20  # bytes; SQLite opens nothing with less
COMMAND_PATIENCE = 120.0  # how long a command waits for its turn; a worker gives its claim back instead


def settings_of(path: Path) -> Settings:
    """Read bridge.toml; raise SettingsErrors with everything that is wrong with it."""
    return load_settings(path, source_models())


def source_models() -> dict[str, type[BaseModel]]:
    """Give what an operator sets for a source, by its type."""
    return {name: kind.settings for name, kind in KINDS.items()}


@contextmanager
def connector_of(settings: Settings, name: str) -> Iterator[Connector]:
    """Give the connector of one source by itself, for a command that asks nobody else."""
    source = settings.sources[name]
    connector = KINDS[source.type].make(name, source.connector())
    try:
        yield connector
    finally:
        connector.close()


class Credentials:
    """Reads a side's credentials again after a refusal, so that a rotation needs no restart."""

    def __init__(self, settings: Settings, quota: Quota) -> None:
        self._settings = settings
        self._quota = quota
        self._key = settings.itglue.key.read()
        self._sources = {name: source.connector() for name, source in settings.sources.items()}
        self._lock = threading.Lock()
        self.engine: Engine | None = None

    def connector(self, name: str) -> Connector:
        """Make the connector of one source."""
        return KINDS[self._settings.sources[name].type].make(name, self._sources[name])

    def itglue(self) -> ITGlue:
        """Make the client of the account."""
        times = self._settings.protocol.times()
        return ITGlue(self._settings.itglue.base_url, SecretStr(self._key), self._quota, deadline=times.deadline)

    def renew(self, side: str) -> bool:
        """Use what the settings name now, if it is something else; tell whether it was."""
        engine = self.engine
        if engine is None:
            return False
        with self._lock:
            try:
                if side == ITGLUE:
                    key = self._settings.itglue.key.read()
                    if key == self._key:
                        return False
                    self._key = key
                    old, engine.itglue = engine.itglue, self.itglue()
                    old.close()
                    return True
                fresh = self._settings.sources[side].connector()
            except SettingsError:
                return False
            if fresh == self._sources[side]:
                return False
            self._sources[side] = fresh
            refused = engine.connectors[side]
            engine.connectors = {**engine.connectors, side: self.connector(side)}
            refused.close()
            return True


def quota_of(settings: Settings, address: RedisAddress) -> Quota:
    """Make the account's quota."""
    times = settings.protocol.times()
    windows = [Window(window.requests, window.per) for window in settings.itglue.quota]
    # Short times of tests keep their proportion: a slot outlives its request by a third of the deadline.
    margin = times.deadline / 3
    return Quota(
        address.client(), account(settings.itglue.key.read()), windows, share=settings.itglue.share,
        deadline=times.deadline, margin=margin,
    )  # fmt: skip


def keep_of(settings: Settings) -> Keep:
    """Give how long what is past is kept."""
    return Keep(journal=settings.store.keep_journal, gone=settings.store.keep_gone)


def stops_of(settings: Settings) -> StopLimits:
    """Give the limits of `[stops]`."""
    stops = settings.stops
    return StopLimits(
        creates_hour=stops.creates.hour, creates_day=stops.creates.day,
        names_hour=stops.names.hour, names_day=stops.names.day,
        archives_hour=stops.archives.hour, archives_day=stops.archives.day, archives_share=stops.archives.share,
        emptied_hour=stops.emptied.hour, updates_hour=stops.updates.hour,
        shrunken_share=stops.shrunken, flaps_day=stops.flaps,
    )  # fmt: skip


def database_of(settings: Settings) -> Database:
    """Open the store, brought to this release's schema; raise SettingsError where it cannot be written."""
    _keep_private(settings)
    db = Database(settings.database_url)
    try:
        upgrade(db)
    except SettingsError:
        raise
    except Exception as error:
        place = settings.database_url if db.is_sqlite else "the database"
        reason = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        code = "B137" if _is_full(settings.data_folder, reason) else "B135"
        raise SettingsError(code, f"{place} cannot be used: {reason}") from error
    return db


def _is_full(folder: Path, reason: str) -> bool:
    """Tell whether a disk without room is behind what SQLite says: where it cannot even map a file, it does not name it."""
    return "full" in reason or ("I/O" in reason and shutil.disk_usage(folder).free < LEAST_ROOM)


def _keep_private(settings: Settings) -> None:
    """Make the data folder and the database file readable by their owner alone: customers' data lies there."""
    path = make_url(settings.database_url).database
    if not settings.database_url.startswith("sqlite") or not path:
        return
    try:
        settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not Path(path).exists():
            Path(path).touch(mode=0o600)
    except OSError as error:
        raise SettingsError("B135", f"{path} cannot be used: {error.strerror}") from error


@contextmanager
def engine_of(
    settings: Settings,
    *,
    who: str,
    patience: float = COMMAND_PATIENCE,
    queue: str | None = None,
    rings: bool = False,
    beat: Callable[[], None] = lambda: None,
) -> Iterator[Engine]:
    """Give a working engine; every connection is given back at the end.

    `queue` is the URL of a queue server that the caller keeps running. With `rings`, work that comes up rings for the
    service's workers.
    """
    heap.share()
    with ExitStack() as stack:
        times = settings.protocol.times()
        db = stack.enter_context(_closing(database_of(settings)))
        url = queue or settings.redis_url
        address = stack.enter_context(RedisAddress(url) if url else start_or_join(settings.data_folder))
        quota = quota_of(settings, address)
        stack.callback(quota.close)
        credentials = Credentials(settings, quota)
        mapping = compile_mapping(settings)
        keys = [BlockKey.of(block) for block in mapping.blocks]
        _refuse_vanished(db, mapping)
        doorbell: Doorbell = Silent()
        if rings:
            ringing = QueueDoorbell(address)
            stack.callback(ringing.close)
            doorbell = ringing
        connectors = {name: credentials.connector(name) for name in settings.sources}
        engine = Engine(
            db=db, times=times, mapping=mapping, itglue=credentials.itglue(), connectors=connectors,
            mirror=Mirror(db, keys, confirm_gap=times.confirm_gap), index=Index(db, list_lag=times.list_lag),
            stops=stops_of(settings),
            owner=f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}", who=who, mode=settings.mode,
            native_source=settings.native_source,
            native_disconnected=settings.itglue.native_sync == "disconnected", doorbell=doorbell, beat=beat,
            renew_credentials=credentials.renew, rollout=settings.rollout, patience=patience,
        )  # fmt: skip
        credentials.engine = engine
        stack.callback(_close, engine)
        yield engine


def _refuse_vanished(db: Database, mapping: Mapping) -> None:
    """Refuse settings in which a block is missing that has assets in IT Glue: nobody would look after them."""
    with db.read() as connection:
        gone = taking_up.vanished(connection, [block.id for block in mapping.blocks])
    if gone:
        said = f'the block "{gone[0]}" is not in the file, and has assets in IT Glue: glue-bridge mapping rename {gone[0]} NEW'
        raise SettingsError("B138", f"{said}, or glue-bridge mapping retire {gone[0]}")


def _close(engine: Engine) -> None:
    engine.itglue.close()
    for connector in engine.connectors.values():
        connector.close()


@contextmanager
def _closing(db: Database) -> Iterator[Database]:
    try:
        yield db
    finally:
        db.close()
