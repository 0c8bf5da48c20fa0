"""Decisions: what people said about single targets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.store.database import chunks
from bridge.store.schema import decisions

VERBS = ("pin", "ban", "new", "exclude", "accept", "undo")


@dataclass(frozen=True, slots=True)
class Undone:
    """A run that a person had undone; `basis` digests the record and the mapping that it holds for."""

    run: int
    basis: str | None


@dataclass(slots=True)
class Decided:
    """What stands for one target: the latest pin, new or exclude, the bans, and the accepts not spent yet.

    A ban takes back a pin of the same record, and a pin a ban.

    `accepts` maps a hold code to the digest of the change that was accepted (None: whatever that code holds). An undo
    stands until the next decision but an accept.
    """

    pin: str | None = None
    new: bool = False
    exclude: str | None = None
    bans: frozenset[str] = frozenset()
    accepts: dict[str, str | None] = field(default_factory=dict)
    undo: Undone | None = None

    def accepted(self, code: str, change_digest: str | None) -> bool:
        """Tell whether a person has said yes to this change."""
        return code in self.accepts and self.accepts[code] in {None, change_digest}


NOTHING = Decided()


def of(connection: Connection, targets: Sequence[int]) -> dict[int, Decided]:
    """Give what stands for each of the targets; those without a decision are left out."""
    found: dict[int, Decided] = {}
    for part in chunks(targets):
        rows = connection.execute(
            sa.select(decisions)
            .where(decisions.c.target.in_(part), decisions.c.used_at.is_(None))
            .order_by(decisions.c.id)
        )
        for row in rows:
            decided = found.setdefault(row.target, Decided())
            if row.verb == "undo":
                decided.undo = Undone(int(row.code), row.change_digest)
                continue
            if row.verb != "accept":
                decided.undo = None
            if row.verb == "ban":
                decided.bans |= {row.itglue_id}
                if decided.pin == row.itglue_id:
                    decided.pin = None
            elif row.verb == "accept":
                decided.accepts[row.code or ""] = row.change_digest
            else:  # the latest of these replaces the others
                decided.pin = row.itglue_id if row.verb == "pin" else None
                decided.bans -= {decided.pin}
                decided.new = row.verb == "new"
                decided.exclude = (row.why or "") if row.verb == "exclude" else None
    return found


def decide(connection: Connection, target: int, verb: str, *, by: str, at: float, **values: Any) -> None:
    """Store what a person said."""
    connection.execute(sa.insert(decisions).values(target=target, verb=verb, by=by, at=at, **values))


def accept(
    connection: Connection, changes: Iterable[tuple[int, str, str | None]], *, by: str, at: float, why: str
) -> None:
    """Store a yes to each of many changes, given as (target, hold code, change digest)."""
    rows = [
        {"target": target, "verb": "accept", "by": by, "at": at, "why": why, "code": code, "change_digest": digest}
        for target, code, digest in changes
    ]
    if rows:
        connection.execute(sa.insert(decisions), rows)


def undo(connection: Connection, run: int, bases: Mapping[int, str], *, by: str, at: float, why: str) -> None:
    """Store that a run is undone for each of the targets, given with what that rests on; it replaces earlier undos."""
    forget_undos(connection, list(bases), at=at)
    rows = [
        {"target": target, "verb": "undo", "by": by, "at": at, "why": why, "code": str(run), "change_digest": basis}
        for target, basis in bases.items()
    ]
    if rows:
        connection.execute(sa.insert(decisions), rows)


def forget_undos(connection: Connection, targets: Sequence[int], *, at: float) -> None:
    """Use up the undos of targets whose record or mapping has changed since."""
    _use_up(connection, targets, "undo", at=at)


def spend(connection: Connection, targets: Sequence[int], *, at: float) -> None:
    """Use up the accepts of targets that have been written."""
    _use_up(connection, targets, "accept", at=at)


def _use_up(connection: Connection, targets: Sequence[int], verb: str, *, at: float) -> None:
    for part in chunks(targets):
        connection.execute(
            sa.update(decisions)
            .where(decisions.c.target.in_(part), decisions.c.verb == verb, decisions.c.used_at.is_(None))
            .values(used_at=at)
        )
