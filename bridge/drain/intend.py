"""The intent: one durable transaction before anything is sent, and the check before the first byte (PROTOCOLS 3)."""

import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.drain import stops
from bridge.drain.items import Item
from bridge.engine import Engine
from bridge.errors import BridgeError
from bridge.store import hand_pauses, journal
from bridge.store import targets as target_rows
from bridge.store.database import chunks
from bridge.store.index import linked_ids
from bridge.store.schema import links, targets, writes

_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while a machine sleeps; Linux only
_DOUBTFUL = sa.exists().where(
    writes.c.target == sa.bindparam("of_target"), writes.c.verb.not_in(["create", "create_name"]),
    sa.or_(writes.c.outcome.is_(None), writes.c.outcome == "unknown"),
)  # fmt: skip
_KNOW = (
    sa.update(links)
    .where(links.c.target == sa.bindparam("of_target"), ~_DOUBTFUL)
    .values(state="known", verify_at=None)
)


class LostClaimError(BridgeError):
    """The claim, its lease or the intent is not valid any more; nothing was sent."""


@dataclass(slots=True)
class Intent:
    """What may be sent now: `items` are in the journal; `stopped` and `lost` are not to be sent."""

    batch: str
    posted_at: float
    begun: float
    items: list[Item] = field(default_factory=list)
    stopped: list[stops.Stopped] = field(default_factory=list)
    lost: list[Item] = field(default_factory=list)
    earlier: dict[int, Mapping[str, Any]] = field(default_factory=dict)  # links that adoptions replace, by target

    @property
    def held(self) -> dict[int, int]:
        """Give the claims of what is to be sent, as {target: fence}."""
        return {item.target: item.row.fence for item in self.items}


def intend(engine: Engine, items: Sequence[Item], claim: Mapping[int, int]) -> Intent:
    """Enter writes before they are sent: claim and fence are checked, stops are counted, the journal is written.

    The leases of the whole claim, as {target: fence}, begin anew.
    """
    times = engine.times
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        intent = Intent(uuid.uuid4().hex, now, time.clock_gettime(_BOOT_CLOCK))
        target_rows.lock_ids(connection, {*claim, *(item.target for item in items)})
        ours = _still_ours(connection, items, now=now)
        target_rows.renew(connection, claim, until=now + times.lease)
        owned = linked_ids(
            connection, items[0].kind, {item.itglue_id for item in items if item.verb == "adopt" and item.itglue_id}
        )
        valid: list[Item] = []
        for item in items:
            if item.target not in ours or (item.verb == "adopt" and item.itglue_id in owned):
                intent.lost.append(item)
            elif not item.accepted and (reason := stops.flapping(connection, item, engine.stops, now=now)):
                intent.stopped.append(stops.Stopped(item, "flapping", reason))
            else:
                valid.append(item)
        intent.items, stopped = stops.reserve(engine, connection, valid, now=now)
        intent.stopped += stopped
        if intent.items:
            creating = intent.items[0].verb in {"create", "create_name"}
            quiet_at = now + (times.quiet if creating else times.write_window)
            _enter(engine, connection, intent, now=now, quiet_at=quiet_at)
            if creating:
                _mark_creating(connection, intent, due_at=quiet_at)
            else:
                _mark_unknown(engine, connection, intent, verify_at=quiet_at)
    return intent


def _still_ours(connection: Connection, items: Sequence[Item], *, now: float) -> set[int]:
    """Give the targets whose claim and seq stand, and that nobody has paused since."""
    by_target = {item.target: item.row for item in items}
    paused = hand_pauses.concerned(connection, now=now)
    written = sa.true() if paused is None else ~paused
    ours: set[int] = set()
    for part in chunks(list(by_target)):
        rows = connection.execute(
            sa.select(targets.c.id, targets.c.fence, targets.c.seq).where(
                targets.c.id.in_(part), targets.c.lease_until > now, written
            )
        )
        ours |= {row.id for row in rows if (row.fence, row.seq) == (by_target[row.id].fence, by_target[row.id].seq)}
    return ours


def _enter(engine: Engine, connection: Connection, intent: Intent, *, now: float, quiet_at: float) -> None:
    connection.execute(
        sa.insert(writes),
        [
            {
                "batch": intent.batch, "target": item.target, "verb": item.verb, "fence": item.row.fence,
                "seq": item.row.seq, "body": orjson.dumps(item.body).decode(), "posted_at": now, "quiet_at": quiet_at,
            }
            for item in intent.items
        ],
    )  # fmt: skip
    journal.intend(
        connection,
        [
            {
                "run": item.row.run, "at": now, "target": item.target, "batch": intent.batch, "verb": item.verb,
                "itglue_id": item.itglue_id, "before": orjson.dumps(dict(item.before)).decode(),
                "after": orjson.dumps(item.body).decode(), "who": engine.who, "why": item.why,
                "emptied": item.emptied, "mapping_made": item.mapping_made, "accepted": item.accepted,
            }
            for item in intent.items
        ],
    )  # fmt: skip


