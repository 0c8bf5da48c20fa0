"""Reads of the kinds that a source lists organization by organization only: a request for each one that is mapped.

Such a kind tells no changes. Those of an organization are read when the organization is not what it was when they were
read last, and all of them nightly.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.connector import Connector
from bridge.desired import Excluded
from bridge.engine import Engine
from bridge.records import Absent, Page, Record, Ref
from bridge.store import dear_reads
from bridge.store.schema import dear_reads as read_rows
from bridge.store.schema import mirror, payloads, targets

PAGE = 500


@dataclass(frozen=True, slots=True)
class _Organization:
    number: int
    ref: Ref
    digest: str


def pages(engine: Engine, connector: Connector, kind: str, *, everything: bool) -> Iterator[Page]:
    """Read the records below each organization that passes its block's `only`, a page for each; the last is complete.

    With `everything` all of them, and those that the mirror holds records of, whatever the rules say of them now: what
    is read once goes on being read, or it would look gone. Else those alone that have changed since.
    """
    for organization in _due(engine, connector.name, kind, everything=everything):
        found = connector.of_organization(kind, organization.ref)
        records = () if isinstance(found, Absent) else found
        yield Page(records=records, present=tuple(record.ref for record in records))
        # The page is mirrored by whoever asks for the next one.
        with engine.db.write() as connection:
            dear_reads.done(engine.db, connection, organization.number, organization.digest, {kind: None})
    yield Page(complete=True)


def fetch(engine: Engine, connector: Connector, ref: Ref) -> Record | Absent:
    """Find one record among all below its organization."""
    with engine.db.read() as connection:
        organization = connection.execute(
            sa.select(mirror.c.org_ext).where(
                mirror.c.source == ref.source, mirror.c.kind == ref.kind, mirror.c.ext_id == ref.id
            )
        ).scalar()
    if organization is None:
        return Absent(ref)
    found = connector.of_organization(ref.kind, Ref(ref.source, "organization", organization))
    records = () if isinstance(found, Absent) else found
    return next((record for record in records if record.ref == ref), Absent(ref))


def _due(engine: Engine, source: str, kind: str, *, everything: bool) -> Iterator[_Organization]:
    last = 0
    while True:
        with engine.db.read() as connection:
            rows = connection.execute(_organizations(source, kind, last, everything=everything)).all()
            holding = _holding(connection, source, kind, [row.ext_id for row in rows]) if everything else set()
        if not rows:
            return
        for row in rows:
            ref = Ref(source, "organization", row.ext_id)
            if row.ext_id in holding or (row.state != "excluded" and _passes(engine, ref, row.record)):
                yield _Organization(row.id, ref, row.digest)
        last = rows[-1].id


def _organizations(source: str, kind: str, last: int, *, everything: bool) -> sa.Select[tuple[int, str, str, str, str]]:
    of_rule = (targets.c.state == "excluded") & (targets.c.rule == "rollout")  # these are planned, so they are read
    state = sa.case((of_rule, "rollout"), else_=targets.c.state)
    statement = (
        sa.select(mirror.c.id, mirror.c.ext_id, mirror.c.digest, payloads.c.record, state.label("state"))
        .join(payloads, payloads.c.mirror_id == mirror.c.id)
        .outerjoin(targets, (targets.c.mirror_id == mirror.c.id) & (targets.c.block == "organizations"))
        .where(mirror.c.source == source, mirror.c.kind == "organization", mirror.c.gone_at.is_(None))
        .where(mirror.c.id > last)
        .order_by(mirror.c.id)
        .limit(PAGE)
    )
    if everything:
        return statement
    read = (read_rows.c.mirror_id == mirror.c.id) & (read_rows.c.what == kind) & (read_rows.c.digest == mirror.c.digest)
    return statement.where(~sa.exists().where(read))


def _holding(connection: Connection, source: str, kind: str, ext_ids: list[str]) -> set[str]:
    """Give those of the organizations that the mirror holds records of this kind of."""
    rows = connection.execute(
        sa.select(mirror.c.org_ext)
        .distinct()
        .where(mirror.c.source == source, mirror.c.kind == kind, mirror.c.gone_at.is_(None))
        .where(mirror.c.org_ext.in_(ext_ids))
    )
    return {str(org_ext) for org_ext in rows.scalars()}


def _passes(engine: Engine, ref: Ref, record: str) -> bool:
    words = orjson.loads(record)
    if words.get("recycled"):
        return False
    block = engine.mapping.block_for("organizations", words, ref)
    return not isinstance(block.map(words, ref), Excluded)
