"""Targets: what has to be true in IT Glue; the unit of state, claim and link."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import Database, chunks
from bridge.store.schema import links, run_targets, targets, waits

OPEN_STATES = ("pending", "waiting", "creating")
GONE = "gone"
Row = sa.engine.Row[*tuple[Any, ...]]


def add(db: Database, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert targets that are not there yet; a target that is there stays as it is."""
    db.add_missing(connection, targets, rows, "block", "anchor")


def touch(
    connection: Connection, where: sa.ColumnElement[bool], *, now: float, lane: str, run: int | None = None
) -> int:
    """Raise the seq of the targets: something that may change their plan has happened. Give their number.

    One that is being created stays so (its intent has to be resolved first) and becomes pending after that.
    """
    creating = targets.c.state == "creating"
    statement = (
        sa.update(targets)
        .where(where)
        .values(
            seq=targets.c.seq + 1,
            state=sa.case((creating, "creating"), else_="pending"),
            due_at=sa.case((creating, targets.c.due_at), else_=now),
            lane=sa.case(((targets.c.state == "pending") & (targets.c.lane == "live"), "live"), else_=lane),
            run=sa.func.coalesce(run, targets.c.run),
            attempts=0,
            starts=sa.case((targets.c.state == "held", 0), else_=targets.c.starts),
        )
    )
    return connection.execute(statement).rowcount


def touch_children(connection: Connection, org_target: int, *, now: float, lane: str) -> int:
    """Raise the seq of what belongs to an organization; what is pending and not being worked on sees it anyway."""
    idle = (targets.c.state == "pending") & (targets.c.lease_until < now)
    return touch(connection, (targets.c.org_target == org_target) & ~idle, now=now, lane=lane)


def release_waiting(connection: Connection, on_targets: Sequence[int], *, now: float) -> None:
    """Make due what waited for these targets."""
    for part in chunks(on_targets):
        waiting = sa.select(waits.c.target).where(waits.c.on_target.in_(part))
        connection.execute(
            sa.update(targets)
            .where(targets.c.id.in_(waiting), targets.c.state == "waiting")
            .values(state="pending", due_at=now)
        )
        connection.execute(sa.delete(waits).where(waits.c.on_target.in_(part)))