def _mark_creating(connection: Connection, intent: Intent, *, due_at: float) -> None:
    for part in chunks(list(intent.held)):
        connection.execute(sa.update(targets).where(targets.c.id.in_(part)).values(state="creating", due_at=due_at))
        # It was another record, which is gone, or which a person said it is not: the one that is made takes its place.
        connection.execute(sa.delete(links).where(links.c.target.in_(part)))


def _mark_unknown(engine: Engine, connection: Connection, intent: Intent, *, verify_at: float) -> None:
    """Say of the links, until an answer says otherwise, that nobody knows what IT Glue holds."""
    fresh = [item for item in intent.items if item.verb == "adopt"]
    for part in chunks([item.target for item in fresh]):
        replaced = connection.execute(sa.select(links).where(links.c.target.in_(part))).mappings()
        intent.earlier.update((row["target"], dict(row)) for row in replaced)
    rows = [
        {"target": item.target, "itglue_type": item.kind, "itglue_id": item.itglue_id, "owns": item.owns,
         "state": "unknown", "verify_at": verify_at, "made": False, "archived": False, "applied": "{}",
         "fingerprint": None, "asset_digest": None}
        for item in fresh
    ]  # fmt: skip
    engine.db.upsert(connection, links, rows, "target")
    for part in chunks([item.target for item in intent.items if item.verb != "adopt"]):
        connection.execute(
            sa.update(links).where(links.c.target.in_(part)).values(state="unknown", verify_at=verify_at)
        )


def check(engine: Engine, intent: Intent) -> None:
    """Raise LostClaimError where the fence, the lease or the age of an intent forbids its first byte."""
    age = time.clock_gettime(_BOOT_CLOCK) - intent.begun
    if age > engine.times.intend_age:
        raise LostClaimError(f"the intent lay unsent for {age:.1f} s")
    held = intent.held
    with engine.db.read() as connection:
        now = engine.db.now(connection)
        for part in chunks(list(held)):
            rows = connection.execute(
                sa.select(targets.c.id, targets.c.fence, targets.c.lease_until).where(targets.c.id.in_(part))
            ).all()
            if any(row.fence != held[row.id] or row.lease_until <= now for row in rows):
                raise LostClaimError("another worker has taken the claim over")


def void(engine: Engine, intent: Intent, *, due_at: float, outcome: str = "void", bulk: int | None = None) -> None:
    """Take back an intent of which nothing was carried out: its rows are pending again, and no stop counts them."""

    def take_back(connection: Connection) -> None:
        target_rows.lock_ids(connection, intent.held)
        end_writes(connection, intent, list(intent.held), outcome)
        journal.answer(connection, intent.batch, dict.fromkeys(intent.held, "refused"))
        restore_links(connection, intent)
        for item in sorted(intent.items, key=lambda each: each.target):
            connection.execute(
                sa.update(targets)
                .where(targets.c.id == item.target, targets.c.fence == item.row.fence)
                .values(state="pending", due_at=due_at, owner=None, lease_until=0.0, starts=0,
                        **({} if bulk is None else {"bulk": bulk}))
            )  # fmt: skip

    engine.db.transact(take_back)


def restore_links(connection: Connection, intent: Intent) -> None:
    """Undo what the intent did to links whose write was not carried out."""
    for item in intent.items:
        if item.verb == "adopt":
            adopted = (links.c.target == item.target) & (links.c.itglue_id == item.itglue_id)
            adopted &= links.c.state == "unknown"
            earlier = intent.earlier.get(item.target)
            if earlier is None:
                connection.execute(sa.delete(links).where(adopted))
            else:
                connection.execute(sa.update(links).where(adopted).values(**earlier))
        elif item.itglue_id is not None:
            know(connection, item.target)


def know(connection: Connection, target: int) -> None:
    """Set a link back to known, unless an earlier write of it is still unanswered or came back void."""
    connection.execute(_KNOW, {"of_target": target})


def end_writes(connection: Connection, intent: Intent, members: Sequence[int], outcome: str) -> None:
    """Enter what became of an intent's writes."""
    for part in chunks(list(members)):
        connection.execute(
            sa.update(writes).where(writes.c.batch == intent.batch, writes.c.target.in_(part)).values(outcome=outcome)
        )
