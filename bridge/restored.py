"""Noticing at the start that the store is not what it was: restored from a backup, or read with other settings."""

import platform
import uuid
from pathlib import Path

import sqlalchemy as sa

from bridge.engine import Engine, log
from bridge.store import backup, meta
from bridge.store import targets as target_rows
from bridge.store.index import OF_TYPES
from bridge.store.schema import links, streams, targets

COUNTER = "starts"
SEEN = "last_seen"
HOST = "host"
SETTINGS = "settings"
_SEVERAL = "several"  # the digest of no settings


def settings_changed(engine: Engine, digest: str) -> int:
    """Raise every target where the settings that decide plans have changed since they were planned."""
    with engine.db.write() as connection:
        known = meta.get(connection, SETTINGS)
        if known == digest:
            return 0
        meta.put(engine.db, connection, SETTINGS, digest)
        if known is None:
            return 0
        ours = targets.c.mirror_id.is_not(None) | targets.c.anchor.startswith(OF_TYPES, autoescape=True)
        raised = target_rows.touch(connection, ours, now=engine.db.now(connection), lane="backfill")
    log.info("settings.changed", targets=raised)
    return raised


def command_writes(engine: Engine, digest: str) -> None:
    """Note what settings a command writes with, so that a service which starts with others plans everything again."""
    with engine.db.write() as connection:
        known = meta.get(connection, SETTINGS)
        if known != digest:
            meta.put(engine.db, connection, SETTINGS, digest if known is None else _SEVERAL)


def started(engine: Engine, data_folder: Path, *, silence: float) -> str | None:
    """Count this start, in the database and beside it; give why the database counts as restored, None if it does not.

    On several machines each starts on its own host, so that only counts where the database is a file of this one.
    Restored means that nobody knows what was written since: all links become unknown, no read counts as fresh, and
    everything is planned again once the index has been read.
    """
    data_folder.mkdir(parents=True, exist_ok=True)
    counted = starts(data_folder)
    host = f"{platform.node()} {_machine()}"
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        stored = int(meta.get(connection, COUNTER) or 0)
        last = float(meta.get(connection, SEEN) or 0.0)
        known_host = meta.get(connection, HOST)
        taken_at = meta.take(connection, backup.MARK)
        why = None
        if taken_at is not None:
            why = f"it is the backup of {taken_at}"
        elif stored < counted:
            why = f"it has seen {stored} starts, this data folder {counted}"
        elif engine.db.is_sqlite and known_host is not None and known_host != host:
            why = "it starts on another host"
        elif last and now - last > silence:
            why = f"it has been silent for {round((now - last) / 60)} minutes"
        number = max(stored, counted) + 1
        meta.put(engine.db, connection, COUNTER, str(number))
        meta.put(engine.db, connection, HOST, host)
        meta.put(engine.db, connection, SEEN, str(now))
        if why is not None:
            _forget(engine, connection, now=now)
    written = data_folder / "starts.new"
    written.write_text(str(number))
    written.replace(data_folder / "starts")  # never half a number
    if why is not None:
        log.warning("store.restored", reason=why)
    return why


def starts(data_folder: Path) -> int:
    """Give how many starts a data folder has seen, 0 where it does not say."""
    try:
        return int((data_folder / "starts").read_text())
    except (FileNotFoundError, ValueError):
        return 0


def put_back(engine: Engine) -> str | None:
    """Notice, in a command, a backup that was put back and that no service has started with yet; give when it was taken."""
    with engine.db.read() as connection:
        if meta.get(connection, backup.MARK) is None:
            return None
    with engine.db.write() as connection:
        taken_at = meta.take(connection, backup.MARK)
        if taken_at is not None:
            _forget(engine, connection, now=engine.db.now(connection))
    if taken_at is not None:
        log.warning("store.restored", reason=f"it is the backup of {taken_at}")
    return taken_at


def store_id(engine: Engine) -> str:
    """Give the store's own name, made once."""
    with engine.db.write() as connection:
        known = meta.get(connection, "store")
        if known is None:
            known = uuid.uuid4().hex
            meta.put(engine.db, connection, "store", known)
    return known


def seen(engine: Engine) -> None:
    """Note that the service is alive."""
    with engine.db.write() as connection:
        meta.put(engine.db, connection, SEEN, str(engine.db.now(connection)))


def _forget(engine: Engine, connection: sa.Connection, *, now: float) -> None:
    target_rows.lock_all(connection)
    connection.execute(sa.update(links).values(state="unknown", verify_at=now))
    engine.index.forget_freshness(connection)
    # Watermarks too may be ahead of a mirror put back: read everything again.
    connection.execute(sa.update(streams).values(watermark=None, next_at=0.0))
    target_rows.touch(connection, targets.c.mirror_id.is_not(None), now=now, lane="backfill")


def _machine() -> str:
    try:
        return Path("/etc/machine-id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        return ""
