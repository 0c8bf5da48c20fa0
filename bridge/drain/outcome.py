"""What an answer means for the store: links, index, journal and targets, in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.drain import intend as intents
from bridge.drain.intend import Intent
from bridge.drain.items import Item
from bridge.drain.stops import Stopped
from bridge.drain.work import NOT_TAKEN, UNTAKEN
from bridge.engine import Engine, log
from bridge.fingerprint import fingerprint
from bridge.itglue.compare import not_taken
from bridge.itglue.kinds import TYPES, assets_of
from bridge.jsonapi import Row as AnswerRow
from bridge.planning.differences import flat
from bridge.planning.sameness import same
from bridge.refresh import RECORD_KINDS, asset_row
from bridge.store import decisions, journal
from bridge.store import links as link_rows
from bridge.store import targets as target_rows
from bridge.store.index import digest_of
from bridge.store.schema import links, targets, writes

_UPDATE_LINK = sa.update(links).where(links.c.target == sa.bindparam("of_target"))


def hold_stopped(engine: Engine, stopped: Sequence[Stopped]) -> None:
    """Hold what a stop keeps back; it stays held until a person accepts it."""
    if not stopped:
        return
    with engine.db.write() as connection:
        target_rows.lock_ends(connection, [each.item.target for each in stopped])
        now = engine.db.now(connection)
        for each in stopped:
            target_rows.settle(
                connection, each.item.row, "held", now=now, outcome="held", code=each.code, reason=each.reason,
                change_digest=each.item.change_digest,
            )  # fmt: skip
    codes = sorted({each.code for each in stopped})
    log.warning("stop.held", codes=codes, targets=len(stopped))


def give_back_lost(engine: Engine, lost: Sequence[Item]) -> None:
    """End claims that lost their fence or whose target changed: what is still ours is due again at once."""
    if lost:
        with engine.db.write() as connection:
            held = {item.target: item.row.fence for item in lost}
            target_rows.give_back(connection, held, due_at=engine.db.now(connection))


def created(engine: Engine, intent: Intent, pairs: Sequence[tuple[Item, AnswerRow]]) -> None:
    """Link what a 201 brought, whoever holds the claim by now; a second record of one target is a duplicate."""

    def enter(connection: Connection) -> None:
        target_rows.lock_ends(connection, [item.target for item, _ in pairs])
        now = engine.db.now(connection)
        _index(engine, connection, pairs, now=now)
        for item, row in sorted(pairs, key=lambda pair: pair[0].target):
            if linked(engine, connection, item, row, now=now) and item.kind == "organizations":
                kinds = (*RECORD_KINDS[1:], *map(assets_of, link_rows.of_kind(connection, TYPES)))
                engine.index.created_organization(connection, row.id, kinds, now=now)
        members = [item.target for item, _ in pairs]
        intents.end_writes(connection, intent, members, "answered")
        journal.answer(
            connection, intent.batch, dict.fromkeys(members, "written"), {item.target: row.id for item, row in pairs}
        )
        decisions.spend(connection, members, at=now)

    engine.db.transact(enter)


def linked(
    engine: Engine, connection: Connection, item: Item, row: AnswerRow, *, now: float, found: bool = False
) -> bool:
    """Enter one created record: link, and the end of the claim where it is still ours; False for a duplicate.

    One that was `found` after its answer was lost is linked, counts as written, and is planned again.
    """
    if found:
        _index(engine, connection, [(item, row)], now=now)
    existing = target_rows.link_of(connection, item.target)
    if existing is not None and existing.itglue_id != row.id:
        reason = f"two records were made for it: {existing.itglue_id} is linked, {row.id} is not; archive one by hand"
        log.error("duplicate.found", target=item.row.anchor, linked=existing.itglue_id, other=row.id)
        target_rows.hold(connection, item.target, "duplicate_made", reason, now=now)
        return False
    # What was found later may have been changed by a person meanwhile, which says nothing of what IT Glue takes.
    dropped = {} if found else _dropped(item, row)
    applied = {**item.body, **({NOT_TAKEN: dropped} if dropped else {})}
    values = {
        "target": item.target, "itglue_type": item.kind, "itglue_id": row.id, "owns": True, "state": "known",
        "made": True, "applied": orjson.dumps(applied).decode(), "fingerprint": fingerprint(dict(item.wish)),
        "asset_digest": digest_of(row.attributes), "verify_at": None,
    }  # fmt: skip
    engine.db.upsert(connection, links, [values], "target")
    if found:
        target_rows.record_outcome(connection, item.target, item.row.seq, "written")
        decisions.spend(connection, [item.target], at=now)
        _linked_now(connection, item, now=now)
        target_rows.give_back(
            connection, {item.target: item.row.fence}, due_at=now, state="pending", attempts=0, bulk=None
        )
    elif not settle_written(connection, item, dropped, now=now) and not _valid(connection, [item]):
        # Whoever has the claim by now has planned without this link, and must not send what it planned.
        target_rows.touch(connection, targets.c.id == item.target, now=now, lane=item.row.lane)
    return True


def _index(engine: Engine, connection: Connection, pairs: Sequence[tuple[Item, AnswerRow]], *, now: float) -> None:
    """Enter what an answer shows into the index; all of a request is of one kind."""
    if pairs:
        engine.index.store(connection, pairs[0][0].kind, [asset_row(row) for _, row in pairs], now=now, read=None)


def settle_written(connection: Connection, item: Item, dropped: Mapping[str, Any], *, now: float) -> bool:
    """End the claim of a target that was written, and let go what waited for it; False where it has changed meanwhile."""
    notes = {**item.notes, **dict.fromkeys(dropped, UNTAKEN)}
    settled = target_rows.settle(
        connection, item.row, "settled", now=now, outcome="written", rules=item.rules, settled_digest=item.digest,
        bulk=None, notes=orjson.dumps(notes).decode() if notes else None,
    )  # fmt: skip
    if not settled or item.verb in {"create", "adopt"}:
        _linked_now(connection, item, now=now)
    if dropped:
        log.warning("attributes.not_taken", target=item.row.anchor, attributes=sorted(dropped))
    return settled


def _linked_now(connection: Connection, item: Item, *, now: float) -> None:
    """Let go what waited for this target to get a link, and tell of its id what belongs or refers to it."""
    target_rows.release_waiting(connection, [item.target], now=now)
    if item.verb not in {"create", "adopt"}:
        return
    target_rows.touch_referring(connection, [item.target], now=now)
    if item.kind == "organizations":
        target_rows.touch_children(connection, item.target, now=now, lane=item.row.lane)


def updated(engine: Engine, intent: Intent, pairs: Sequence[tuple[Item, AnswerRow]]) -> None:
    """Enter what a 200 brought for updates, adoptions, archives and restores."""

    def enter(connection: Connection) -> None:
        target_rows.lock_ends(connection, [item.target for item, _ in pairs])
        now = engine.db.now(connection)
        ours = _valid(connection, [item for item, _ in pairs])
        valid = [item.target for item, _ in pairs if item.target in ours]
        intents.end_writes(connection, intent, valid, "answered")
        intents.end_writes(connection, intent, [item.target for item, _ in pairs if item.target not in ours], "unknown")
        shown = engine.index.get(connection, intent.items[0].kind, [row.id for _, row in pairs])
        _index(engine, connection, pairs, now=now)
        for item, row in sorted(pairs, key=lambda pair: pair[0].target):
            _apply(connection, item, row, known=item.target in ours, now=now)
            before = shown.get(row.id)
            if before is not None and _changed_beside(item, orjson.loads(before.attributes), row.attributes):
                target_rows.touch(connection, targets.c.id == item.target, now=now, lane=item.row.lane)
        journal.answer(connection, intent.batch, {item.target: "written" for item, _ in pairs})
        decisions.spend(connection, [item.target for item, _ in pairs], at=now)

    engine.db.transact(enter)


def _changed_beside(item: Item, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether an answer shows what somebody else has changed: it was planned without that, and no read finds it new."""
    names = (item.wish.keys() | {"archived", "organization_id", "psa_integration"}) - item.body.keys()
    if item.rest is not None:
        before, after = flat(before), flat(after)
        return any(not same(name, before.get(name), after.get(name)) for name in names)
    return any(before.get(name) != after.get(name) for name in names)


