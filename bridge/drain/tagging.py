"""Tagging: what the tags of flexible assets name is stored, so that an asset follows a record that is linked anew."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.drain import references
from bridge.drain.work import Work
from bridge.store import referring
from bridge.store import targets as target_rows
from bridge.store.schema import targets


def changed(connection: Connection, works: Sequence[Work]) -> list[Work]:
    """Give the works whose tags name something else than the store says."""
    tagging = {work.id: _named(work) for work in works if work.tagged is not None}
    other = referring.other_than(connection, tagging) if tagging else set()
    return [work for work in works if work.id in other]


def enter(connection: Connection, works: Sequence[Work], *, now: float) -> None:
    """Store what the tags of claimed targets name; the caller has locked all targets.

    Until here nobody could know of them. So whoever was planned by a link that has changed since is due again: no other
    would tell.
    """
    claims = {work.id: work.target.fence for work in works}
    rows = connection.execute(sa.select(targets.c.id, targets.c.fence).where(targets.c.id.in_(list(claims))))
    ours = {row.id for row in rows if row.fence == claims[row.id]}
    mine = [work for work in works if work.id in ours]
    referring.replace(connection, {work.id: _named(work) for work in mine})
    wanted = {each for work in mine for each in work.tagged or ()}
    found = references.look_up(connection, wanted) if wanted else {}
    late = [work.id for work in mine if any(found[each] != seen for each, seen in (work.tagged or {}).items())]
    if late:
        target_rows.touch(connection, targets.c.id.in_(late), now=now, lane="backfill")


def _named(work: Work) -> referring.Named:
    return frozenset((block, str(ref)) for block, ref in work.tagged or ())
