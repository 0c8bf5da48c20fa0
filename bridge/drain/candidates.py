"""Candidates: which IT Glue record each unlinked target is, within its organization."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.desired import Desired, Excluded
from bridge.drain.traits import title_of
from bridge.drain.work import Work
from bridge.engine import Engine
from bridge.mapping.block import Block
from bridge.mapping.days import as_of
from bridge.matching.keys import UNIQUE, normalise_name, record_keys, record_remarks
from bridge.matching.match import Ambiguous, Asset, Matched, Unlinked, match
from bridge.records import Ref
from bridge.store import decisions
from bridge.store.decisions import NOTHING, Decided
from bridge.store.schema import links, mirror, mirror_keys, payloads, targets


def find(
    engine: Engine, connection: Connection, works: Sequence[Work]
) -> tuple[dict[Ref, Matched | Ambiguous | None], dict[str, dict[str, Any]]]:
    """Match the unlinked works, each within its organization, against all that is unlinked beside them."""
    found: dict[Ref, Matched | Ambiguous | None] = {}
    wanted: dict[str, set[str]] = defaultdict(set)
    groups: dict[tuple[str, str | None], list[Work]] = defaultdict(list)
    for work in works:
        block = work.block
        if block is not None:
            groups[work.kind, work.parent.itglue_id if work.parent else None].append(work)
    for (kind, org_id), members in groups.items():
        records = {
            work.ref: _record(engine, work.ref, work.words, work.decided, work.title, work.block)
            for work in members
            if not work.decided.new
        }
        pool = engine.index.pool(connection, kind, org_id)
        results: dict[Ref, Matched | Ambiguous | None] = {}
        if _may_match(records.values(), pool):  # else all are new, whatever stands beside them
            _add_siblings(engine, connection, members, records)
            first = members[0].block
            order = first.match if first is not None else ("name",)
            results = match(records.values(), pool, order, _carried(connection, members))
        for work in members:
            result = found[work.ref] = results.get(work.ref)
            itglue_id = result.itglue_id if isinstance(result, Matched) else work.decided.pin
            if itglue_id is not None:
                wanted[kind].add(itglue_id)
    seen: dict[str, dict[str, Any]] = {}
    for kind, ids in wanted.items():
        rows = engine.index.get(connection, kind, sorted(ids))
        seen.update((itglue_id, orjson.loads(row.attributes)) for itglue_id, row in rows.items())
    return found, seen


def _may_match(records: Iterable[Unlinked], pool: Iterable[Asset]) -> bool:
    """Tell whether any record is pinned, or has a key in common with any asset."""
    there = {pair for asset in pool for pair in asset.keys}
    return any(
        record.pin is not None or any((key, value) in there for key, values in record.keys.items() for value in values)
        for record in records
    )


def _record(
    engine: Engine, ref: Ref, words: Mapping[str, Any], decided: Decided, title: str = "", block: Block | None = None
) -> Unlinked:
    if block is not None and block.asset_type is not None:  # people tell assets apart by their titles alone
        name = normalise_name(title)
        keys = {"marker": (str(ref),), **({"name": (name,)} if name else {})}
        return Unlinked(ref, keys, decided.pin, decided.bans)
    adapter = engine.connectors[ref.source].type if ref.source == engine.native_source else None
    return Unlinked(ref, record_keys(ref, words, adapter), decided.pin, decided.bans, record_remarks(ref, words))


def _add_siblings(
    engine: Engine, connection: Connection, members: Sequence[Work], records: dict[Ref, Unlinked]
) -> None:
    """Add the other unlinked targets of the same organization: what stands on two records is nobody's key."""
    block, org_target = members[0].target.block, members[0].target.org_target
    here = [targets.c.block == block, links.c.target.is_(None), targets.c.state.not_in(["excluded", "gone"])]
    here.append(mirror.c.gone_at.is_(None))
    if org_target is not None:
        here.append(targets.c.org_target == org_target)
    statement = (
        sa.select(targets.c.id, targets.c.anchor, payloads.c.record)
        .join(mirror, mirror.c.id == targets.c.mirror_id)
        .join(payloads, payloads.c.mirror_id == mirror.c.id)
        .outerjoin(links, links.c.target == targets.c.id)
        .where(*here)
        .order_by(targets.c.id)
    )
    now = engine.db.now(connection)
    last = 0
    while rows := connection.execute(statement.where(targets.c.id > last).limit(1000)).all():
        last = rows[-1].id
        others = [row for row in rows if Ref.parse(row.anchor) not in records]
        decided = decisions.of(connection, [row.id for row in others])
        for row in others:
            ref, mine = Ref.parse(row.anchor), decided.get(row.id, NOTHING)
            words = as_of(ref.kind, orjson.loads(row.record), now)
            if mine.new or words.get("recycled"):
                continue
            mapped = _mapped(engine, block, ref, words, mine, members[0])
            if mapped is not None:
                form = members[0].block
                title = title_of(form.asset_type, mapped) if form is not None and form.asset_type is not None else ""
                records[ref] = _record(engine, ref, words, mine, title, form)


def _mapped(
    engine: Engine,
    block: str,
    ref: Ref,
    words: Mapping[str, Any],
    decided: Decided,
    beside: Work,
) -> Desired | None:
    """Map a sibling; None where a rule keeps it out: then it competes for nothing."""
    if decided.exclude is not None:
        return None
    organization: tuple[Ref, str | None] | None = None
    if ref.kind == "organization":
        organization = (ref, words.get("name"))
    elif beside.parent is not None:
        organization = (beside.parent.ref or ref, beside.parent.name)
    mapped = engine.mapping.block(block, organization).map(words, ref)
    return None if isinstance(mapped, Excluded) else mapped if isinstance(mapped, Desired) else Desired({})


def _carried(connection: Connection, members: Sequence[Work]) -> dict[tuple[str, str, str], int]:
    """Count on how many records of the organization each of these unique values stands, linked ones included."""
    org_target = members[0].target.org_target
    if org_target is None:
        return {}
    values = {
        value
        for work in members
        for key, found in record_keys(work.ref, work.words).items()
        if key in UNIQUE
        for value in found
    }
    counted: dict[tuple[str, str, str], int] = {}
    listed = sorted(values)
    for start in range(0, len(listed), 500):
        rows = connection.execute(
            sa.select(mirror.c.source, mirror_keys.c.key, mirror_keys.c.value, sa.func.count())
            .join(mirror, mirror.c.id == mirror_keys.c.mirror_id)
            .join(targets, targets.c.mirror_id == mirror.c.id)
            .where(
                targets.c.org_target == org_target,
                mirror.c.gone_at.is_(None),
                targets.c.block == members[0].target.block,
            )
            .where(mirror_keys.c.value.in_(listed[start : start + 500]))
            .group_by(mirror.c.source, mirror_keys.c.key, mirror_keys.c.value)
        )
        counted.update({(source, key, value): number for source, key, value, number in rows})
    return counted
