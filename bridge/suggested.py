"""Reading what is suggested: checklists of the account, documents organization by organization.

Nothing else needs them, so that IT Glue refuses them, as it may (api/itglue.md 5.11), holds nothing else up.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from bridge.engine import ITGLUE, Engine, log
from bridge.errors import BridgeError, RateLimitError, SideDownError
from bridge.mapping.suggest import DOCUMENTS as SHOWN
from bridge.quota import Lane
from bridge.refresh import refresh
from bridge.store import suggested
from bridge.store.schema import index_reads, streams

DOCUMENTS = suggested.KINDS[SHOWN]


def kinds(engine: Engine) -> tuple[str, ...]:
    """Name what is read for suggestions alone."""
    shows = {show for block in engine.mapping.suggesting if block.suggestions for show in block.suggestions.shows}
    return tuple(kind for show, kind in suggested.KINDS.items() if show in shows)


def organizations(engine: Engine) -> list[str]:
    """Give the organizations of IT Glue whose documents are read: those with tickets that show them, and shared ones."""
    blocks = [block for block in engine.mapping.suggesting if block.suggestions is not None]
    showing = [block for block in blocks if block.suggestions and SHOWN in block.suggestions.shows]
    rules = [rule for block in showing if block.suggestions for rule in block.suggestions.rules]
    named = {each for rule in rules if rule.show == SHOWN for each in rule.shared}
    with engine.db.read() as connection:
        own = suggested.of_open(connection, [block.id for block in showing])
        shared = suggested.organizations(connection, named).values()
    return list(dict.fromkeys([*own, *sorted(shared)]))


def read(engine: Engine, kind: str, *, lane: Lane, run: int | None = None) -> None:
    """Read a kind anew; raise what reading raises. Organizations without tickets count as unread from here on."""
    if kind != DOCUMENTS:
        refresh(engine, kind, lane=lane, run=run)
        return
    wanted = organizations(engine)
    with engine.db.write() as connection:
        there = index_reads.c.kind == kind
        known = set(connection.execute(sa.select(index_reads.c.org_id).where(there)).scalars())
        for org_id in known - set(wanted):
            connection.execute(sa.delete(index_reads).where(there, index_reads.c.org_id == org_id))
    for org_id in wanted:
        refresh(engine, kind, lane=lane, org_id=org_id, run=run)
        engine.beat()


def ensure_read(engine: Engine, *, lane: Lane, org_ids: Iterable[str] | None = None) -> None:
    """Read what has never been read, documents of these organizations alone (None: of all that show them).

    A refusal is noted and left to the next refresh: what is not read is not suggested, and nothing is taken away for it.
    """
    for kind in kinds(engine):
        wanted = [""] if kind != DOCUMENTS else list(organizations(engine) if org_ids is None else org_ids)
        try:
            with engine.reading:
                for org_id in _unread(engine, kind, wanted):
                    refresh(engine, kind, lane=lane, org_id=org_id)
        except (RateLimitError, SideDownError):
            raise
        except BridgeError as error:
            log.warning("read.failed", subject=f"{ITGLUE}:{kind}", reason=str(error))


def _unread(engine: Engine, kind: str, org_ids: Iterable[str]) -> list[str]:
    with engine.db.read() as connection:
        failing = sa.select(streams.c.kind).where(
            streams.c.source == ITGLUE, streams.c.kind == kind, streams.c.failures > 0
        )
        if connection.execute(failing).first() is not None:
            return []  # its stream tries again, with backoff
        return [org_id for org_id in org_ids if not engine.index.began_at(connection, kind, org_id)]
