"""The records that a summary is about: those of its organization, or those that refer to its configuration."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.drain.work import Work
from bridge.fingerprint import fingerprint
from bridge.mapping.block import Block
from bridge.mapping.days import as_of
from bridge.records import Ref
from bridge.store.schema import mirror, mirror_refs, payloads

PAGE = 500


def summed(connection: Connection, work: Work, block: Block, *, now: float) -> None:
    """Put the records that take part among the words of a summary's anchor; its digest becomes that of all of them."""
    kept: list[Mapping[str, Any]] = []
    digests = [work.digest]
    for ref, words, digest in _records(connection, block, work.ref):
        current = as_of(block.kind, {**words, "ref": str(ref), "source": ref.source, "id": ref.id}, now)
        if block.takes(current, ref) is not False:  # what fails is kept: mapping says why
            kept.append(current)
            digests.append(digest)
    work.words = {**work.words, f"{block.kind}s": kept}
    work.digest = fingerprint(digests)


def _records(connection: Connection, block: Block, anchor: Ref) -> Iterator[tuple[Ref, dict[str, Any], str]]:
    here = [mirror.c.source == anchor.source, mirror.c.kind == block.kind, mirror.c.gone_at.is_(None)]
    if block.per == "organization":
        here.append(mirror.c.org_ext == anchor.id)
    else:
        here.append(mirror.c.id.in_(sa.select(mirror_refs.c.mirror_id).where(mirror_refs.c.ref == str(anchor))))
    statement = (
        sa.select(mirror.c.id, mirror.c.ext_id, mirror.c.digest, payloads.c.record)
        .join(payloads, payloads.c.mirror_id == mirror.c.id)
        .where(*here)
        .order_by(mirror.c.id)
    )
    last = 0
    while rows := connection.execute(statement.where(mirror.c.id > last).limit(PAGE)).all():
        last = rows[-1].id
        for row in rows:
            yield Ref(anchor.source, block.kind, row.ext_id), orjson.loads(row.record), row.digest
