"""Links as people carry them: which record of IT Glue each record is, given out, and taken in where each can be so."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.drain import asset_types
from bridge.drain.names import Names
from bridge.engine import Engine
from bridge.itglue.kinds import ASSETS
from bridge.refresh import ensure_known, look_again, refresh
from bridge.store import decisions, journal
from bridge.store import targets as target_rows
from bridge.store.database import Database, chunks
from bridge.store.schema import links, targets

PAGE = 500


@dataclass(frozen=True, slots=True)
class Given:
    """One link: `ref` and `block` name the target; `made` by the bridge, `owns` the record, `archived` by the bridge."""

    ref: str
    block: str
    itglue_type: str
    itglue_id: str
    made: bool = False
    owns: bool = True
    archived: bool = False


def given(db: Database) -> Iterator[Given]:
    """Give every link of a record, organizations first; names find their records again by themselves."""
    last = (-1, 0)
    while True:
        with db.read() as connection:
            after = sa.tuple_(targets.c.wave, targets.c.id) > sa.tuple_(*map(sa.literal, last))
            statement = (
                sa.select(targets.c.wave, targets.c.id, targets.c.anchor, targets.c.block, links)
                .join(links, links.c.target == targets.c.id)
                .where(targets.c.mirror_id.is_not(None), after)
                .order_by(targets.c.wave, targets.c.id)
                .limit(PAGE)
            )
            rows = connection.execute(statement).all()
        for row in rows:
            yield Given(
                row.anchor, row.block, row.itglue_type, row.itglue_id, bool(row.made), bool(row.owns),
                bool(row.archived),
            )  # fmt: skip
        if len(rows) < PAGE:
            return
        last = (rows[-1].wave, rows[-1].id)


def take(engine: Engine, wanted: Sequence[Given]) -> list[str | None]:
    """Store links; give for each, in order, why it was refused, None where it is so now.

    Nothing is written to IT Glue. What is linked is planned anew: only what differs is written by then.
    """
    types = _types(engine, {each.block for each in wanted})
    found: list[str | None] = [
        None if each.block in types else f'there is no block "{each.block}": {", ".join(types)}' for each in wanted
    ]
    known = [place for place, refusal in enumerate(found) if refusal is None]
    # Organizations come first: where their records belong is told by them.
    known.sort(key=lambda place: types[wanted[place].block][0])
    for part in chunks(known, PAGE):
        members = [wanted[place] for place in part]
        _read_unknown(engine, members)
        with engine.db.write() as connection:
            target_rows.lock_all(connection)
            for place, each in zip(part, members, strict=True):
                found[place] = _take(engine, connection, each, types[each.block][1])
    return found


def _types(engine: Engine, named: AbstractSet[str]) -> dict[str, tuple[int, str]]:
    """Give the wave and the kind in IT Glue of each block; the assets that the named ones write are read once.

    The kind of flexible assets ends with the id of their type, with ":" where IT Glue has no such type.
    """
    ensure_known(engine, lane="live")
    with engine.db.read() as connection:
        names = Names(connection)
        kinds = {
            block.id: asset_types.view(names, block).kind if block.asset_type is not None else block.itglue_type
            for block in engine.mapping.blocks
        }
        began = {kind: engine.index.began_at(connection, kind) for kind in kinds.values()}
    for block in sorted(named & kinds.keys()):
        kind = kinds[block]
        if kind.startswith(f"{ASSETS}:") and kind != f"{ASSETS}:" and not began[kind]:
            began[kind] = refresh(engine, kind, lane="live").began_at
    return {block.id: (block.wave, kinds[block.id]) for block in engine.mapping.blocks}


def _read_unknown(engine: Engine, members: Sequence[Given]) -> None:
    """Read at IT Glue what the index does not know: it may have been made since."""
    by_kind: dict[str, set[str]] = {}
    for each in members:
        by_kind.setdefault(each.itglue_type, set()).add(each.itglue_id)
    for kind, ids in by_kind.items():
        with engine.db.read() as connection:
            if not engine.index.began_at(connection, kind):
                continue
            there = engine.index.get(connection, kind, sorted(ids))
        missing = sorted((each for each in ids - there.keys() if is_id(each)), key=int)
        if missing:
            look_again(engine, kind, missing, lane="live")


def is_id(text: str) -> bool:
    """Tell whether a text can be an id of IT Glue."""
    return text.isascii() and text.isdigit()


def _take(engine: Engine, connection: Connection, each: Given, itglue_type: str) -> str | None:
    row = connection.execute(
        sa.select(targets).where(targets.c.block == each.block, targets.c.anchor == each.ref)
    ).first()
    if row is None or row.mirror_id is None:
        return f"{each.ref} has not been read: look at the reference, or at what the PSA shows"
    refusal = _refusal(engine, connection, each, itglue_type, row)
    if refusal is not None:
        return refusal
    link = target_rows.link_of(connection, row.id)
    if link is not None:
        same = (link.itglue_type, link.itglue_id) == (each.itglue_type, each.itglue_id)
        return None if same else f"{each.ref} is linked to {link.itglue_id} already"
    now = engine.db.now(connection)
    values = {
        "target": row.id, "itglue_type": each.itglue_type, "itglue_id": each.itglue_id, "owns": each.owns,
        "state": "known", "made": each.made, "archived": each.archived,
    }  # fmt: skip
    connection.execute(sa.insert(links).values(**values))
    journal.deed(connection, "link", each.ref, at=now, who=engine.who, why="links import",
                 after={"itglue_type": each.itglue_type, "itglue_id": each.itglue_id})  # fmt: skip
    target_rows.touch(connection, targets.c.id == row.id, now=now, lane="backfill")
    target_rows.release_waiting(connection, [row.id], now=now)
    target_rows.touch_referring(connection, [row.id], now=now)
    if each.itglue_type == "organizations":
        target_rows.touch_children(connection, row.id, now=now, lane="backfill")
    return None


def _refusal(engine: Engine, connection: Connection, each: Given, itglue_type: str, row: target_rows.Row) -> str | None:
    if itglue_type == f"{ASSETS}:":
        return f"IT Glue has no flexible asset type of the block {each.block}"
    if each.itglue_type != itglue_type:
        return f"{each.block} are {itglue_type} in IT Glue, not {each.itglue_type}"
    if not is_id(each.itglue_id):
        return f"{each.itglue_id!r} is no id of IT Glue"
    if row.state == "creating":
        return f"{each.ref} is being created: its answer is awaited"
    asset = engine.index.get(connection, itglue_type, [each.itglue_id]).get(each.itglue_id)
    if asset is None:
        return f"IT Glue has no {itglue_type} {each.itglue_id}"
    decided = decisions.of(connection, [row.id]).get(row.id)
    if decided is not None and each.itglue_id in decided.bans:
        return f"a person banned {each.itglue_id} for {each.ref}"
    owner = connection.execute(
        sa.select(targets.c.anchor)
        .join(links, links.c.target == targets.c.id)
        .where(links.c.itglue_type == itglue_type, links.c.itglue_id == each.itglue_id, links.c.owns.is_(sa.true()))
        .where(targets.c.id != row.id)
    ).scalar()
    if owner is not None and each.owns:
        return f"{each.itglue_id} belongs to {owner} already"
    return None if itglue_type == "organizations" else _stranger(connection, each, row, asset)


def _stranger(connection: Connection, each: Given, row: target_rows.Row, asset: target_rows.Row) -> str | None:
    parent = None if row.org_target is None else target_rows.link_of(connection, row.org_target)
    if parent is None:
        return f"the organization of {each.ref} is not linked: link that first"
    if parent.itglue_id != asset.org_id:
        return f"{each.itglue_id} is at organization {asset.org_id} in IT Glue, {each.ref} at {parent.itglue_id}"
    return None


def as_row(each: Given) -> Mapping[str, str | bool]:
    """Give a link by the words of the file."""
    return {
        "ref": each.ref, "block": each.block, "itglue_type": each.itglue_type, "itglue_id": each.itglue_id,
        "made": each.made, "owns": each.owns, "archived": each.archived,
    }  # fmt: skip
