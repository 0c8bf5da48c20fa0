"""Reads of the sources: one cycle of a stream, and single fetches, into the mirror."""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from bridge import below, steps
from bridge.connector import Connector
from bridge.engine import Engine, log
from bridge.errors import (
    AuthError,
    BridgeError,
    IncompleteReadError,
    RateLimitError,
    SideDownError,
)
from bridge.records import Absent, Page, Ref
from bridge.store import dear_reads, fetches, meta, pauses, runs, streams, vanished
from bridge.store import targets as target_rows
from bridge.store.database import chunks
from bridge.store.schema import mirror, targets


def cycle(engine: Engine, row: streams.Row, *, every: float) -> int | None:
    """Do one cycle of a claimed stream; give its run, None where the source is paused or failed."""
    connector = engine.connectors[row.source]
    with engine.db.write() as connection:
        if pauses.active(connection, row.source, now=engine.db.now(connection)):
            run = None
        else:
            runs.abandon(connection, row.what, f"{row.source}:{row.kind}", now=engine.db.now(connection))
            run = runs.start(engine.db, connection, row.what, f"{row.source}:{row.kind}")
    if run is None:
        streams.done(engine.db, row, next_in=min(every, engine.times.backoff_min))
        return None
    try:
        _read(engine, connector, row, run)
    except BridgeError as error:
        wait = failed(engine, row.source, error, row.failures, subject=f"{row.source}:{row.kind}")
        streams.done(engine.db, row, next_in=wait, error=str(error))
        _end_read(engine, run)
        return None
    source_recovered(engine, row.source)
    _end_read(engine, run)
    streams.done(engine.db, row, next_in=every)
    return run


def _end_read(engine: Engine, run: int) -> None:
    with engine.db.write() as connection:
        runs.read_done(connection, run, now=engine.db.now(connection))


def _read(engine: Engine, connector: Connector, row: streams.Row, run: int) -> None:
    want = engine.mapping.want(row.kind)
    if row.kind in connector.per_organization:
        pages = below.pages(engine, connector, row.kind, everything=row.what != "poll")
    elif row.what == "poll":
        pages = connector.changes(row.kind, row.watermark, want)
    else:
        pages = connector.snapshot(row.kind, want, ids_only=row.what == "ids")
    # What is read per organization has no watermark: its first read alone is no live one.
    later = row.last_ok_at is not None if row.kind in connector.per_organization else row.watermark
    lane = "live" if row.what == "poll" and later else "backfill"
    complete = False
    for started_at, page in _timed(engine, pages):
        mirrored(engine, connector, page, run=run, lane=lane, started_at=started_at)
        complete = page.complete
        engine.beat()
        if not streams.renew(engine.db, row, lease=engine.times.lease):
            raise IncompleteReadError(f"{row.source}:{row.kind}: another process has taken this read over")
        if page.watermark and row.what != "ids":
            steps.reached("before watermark")
            streams.move(engine.db, row, page.watermark)
    if row.what == "poll":
        if complete:
            _left_the_bin(engine, row, run, lane)
        return
    if not complete:
        raise IncompleteReadError(f"{row.source}:{row.kind}: the read ended without proof that it saw everything")
    missing(engine, row.source, row.kind, run)
    if row.what == "snapshot":
        with engine.db.write() as connection:
            now, summaries = engine.db.now(connection), engine.mirror.summaries
            ids = dear_reads.again(connection, row.source, row.kind, want, now=now, run=run)
            asking = summaries.asking(connection, row.source, row.kind, ids, now=now)
            summaries.touch(connection, asking, now=now, lane="backfill", run=run)


def _left_the_bin(engine: Engine, row: streams.Row, run: int, lane: str) -> None:
    """Ask for what was in the recycle bin and was not listed there: a restoring may move no stamp (api/connectwise.md 7.6)."""
    left = vanished.from_the_bin(engine.db, row.source, row.kind, run)
    if left:
        with engine.db.write() as connection:
            engine.mirror.hint(connection, left, due_at=engine.db.now(connection), lane=lane, why="recycled")
        engine.doorbell.ring("live")


def _timed(engine: Engine, pages: Iterator[Page]) -> Iterator[tuple[float, Page]]:
    """Give each page with a time before it was asked for."""
    while True:
        started_at = engine.db.now()
        page = next(pages, None)
        if page is None:
            return
        yield started_at, page