def _valid(connection: Connection, items: Sequence[Item]) -> set[int]:
    by_target = {item.target: item.row.fence for item in items}
    rows = connection.execute(sa.select(targets.c.id, targets.c.fence).where(targets.c.id.in_(list(by_target))))
    return {row.id for row in rows if row.fence == by_target[row.id]}


def _apply(connection: Connection, item: Item, row: AnswerRow, *, known: bool, now: float) -> None:
    link = target_rows.link_of(connection, item.target)
    dropped = _dropped(item, row)
    if link is not None and link.itglue_id == row.id:
        before = orjson.loads(link.applied)
        kept = {name: value for name, value in before.get(NOT_TAKEN, {}).items() if name not in item.body}
        written = {} if item.undone else item.body
        mine = {name: value for name, value in before.items() if not item.undone or name not in item.body}
        applied = {name: value for name, value in {**mine, **written}.items() if name != NOT_TAKEN}
        if dropped or kept:
            applied[NOT_TAKEN] = {**kept, **dropped}
        values: dict[str, Any] = {
            "applied": orjson.dumps(applied).decode(),
            "fingerprint": fingerprint(dict(item.wish)),
            "asset_digest": digest_of(row.attributes),
            "archived": item.verb == "archive",
        }
        connection.execute(_UPDATE_LINK, {**values, "of_target": item.target})
    if known:
        intents.know(connection, item.target)
    if item.verb == "archive" and not item.undone:
        target_rows.settle(
            connection, item.row, "gone", now=now, outcome="gone", rules=item.rules, settled_digest=item.digest,
            reason=target_rows.GONE,
        )  # fmt: skip
        return
    settle_written(connection, item, dropped, now=now)
    if "organization_id" in item.body:  # who stands in another organization may not refer to it
        target_rows.touch_referring(connection, [item.target], now=now)


