"""Enriching: words that cost a request per record are read before it is planned, and only for what is planned at all.

They are kept with the record, so that planning again costs nothing, and read again when the record has changed. What a
summary is about is enriched like what stands for itself.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge import poll
from bridge.desired import Desired, Held
from bridge.drain import contributors
from bridge.drain.contributors import Contributor
from bridge.drain.evaluate import first_of
from bridge.drain.verdicts import Gone, Moment, Ready, Verdict
from bridge.drain.work import Row, Work, all_targets, load
from bridge.engine import Engine, log
from bridge.errors import AuthError, BridgeError, RateLimitError, SideDownError, SourceError
from bridge.mapping.block import Block
from bridge.mapping.words import DEAR
from bridge.records import Record
from bridge.store import carried, dear_reads
from bridge.store import targets as target_rows
from bridge.store.schema import payloads, targets

MOST = 50
"""Records of one claim that are enriched before others have their turn."""


@dataclass(frozen=True, slots=True)
class _Unread:
    """A record of which something wanted has not been read as it is now, and the targets that are not planned before."""

    record: Contributor
    asking: tuple[int, ...]
    lane: str
    attempts: int

    @classmethod
    def of(cls, record: Contributor, works: Sequence[Work]) -> "_Unread":
        attempts = max(work.target.attempts for work in works)
        return cls(record, tuple(work.id for work in works), works[0].target.lane, attempts)


def wanted_of(block: Block) -> frozenset[str]:
    """Give the words of a block's records that cost a request per record."""
    return block.want & DEAR.get(block.kind, frozenset())


def before(engine: Engine, rows: Sequence[Row]) -> list[Row]:
    """Enrich claimed targets of one block; give those that can be planned. The others are given back, due later."""
    block = engine.mapping.block(rows[0].block)
    if not wanted_of(block):
        return list(rows)
    with engine.db.read() as connection:
        unread = _unread(engine, connection, block, rows, Moment.of(engine, connection))
    if not unread:
        return list(rows)
    return _Claim(engine, rows, wanted_of(block)).enrich(unread)


def fill(engine: Engine, connection: Connection, block: Block, moment: Moment) -> None:
    """Enrich all that a plan computes of a block; raise SourceError where a source does not answer."""
    wanted = wanted_of(block)
    for rows in all_targets(connection, block.id):
        for each in _unread(engine, connection, block, rows, moment):
            if not _is_due(engine, each.record, wanted):
                continue  # it has been read for another block
            try:
                added = _read(engine, each.record, wanted)
            except BridgeError as error:
                raise SourceError(each.record.ref.source, error) from error
            if added is None:
                _ask_for(engine, each.record, lane="backfill")
                continue
            _keep(engine, each, added, ())
            engine.on_progress("enriched", 1)


class _Claim:
    """The targets of one claim while they are enriched; what fails leaves it."""

    def __init__(self, engine: Engine, rows: Sequence[Row], wanted: frozenset[str]) -> None:
        self._engine = engine
        self._rows = rows
        self._wanted = wanted
        self._held = {row.id: row.fence for row in rows}
        self._recovered: set[str] = set()

    def enrich(self, unread: Sequence[_Unread]) -> list[Row]:
        turn, others = unread[:MOST], unread[MOST:]
        for place, each in enumerate(turn):
            if not self._held.keys() & set(each.asking):
                continue  # its source is left alone
            source = each.record.ref.source
            rest = [target for one in unread[place:] if one.record.ref.source == source for target in one.asking]
            waiting = poll.paused(self._engine, source)
            if waiting > 0.0 or self._engine.stopping():
                self._later(rest, waiting)
            elif self._renewed() and _is_due(self._engine, each.record, self._wanted):
                self._enrich(each, rest)
        self._later([target for each in others for target in each.asking], 0.0)
        return [row for row in self._rows if row.id in self._held]

    def _enrich(self, each: _Unread, rest: Sequence[int]) -> None:
        engine, ref = self._engine, each.record.ref
        try:
            added = _read(engine, each.record, self._wanted)
        except BridgeError as error:
            if isinstance(error, RateLimitError | AuthError | SideDownError):
                self._later(rest, poll.failed(engine, ref.source, error, each.attempts, subject=str(ref)))
            else:
                self._again(each, f"{ref}: {error}")
            return
        if ref.source not in self._recovered:
            self._recovered.add(ref.source)
            poll.source_recovered(engine, ref.source)
        if added is None:
            _ask_for(engine, each.record, lane=each.lane)
            self._again(each, f"{ref} was not there when its details were read")
        else:
            _keep(engine, each, added, list(self._held))

    def _renewed(self) -> bool:
        """Extend the claim before a request; what another worker has taken over leaves it."""
        engine, mine = self._engine, self._held
        until = engine.times.lease

        def renew(connection: Connection) -> set[int]:
            return target_rows.renew(connection, mine, until=engine.db.now(connection) + until)

        ours = engine.db.transact(renew)
        self._held = {target: fence for target, fence in mine.items() if target in ours}
        engine.beat()
        return bool(ours)

    def _later(self, ids: Sequence[int], seconds: float) -> None:
        """Give targets back without a try spent."""
        gone = {target: self._held.pop(target) for target in ids if target in self._held}
        if gone:
            db = self._engine.db
            db.transact(lambda c: target_rows.give_back(c, gone, due_at=db.now(c) + seconds))

    def _again(self, each: _Unread, reason: str) -> None:
        """Give targets back with a try spent: only the request for this record failed."""
        times, db = self._engine.times, self._engine.db
        gone = {target: self._held.pop(target) for target in each.asking if target in self._held}
        log.warning("enrich.failed", ref=str(each.record.ref), reason=reason)
        db.transact(
            lambda c: target_rows.retry_later(
                c, gone, reason, now=db.now(c), attempts=times.attempts, backoff=times.backoff
            )
        )


