"""Creates: as many rows per request as IT Glue answers cleanly."""

import time
from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa

from bridge.drain import send
from bridge.drain.items import Item
from bridge.engine import Engine
from bridge.quota import Lane
from bridge.store import targets as target_rows
from bridge.store.schema import links, targets

MOST_ROWS = 200


class Pace:
    """How many rows a POST may have: 50, twice that after three clean, quick answers, fewer after any other."""

    def __init__(self) -> None:
        self.rows = 50
        self._clean = 0

    def learn(self, *, clean: bool, quick: bool) -> None:
        """Take an answer into account."""
        if not clean:
            self.rows, self._clean = send.smaller(self.rows), 0
            return
        self._clean = self._clean + 1 if quick else 0
        if self._clean >= 3 and self.rows < MOST_ROWS:
            self.rows = 10 if self.rows == 1 else 50 if self.rows == 10 else min(MOST_ROWS, self.rows * 2)
            self._clean = 0


def create(engine: Engine, items: Sequence[Item], claim: send.Claim, *, lane: Lane, pace: Pace) -> None:
    """Make records, those of one organization in one request as far as the pace allows."""
    by_org: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        by_org[item.kind, str(item.body.get("organization_id") or "")].append(item)
    for (kind, org_id), members in by_org.items():
        if _unresolved(engine, kind, org_id, members):
            continue
        position = 0
        while position < len(members) and not engine.stopping():
            size = 1 if kind == "organizations" else pace.rows
            size = min(size, *(item.row.bulk or size for item in members[position : position + size]))
            part = members[position : position + size]
            position += size
            began = time.monotonic()
            clean = send.create(engine, part, claim, lane=lane, parent=("organizations", org_id) if org_id else None)
            if kind != "organizations":  # each in a request of its own, which says nothing about larger ones
                pace.learn(clean=clean, quick=time.monotonic() - began < 5.0)
            engine.on_progress("written", len(part))
            engine.beat()
            if not clean and kind != "organizations":
                _unresolved(engine, kind, org_id, members[position:])
                break


def _unresolved(engine: Engine, kind: str, org_id: str, items: Sequence[Item]) -> bool:
    """Put creates off while another one in the same organization is not answered; tell whether it is so."""
    if not items or kind == "organizations":
        return False
    parents = sa.select(links.c.target).where(links.c.itglue_type == "organizations", links.c.itglue_id == org_id)
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        quiet_at = connection.execute(
            sa.select(sa.func.max(targets.c.due_at)).where(
                targets.c.wave == items[0].row.wave, targets.c.state == "creating", targets.c.org_target.in_(parents),
                targets.c.owner.is_(None) | (targets.c.lease_until < now),
            )
        ).scalar()  # fmt: skip
        if quiet_at is None:
            return False
        held = {item.target: item.row.fence for item in items}
        # A little after it is quiet, so that whoever resolves it comes first.
        target_rows.give_back(connection, held, due_at=max(float(quiet_at), now) + engine.times.backoff_min)
    return True
