"""Targets: what has to be true in IT Glue; the unit of state, claim and link.

A transaction that locks several targets locks them in one order, ORDER, before it locks anything else, or takes the whole
table (`lock_all`): so nobody waits in a ring. On SQLite a writer has locked everything.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store import referring
from bridge.store.database import Database, chunks
from bridge.store.schema import links, run_targets, targets, waits

OPEN_STATES = ("pending", "waiting", "creating")
NAMES = "names"  # the block of what IT Glue knows by name alone
PARENTS = ("organizations", NAMES)  # blocks whose targets others wait for or belong to, nearly all of them
GONE = "gone"
SUSPECT = 2  # starts without an end after which a target may be what kills its workers
LOCK = 4
ORDER = (targets.c.wave, targets.c.id)  # parents before what waits for them
Row = sa.engine.Row[*tuple[Any, ...]]

# What is done once per target is put together once: that takes ten times as long as to execute it.
_SETTLE = sa.update(targets).where(
    targets.c.id == sa.bindparam("of_target"),
    targets.c.fence == sa.bindparam("of_fence"),
    targets.c.seq == sa.bindparam("of_seq"),
)
_RECORD_OUTCOME = sa.update(run_targets).where(
    run_targets.c.target == sa.bindparam("of_target"),
    run_targets.c.outcome.is_(None),
    run_targets.c.seq <= sa.bindparam("to_seq"),
)
_WAITED_FOR = sa.select(waits.c.target).where(waits.c.on_target.in_(sa.bindparam("on", expanding=True))).limit(1)
_LINK_OF = sa.select(links).where(links.c.target == sa.bindparam("of_target"))


def add(db: Database, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert targets that are not there yet; a target that is there stays as it is."""
    db.add_missing(connection, targets, rows, "block", "anchor")


def lock(connection: Connection, where: sa.ColumnElement[bool]) -> None:
    """Lock targets, in the order that everyone keeps, until the transaction ends."""
    if connection.dialect.name != "sqlite":
        connection.execute(_locking(where))


def lock_ids(connection: Connection, ids: Iterable[int]) -> None:
    """Lock targets by their numbers, as `lock` does."""
    lock(connection, targets.c.id.in_(sorted(ids)))


