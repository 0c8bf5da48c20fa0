"""Commands as processes of their own: how far they are, and what is left of them."""

import time
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.schema import streams
from tests.integration.cli.workplace import Workplace


def wait_until_it_reads(place: Workplace) -> None:
    """Wait until the command has claimed the source's stream: from then on it waits for an answer."""
    file = place.folder / "data" / "bridge.db"
    until_ = time.monotonic() + 15
    while time.monotonic() < until_:
        if file.exists():
            db = Database(f"sqlite:///{file}")
            with suppress(sa.exc.OperationalError), db.read() as connection:  # the tables come a moment later
                if connection.execute(sa.select(streams.c.owner)).scalar() is not None:
                    db.close()
                    return
            db.close()
        time.sleep(0.02)
    raise TimeoutError


def running_on(folder: Path) -> str:
    """Give the command lines of processes that work in a folder."""
    found = []
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = each.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line:
            found.append(line)
    return "\n".join(found)
