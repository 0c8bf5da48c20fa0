"""Enriching: words that cost a request per record are read before it is planned, and only for what is planned at all.

They are kept with the record, so that planning again costs nothing, and read again when the record has changed.
"""

from collections.abc import Collection, Iterator, Sequence

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge import poll
from bridge.desired import Desired, Held
from bridge.drain.evaluate import first_of
from bridge.drain.verdicts import Moment
from bridge.drain.work import Row, Work, load
from bridge.engine import Engine, log
from bridge.errors import AuthError, BridgeError, RateLimitError, SideDownError, SourceError
from bridge.mapping.words import DEAR
from bridge.records import Record, Ref
from bridge.store import carried, dear_reads
from bridge.store import targets as target_rows
from bridge.store.schema import payloads, targets

MOST = 50
"""Records of one claim that are enriched before others have their turn."""


def wanted_of(engine: Engine, kind: str) -> frozenset[str]:
    """Give the words of a kind that cost a request per record and that a block reads."""
    dear = DEAR.get(kind, frozenset())
    return dear & engine.mapping.want(kind) if dear else dear


def before(engine: Engine, rows: Sequence[Row]) -> list[Row]:
    """Enrich claimed targets of one block; give those that can be planned. The others are given back, due later.

    A summary is anchored at an organization or a configuration, which has no such words.
    """
    wanted = wanted_of(engine, Ref.parse(rows[0].anchor).kind)
    if not wanted:
        return list(rows)
    with engine.db.read() as connection:
        works = _lacking(engine, connection, rows, wanted, Moment.of(engine, connection))
    if not works:
        return list(rows)
    return _Claim(engine, rows, wanted).enrich(works)


def fill(engine: Engine, connection: Connection, works: Sequence[Work], moment: Moment) -> None:
    """Enrich what a plan of everything computes; raise SourceError where a source does not answer.

    `connection` may see the store as it was, so the words are put into the works too.
    """
    wanted = wanted_of(engine, works[0].ref.kind) if works else frozenset[str]()
    if not wanted:
        return
    rows = [work.target for work in works]
    beside = {work.id: work for work in works}
    for work in _lacking(engine, connection, rows, wanted, moment):
        try:
            added = _read(engine, work, wanted)
        except BridgeError as error:
            raise SourceError(work.ref.source, error) from error
        if added is None:
            _ask_for(engine, work, lane="backfill")
            continue
        _keep(engine, work, added, ())
        beside[work.id].words = {**beside[work.id].words, **added}
        engine.on_progress("enriched", 1)


class _Claim:
    """The targets of one claim while they are enriched; what fails leaves it."""

    def __init__(self, engine: Engine, rows: Sequence[Row], wanted: Collection[str]) -> None:
        self._engine = engine
        self._rows = rows
        self._wanted = wanted
        self._held = {row.id: row.fence for row in rows}
        self._recovered: set[str] = set()

    def enrich(self, works: Sequence[Work]) -> list[Row]:
        self._later([work.id for work in works[MOST:]], 0.0)
        for place, work in enumerate(works[:MOST]):
            if work.id not in self._held:
                continue  # its source is left alone
            rest = [each.id for each in works[place:MOST] if each.ref.source == work.ref.source]
            waiting = poll.paused(self._engine, work.ref.source)
            if waiting > 0.0 or self._engine.stopping():
                self._later(rest, waiting)
            elif self._renewed():
                self._enrich(work, rest)
        return [row for row in self._rows if row.id in self._held]

    def _enrich(self, work: Work, rest: Sequence[int]) -> None:
        engine, source = self._engine, work.ref.source
        try:
            added = _read(engine, work, self._wanted)
        except BridgeError as error:
            if isinstance(error, RateLimitError | AuthError | SideDownError):
                self._later(rest, poll.failed(engine, source, error, work.target.attempts, subject=str(work.ref)))
            else:
                self._again(work, f"{error}")
            return
        if source not in self._recovered:
            self._recovered.add(source)
            poll.source_recovered(engine, source)
        if added is None:
            _ask_for(engine, work, lane=work.target.lane)
            self._again(work, "it was not there when its details were read")
        else:
            _keep(engine, work, added, list(self._held))

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

    def _again(self, work: Work, reason: str) -> None:
        """Give a target back with a try spent: only its own request failed."""
        times, db = self._engine.times, self._engine.db
        gone = {work.id: self._held.pop(work.id)}
        log.warning("enrich.failed", ref=str(work.ref), reason=reason)
        db.transact(
            lambda c: target_rows.retry_later(
                c, gone, reason, now=db.now(c), attempts=times.attempts, backoff=times.backoff
            )
        )


def _lacking(
    engine: Engine, connection: Connection, rows: Sequence[Row], wanted: Collection[str], moment: Moment
) -> list[Work]:
    """Give what passes every rule and has not been read as it is now."""
    ids = [row.mirror_id for row in rows if row.mirror_id is not None]
    due = dear_reads.due(connection, ids, wanted)
    works = load(connection, [row for row in rows if row.mirror_id in due])
    # A value may fail for want of the very words that are still to be read.
    return [
        work
        for work, verdict in zip(works, first_of(engine, connection, works, moment), strict=True)
        if isinstance(verdict, Desired) or (isinstance(verdict, Held) and verdict.code == "bad_value")
    ]


def _read(engine: Engine, work: Work, wanted: Collection[str]) -> dict[str, object] | None:
    """Give the wanted words of a record; None where it is not there any more."""
    with engine.db.read() as connection:
        body = connection.execute(
            sa.select(payloads.c.body).where(payloads.c.mirror_id == work.target.mirror_id)
        ).scalar_one()
    record = Record(work.ref, work.version, work.words, orjson.loads(body))
    found: Iterator[Record] = engine.connectors[work.ref.source].enrich([record], frozenset(wanted))
    enriched = next(found, None)
    return None if enriched is None else {word: enriched.words[word] for word in sorted(wanted)}


def _keep(engine: Engine, work: Work, added: dict[str, object], claimed: Sequence[int]) -> None:
    """Store what was read; whatever else depends on the record is due where it differs."""

    def keep(connection: Connection) -> bool:
        engine.db.lock_source(connection, work.ref.source)
        number = work.target.mirror_id
        others = (targets.c.mirror_id == number) & targets.c.id.not_in(claimed or [work.id])
        target_rows.lock(connection, others)
        dear_reads.done(engine.db, connection, number, work.digest, added)
        words = dear_reads.put(connection, number, added)
        if words is None:
            return False
        carried.enter(connection, {number: Record(work.ref, work.version, words, {})})
        return target_rows.touch(connection, others, now=engine.db.now(connection), lane=work.target.lane) > 0

    if engine.db.transact(keep):
        engine.doorbell.ring(work.target.lane)


def _ask_for(engine: Engine, work: Work, *, lane: str) -> None:
    """Have a record fetched that was not there: a fetch decides whether it is gone."""
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        engine.mirror.hint(connection, [work.ref], due_at=now, lane=lane, why="enrich")