def mirrored(
    engine: Engine,
    connector: Connector,
    page: Page,
    *,
    run: int,
    lane: str,
    started_at: float,
    fetched: bool = False,
) -> None:
    """Store one page, with all that follows from it: hints, and the children of organizations that were recycled."""
    written = engine.mirror.write(
        page.records, read_started_at=started_at, run=run, lane=lane, normalizer=connector.normalizer, fetched=fetched
    )
    hints = engine.mirror.not_recycled(page.hints)
    if page.present and not page.records:
        hints += engine.mirror.seen(page.present, run=run)
    if hints:
        with engine.db.write() as connection:
            engine.mirror.hint(connection, hints, due_at=engine.db.now(connection), lane=lane, why="list")
    for organization in written.recycled:
        for kind in connector.kinds:
            if kind != "organization" and kind not in connector.per_organization:
                _reread(engine, connector, engine.mirror.children(organization, kind), run=run, lane=lane)
    if written.changed:
        engine.doorbell.ring(lane)
    engine.on_progress("mirrored", written.seen or len(page.present))


def _reread(engine: Engine, connector: Connector, refs: list[Ref], *, run: int, lane: str) -> None:
    """Read records again whose organization was merged away: the merge leaves their change stamps alone."""
    for part in chunks(refs, 100):
        started_at = engine.db.now()
        records = tuple(connector.reread(part))
        engine.mirror.write(
            records, read_started_at=started_at, run=run, lane=lane, normalizer=connector.normalizer, fetched=True
        )


def missing(engine: Engine, source: str, kind: str, run: int) -> None:
    """Draw the conclusions from what a complete read did not show."""
    found = vanished.look(engine.db, source, kind, run, share=engine.stops.shrunken_share)
    name = f"shape:{source}:{kind}"
    with engine.db.write() as connection:
        engine.db.lock_source(connection, source)
        target_rows.lock_all(connection)
        now = engine.db.now(connection)
        accepted = meta.get(connection, f"{name}:accepted")
        if found.shape and found.shape != accepted:
            first = not meta.get(connection, name)
            meta.put(engine.db, connection, name, found.shape)
            for part in chunks(found.ids):
                _hold_shape(connection, part, found.shape, now=now)
            vanished.mark_absent(connection, found.ids, now=now, gap=1e18)
            if first:
                log.warning("source.shape_changed", source=source, kind=kind, reason=found.shape)
            return
        if meta.get(connection, name):
            meta.put(engine.db, connection, name, "")
            held = (targets.c.state == "held") & (targets.c.code == "shape_changed")
            target_rows.touch(connection, held & _of_source(source), now=now, lane="backfill")
        twice = vanished.mark_absent(connection, found.ids, now=now, gap=engine.times.gone_gap)
        refs = [Ref(*each) for each in twice]
        engine.mirror.hint(connection, refs, due_at=now, lane="backfill", why="gone")


def _of_source(source: str) -> sa.ColumnElement[bool]:
    return targets.c.anchor.startswith(f"{source}:", autoescape=True)


def _hold_shape(connection: sa.Connection, mirror_ids: Sequence[int], reason: str, *, now: float) -> None:
    mine = targets.c.mirror_id.in_(mirror_ids) & targets.c.state.in_(["pending", "waiting", "settled", "held", "gone"])
    affected = connection.execute(sa.select(targets.c.id, targets.c.code).where(mine).order_by(targets.c.id)).all()
    for row in affected:
        if row.code != "shape_changed":
            target_rows.hold(connection, row.id, "shape_changed", reason, now=now)


def fetch_due(engine: Engine, *, limit: int = 50) -> int:
    """Do the fetches that are due; give their number."""
    if not engine.connectors:
        return 0
    claimed_at = engine.db.now()
    rows = fetches.claim(
        engine.db, owner=engine.owner, lease=engine.times.lease, limit=limit, sources=list(engine.connectors)
    )
    if not rows:
        return 0
    with engine.db.write() as connection:
        run = runs.start(engine.db, connection, "fetch", f"{len(rows)} records")
    for row in rows:
        if engine.db.now() - claimed_at > engine.times.lease:
            break  # the rest is due again, for whoever comes first
        waiting = paused(engine, Ref.parse(row.ref).source)
        if waiting > 0.0:
            fetches.again(engine.db, row, due_in=waiting)
        else:
            _fetch(engine, row, run)
        engine.beat()
    _end_read(engine, run)
    return len(rows)