def lock_all(connection: Connection) -> None:
    """Keep everyone else from locking any target until the transaction ends: for whoever cannot know at first which.

    Who has locked some already is waited for, so the transaction must hold nothing yet that they could want.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(sa.text("LOCK TABLE targets IN EXCLUSIVE MODE"))


def lock_ends(connection: Connection, ids: Iterable[int]) -> None:
    """Lock targets that are about to end; where others belong to them, wait for them or refer to them, the whole table."""
    members = sorted(ids)
    if connection.dialect.name != "sqlite" and any(_is_followed(connection, part) for part in chunks(members)):
        lock_all(connection)
    else:
        lock_ids(connection, members)


def _is_followed(connection: Connection, ids: Sequence[int]) -> bool:
    parents = sa.select(targets.c.id).where(targets.c.id.in_(ids), targets.c.block.in_(PARENTS)).limit(1)
    if connection.execute(parents).first() is not None:
        return True
    return connection.execute(_WAITED_FOR, {"on": list(ids)}).first() is not None or referring.any_to(connection, ids)


def _locking(where: sa.ColumnElement[bool]) -> sa.Select[tuple[int]]:
    # Not against those who only refer to a target, as a new link or decision does.
    return sa.select(targets.c.id).where(where).order_by(*ORDER).with_for_update(key_share=True)


def touch(
    connection: Connection, where: sa.ColumnElement[bool], *, now: float, lane: str, run: int | None = None
) -> int:
    """Raise the seq of the targets: something that may change their plan has happened. Give their number.

    One that is being created stays so (its intent has to be resolved first) and becomes pending after that.
    """
    creating = targets.c.state == "creating"
    if connection.dialect.name != "sqlite":
        where = targets.c.id.in_(_locking(where))
    statement = (
        sa.update(targets)
        .where(where)
        .values(
            seq=targets.c.seq + 1,
            state=sa.case((creating, "creating"), else_="pending"),
            due_at=sa.case((creating, targets.c.due_at), else_=now),
            lane=sa.case((targets.c.state.in_(OPEN_STATES) & (targets.c.lane == "live"), "live"), else_=lane),
            run=sa.func.coalesce(run, targets.c.run),
            attempts=0,
            starts=sa.case((targets.c.state == "held", 0), else_=targets.c.starts),
        )
    )
    return connection.execute(statement).rowcount


def touch_children(connection: Connection, org_target: int, *, now: float, lane: str) -> int:
    """Raise the seq of what belongs to an organization: of all of it, since any may just have been claimed."""
    return touch(connection, targets.c.org_target == org_target, now=now, lane=lane)


def touch_referring(connection: Connection, on_targets: Sequence[int], *, now: float) -> None:
    """Raise the seq of what refers to these targets: their link, or whether there will be one, has changed.

    Of all of it, since any may just have been claimed.
    """
    for part in chunks(on_targets):
        if referring.any_to(connection, part):
            touch(connection, referring.referring_to(part), now=now, lane="backfill")


def release_waiting(connection: Connection, on_targets: Sequence[int], *, now: float) -> None:
    """Make due what waited for these targets, or is held because one of them was."""
    for part in chunks(on_targets):
        if connection.execute(_WAITED_FOR, {"on": list(part)}).first() is None:
            continue
        asked = targets.c.id.in_(sa.select(waits.c.target).where(waits.c.on_target.in_(part)))
        waiting = targets.c.state == "waiting"
        under_held = (targets.c.state == "held") & (targets.c.code == "parent_held")
        touch(connection, asked & (waiting | under_held), now=now, lane="backfill")
        connection.execute(sa.delete(waits).where(waits.c.on_target.in_(part)))


def _tell(connection: Connection, target: Row, state: str, rule: str | None, *, now: float) -> None:
    """Make due what a target's new state concerns: what waits for it or refers to it, an organization's records."""
    if state in OPEN_STATES:
        return
    release_waiting(connection, [target.id], now=now)
    if target.block == NAMES or was(target) == (state, rule):
        return
    touch_referring(connection, [target.id], now=now)
    if target.block == "organizations":
        touch_children(connection, target.id, now=now, lane=target.lane)


def claim(
    db: Database, *, lane: str, owner: str, now: float, lease: float, limit: int,
    states: Sequence[str] = ("pending", "creating", "gone"), run: int | None = None, block: str | None = None,
    paused: sa.ColumnElement[bool] | None = None,
) -> list[Row]:  # fmt: skip
    """Claim due targets of one wave, of a block if one is named, whole organizations first; give them as claimed.

    What is `paused` stays due, and unclaimed; whether a create was carried out is found out all the same.

    A target that has been started twice without an end is claimed alone, and while no other such is worked on, so that
    the one that kills its process takes no other with it that was started as often.
    """
    due = [
        targets.c.lane == lane,
        targets.c.state.in_(states),
        targets.c.due_at <= now,
        targets.c.lease_until < now,
    ]
    if block is not None:
        due.append(targets.c.block == block)
    if run is not None:
        # Looked up per candidate: a list of all that the run has open would be made for every claim.
        mine = run_targets.c.target == targets.c.id
        due.append(sa.exists().where(run_targets.c.run == run, mine, run_targets.c.outcome.is_(None)))
    if paused is not None:
        due.append((targets.c.state == "creating") | ~paused)
    ordered = (
        sa.select(targets.c.id, targets.c.wave, targets.c.org_target, targets.c.starts, targets.c.state)
        .where(*due)
        .order_by(targets.c.wave, targets.c.org_target, targets.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with db.write() as connection:
        found = connection.execute(ordered).all()
        if not found:
            return []
        clear = [row for row in found if row.starts < SUSPECT]
        suspects = [row for row in found if row.starts >= SUSPECT]
        if suspects and not _suspect_at_work(db, connection, now=now):
            # What is being created comes first: others of its organization wait until it is resolved.
            ids = [min(suspects, key=lambda row: (row.state != "creating", row.starts)).id]
        elif clear:
            wave = clear[0].wave
            ids = [row.id for row in clear if row.wave == wave]
            ids += _rest_of_organization(connection, due, found, wave, limit)
        else:
            return []
        claimed: list[Row] = []
        for part in chunks(ids):
            claimed += connection.execute(
                sa.update(targets)
                .where(targets.c.id.in_(part))
                .values(owner=owner, lease_until=now + lease, fence=targets.c.fence + 1, starts=targets.c.starts + 1)
                .returning(*targets.c)
            )
        return sorted(claimed, key=lambda row: (row.org_target or 0, row.id))


def _rest_of_organization(
    connection: Connection, due: list[Any], found: Sequence[Row], wave: int, limit: int
) -> list[int]:
    """Complete the last organization of a full claim, so that one POST can take all of it.

    Of a large one it is a part: what a claim holds in memory must not grow with the size of an organization.
    """
    last = found[-1]
    if len(found) < limit or last.wave != wave or last.org_target is None or limit < 50:
        return []
    rest = (
        sa.select(targets.c.id)
        .where(*due, targets.c.wave == wave, targets.c.org_target == last.org_target, targets.c.id > last.id)
        .where(targets.c.starts < SUSPECT)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(rest).scalars())


def _suspect_at_work(db: Database, connection: Connection, *, now: float) -> bool:
    """Tell whether a target that was started before without an end is claimed just now; a claim counts as a start."""
    db.lock(connection, LOCK)
    statement = sa.select(targets.c.id).where(targets.c.starts > SUSPECT, targets.c.lease_until >= now).limit(1)
    return connection.execute(statement).first() is not None


def renew(connection: Connection, held: Mapping[int, int], *, until: float) -> set[int]:
    """Extend the lease of claims given as {target: fence}; give the targets that are still ours, and not ended."""
    lock_ids(connection, held)
    return {row.id for row in _mine(connection, held, {"lease_until": until}, targets.c.owner.is_not(None))}


def _mine(
    connection: Connection, held: Mapping[int, int], values: Mapping[str, Any], *where: sa.ColumnElement[bool]
) -> Iterable[Row]:
    found: list[Row] = []
    by_fence: dict[int, list[int]] = {}
    for target, fence in held.items():
        by_fence.setdefault(fence, []).append(target)
    for fence, ids in by_fence.items():
        for part in chunks(ids):
            found += connection.execute(
                sa.update(targets)
                .where(targets.c.id.in_(part), targets.c.fence == fence, *where)
                .values(**values)
                .returning(targets.c.id, targets.c.seq)
            )
    return found


def settle(
    connection: Connection,
    target: Row,
    state: str,
    *,
    now: float,
    outcome: str | None,
    **values: Any,
) -> bool:
    """End a claim with a state, if nothing happened to the target meanwhile; give whether it was so.

    Otherwise the claim ends all the same, and the target stays pending. `outcome` is what the runs count.
    """
    common = {"owner": None, "lease_until": 0.0, "starts": 0, "last_error": None, "attempts": 0}
    blank = {"code": None, "reason": None, "rule": None, "notes": None, "change_digest": None, "due_at": None}
    mine = {"of_target": target.id, "of_fence": target.fence, "of_seq": target.seq}
    columns = {**common, **blank, "state": state, "settled_at": now, **values}
    if connection.execute(_SETTLE, {**columns, **mine}).rowcount == 1:
        if outcome is not None:
            record_outcome(connection, target.id, target.seq, outcome)
        _tell(connection, target, state, values.get("rule"), now=now)
        return True
    connection.execute(
        sa.update(targets)
        .where(targets.c.id == target.id, targets.c.fence == target.fence)
        .values(**common, state="pending", due_at=now)
    )
    return False


def record_outcome(connection: Connection, target: int, seq: int, outcome: str) -> None:
    """Tell every run that still waits for this target, up to this seq, what became of it."""
    connection.execute(_RECORD_OUTCOME, {"of_target": target, "to_seq": seq, "outcome": outcome})


def give_back(
    connection: Connection, held: Mapping[int, int], *, due_at: float, started: bool = False, **values: Any
) -> None:
    """End claims without a verdict; the targets are due again at `due_at`, what is being created not before it is quiet.

    With `started` the start stays counted.
    """
    lock_ids(connection, held)
    starts: Any = targets.c.starts if started else sa.case((targets.c.starts > 0, targets.c.starts - 1), else_=0)
    due = _not_before_quiet(due_at)
    _mine(connection, held, {"owner": None, "lease_until": 0.0, "starts": starts, "due_at": due, **values})


def _not_before_quiet(due_at: float) -> sa.ColumnElement[float]:
    noisy = (targets.c.state == "creating") & (targets.c.due_at > due_at)
    return sa.case((noisy, targets.c.due_at), else_=due_at)


def retry_later(
    connection: Connection,
    held: Mapping[int, int],
    error: str,
    *,
    now: float,
    attempts: int,
    backoff: Callable[[int], float],
) -> list[int]:
    """End claims that failed: due again after a growing wait, held `gives_up` after so many attempts. Give those held.

    What is being created is looked for as long as it takes: nobody knows yet whether it was made.
    """
    gave_up: list[int] = []
    lock_ends(connection, held)
    for part in chunks(sorted(held)):
        rows = connection.execute(
            sa.select(targets.c.id, targets.c.attempts, targets.c.fence, targets.c.state)
            .where(targets.c.id.in_(part))
            .order_by(*ORDER)
        )
        for row in rows.all():
            if row.fence != held[row.id]:
                continue
            tried = row.attempts + 1
            if tried >= attempts and row.state != "creating":
                gave_up.append(row.id)
                hold(connection, row.id, "gives_up", f"{tried} attempts: {error}", now=now, last_error=error)
                continue
            connection.execute(
                sa.update(targets)
                .where(targets.c.id == row.id)
                .values(attempts=tried, last_error=error, owner=None, lease_until=0.0, starts=0,
                        due_at=_not_before_quiet(now + backoff(tried)))
            )  # fmt: skip
    return gave_up


def was(target: Row) -> tuple[str, str | None] | None:
    """Give what a target was before it became due: its state and, of an excluded one, the rule; None if nothing yet."""
    if target.settled_at is None:
        return None
    if target.rule is not None:
        return "excluded", target.rule
    if target.code is not None:
        return "held", None
    return (GONE, None) if target.reason == GONE else ("settled", None)


def hold(connection: Connection, target: int, code: str, reason: str, *, now: float, **values: Any) -> None:
    """Hold a target whatever its state, and void every claim on it."""
    one = sa.select(targets).where(targets.c.id == target).with_for_update(key_share=True)
    before = connection.execute(one).one()
    blank = {"rule": None, "notes": None, "change_digest": None, "due_at": None}
    connection.execute(
        sa.update(targets)
        .where(targets.c.id == target)
        .values(**{
            **blank, "state": "held", "code": code, "reason": reason, "settled_at": now, "owner": None,
            "lease_until": 0.0, "seq": targets.c.seq + 1, "fence": targets.c.fence + 1, "starts": 0, **values,
        })
    )  # fmt: skip
    record_outcome(connection, target, 2**60, "held")
    _tell(connection, before, "held", None, now=now)


def count_attempt(connection: Connection, target: int) -> None:
    """Count a try that led to nothing."""
    connection.execute(sa.update(targets).where(targets.c.id == target).values(attempts=targets.c.attempts + 1))


def link_of(connection: Connection, target: int) -> Row | None:
    """Give the link of a target."""
    return connection.execute(_LINK_OF, {"of_target": target}).first()
