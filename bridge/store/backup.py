"""Backups of the one-box store: one consistent file, taken while the service runs, that knows what it is."""

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

from bridge.store.database import Database, sqlite_module

MARK = "backup"  # in a backup's meta: when it was taken


def back_up(db: Database, file: Path, *, starts: int) -> None:
    """Write the store into a new file, for its owner alone; it appears under its name only when it is whole.

    `starts` is the data folder's counter of starts; the backup holds the larger of both. Whoever opens the file as
    its store sees by its mark that it was restored. Raises FileExistsError rather than overwrite, OSError where
    it cannot be written.
    """
    if file.exists():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(file))
    partial = file.with_name(file.name + ".partial")
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    partial.chmod(0o600)  # one that was left behind may have been anybody's
    try:
        _copy(db, partial, starts)
        with partial.open("rb") as written:
            os.fsync(written.fileno())
        partial.replace(file)
    except BaseException:
        for left in (partial, partial.with_name(partial.name + "-wal"), partial.with_name(partial.name + "-shm")):
            left.unlink(missing_ok=True)
        raise


def _copy(db: Database, partial: Path, starts: int) -> None:
    taken_at = datetime.fromtimestamp(db.now(), UTC).isoformat(timespec="seconds")
    copy = sqlite_module().connect(str(partial), isolation_level=None)
    try:
        with db.engine.connect() as connection:
            source = connection.connection.dbapi_connection
            if source is None:
                raise RuntimeError("a connection without its driver's")
            source.backup(copy, pages=-1)  # all pages in one read: one moment
        copy.execute("PRAGMA journal_mode=DELETE")  # one file
        copy.execute("BEGIN IMMEDIATE")
        copy.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (MARK, taken_at))
        copy.execute(
            "INSERT INTO meta (name, value) VALUES ('starts', ?) ON CONFLICT (name) DO UPDATE "
            "SET value = max(CAST(value AS INTEGER), CAST(excluded.value AS INTEGER))",
            (str(starts),),
        )
        copy.execute("COMMIT")
        [found] = copy.execute("PRAGMA quick_check").fetchone()
        if found != "ok":
            raise OSError(errno.EIO, f"the backup is damaged: {found}", str(partial))
    except sqlite_module().OperationalError as error:
        full = "full" in str(error)
        raise OSError(errno.ENOSPC if full else errno.EIO, os.strerror(errno.ENOSPC) if full else str(error)) from error
    finally:
        copy.close()
