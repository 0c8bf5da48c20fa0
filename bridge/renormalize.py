"""Payloads stored by an older release, turned into records again by a newer normalizer, without asking the source."""

import orjson
import sqlalchemy as sa

from bridge.engine import Engine, log
from bridge.store import runs
from bridge.store.schema import mirror, payloads

PAGE = 500


def renormalize(engine: Engine) -> int:
    """Normalize anew what an older normalizer has made; give how many records have changed by it."""
    changed = 0
    for source, connector in engine.connectors.items():
        for kind in connector.kinds:
            changed += _of_kind(engine, source, kind)
    if changed:
        log.info("records.renormalized", changed=changed)
    return changed


def _of_kind(engine: Engine, source: str, kind: str) -> int:
    connector = engine.connectors[source]
    older = [mirror.c.source == source, mirror.c.kind == kind, payloads.c.normalizer < connector.normalizer]
    changed, last, run = 0, 0, None
    while True:
        with engine.db.write() as connection:
            rows = connection.execute(
                sa.select(mirror.c.id, mirror.c.read_started_at, payloads.c.body)
                .join(payloads, payloads.c.mirror_id == mirror.c.id)
                .where(*older, mirror.c.id > last, mirror.c.gone_at.is_(None))
                .order_by(mirror.c.id)
                .limit(PAGE)
            ).all()
            if rows and run is None:
                run = runs.start(engine.db, connection, "renormalize", f"{source}:{kind}")
            if not rows:
                if run is not None:
                    runs.read_done(connection, run, now=engine.db.now(connection))
                return changed
            ids = [row.id for row in rows]
            connection.execute(
                sa.update(payloads).where(payloads.c.mirror_id.in_(ids)).values(normalizer=connector.normalizer)
            )
        last = ids[-1]
        records = [connector.normalize(kind, orjson.loads(row.body)) for row in rows]
        started = max(row.read_started_at for row in rows)
        written = engine.mirror.write(
            records, read_started_at=started, run=run or 0, lane="backfill", normalizer=connector.normalizer
        )
        changed += len(written.changed)
