"""Complete reads of IT Glue into the index."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bridge.engine import Engine, log
from bridge.errors import IncompleteReadError, RateLimitError
from bridge.itglue.kinds import FIELDS, TYPES, assets_of, kind_of
from bridge.itglue.reads import by_ids, read
from bridge.jsonapi import Row
from bridge.mapping.assets import folded
from bridge.mapping.effective import KINDS
from bridge.mapping.traits import ASSET_TAG
from bridge.quota import Lane
from bridge.store import links as link_rows
from bridge.store import streams, suggested
from bridge.store import targets as target_rows
from bridge.store.index import NAME_KINDS, AssetRow
from bridge.store.schema import links

RECORD_KINDS = tuple(KINDS)


def kinds_read(engine: Engine) -> tuple[str, ...]:
    """Give what is read of IT Glue: names, and the records of every kind that the settings do not switch off.

    Of flexible assets each type is a kind of its own, known once it is linked.
    """
    records = (kind for kind in RECORD_KINDS if engine.mapping.reads(kind))
    if not engine.mapping.asset_types:
        return (*NAME_KINDS, *records)
    with engine.db.read() as connection:
        types = [*link_rows.of_kind(connection, TYPES), *suggested.types(connection, _shown(engine))]
    return (*NAME_KINDS, TYPES, *records, *map(assets_of, dict.fromkeys(types)))


def _shown(engine: Engine) -> set[str]:
    """Name the flexible asset types whose assets are suggested."""
    shows = {show for block in engine.mapping.suggesting if block.suggestions for show in block.suggestions.shows}
    return {folded(show.removeprefix(ASSET_TAG)) for show in shows if show.startswith(ASSET_TAG)}


def asset_row(row: Row, kind: str = "", org_id: str = "") -> AssetRow:
    """Give a row as the index stores it; one of a nested list is its parent's, whether it says so or not."""
    own = {str(kind_of(kind).parent_id): org_id} if org_id and kind_of(kind).nested_list else {}
    return AssetRow(
        row.id, {**row.attributes, **own}, tuple((adapter.type, adapter.remote_id) for adapter in row.adapters)
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """A complete read: its rows, and one moment, its beginning, by the database's clock and by the server's."""

    rows: Sequence[Row]
    began_at: float
    server_date: datetime | None


def refresh(engine: Engine, kind: str, *, lane: Lane, org_id: str = "", run: int | None = None) -> Reading:
    """Read a kind completely, of the whole account or of one organization, and raise what the changes concern.

    Raises IncompleteReadError where nothing could be proven, and what the client raises.
    """
    parent = (kind_of(kind).parent or "organizations", org_id) if org_id else None
    number = time.time_ns() // 1000
    rows: list[Row] = []
    changed: list[str] = []
    started = engine.db.now()
    complete = False
    server_date: datetime | None = None
    asked = started
    for chunk in read(engine.itglue, kind, lane=lane, parent=parent, max_wait=engine.patience):
        if chunk.restarted:
            rows, started, number = [], asked, time.time_ns() // 1000
        rows += chunk.rows
        with engine.db.write() as connection:
            now = engine.db.now(connection)
            changed += engine.index.store(
                connection, kind, [asset_row(row, kind, org_id) for row in chunk.rows], now=now, read=number
            )
        engine.on_progress(f"read {kind}", len(chunk.rows))
        engine.beat()
        complete = chunk.complete
        server_date = chunk.began_at
        asked = engine.db.now()
    if not complete:
        raise IncompleteReadError(f"{kind}: the read ended without proof that it saw everything")
    with engine.db.write() as connection:
        target_rows.lock_all(connection)
        now = engine.db.now(connection)
        native_before = engine.index.began_at(connection, kind) > 0
        gone = engine.index.finish(connection, kind, org_id, read=number, began_at=started, now=now)
        if not org_id:
            shown = (TYPES, FIELDS) if kind == TYPES else (kind,)  # fields come with their types
            link_rows.verified(connection, links.c.itglue_type.in_(shown), began=started)
        raised = engine.index.raise_concerned(connection, kind, gone, now=now, new=False, run=run)
        raised += engine.index.raise_concerned(connection, kind, changed, now=now, new=True, run=run)
        raised += suggested.raise_changed(engine.db, connection, kind, engine.mapping.suggesting, now=now)
        if native_before and not org_id and kind in RECORD_KINDS:
            raised += engine.index.raise_native(connection, kind, now=now)
    if raised:
        log.info(
            "index.changed", kind=kind, organization=org_id or None, changed=len(changed), gone=len(gone), raised=raised
        )
        engine.doorbell.ring("backfill")
    return Reading(rows, started, server_date)


def ensure(engine: Engine, kind: str, *, lane: Lane, org_id: str = "", after: float = 0.0) -> bool:
    """Make sure of a complete read that is fresh enough for "none there", and begun after a time; tell whether it read."""
    if _is_fresh(engine, kind, org_id, after):
        return False
    with engine.reading:
        if _is_fresh(engine, kind, org_id, after):
            return True  # another thread has read it meanwhile
        with engine.db.read() as connection:
            known = engine.index.began_at(connection, kind) > 0
        # Without any read of the whole, one organization says nothing about the others: the first read is the whole.
        refresh(engine, kind, lane=lane, org_id=org_id if known else "")
    return True


def _is_fresh(engine: Engine, kind: str, org_id: str, after: float) -> bool:
    with engine.db.read() as connection:
        now = engine.db.now(connection)
        began_at = engine.index.began_at(connection, kind, org_id)
    return began_at > max(now - engine.times.freshness, after)


def ensure_known(engine: Engine, *, lane: Lane) -> None:
    """Make sure that every kind has been read once, so that nothing is judged by an index that is not there.

    Raises RateLimitError while another process does that read.
    """
    if not _unknown(engine):
        return
    with engine.reading:
        for kind in _unknown(engine):
            with engine.db.read() as connection:
                if streams.is_claimed(connection, "itglue", kind, "refresh", now=engine.db.now(connection)):
                    raise RateLimitError(f"{kind} are being read just now", 1.0)
            refresh(engine, kind, lane=lane)


def _unknown(engine: Engine) -> list[str]:
    kinds = kinds_read(engine)
    with engine.db.read() as connection:
        return [kind for kind in kinds if not engine.index.began_at(connection, kind)]


def reread(engine: Engine, kind: str, ids: Sequence[str], *, lane: Lane) -> None:
    """Read single records again, to plan with them at once; what is not there any more leaves the index."""
    rows, missing = _single(engine, kind, ids, lane)
    with engine.db.write() as connection:
        engine.index.store(connection, kind, rows, now=engine.db.now(connection), read=None)
        engine.index.drop(connection, kind, missing)


def look_again(engine: Engine, kind: str, ids: Sequence[str], *, lane: Lane) -> None:
    """Read single records again, and raise what their changes concern, as a complete read does."""
    rows, missing = _single(engine, kind, ids, lane)
    with engine.db.write() as connection:
        target_rows.lock_all(connection)
        now = engine.db.now(connection)
        changed = engine.index.store(connection, kind, rows, now=now, read=None)
        engine.index.drop(connection, kind, missing)
        engine.index.raise_concerned(connection, kind, missing, now=now, new=False)
        engine.index.raise_concerned(connection, kind, changed, now=now, new=True)


def _single(engine: Engine, kind: str, ids: Sequence[str], lane: Lane) -> tuple[list[AssetRow], list[str]]:
    """Give the records of these ids, and the ids that are not there."""
    found = by_ids(engine.itglue, kind, ids, lane=lane, max_wait=engine.patience)
    missing = [itglue_id for itglue_id in ids if itglue_id not in found]
    for itglue_id in list(missing):
        # A list may lag, a single read does not.
        row = engine.itglue.get(kind, itglue_id, lane=lane, max_wait=engine.patience)
        if row is not None:
            found[itglue_id] = row
            missing.remove(itglue_id)
    return [asset_row(row) for row in found.values()], missing
