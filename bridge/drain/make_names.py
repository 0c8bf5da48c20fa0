"""Making names in IT Glue that mapped records need: types, statuses, manufacturers and their models."""

from collections import defaultdict
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import sqlalchemy as sa

from bridge.drain import make_types, names, send
from bridge.drain.items import Item
from bridge.drain.waiting import enter, hold_still, wait
from bridge.drain.work import Row
from bridge.engine import Engine
from bridge.fingerprint import fingerprint
from bridge.itglue.kinds import FIELDS, TYPE_ID, TYPES, kind_of
from bridge.quota import Lane
from bridge.refresh import ensure
from bridge.store import decisions
from bridge.store import targets as target_rows
from bridge.store.schema import links, targets, writes


def make(engine: Engine, rows: Sequence[Row], *, lane: Lane) -> None:
    """Find each name once more, else make it; models of one manufacturer in one request."""
    for kind in names.kinds_of(rows):
        whole = TYPES if kind == FIELDS else kind  # fields come with their types
        ensure(engine, whole, lane=lane, after=_quiet_of(engine, whole))
    make_types.learn(engine, rows, lane=lane)
    claim = {row.id: row.fence for row in rows}
    by_parent: dict[tuple[str, str], list[Item]] = defaultdict(list)
    with engine.db.write() as connection:
        target_rows.lock_all(connection)
        makers = {names.anchor(name.parent) for name in map(names.read, rows) if name.parent is not None}
        hold_still(connection, _targets_of(connection, makers))
        moment = names.Names(connection)
        now = engine.db.now(connection)
        keeper = make_types.Keeper(engine, connection, moment, now=now)
        for row in sorted(rows, key=lambda each: each.id):
            name = names.read(row)
            if name.kind in make_types.KINDS:
                kept = keeper.decide(row)
                if kept is not None:
                    kept.accepted = _accepted(connection, kept)
                    by_parent[name.kind, str(kept.body.get(TYPE_ID) or "")].append(kept)
                continue
            found = moment.find(name)
            if isinstance(found, str):
                _link(engine, connection, row, name.kind, found, now=now)
                continue
            parent_id = ""
            if name.parent is not None:
                parent = moment.find(name.parent)
                if not isinstance(parent, str):
                    _wait_for(engine, connection, row, parent, now=now)
                    continue
                parent_id = parent
            body = {"name": name.name, **({"manufacturer_id": parent_id} if parent_id else {})}
            item = Item(row, name.kind, "create_name", body, why="a mapped record needs it", wish=body,
                        change_digest=fingerprint(["name", row.anchor]))  # fmt: skip
            item.accepted = _accepted(connection, item)
            by_parent[name.kind, parent_id].append(item)
    for (kind, parent_id), items in by_parent.items():
        above = kind_of(kind).parent
        size = min(50, *(item.row.bulk or 50 for item in items)) if above else 1
        for start in range(0, len(items), size):
            if engine.stopping():
                return
            send.create(
                engine, items[start : start + size],
                claim,
                lane=lane,
                parent=(above, parent_id) if above else None,
            )  # fmt: skip
            engine.on_progress("names made", len(items[start : start + size]))
            engine.beat()
    if any(kind in make_types.KINDS for kind, _ in by_parent):
        make_types.learn(engine, rows, lane=lane)  # the keys of the fields that were made


def _quiet_of(engine: Engine, kind: str) -> float:
    """Give the quiet time of the latest create of a name of this kind whose answer was lost."""
    with engine.db.read() as connection:
        latest = connection.execute(
            sa.select(sa.func.max(writes.c.quiet_at))
            .join(targets, targets.c.id == writes.c.target)
            .where(writes.c.outcome == "resolved", targets.c.anchor.startswith(f"{kind}|"))
        ).scalar()
    return float(latest or 0.0)


def _accepted(connection: sa.Connection, item: Item) -> bool:
    decided = decisions.of(connection, [item.target]).get(item.target)
    return decided is not None and item.change_digest in decided.accepts.values()


def _targets_of(connection: sa.Connection, anchors: AbstractSet[str]) -> Sequence[int]:
    mine = targets.c.anchor.in_(sorted(anchors))
    return connection.execute(sa.select(targets.c.id).where(targets.c.block == names.BLOCK, mine)).scalars().all()


def _link(engine: Engine, connection: sa.Connection, row: Row, kind: str, itglue_id: str, *, now: float) -> None:
    values = {"target": row.id, "itglue_type": kind, "itglue_id": itglue_id, "owns": False, "state": "known"}
    engine.db.upsert(connection, links, [values], "target")
    target_rows.settle(connection, row, "settled", now=now, outcome="equal")


def _wait_for(engine: Engine, connection: sa.Connection, row: Row, parent: names.Missing, *, now: float) -> None:
    if parent.state == "held":
        reason = f'its manufacturer "{parent.name.name}" is held: {parent.reason}'
        if parent.target is not None:
            enter(engine, connection, row.id, [parent.target])
        target_rows.settle(connection, row, "held", now=now, outcome="held", code="parent_held", reason=reason)
    elif parent.target is not None:
        wait(engine, connection, row, [parent.target], now=now)