def _dropped(item: Item, row: AnswerRow) -> dict[str, Any]:
    """Give what was sent and did not come back, so that it is not sent again while the source says the same."""
    missed = not_taken(item.sent, row.attributes)
    lost = sorted(name for name in missed if name not in item.body)
    if lost:  # traits that are not ours: read, sent back, and shown otherwise
        log.error("traits.lost", target=item.row.anchor, itglue_id=row.id, traits=lost)
    return {name: item.body[name] for name in missed if name in item.body}


def refused(engine: Engine, intent: Intent, item: Item, code: str, reason: str) -> None:
    """Hold a single row that IT Glue refused."""

    def enter(connection: Connection) -> None:
        target_rows.lock_ends(connection, [item.target])
        now = engine.db.now(connection)
        intents.end_writes(connection, intent, [item.target], "void")
        journal.answer(connection, intent.batch, {item.target: "refused"})
        intents.restore_links(connection, intent)
        target_rows.settle(
            connection, item.row, "held", now=now, outcome="held", code=code, reason=reason, bulk=None,
            rules=item.rules,
        )  # fmt: skip

    engine.db.transact(enter)
    log.warning("write.refused", target=item.row.anchor, code=code, reason=reason)


def unknown(engine: Engine, intent: Intent, error: str, *, bulk: int | None, due_at: float | None = None) -> None:
    """Leave writes unanswered: creates stay `creating` until quiet, the rest is read again at `verify_at`."""

    def enter(connection: Connection) -> None:
        target_rows.lock_ids(connection, intent.held)
        now = engine.db.now(connection)
        intents.end_writes(connection, intent, list(intent.held), "unknown")
        journal.answer(connection, intent.batch, dict.fromkeys(intent.held, "unknown"))
        quiet_at = connection.execute(
            sa.select(sa.func.max(writes.c.quiet_at)).where(writes.c.batch == intent.batch)
        ).scalar() or now  # fmt: skip
        for item in sorted(intent.items, key=lambda each: each.target):
            connection.execute(
                sa.update(targets)
                .where(targets.c.id == item.target, targets.c.fence == item.row.fence)
                .values(owner=None, lease_until=0.0, starts=0, last_error=error, bulk=bulk,
                        due_at=quiet_at if due_at is None else due_at)
            )  # fmt: skip

    engine.db.transact(enter)
    log.warning("write.unknown", batch=intent.batch, targets=len(intent.items), reason=error)
