"""Blocks that come, go or change their names: their targets, and what is refused so that no link is forgotten."""

from collections.abc import Collection, Sequence

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store import meta, referring
from bridge.store import targets as target_rows
from bridge.store.block_key import BlockKey
from bridge.store.database import Database
from bridge.store.schema import links, mirror, targets

RETIRED = "retired_blocks"


def take_up(db: Database, blocks: Sequence[BlockKey]) -> None:
    """Make the targets that blocks lack for what is mirrored already. A retired block comes back so."""

    def enter(connection: Connection) -> None:
        target_rows.lock_all(connection)
        now = db.now(connection)
        for block in blocks:
            connection.execute(_insert(db, block, now))
        back = _retired(connection) & {block.id for block in blocks}
        if back:
            _retire(db, connection, _retired(connection) - back)
            target_rows.touch(connection, targets.c.block.in_(back), now=now, lane="backfill")

    db.transact(enter)


def _insert(db: Database, block: BlockKey, now: float) -> sa.Insert:
    above, its = targets.alias("above"), targets.alias("its")
    owner = mirror.c.ext_id if block.kind == "organization" else mirror.c.org_ext
    organization = (
        sa.select(above.c.id)
        .where(above.c.block == "organizations", above.c.anchor == mirror.c.source + ":organization:" + owner)
        .scalar_subquery()
    )
    where = [mirror.c.kind == block.kind, mirror.c.gone_at.is_(None)]
    if block.source is not None:
        where.append(mirror.c.source == block.source)
    there = sa.exists().where(its.c.block == block.id, its.c.mirror_id == mirror.c.id)
    chosen = sa.select(
        sa.literal(block.id), mirror.c.source + ":" + mirror.c.kind + ":" + mirror.c.ext_id, mirror.c.id,
        sa.literal(block.wave), organization, sa.literal("backfill"), sa.literal(now),
    ).where(*where, ~there)  # fmt: skip
    columns = ["block", "anchor", "mirror_id", "wave", "org_target", "lane", "due_at"]
    statement: sa.Insert = db.insert(targets).from_select(columns, chosen)
    return statement.on_conflict_do_nothing(index_elements=["block", "anchor"])  # type: ignore[attr-defined,no-any-return]  # of both databases


def vanished(connection: Connection, known: Collection[str]) -> list[str]:
    """Give the blocks that have links and are neither known nor retired."""
    kept = [*known, target_rows.NAMES, *_retired(connection)]
    linked = sa.exists().where(links.c.target == targets.c.id)
    statement = sa.select(targets.c.block).where(targets.c.block.not_in(kept), linked).distinct()
    return sorted(connection.execute(statement).scalars())


def rename(db: Database, old: str, new: str) -> int:
    """Give a block's targets to another name; give their number. Raises ValueError where that name has links already."""

    def move(connection: Connection) -> int:
        target_rows.lock_all(connection)
        of_new = sa.select(targets.c.id).where(targets.c.block == new)
        if connection.execute(of_new.where(targets.c.id.in_(sa.select(links.c.target))).limit(1)).first():
            raise ValueError(f'"{new}" has assets of its own already')
        # What was made for the new name since has nothing in IT Glue, and stands in the way.
        connection.execute(sa.update(targets).where(targets.c.block == new).values(block=f"{new} (before {old})"))
        moved = connection.execute(sa.update(targets).where(targets.c.block == old).values(block=new)).rowcount
        referring.rename(connection, old, new)
        target_rows.touch(connection, targets.c.block == new, now=db.now(connection), lane="backfill")
        return moved

    return db.transact(move)


def retire(db: Database, block: str) -> int:
    """Let a block go: its assets stay as they are, its links are kept for when it comes back. Give how many it has."""

    def let_go(connection: Connection) -> int:
        target_rows.lock_all(connection)
        linked = sa.select(sa.func.count()).where(targets.c.block == block, links.c.target == targets.c.id)
        number = int(connection.execute(linked.select_from(targets.join(links))).scalar_one())
        _retire(db, connection, _retired(connection) | {block})
        connection.execute(
            sa.update(targets)
            .where(targets.c.block == block)
            .values(state="excluded", rule="retired", code=None, reason=None, due_at=None, seq=targets.c.seq + 1)
        )
        return number

    return db.transact(let_go)


def _retired(connection: Connection) -> set[str]:
    return set(orjson.loads(meta.get(connection, RETIRED) or "[]"))


def _retire(db: Database, connection: Connection, blocks: Collection[str]) -> None:
    meta.put(db, connection, RETIRED, orjson.dumps(sorted(blocks)).decode())
