"""Settling: what a verdict means for the store, and which writes it leaves to be done."""

from collections.abc import Sequence

import orjson
import sqlalchemy as sa

from bridge import planning, steps
from bridge.desired import Excluded, Held
from bridge.drain import names, tagging
from bridge.drain.items import Item
from bridge.drain.verdicts import Gone, Ready, Verdict, Waiting
from bridge.drain.waiting import enter, hold_still, wait
from bridge.drain.work import Work
from bridge.engine import Engine
from bridge.fingerprint import fingerprint
from bridge.itglue.write_shape import tag_ids
from bridge.mapping.blocks import Block
from bridge.planning import Adopt, Archive, Create, Hold, Nothing, Plan, Restore, Update
from bridge.store import decisions, runs
from bridge.store import targets as target_rows
from bridge.store.index import digest_of
from bridge.store.schema import links, targets

Decided = tuple[Work, Verdict]
_EQUAL_LINK = sa.update(links).where(links.c.target == sa.bindparam("of_target"))
_TAKEN = sa.select(links.c.target).where(
    links.c.itglue_type == sa.bindparam("of_kind"),
    links.c.itglue_id == sa.bindparam("of_id"),
    links.c.owns.is_(sa.true()),
    links.c.target != sa.bindparam("but_target"),
)


def settle(engine: Engine, decided: Sequence[Decided], *, run: int | None) -> list[Item]:
    """Settle what needs no write; give the writes."""
    return engine.db.transact(lambda connection: _settle_all(engine, connection, decided, run))


def _settle_all(engine: Engine, connection: sa.Connection, decided: Sequence[Decided], run: int | None) -> list[Item]:
    steps.reached("before settle")
    tagging_others = tagging.changed(connection, [work for work, _ in decided])
    if tagging_others or any(_concerns_others(work, verdict) for work, verdict in decided):
        target_rows.lock_all(connection)
    else:
        target_rows.lock_ends(connection, (work.id for work, _ in decided))
    now = engine.db.now(connection)
    if tagging_others:
        tagging.enter(connection, tagging_others, now=now)
    on = {work.id: _waited_for(engine, connection, work, verdict, run, now=now) for work, verdict in decided}
    hold_still(connection, (target for each in on.values() for target in each))
    decisions.forget_undos(
        connection, [work.id for work, _ in decided if work.decided.undo and not work.undone], at=now
    )
    items: list[Item] = []
    for work, verdict in sorted(decided, key=lambda each: each[0].id):  # one order for everyone who locks rows
        item = _settle(engine, connection, work, verdict, on[work.id], now=now)
        if item is not None:
            items.append(item)
    return items


def _concerns_others(work: Work, verdict: Verdict) -> bool:
    """Tell whether to settle a target locks others before it ends: what it waits for, or asks for."""
    missing = isinstance(verdict, Ready) and bool(verdict.missing)
    return isinstance(verdict, Waiting) or missing or bool(work.held_by)


def _waited_for(
    engine: Engine, connection: sa.Connection, work: Work, verdict: Verdict, run: int | None, *, now: float
) -> tuple[int, ...]:
    """Give the targets without which this one cannot go on; names are asked for here."""
    if isinstance(verdict, Waiting):
        return verdict.on
    if isinstance(verdict, Ready) and verdict.missing:
        asked = names.ask(engine.db, connection, verdict.missing, now=now, lane=work.target.lane, run=work.target.run)
        if run is not None:
            runs.enter(engine.db, connection, run, targets.c.id.in_(list(asked.values())))
        # Not for the manufacturer of a missing model: where that is there already, nothing would be waited for.
        return tuple(asked[names.anchor(name)] for name in verdict.missing)
    return work.held_by


def _settle(
    engine: Engine, connection: sa.Connection, work: Work, verdict: Verdict, on: Sequence[int], *, now: float
) -> Item | None:
    row, rules = work.target, work.block.digest if work.block else None
    notes = orjson.dumps(work.notes).decode() if work.notes else None
    common = {"rules": rules, "notes": notes, "settled_digest": work.digest}
    if isinstance(verdict, Waiting) or (isinstance(verdict, Ready) and verdict.missing):
        wait(engine, connection, row, on, now=now)
    elif isinstance(verdict, Excluded):
        target_rows.settle(connection, row, "excluded", now=now, outcome="excluded", rule=verdict.rule, **common)
    elif isinstance(verdict, Held):
        if on:
            enter(engine, connection, row.id, on)
        target_rows.settle(
            connection, row, "held", now=now, outcome="held", code=verdict.code, reason=verdict.reason, **common
        )
    elif isinstance(verdict, Gone):
        target_rows.settle(
            connection, row, "gone", now=now, outcome="gone", due_at=verdict.due_at, reason=target_rows.GONE, **common
        )
    else:
        return _settle_plan(engine, connection, work, verdict.plan, common, now=now)
    return None


