"""Who refers to whom: by what a mirrored record names, and by what the tags of a flexible asset name."""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import chunks
from bridge.store.schema import mirror_refs, target_refs, targets

Named = frozenset[tuple[str, str]]
"""Blocks with the anchors of their targets, which may not be there yet."""

_OF = targets.c.id.in_(sa.bindparam("of", expanding=True))
_TAGGED = (targets.c.block == target_refs.c.block) & (targets.c.anchor == target_refs.c.anchor)
_ANY = tuple(
    statement.where(_OF).limit(1)
    for statement in (
        sa.select(mirror_refs.c.mirror_id).join(targets, targets.c.anchor == mirror_refs.c.ref),
        sa.select(target_refs.c.target).join(targets, _TAGGED),
    )
)


def any_to(connection: Connection, on_targets: Sequence[int]) -> bool:
    """Tell whether anything refers to one of these targets."""
    return any(connection.execute(each, {"of": list(on_targets)}).first() is not None for each in _ANY)


def referring_to(on_targets: Sequence[int]) -> sa.ColumnElement[bool]:
    """Give the condition of the targets that refer to one of these."""
    anchors = sa.select(targets.c.anchor).where(targets.c.id.in_(on_targets))
    records = sa.select(mirror_refs.c.mirror_id).where(mirror_refs.c.ref.in_(anchors))
    tagged = targets.alias("tagged")
    tagging = (
        sa.select(target_refs.c.target)
        .join(tagged, (tagged.c.block == target_refs.c.block) & (tagged.c.anchor == target_refs.c.anchor))
        .where(tagged.c.id.in_(on_targets))
    )
    by_record = sa.select(targets.c.id).where(targets.c.mirror_id.in_(records))
    return targets.c.id.in_(sa.union(by_record, tagging))


def other_than(connection: Connection, named: Mapping[int, Named]) -> set[int]:
    """Give the targets of which the store says that their tags name something else than is given here."""
    stored: dict[int, set[tuple[str, str]]] = {target: set() for target in named}
    for part in chunks(sorted(named)):
        for row in connection.execute(sa.select(target_refs).where(target_refs.c.target.in_(part))):
            stored[row.target].add((row.block, row.anchor))
    return {target for target, names in named.items() if names != stored[target]}


def replace(connection: Connection, named: Mapping[int, Collection[tuple[str, str]]]) -> None:
    """Store what the tags of these targets name, in place of what they named before."""
    for part in chunks(sorted(named)):
        connection.execute(sa.delete(target_refs).where(target_refs.c.target.in_(part)))
    rows = [
        {"target": target, "block": block, "anchor": anchor}
        for target, names in sorted(named.items())
        for block, anchor in sorted(names)
    ]
    if rows:
        connection.execute(sa.insert(target_refs), rows)


def rename(connection: Connection, old: str, new: str) -> None:
    """Let whoever names targets of a block name them by its new name."""
    named = target_refs.alias("named")
    twice = sa.exists().where(
        named.c.target == target_refs.c.target, named.c.anchor == target_refs.c.anchor, named.c.block == new
    )
    connection.execute(sa.delete(target_refs).where(target_refs.c.block == old, twice))
    connection.execute(sa.update(target_refs).where(target_refs.c.block == old).values(block=new))
