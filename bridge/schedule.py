"""The scheduler: claims the streams that are due, does their cycles, and sweeps."""

import threading
import time
from collections.abc import Mapping

from bridge import poll, refresh, suggested
from bridge.engine import Engine, log
from bridge.errors import AuthError, BridgeError, RateLimitError, SideDownError
from bridge.settings.protocol import Protocol
from bridge.store import pauses, runs, streams
from bridge.store.pauses import ITGLUE
from bridge.store.prune import Keep, prune
from bridge.supervise.heartbeat import beat, rest
from bridge.sweep import sweep

PRUNE_EVERY = 3600.0
READERS = 2  # a long snapshot must not keep the live polls waiting


def wanted(engine: Engine) -> list[tuple[str, str, str]]:
    """Name every stream that the settings ask for."""
    names = [
        (source, kind, what)
        for source, connector in engine.connectors.items()
        for kind in engine.mapping.kinds_of(source)
        if kind in connector.kinds
        for what in (("poll", "ids") if kind in connector.per_organization else ("poll", "ids", "snapshot"))
    ]
    kinds = (*refresh.kinds_read(engine), *suggested.kinds(engine))
    return names + [(ITGLUE, kind, "refresh") for kind in kinds]


def intervals(protocol: Protocol) -> Mapping[str, float]:
    """Give how often each `what` is done; polls have theirs per kind."""
    return {"ids": protocol.id_snapshot, "snapshot": protocol.snapshot, "refresh": protocol.refresh}


def every(protocol: Protocol, row: streams.Row) -> float:
    """Give the seconds between two cycles of a stream."""
    return float(getattr(protocol.polls, row.kind)) if row.what == "poll" else intervals(protocol)[row.what]


def cycle(engine: Engine, row: streams.Row, protocol: Protocol) -> None:
    """Do one cycle of a claimed stream, of a source or of IT Glue."""
    seconds = every(protocol, row)
    first = row.last_ok_at is None
    if row.what in {"ids", "snapshot"} and first:
        # The first poll reads everything; a snapshot at the same time would read it twice.
        streams.done(engine.db, row, next_in=seconds)
    elif row.source == ITGLUE:
        refresh_cycle(engine, row, seconds)
    else:
        poll.cycle(engine, row, every=seconds)


def refresh_cycle(engine: Engine, row: streams.Row, seconds: float) -> None:
    """Read one kind of IT Glue completely."""
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        runs.abandon(connection, "refresh", f"{ITGLUE}:{row.kind}", now=now)
        paused = pauses.active(connection, ITGLUE, now=now)
        run = None if paused else runs.start(engine.db, connection, "refresh", f"{ITGLUE}:{row.kind}")
    if run is None:
        streams.done(engine.db, row, next_in=engine.times.backoff_min)
        return
    error: str | None = None
    wait = seconds
    try:
        if row.kind in suggested.kinds(engine):
            suggested.read(engine, row.kind, lane="backfill", run=run)
        else:
            refresh.refresh(engine, row.kind, lane="backfill", run=run)
    except RateLimitError as caught:
        wait = caught.retry_after or engine.times.backoff_min
        error = str(caught)
    except (AuthError, SideDownError) as caught:
        wait, error = engine.times.backoff(row.failures + 1), str(caught)
    except BridgeError as caught:
        log.warning("read.failed", subject=f"{ITGLUE}:{row.kind}", reason=str(caught))
        wait, error = engine.times.backoff(row.failures + 1), str(caught)
    with engine.db.write() as connection:
        runs.read_done(connection, run, now=engine.db.now(connection))
    streams.done(engine.db, row, next_in=wait, error=error)


def serve(engine: Engine, protocol: Protocol, stop: threading.Event, keep: Keep) -> None:
    """Schedule until `stop` is set; what is being read then is given up at its next page."""
    _keep_streams(engine)
    readers = [
        threading.Thread(target=_read, args=(engine, protocol, stop, number), name=f"reader-{number}")
        for number in range(READERS)
    ]
    for reader in readers:
        reader.start()
    try:
        pruned_at = 0.0
        while not stop.is_set():
            _guarded(sweep, engine)
            if time.monotonic() - pruned_at > PRUNE_EVERY:
                pruned_at = time.monotonic()
                _guarded(prune, engine.db, keep)
                _guarded(_keep_streams, engine)  # a flexible asset type that was made meanwhile is read nightly too
            stop.wait(engine.times.sweep)
    finally:
        rest()
        for reader in readers:
            reader.join()


def _keep_streams(engine: Engine) -> None:
    streams.keep(engine.db, wanted(engine))


def _read(engine: Engine, protocol: Protocol, stop: threading.Event, number: int) -> None:
    # The first reader keeps to the polls, so that they are never behind a long snapshot.
    only = {"what": "poll"} if number == 0 else None
    while not stop.is_set():
        beat()
        row = streams.claim(engine.db, owner=f"{engine.owner}:{number}", lease=engine.times.lease, only=only)
        if row is None:
            rest()
            stop.wait(min(1.0, engine.times.sweep))
            continue
        _guarded(cycle, engine, row, protocol)
    rest()


def _guarded(call: object, *arguments: object) -> None:
    """Keep the scheduler alive whatever a pass meets; the outermost loop of its thread."""
    try:
        call(*arguments)  # type: ignore[operator]  # a function of this module
    except Exception:
        log.exception("scheduler.bug")