def _unread(engine: Engine, connection: Connection, block: Block, rows: Sequence[Row], moment: Moment) -> list[_Unread]:
    """Give the records of targets that pass every rule, where something has not been read of them as they are now."""
    wanted = wanted_of(block)
    if block.per != "record":
        works = load(connection, rows)
        verdicts = first_of(engine, connection, works, moment)
        passing = [work for work, verdict in zip(works, verdicts, strict=True) if _sums_up(work, verdict)]
        found = contributors.unread(connection, block, passing, wanted, moment.now)
        return [_Unread.of(record, asking) for record, asking in found]
    due = dear_reads.due(connection, [row.mirror_id for row in rows if row.mirror_id is not None], wanted)
    works = load(connection, [row for row in rows if row.mirror_id in due])
    return [
        _Unread.of(Contributor(work.target.mirror_id, work.ref, work.version, work.digest, work.words), [work])
        for work, verdict in zip(works, first_of(engine, connection, works, moment), strict=True)
        if isinstance(verdict, Desired) or _lacks_a_word(verdict)
    ]


def _lacks_a_word(verdict: Desired | Verdict) -> bool:
    """Tell whether a value may have failed for want of the very words that are still to be read."""
    return isinstance(verdict, Held) and verdict.code == "bad_value"


def _sums_up(work: Work, verdict: Desired | Verdict) -> bool:
    """Tell whether a summary is planned at all; whether it counts as gone may hang on what is still to be read."""
    planned = isinstance(verdict, Desired) or _lacks_a_word(verdict)
    return work.gone_at is None and (planned or isinstance(verdict, Gone | Ready))


def _is_due(engine: Engine, record: Contributor, wanted: Collection[str]) -> bool:
    with engine.db.read() as connection:
        return bool(dear_reads.due(connection, [record.number], wanted))


def _read(engine: Engine, record: Contributor, wanted: Collection[str]) -> dict[str, object] | None:
    """Give the wanted words of a record; None where it is not there any more."""
    with engine.db.read() as connection:
        body = connection.execute(sa.select(payloads.c.body).where(payloads.c.mirror_id == record.number)).scalar_one()
    known = Record(record.ref, record.version, record.words, orjson.loads(body))
    found: Iterator[Record] = engine.connectors[record.ref.source].enrich([known], frozenset(wanted))
    enriched = next(found, None)
    return None if enriched is None else {word: enriched.words[word] for word in sorted(wanted)}


def _keep(engine: Engine, unread: _Unread, added: dict[str, object], claimed: Sequence[int]) -> None:
    """Store what was read; whatever else wants such words of the record, before or after, is due where it differs."""
    record = unread.record
    ref, number = record.ref, record.number
    wanting = [block.id for block in engine.mapping.blocks if block.kind == ref.kind and block.want & added.keys()]
    summaries = engine.mirror.summaries

    def keep(connection: Connection) -> bool:
        engine.db.lock_source(connection, ref.source)
        target_rows.lock_all(connection)  # before what was read, as whoever has it read again does
        dear_reads.done(engine.db, connection, number, record.digest, added)
        told = summaries.concerned(connection, ref.source, ref.kind, [number], dear=True)
        words = dear_reads.put(connection, number, added)
        if words is None:
            return False
        carried.enter(connection, {number: Record(ref, record.version, words, {})})
        told |= summaries.concerned(connection, ref.source, ref.kind, [number], dear=True)
        mine = (targets.c.mirror_id == number) & targets.c.block.in_(wanting)
        now, lane = engine.db.now(connection), unread.lane
        others = target_rows.touch(connection, mine & targets.c.id.not_in(claimed), now=now, lane=lane)
        return others + summaries.touch(connection, told, now=now, lane=lane, besides=claimed) > 0

    if engine.db.transact(keep):
        engine.doorbell.ring(unread.lane)


def _ask_for(engine: Engine, record: Contributor, *, lane: str) -> None:
    """Have a record fetched that was not there: a fetch decides whether it is gone."""
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        engine.mirror.hint(connection, [record.ref], due_at=now, lane=lane, why="enrich")
