"""What of IT Glue's documentation may be suggested: the items of the index, and the tickets that a change of them concerns."""

from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.itglue.kinds import ASSETS, TYPES
from bridge.mapping.assets import folded
from bridge.mapping.block import Block
from bridge.mapping.suggest import CHECKLISTS, DOCUMENTS, Item, item_of
from bridge.mapping.traits import ASSET_TAG
from bridge.records import Ref
from bridge.store import meta
from bridge.store import targets as target_rows
from bridge.store.database import Database, chunks
from bridge.store.schema import assets, links, mirror_refs, targets

KINDS = {DOCUMENTS: "documents", CHECKLISTS: "checklists"}
"""What is read for suggestions alone, by its tag type."""


def types(connection: Connection, names: Collection[str]) -> list[str]:
    """Give the ids of the flexible asset types that are named so: by folded name, or by id."""
    if not names:
        return []
    rows = connection.execute(sa.select(assets.c.itglue_id, assets.c.attributes).where(assets.c.kind == TYPES))
    named = [(row.itglue_id, folded(str(orjson.loads(row.attributes).get("name") or ""))) for row in rows]
    return [itglue_id for itglue_id, name in named if itglue_id in names or name in names]


def items(connection: Connection, kind: str, org_ids: Collection[str]) -> list[Item]:
    """Give what may be shown of a kind of the index, of these organizations of IT Glue."""
    found = []
    for part in chunks(sorted(org_ids)):
        for row in connection.execute(_items(kind).where(assets.c.org_id.in_(part))):
            # What moves by itself, as `updated_at` does, is newer in its column than among the attributes.
            attributes = {**orjson.loads(row.attributes), "updated_at": row.updated_at}
            item = item_of(kind, row.itglue_id, row.org_id, attributes)
            if item is not None:
                found.append(item)
    return found


def organizations(connection: Connection, named: Collection[str]) -> dict[str, str]:
    """Give the ids of organizations of IT Glue that are named by their exact name or id; a name of several is none."""
    found: dict[str, list[str]] = {}
    if named:
        rows = connection.execute(
            sa.select(assets.c.itglue_id, assets.c.attributes).where(assets.c.kind == "organizations")
        )
        for row in rows:
            for word in {row.itglue_id, str(orjson.loads(row.attributes).get("name") or "").strip()} & set(named):
                found.setdefault(word, []).append(row.itglue_id)
    return {word: ids[0] for word, ids in found.items() if len(ids) == 1}


def of_open(connection: Connection, blocks: Collection[str]) -> list[str]:
    """Give the organizations of IT Glue that have tickets which blocks show."""
    statement = (
        sa.select(links.c.itglue_id)
        .join(targets, targets.c.org_target == links.c.target)
        .where(links.c.itglue_type == "organizations", targets.c.block.in_(blocks))
        .where(targets.c.state.not_in(["excluded", "gone"]))
        .distinct()
    )
    return sorted(connection.execute(statement).scalars(), key=lambda each: (len(each), each))


def raise_changed(db: Database, connection: Connection, kind: str, blocks: Sequence[Block], *, now: float) -> int:
    """Raise the tickets of organizations whose items are not what they were when this was asked last; give their number."""
    mine = [block for block in blocks if block.suggestions is not None and _shows(block, kind)]
    if not mine:
        return 0
    name = f"suggested:{kind}"
    before: dict[str, str] = orjson.loads(meta.get(connection, name) or "{}")
    after = _digests(connection, kind)
    changed = {org for org in before.keys() | after.keys() if before.get(org) != after.get(org)}
    if not changed:
        return 0
    meta.put(db, connection, name, orjson.dumps(after).decode())
    raised = 0
    for block in mine:
        rules = block.suggestions.rules if block.suggestions is not None else ()
        shared = organizations(connection, {each for rule in rules for each in rule.shared}).values()
        own = targets.c.block == block.id
        if changed & set(shared):
            raised += target_rows.touch(connection, own, now=now, lane="backfill")
            continue
        for part in chunks(sorted(changed)):
            above = sa.select(links.c.target).where(links.c.itglue_type == "organizations", links.c.itglue_id.in_(part))
            raised += target_rows.touch(connection, own & targets.c.org_target.in_(above), now=now, lane="backfill")
    return raised


def touch_looking(connection: Connection, block: str, changed: Iterable[Ref], *, now: float) -> None:
    """Raise the tickets of a block whose organization, or one of whose devices, is among changed records."""
    for part in chunks([str(ref) for ref in changed]):
        of_block = targets.c.block == block
        if part[0].split(":")[1] == "organization":
            above = targets.alias("above")
            its = sa.select(above.c.id).where(above.c.block == "organizations", above.c.anchor.in_(part))
            concerned = targets.c.org_target.in_(its)
        else:
            concerned = targets.c.mirror_id.in_(sa.select(mirror_refs.c.mirror_id).where(mirror_refs.c.ref.in_(part)))
        target_rows.touch(connection, of_block & concerned, now=now, lane="backfill")


def _shows(block: Block, kind: str) -> bool:
    shows = block.suggestions.shows if block.suggestions is not None else ()
    if kind.startswith(f"{ASSETS}:"):
        return any(show.startswith(ASSET_TAG) for show in shows)
    return any(KINDS.get(show) == kind for show in shows)


def _items(kind: str) -> sa.Select[Any]:
    return sa.select(assets.c.itglue_id, assets.c.org_id, assets.c.attributes, assets.c.updated_at).where(
        assets.c.kind == kind
    )


def _digests(connection: Connection, kind: str) -> dict[str, str]:
    """Digest, by organization, all of its items that decides what is shown."""
    found: dict[str, Any] = {}
    for row in connection.execute(_items(kind).order_by(assets.c.itglue_id)):
        item = item_of(kind, row.itglue_id, row.org_id, {**orjson.loads(row.attributes), "updated_at": row.updated_at})
        if item is not None:
            digest = found.setdefault(item.org_id, blake2b(digest_size=16))
            digest.update(orjson.dumps([item.id, item.name, item.updated_at.isoformat()]))
    return {org: digest.hexdigest() for org, digest in found.items()}