def _settle_plan(
    engine: Engine, connection: sa.Connection, work: Work, plan: Plan, common: dict[str, str | None], *, now: float
) -> Item | None:
    if isinstance(plan, Hold):
        target_rows.settle(
            connection, work.target, "held", now=now, outcome="held", code=plan.code, reason=plan.reason,
            change_digest=planning.change_digest(plan), **common,
        )  # fmt: skip
        return None
    if isinstance(plan, Nothing):
        _equal(connection, work, now=now, **common)
        return None
    if isinstance(plan, Adopt) and not plan.fields:
        if _adopt(engine, connection, work, plan):
            _equal(connection, work, now=now, **common)
        return None
    return _item(work, plan)


def _equal(connection: sa.Connection, work: Work, *, now: float, **common: str | None) -> None:
    row = work.target
    if not target_rows.settle(connection, row, "settled", now=now, outcome="equal", **common):
        return
    if work.link is not None and work.asset is not None:
        seen = {"fingerprint": fingerprint(work.wish), "asset_digest": work.asset_digest}
        archived = work.undone and work.link.archived_by_us
        connection.execute(_EQUAL_LINK, {**seen, "archived": archived, "of_target": row.id})
    if work.decided.accepts:  # what was accepted is so already
        decisions.spend(connection, [row.id], at=now)


def _adopt(engine: Engine, connection: sa.Connection, work: Work, plan: Adopt) -> bool:
    """Link to a record that is equal already; False where another target has just taken it."""
    kind = work.kind
    taken = connection.execute(_TAKEN, {"of_kind": kind, "of_id": plan.itglue_id, "but_target": work.id}).first()
    if taken is not None and plan.owns:
        target_rows.give_back(connection, {work.id: work.target.fence}, due_at=engine.db.now(connection))
        return False
    held = engine.index.get(connection, kind, [plan.itglue_id]).get(plan.itglue_id)
    digest = digest_of(orjson.loads(held.attributes)) if held is not None else None
    values = {
        "target": work.id, "itglue_type": kind, "itglue_id": plan.itglue_id, "owns": plan.owns, "state": "known",
        "made": False, "archived": False, "applied": "{}", "fingerprint": None, "asset_digest": digest,
        "verify_at": None,
    }  # fmt: skip
    engine.db.upsert(connection, links, [values], "target")
    if work.link is not None:  # another id than before: what belongs or refers to it follows
        now = engine.db.now(connection)
        target_rows.touch_referring(connection, [work.id], now=now)
        if kind == "organizations":
            target_rows.touch_children(connection, work.id, now=now, lane=work.target.lane)
    return True


def review_digest(work: Work, plan: Plan) -> str:
    """Digest a change as a person reviews it: names and Refs in place of ids, which the plan itself may still make.

    Of a type that is not made yet nobody knows the keys, so traits go by the names of their fields.
    """
    if isinstance(plan, Hold | Nothing):
        return planning.change_digest(plan)
    changes = {
        work.called.get(name, name): [one.old, work.symbols.get(name, one.new)] for name, one in plan.fields.items()
    }
    itglue_id = None if isinstance(plan, Create) else plan.itglue_id
    return fingerprint([type(plan).__name__.lower(), itglue_id, changes])


def is_mapping_made(work: Work, plan: Plan) -> bool:
    """Tell whether only a changed mapping, or what is suggested by now, asks for an update of a record.

    The record is as it was when it was last settled.
    """
    row, block = work.target, work.block
    if block is None or work.undone or isinstance(plan, Create | Archive | Restore | Hold | Nothing):
        return False
    if row.rules is None or row.settled_digest != work.digest:
        return False
    return row.rules != block.digest or (bool(work.suggested) and work.suggested.issuperset(plan.fields))


def _item(work: Work, plan: Plan) -> Item:
    if isinstance(plan, Hold | Nothing):
        raise TypeError("nothing to write")
    verb = "undo" if work.undone and isinstance(plan, Update) else type(plan).__name__.lower()
    block, row = work.block, work.target
    if block is None:
        raise RuntimeError("a plan without a block")
    digest = review_digest(work, plan)
    return Item(
        row=row,
        kind=work.kind,
        verb=verb,
        body={word: one.new for word, one in plan.fields.items()},
        before={name: tag_ids(one.old) for name, one in plan.fields.items()},
        itglue_id=None if isinstance(plan, Create) else plan.itglue_id,
        why=_why(work, block),
        emptied=bool(getattr(plan, "empties", False)),
        mapping_made=is_mapping_made(work, plan),
        accepted=digest in work.decided.accepts.values(),
        change_digest=digest,
        owns=plan.owns if isinstance(plan, Adopt) else True,
        wish=work.wish,
        notes=work.notes,
        rules=block.digest,
        digest=work.digest,
        undone=work.undone,
        rest=work.rest,
    )


def _why(work: Work, block: Block) -> str:
    if work.undone and work.decided.undo is not None:
        return f"undo of run {work.decided.undo.run}"
    return f"version {work.version}; {block.id} {block.digest[:8]}"
