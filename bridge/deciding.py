"""What people decide about targets, stored with all that follows from it: whatever is decided is planned again."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge import planning
from bridge.planning import Hold
from bridge.store import decisions, meta
from bridge.store import targets as target_rows
from bridge.store.database import Database, chunks
from bridge.store.inspect import Row
from bridge.store.schema import targets

# A yes lifts these; of all others it would change nothing.
ACCEPTABLE = frozenset(
    {"unmatched", "target_gone", "native_sync_on", "moved", "stop_creates", "stop_archives", "stop_emptied",
     "stop_updates", "shape_changed", "flapping"}
)  # fmt: skip


def decide(
    db: Database,
    connection: Connection,
    target: int,
    verb: str,
    *,
    by: str,
    itglue_id: str | None = None,
    why: str | None = None,
) -> None:
    """Store a pin, a ban, a new or an exclude, and make the target due."""
    target_rows.lock_all(connection)
    now = db.now(connection)
    decisions.decide(connection, target, verb, by=by, at=now, itglue_id=itglue_id, why=why)
    target_rows.touch(connection, targets.c.id == target, now=now, lane="live")


def retry(db: Database, connection: Connection, ids: Sequence[int]) -> int:
    """Make targets due now, with attempts and starts at 0; what holds them is not lifted. Give their number."""
    target_rows.lock_all(connection)
    now = db.now(connection)
    retried = 0
    for part in chunks(ids):
        mine = targets.c.id.in_(part)
        idle = mine & (targets.c.lease_until < now)
        connection.execute(sa.update(targets).where(idle).values(starts=0))
        retried += target_rows.touch(connection, mine, now=now, lane="live")
    return retried


def can_accept(row: Row) -> bool:
    """Tell whether a yes to what holds this target would change anything."""
    if row.state != "held" or row.code not in ACCEPTABLE:
        return False
    if row.code == "shape_changed":
        return True
    # A hold that nothing follows from, such as of the native sync while it is on, digests to this.
    hopeless = planning.change_digest(Hold(row.code, ""))
    return row.change_digest is not None and row.change_digest != hopeless


def accept(db: Database, connection: Connection, rows: Sequence[Row], *, by: str) -> None:
    """Store a one-time yes to exactly the change that holds each of these targets, and make them due."""
    target_rows.lock_all(connection)
    now = db.now(connection)
    for row in rows:
        decisions.decide(connection, row.id, "accept", by=by, at=now, code=row.code, change_digest=row.change_digest)
        if row.code == "shape_changed":
            _accept_shape(db, connection, row)
    for part in chunks([row.id for row in rows]):
        target_rows.touch(connection, targets.c.id.in_(part), now=now, lane="live")


def _accept_shape(db: Database, connection: Connection, row: Row) -> None:
    """Let the next complete read take what it does not show for gone, where it looks as this one did."""
    source, kind, _ = row.anchor.split(":", 2)
    name = f"shape:{source}:{kind}"
    reason = meta.get(connection, name)
    if reason:
        meta.put(db, connection, f"{name}:accepted", reason)
