"""Stops: limits on what is written unreviewed, counted in the journal inside the transaction that reserves it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.drain.items import Item
from bridge.engine import Engine, StopLimits
from bridge.store import journal as journal_rows
from bridge.store.schema import journal, links

HOUR, DAY = 3600.0, 86_400.0
LOCK = 1


@dataclass(frozen=True, slots=True)
class Stopped:
    """An item that a stop holds."""

    item: Item
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Limit:
    code: str
    word: str
    where: sa.ColumnElement[bool]
    most: int
    seconds: float

    @property
    def key(self) -> tuple[str, float]:
        """Tell limits apart."""
        return self.word, self.seconds

    @property
    def reason(self) -> str:
        """Say what it keeps back, and what lets it pass."""
        span = "an hour" if self.seconds == HOUR else "a day"
        return f"more than {self.most} {self.word} {span}; review a plan and apply it, or accept this one"


def reserve(
    engine: Engine, connection: Connection, items: Sequence[Item], *, now: float
) -> tuple[list[Item], list[Stopped]]:
    """Part items into those that may be written and those that a stop holds.

    The caller enters the first into the journal in the same transaction; the lock keeps everyone else from counting
    between. What a person said yes to passes, and is not counted.
    """
    engine.db.lock(connection, LOCK)
    allowed: list[Item] = []
    stopped: list[Stopped] = []
    shares: dict[str, int] = {}
    room: dict[tuple[str, float], int] = {}
    for item in items:
        limits = [] if item.accepted else _limits(engine.stops, item, connection, shares)
        for limit in limits:
            if limit.key not in room:
                counted = journal_rows.counted(connection, limit.where, since=now - limit.seconds)
                room[limit.key] = limit.most - counted
        full = [limit for limit in limits if room[limit.key] <= 0]
        # What was past a count does not trickle through in the next hour: it is held for the reason that it was.
        before = next((limit for limit in limits if item.row.code == limit.code), None)
        if full:
            stopped.append(Stopped(item, full[-1].code, full[-1].reason))
        elif before is not None:
            stopped.append(Stopped(item, before.code, item.row.reason or before.reason))
        else:
            for limit in limits:
                room[limit.key] -= 1
            allowed.append(item)
    return allowed, stopped


_CREATES = journal.c.verb == "create"
_NAMES = journal.c.verb == "create_name"
_ARCHIVES = journal.c.verb == "archive"


def _limits(stops: StopLimits, item: Item, connection: Connection, shares: dict[str, int]) -> list[_Limit]:
    if item.verb == "create":
        return [
            _Limit("stop_creates", "creates", _CREATES, stops.creates_hour, HOUR),
            _Limit("stop_creates", "creates", _CREATES, stops.creates_day, DAY),
        ]
    if item.verb == "create_name":
        return [
            _Limit("stop_creates", "new names", _NAMES, stops.names_hour, HOUR),
            _Limit("stop_creates", "new names", _NAMES, stops.names_day, DAY),
        ]
    if item.verb == "archive":
        if item.kind not in shares:
            of_kind = sa.select(sa.func.count()).select_from(links).where(links.c.itglue_type == item.kind)
            shares[item.kind] = max(1, int(int(connection.execute(of_kind).scalar_one()) * stops.archives_share))
        archived = sa.select(links.c.target).where(links.c.itglue_type == item.kind)
        kind = item.kind.partition(":")[0].replace("_", " ")
        return [
            _Limit("stop_archives", "archives", _ARCHIVES, stops.archives_hour, HOUR),
            _Limit("stop_archives", "archives", _ARCHIVES, stops.archives_day, DAY),
            _Limit("stop_archives", f"archives of these {kind}", _ARCHIVES & journal.c.target.in_(archived),
                   shares[item.kind], DAY),
        ]  # fmt: skip
    limits = []
    if item.emptied:
        limits.append(_Limit("stop_emptied", "records with a value turned empty", journal.c.emptied.is_(sa.true()),
                             stops.emptied_hour, HOUR))  # fmt: skip
    if item.mapping_made:
        limits.append(_Limit("stop_updates", "updates that only a changed mapping, or changed suggestions, ask for",
                             journal.c.mapping_made.is_(sa.true()), stops.updates_hour, HOUR))  # fmt: skip
    return limits


def flapping(connection: Connection, item: Item, stops: StopLimits, *, now: float) -> str | None:
    """Tell where an attribute flaps between two writers: what we wrote last is written again, over somebody else's."""
    if item.verb != "update" or item.itglue_id is None:
        return None
    recent = journal_rows.recent(connection, item.target, since=now - DAY)
    # An answer that was lost is no proof of a second writer.
    written = [row for row in recent if row.verb == "update" and row.outcome == "written"]
    if len(written) < stops.flaps_day:
        return None
    bodies = [orjson.loads(row.after) if row.after else {} for row in written]
    for name, value in item.body.items():
        again = _written_back([*(body[name] for body in bodies if name in body), value], value)
        if again >= stops.flaps_day:
            return f"{name} has been written back {again} times in a day: somebody else changes it in IT Glue"
    return None


def _written_back(values: Sequence[Any], value: Any) -> int:
    """Count how often a value was written that was the last one written too: another one came from somebody else.

    A source that goes back and forth by itself writes another value each time.
    """
    return sum(1 for before, after in pairwise(values) if before == value == after)
