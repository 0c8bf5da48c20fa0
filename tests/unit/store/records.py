"""Records for the mirror, and a view of what it made of them."""

from typing import Any

import sqlalchemy as sa

from bridge.records import Record, Ref
from bridge.store import runs
from bridge.store.block_key import BlockKey
from bridge.store.database import Database
from bridge.store.mirror import Mirror
from bridge.store.schema import WAVES, fetches, mirror, payloads, targets

BLOCKS = (
    BlockKey("organizations", WAVES["organizations"], "organization"),
    BlockKey("configurations", WAVES["configurations"], "configuration"),
)


def mirror_of(db: Database, *, gap: float = 60.0) -> Mirror:
    """Give a mirror with the two blocks of the first release."""
    return Mirror(db, BLOCKS, confirm_gap=gap)


def device(number: str, version: int, name: str = "a", organization: str | None = "1", **words: Any) -> Record:
    """Give a version of a configuration."""
    of = {"id": organization, "name": None} if organization else None
    said = {"name": name, "organization": of, **words}
    return Record(Ref("cw", "configuration", number), version, said, {"id": number, **said})


def customer(number: str, version: int = 1, name: str = "Acme", **words: Any) -> Record:
    """Give a version of an organization."""
    said = {"name": name, "recycled": False, **words}
    return Record(Ref("cw", "organization", number), version, said, {"id": number, **said})


class Reader:
    """Writes pages as reads do, each with a run of its own unless one is given."""

    def __init__(self, db: Database, *, gap: float = 60.0) -> None:
        self.db = db
        self.mirror = mirror_of(db, gap=gap)

    def run(self, kind: str = "poll") -> int:
        """Begin a run."""
        with self.db.write() as connection:
            return runs.start(self.db, connection, kind, "cw")

    def read(self, *records: Record, at: float, run: int | None = None, fetched: bool = False) -> Any:
        """Mirror a page that was asked for at a time."""
        return self.mirror.write(
            records, read_started_at=at, run=run or self.run(), lane="live", normalizer=1, fetched=fetched
        )

    def rows(self) -> dict[str, Any]:
        """Give the mirror by id."""
        with self.db.read() as connection:
            return {row.ext_id: row for row in connection.execute(sa.select(mirror))}

    def words(self) -> dict[str, str]:
        """Give the stored record of each id, as text."""
        with self.db.read() as connection:
            joined = sa.select(mirror.c.ext_id, payloads.c.record).join(payloads, payloads.c.mirror_id == mirror.c.id)
            return {row.ext_id: row.record for row in connection.execute(joined)}

    def targets(self) -> dict[str, Any]:
        """Give the targets by anchor."""
        with self.db.read() as connection:
            return {row.anchor: row for row in connection.execute(sa.select(targets))}

    def settle_all(self) -> None:
        """Let every target be done."""
        with self.db.write() as connection:
            connection.execute(sa.update(targets).values(state="settled", due_at=None, settled_at=1.0))

    def hints(self) -> dict[str, Any]:
        """Give the fetches that were asked for."""
        with self.db.read() as connection:
            return {row.ref: row for row in connection.execute(sa.select(fetches))}
