"""Creates whose answer is not known: what they made, found by a complete read begun after they were quiet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.drain import outcome
from bridge.drain.items import Item
from bridge.drain.names import read as read_name
from bridge.drain.send import marker_of, sent_of
from bridge.drain.work import Row
from bridge.engine import Engine, log
from bridge.fingerprint import fingerprint
from bridge.itglue import pairing
from bridge.itglue.kinds import TYPE_ID, assets_of
from bridge.jsonapi import Row as AnswerRow
from bridge.quota import Lane
from bridge.refresh import Reading, refresh
from bridge.store import journal
from bridge.store import targets as target_rows
from bridge.store.index import linked_ids
from bridge.store.schema import targets, writes


def resolve(engine: Engine, rows: Sequence[Row], *, lane: Lane) -> None:
    """Resolve claimed targets that are `creating` past their quiet time."""
    with engine.db.read() as connection:
        intents = {row.id: _last_intent(connection, row.id) for row in rows}
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        intent = intents[row.id]
        if intent is None:
            with engine.db.write() as connection:
                now = engine.db.now(connection)
                target_rows.give_back(connection, {row.id: row.fence}, due_at=now, state="pending")
            continue
        body = orjson.loads(intent.body)
        above = next((body[word] for word in _ABOVE if body.get(word)), "")
        groups[_kind(row, body), str(above)].append(row)
    for (kind, org_id), members in groups.items():
        _pair(engine, kind, members, intents, refresh(engine, kind, lane=lane, org_id=org_id))


_ABOVE = ("organization_id", "manufacturer_id", TYPE_ID)


def _kind(row: Row, body: Mapping[str, Any]) -> str:
    if row.block == target_rows.NAMES:
        return read_name(row).kind
    return assets_of(str(body[TYPE_ID])) if body.get(TYPE_ID) else str(row.block)


def _last_intent(connection: Connection, target: int) -> Any:
    return connection.execute(
        sa.select(writes)
        .where(writes.c.target == target, writes.c.verb.in_(["create", "create_name"]))
        .order_by(writes.c.id.desc())
        .limit(1)
    ).first()


def _pair(
    engine: Engine,
    kind: str,
    members: Sequence[Row],
    intents: dict[int, Any],
    found: Reading,
) -> None:
    with engine.db.write() as connection:
        target_rows.lock_ends(connection, [row.id for row in members])
        now = engine.db.now(connection)
        ours = {
            row.id
            for row in members
            if connection.execute(
                sa.select(targets.c.id).where(targets.c.id == row.id, targets.c.fence == row.fence)
            ).first()
        }
        open_rows = []
        for row in members:
            if row.id not in ours:
                continue
            link = target_rows.link_of(connection, row.id)
            if link is not None:
                _late(engine, connection, _item(row, kind, intents[row.id]), intents[row.id], found, link, now=now)
            else:
                open_rows.append(row)
        items = [_item(row, kind, intents[row.id]) for row in open_rows]
        posted = min((intents[row.id].posted_at for row in open_rows), default=now)
        result = _resolved(connection, items, found.rows, found, posted)
        for position, answer in result.rows.items():
            item, row = items[position], open_rows[position]
            _end(connection, intents[row.id], "resolved", "resolved", answer.id)
            outcome.linked(engine, connection, item, answer, now=now, found=True)
        for position in result.absent:
            _end(connection, intents[open_rows[position].id], "resolved", "refused")
            row = open_rows[position]
            target_rows.give_back(connection, {row.id: row.fence}, due_at=now, state="pending", attempts=0)
        for position, several in result.unclear.items():
            row = open_rows[position]
            _end(connection, intents[row.id], "resolved", "unknown")
            ids = ", ".join(answer.id for answer in several)
            reason = f"its create was not answered, and these could be it: {ids}; pin one, or ban all and say new"
            target_rows.hold(connection, row.id, "create_unclear", reason, now=now)
    log.info(
        "creates.resolved", kind=kind, made=len(result.rows), not_made=len(result.absent), unclear=len(result.unclear)
    )


def _resolved(
    connection: Connection, items: Sequence[Item], rows: Sequence[AnswerRow], found: Reading, posted: float
) -> pairing.Resolution:
    kind = items[0].kind if items else ""
    return pairing.resolve(
        [sent_of(item) for item in items],
        rows,
        marker_of,
        linked=linked_ids(connection, kind, {row.id for row in rows}),
        not_before=pairing.not_before(
            datetime.fromtimestamp(posted, UTC),
            read_at=datetime.fromtimestamp(found.began_at, UTC),
            server_date=found.server_date,
        ),
    )


def _late(
    engine: Engine, connection: Connection, item: Item, intent: Any, found: Reading, link: Row, *, now: float
) -> None:
    """End a create whose target a late answer has linked meanwhile; another record that it made is a duplicate."""
    answered = sa.select(writes.c.id).where(writes.c.id == intent.id, writes.c.outcome == "answered")
    if connection.execute(answered).first() is not None:  # the late answer was its own
        target_rows.give_back(connection, {item.target: item.row.fence}, due_at=now, state="pending", attempts=0)
        return
    others = [row for row in found.rows if row.id != link.itglue_id]
    result = _resolved(connection, [item], others, found, intent.posted_at)
    made = [*result.rows.values(), *(row for several in result.unclear.values() for row in several)]
    _end(connection, intent, "resolved", "resolved" if made else "refused", made[0].id if made else None)
    if made:
        outcome.linked(engine, connection, item, made[0], now=now, found=True)
    else:
        target_rows.give_back(connection, {item.target: item.row.fence}, due_at=now, state="pending", attempts=0)


def _item(row: Row, kind: str, intent: Any) -> Item:
    body = orjson.loads(intent.body)
    return Item(
        row, kind, intent.verb, body, wish=body, rules=row.rules if row.seq == intent.seq else None,
        change_digest=fingerprint(body),
    )  # fmt: skip


def _end(
    connection: Connection, intent: Any, outcome_word: str, journal_word: str, itglue_id: str | None = None
) -> None:
    connection.execute(
        sa.update(writes)
        .where(writes.c.target == intent.target, writes.c.id <= intent.id, writes.c.verb == intent.verb)
        .values(outcome=outcome_word)
    )
    ids = {intent.target: itglue_id} if itglue_id else None
    journal.answer(connection, intent.batch, {intent.target: journal_word}, ids)
