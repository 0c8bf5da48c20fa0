"""Waiting: a target whose parent or name has no link yet, or is held itself."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa

from bridge.drain.work import Row
from bridge.engine import Engine
from bridge.store import targets as target_rows
from bridge.store.database import chunks
from bridge.store.schema import WAVES, links, targets, waits


def hold_still(connection: sa.Connection, on: Iterable[int]) -> None:
    """Keep targets that others are about to wait for from changing until the transaction ends.

    Whoever ends one of them lets go what waits for it: either that sees our rows, or we see its new state.
    """
    for part in chunks(sorted(set(on))):
        still = sa.select(targets.c.id).where(targets.c.id.in_(part)).order_by(*target_rows.ORDER)
        connection.execute(still.with_for_update(read=True))


def enter(engine: Engine, connection: sa.Connection, target: int, on: Sequence[int]) -> None:
    """Note what a target waits for, in place of what it waited for before."""
    connection.execute(sa.delete(waits).where(waits.c.target == target))
    rows = [{"target": target, "on_target": each} for each in dict.fromkeys(on)]
    engine.db.add_missing(connection, waits, rows, "target", "on_target")


def wait(engine: Engine, connection: sa.Connection, row: Row, on: Sequence[int], *, now: float) -> None:
    """Settle a claimed target as waiting for others to be linked; the caller holds those still."""
    enter(engine, connection, row.id, on)
    if not target_rows.settle(connection, row, "waiting", now=now, outcome=None):
        return
    # What is waited for may have come to its end since it was looked at.
    ended = targets.c.state.not_in(target_rows.OPEN_STATES)
    linked = (targets.c.block != target_rows.NAMES) & links.c.target.is_not(None)
    ready = connection.execute(
        sa.select(targets.c.id).outerjoin(links, links.c.target == targets.c.id)
        .where(targets.c.id.in_(on), ended | linked)
    ).scalars()  # fmt: skip
    target_rows.release_waiting(connection, list(ready), now=now)
    if row.wave == WAVES["flexible_assets"] and rings(connection, {row.id: on})[row.id]:
        # Whoever closes a ring goes first, without what waits for it.
        target_rows.touch(connection, targets.c.id == row.id, now=now, lane=row.lane)


def rings(connection: sa.Connection, would_wait: Mapping[int, Collection[int]]) -> dict[int, frozenset[int]]:
    """Give, of those that each target would wait for, those that wait for it themselves, be it through others."""
    waiting: dict[int, set[int]] = {}
    seen: set[int] = set()
    ahead = {each for on in would_wait.values() for each in on}
    while ahead:
        for part in chunks(sorted(ahead)):
            mine = waits.c.target.in_(part) & (targets.c.state == "waiting")
            statement = sa.select(waits).join(targets, targets.c.id == waits.c.target).where(mine)
            for each in connection.execute(statement):
                waiting.setdefault(each.target, set()).add(each.on_target)
        seen |= ahead
        ahead = {each for on in waiting.values() for each in on} - seen
    return {
        target: frozenset(each for each in on if _leads(waiting, each, target)) for target, on in would_wait.items()
    }


def _leads(waiting: Mapping[int, Collection[int]], start: int, end: int) -> bool:
    seen: set[int] = set()
    ahead = {start}
    while ahead:
        if end in ahead:
            return True
        seen |= ahead
        ahead = {each for one in ahead for each in waiting.get(one, ())} - seen
    return False
