"""The records that a summary is about: those of its organization, of a configuration's those that name it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.drain.work import Work
from bridge.fingerprint import fingerprint
from bridge.mapping.block import Block
from bridge.mapping.blocks import organization_of
from bridge.mapping.days import as_of
from bridge.mapping.words import DEAR
from bridge.records import Ref
from bridge.store import dear_reads
from bridge.store.schema import mirror, mirror_refs, payloads

PAGE = 500


@dataclass(frozen=True, slots=True)
class Contributor:
    """A record that takes part in summaries, as the mirror holds it; `number` is the mirror's."""

    number: int
    ref: Ref
    version: int
    digest: str
    words: Mapping[str, Any]


def summed(connection: Connection, work: Work, block: Block, *, now: float) -> None:
    """Put the records that take part among the words of a summary's anchor.

    The digest becomes that of all of them, and of the words that the digest of a record leaves out.
    """
    where: list[sa.ColumnElement[bool]] = []
    if block.per == "configuration":
        where.append(mirror.c.id.in_(sa.select(mirror_refs.c.mirror_id).where(mirror_refs.c.ref == str(work.ref))))
    dear = sorted(block.want & DEAR[block.kind])
    kept: list[Mapping[str, Any]] = []
    digests: list[Any] = [work.digest]
    for each in _taking_part(connection, block, work, where, now):
        kept.append({**each.words, "ref": str(each.ref), "source": each.ref.source, "id": each.ref.id})
        digests.append([each.digest, *(each.words.get(word) for word in dear)])
    work.words = {**work.words, f"{block.kind}s": kept}
    work.digest = fingerprint(digests)


def unread(
    connection: Connection, block: Block, works: Sequence[Work], wanted: frozenset[str], now: float
) -> Iterator[tuple[Contributor, list[Work]]]:
    """Give the records of which something wanted has not been read as they are now, with the summaries that ask for it.

    Until its devices are read a ticket may name any device of its organization, so all of these ask.
    """
    by_organization: dict[Ref | None, list[Work]] = {}
    for work in works:
        by_organization.setdefault(_organization(work), []).append(work)
    for asking in by_organization.values():
        for each in _taking_part(connection, block, asking[0], [dear_reads.is_due(wanted)], now):
            yield each, asking


def _taking_part(
    connection: Connection, block: Block, work: Work, where: Sequence[sa.ColumnElement[bool]], now: float
) -> Iterator[Contributor]:
    """Give the records of the organization that `only` lets in, in the order of the mirror.

    Nobody's ticket shows with another customer, even where it names a device of that one.
    """
    organization = _organization(work)
    if organization is None:
        return
    statement = (
        sa.select(mirror.c.id, mirror.c.ext_id, mirror.c.version, mirror.c.digest, payloads.c.record)
        .join(payloads, payloads.c.mirror_id == mirror.c.id)
        .where(mirror.c.source == work.ref.source, mirror.c.kind == block.kind, mirror.c.gone_at.is_(None))
        .where(mirror.c.org_ext == organization.id, *where)
        .order_by(mirror.c.id)
    )
    last = 0
    while rows := connection.execute(statement.where(mirror.c.id > last).limit(PAGE)).all():
        last = rows[-1].id
        for row in rows:
            ref = Ref(work.ref.source, block.kind, row.ext_id)
            words = as_of(block.kind, orjson.loads(row.record), now)
            if block.takes(words, ref) is not False:  # what fails is kept: mapping says why
                yield Contributor(row.id, ref, row.version, row.digest, words)


def _organization(work: Work) -> Ref | None:
    found = organization_of(work.words, work.ref)
    return found[0] if found is not None else None