def paused(engine: Engine, source: str) -> float:
    """Give for how many seconds a source is still left alone."""
    with engine.db.read() as connection:
        return pauses.left(connection, source, now=engine.db.now(connection))


def _fetch(engine: Engine, row: fetches.Row, run: int) -> None:
    ref = Ref.parse(row.ref)
    connector = engine.connectors[ref.source]
    started_at = engine.db.now()
    try:
        below_one = ref.kind in connector.per_organization
        found = below.fetch(engine, connector, ref) if below_one else connector.fetch(ref)
    except BridgeError as error:
        fetches.again(engine.db, row, due_in=failed(engine, ref.source, error, row.attempts, subject=str(ref)),
                      attempts=row.attempts + 1)  # fmt: skip
        return
    source_recovered(engine, ref.source)
    if not isinstance(found, Absent):
        page = Page(records=(found,))
        mirrored(engine, connector, page, run=run, lane=row.lane, started_at=started_at, fetched=True)
        fetches.done(engine.db, row)
        return
    first_at = row.absent_at if row.absent_at is not None else started_at
    if row.why == "gone" or (row.absent_at is not None and started_at - first_at >= engine.times.confirm_gap):
        gone(engine, ref, started_at=started_at, run=run, lane=row.lane)
        fetches.done(engine.db, row)
    else:
        # A deletion message can come while the record still answers, and a role can hide it for a moment.
        left = first_at + engine.times.confirm_gap - started_at
        fetches.again(engine.db, row, due_in=left, absent_at=first_at)


def gone(engine: Engine, ref: Ref, *, started_at: float, run: int, lane: str) -> None:
    """Note that a fetch begun at this time did not find a record, unless a later read has; make its targets due."""
    with engine.db.write() as connection:
        engine.db.lock_source(connection, ref.source)
        target_rows.lock_all(connection)  # the summaries that it is part of are told
        now = engine.db.now(connection)
        mirror_id = connection.execute(
            sa.update(mirror)
            .where(mirror.c.source == ref.source, mirror.c.kind == ref.kind, mirror.c.ext_id == ref.id)
            .where(mirror.c.gone_at.is_(None), mirror.c.read_started_at <= started_at)
            .values(gone_at=now)
            .returning(mirror.c.id)
        ).scalar_one_or_none()
        if mirror_id is None:
            return
        target_rows.touch(connection, targets.c.mirror_id == mirror_id, now=now, lane=lane, run=run)
        told = engine.mirror.summaries.concerned(connection, ref.source, ref.kind, [mirror_id])
        engine.mirror.summaries.touch(connection, told, now=now, lane=lane, run=run)
        runs.enter(engine.db, connection, run, targets.c.mirror_id == mirror_id)
    log.info("record.gone", ref=str(ref))
    engine.doorbell.ring(lane)


def failed(engine: Engine, source: str, error: BridgeError, failures: int, *, subject: str) -> float:
    """Say what follows from a failed read: how long to wait, and whether the whole source is paused."""
    times = engine.times
    engine.on_failed(source, error)
    if isinstance(error, RateLimitError):
        return error.retry_after if error.retry_after is not None else times.backoff(failures + 1)
    if isinstance(error, AuthError) and engine.renew_credentials(source):
        return times.backoff_min
    if isinstance(error, AuthError | SideDownError):
        code = "auth" if isinstance(error, AuthError) else "down"
        fresh, seconds = pauses.pause(
            engine.db, source, code, str(error), minimum=times.backoff_min, maximum=min(times.backoff_max, 300.0)
        )
        if engine.says_lost(source, fresh=fresh):
            log.error("source.lost", source=source, code=code, reason=str(error))
        return seconds
    log.warning("read.failed", subject=subject, reason=str(error))
    return times.backoff(failures + 1)


def source_recovered(engine: Engine, source: str) -> None:
    """Lift the pause of a source that answers again, and say so once."""
    since = pauses.lift(engine.db, source)
    engine.lost.discard(source)
    if since is not None:
        log.info("source.recovered", source=source, seconds=round(engine.db.now() - since))


def source_shape(connection: sa.Connection, source: str, kinds: tuple[str, ...]) -> str | None:
    """Give why nothing of a source may be archived: a read of it that looked as if a role hid records."""
    for kind in kinds:
        reason = meta.get(connection, f"shape:{source}:{kind}")
        if reason and reason != meta.get(connection, f"shape:{source}:{kind}:accepted"):
            return reason
    return None