def claim(
    db: Database,
    *,
    lane: str,
    owner: str,
    now: float,
    lease: float,
    limit: int,
    states: Sequence[str] = ("pending", "creating", "gone"),
    run: int | None = None,
) -> list[Row]:
    """Claim due targets of one wave, whole organizations first come first; give their rows as claimed.

    A target that has been started twice without an end is claimed alone, so that it cannot take others down with it.
    """
    due = [
        targets.c.lane == lane,
        targets.c.state.in_(states),
        targets.c.due_at <= now,
        targets.c.lease_until < now,
    ]
    if run is not None:
        mine = sa.select(run_targets.c.target).where(run_targets.c.run == run, run_targets.c.outcome.is_(None))
        due.append(targets.c.id.in_(mine))
    ordered = (
        sa.select(targets.c.id, targets.c.wave, targets.c.org_target, targets.c.starts)
        .where(*due)
        .order_by(targets.c.wave, targets.c.org_target, targets.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with db.write() as connection:
        found = connection.execute(ordered).all()
        if not found:
            return []
        first = found[0]
        if first.starts >= 2:
            ids = [first.id]
        else:
            ids = [row.id for row in found if row.wave == first.wave and row.starts < 2]
            ids += _rest_of_organization(connection, due, found, first.wave, limit)
        claimed: list[Row] = []
        for part in chunks(ids):
            claimed += connection.execute(
                sa.update(targets)
                .where(targets.c.id.in_(part))
                .values(owner=owner, lease_until=now + lease, fence=targets.c.fence + 1, starts=targets.c.starts + 1)
                .returning(*targets.c)
            )
        return claimed


def _rest_of_organization(
    connection: Connection, due: list[Any], found: Sequence[Row], wave: int, limit: int
) -> list[int]:
    """Complete the last organization of a full claim, so that one POST can take all of it."""
    last = found[-1]
    if len(found) < limit or last.wave != wave or last.org_target is None or limit < 50:
        return []
    rest = (
        sa.select(targets.c.id)
        .where(*due, targets.c.wave == wave, targets.c.org_target == last.org_target, targets.c.id > last.id)
        .where(targets.c.starts < 2)
        .limit(2000)
        .with_for_update(skip_locked=True)
    )
    return list(connection.execute(rest).scalars())


def renew(connection: Connection, held: Mapping[int, int], *, until: float) -> set[int]:
    """Extend the lease of claims given as {target: fence}; give the targets that are still ours."""
    return {row.id for row in _mine(connection, held, {"lease_until": until})}


def _mine(connection: Connection, held: Mapping[int, int], values: Mapping[str, Any]) -> Iterable[Row]:
    found: list[Row] = []
    by_fence: dict[int, list[int]] = {}
    for target, fence in held.items():
        by_fence.setdefault(fence, []).append(target)
    for fence, ids in by_fence.items():
        for part in chunks(ids):
            found += connection.execute(
                sa.update(targets)
                .where(targets.c.id.in_(part), targets.c.fence == fence)
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
    statement = (
        sa.update(targets)
        .where(targets.c.id == target.id, targets.c.fence == target.fence, targets.c.seq == target.seq)
        .values(**{**common, **blank, "state": state, "settled_at": now, **values})
    )
    if connection.execute(statement).rowcount == 1:
        if outcome is not None:
            record_outcome(connection, target.id, target.seq, outcome)
        return True
    connection.execute(
        sa.update(targets)
        .where(targets.c.id == target.id, targets.c.fence == target.fence)
        .values(**common, state="pending", due_at=now)
    )
    return False


def record_outcome(connection: Connection, target: int, seq: int, outcome: str) -> None:
    """Tell every run that still waits for this target, up to this seq, what became of it."""
    connection.execute(
        sa.update(run_targets)
        .where(run_targets.c.target == target, run_targets.c.outcome.is_(None), run_targets.c.seq <= seq)
        .values(outcome=outcome)
    )


def give_back(
    connection: Connection, held: Mapping[int, int], *, due_at: float, started: bool = False, **values: Any
) -> None:
    """End claims without a verdict; the targets are due again at `due_at`. With `started` the start stays counted."""
    starts: Any = targets.c.starts if started else sa.case((targets.c.starts > 0, targets.c.starts - 1), else_=0)
    _mine(connection, held, {"owner": None, "lease_until": 0.0, "starts": starts, "due_at": due_at, **values})


def retry_later(
    connection: Connection,
    held: Mapping[int, int],
    error: str,
    *,
    now: float,
    attempts: int,
    backoff: Callable[[int], float],
) -> list[int]:
    """End claims that failed: due again after a growing wait, held `gives_up` after so many attempts. Give those held."""
    gave_up: list[int] = []
    for part in chunks(list(held)):
        rows = connection.execute(
            sa.select(targets.c.id, targets.c.attempts, targets.c.fence).where(targets.c.id.in_(part))
        )
        for row in rows.all():
            if row.fence != held[row.id]:
                continue
            tried = row.attempts + 1
            values: dict[str, Any] = {
                "attempts": tried,
                "last_error": error,
                "owner": None,
                "lease_until": 0.0,
                "starts": 0,
            }
            if tried >= attempts:
                gave_up.append(row.id)
                values |= {"state": "held", "code": "gives_up", "reason": f"{tried} attempts: {error}", "due_at": None}
            else:
                values["due_at"] = now + backoff(tried)
            connection.execute(sa.update(targets).where(targets.c.id == row.id).values(**values))
    for target in gave_up:
        record_outcome(connection, target, 2**60, "held")
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


def hold(connection: Connection, target: int, code: str, reason: str, *, now: float) -> None:
    """Hold a target whatever its state, and void every claim on it."""
    connection.execute(
        sa.update(targets)
        .where(targets.c.id == target)
        .values(
            state="held", code=code, reason=reason, due_at=None, settled_at=now, owner=None, lease_until=0.0,
            seq=targets.c.seq + 1, fence=targets.c.fence + 1, starts=0,
        )
    )  # fmt: skip
    record_outcome(connection, target, 2**60, "held")


def count_attempt(connection: Connection, target: int) -> None:
    """Count a try that led to nothing."""
    connection.execute(sa.update(targets).where(targets.c.id == target).values(attempts=targets.c.attempts + 1))


def link_of(connection: Connection, target: int) -> Row | None:
    """Give the link of a target."""
    return connection.execute(sa.select(links).where(links.c.target == target)).first()
