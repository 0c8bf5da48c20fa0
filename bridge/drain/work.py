"""The work of one claim: targets with all that their plans depend on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.mapping.blocks import Block
from bridge.records import Ref
from bridge.store import decisions
from bridge.store.database import chunks
from bridge.store.decisions import NOTHING, Decided
from bridge.store.schema import assets, links, mirror, payloads, targets

Row = sa.engine.Row[*tuple[Any, ...]]


@dataclass(slots=True)
class Parent:
    """What a record cannot be without: the target of its organization, as it stands."""

    target: int
    state: str
    itglue_id: str | None = None
    rule: str | None = None
    name: str | None = None
    ref: Ref | None = None


@dataclass(slots=True)
class Work:
    """One target with its record, its link and its asset in IT Glue; the rest is filled in while it is planned."""

    target: Row
    ref: Ref
    words: dict[str, Any]
    version: int
    digest: str
    gone_at: float | None
    absent_since: float | None
    link: Row | None
    applied: dict[str, Any]
    asset: dict[str, Any] | None
    asset_digest: str | None
    decided: Decided
    parent: Parent | None = None
    block: Block | None = None
    wish: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    held_by: tuple[int, ...] = ()  # names that are held themselves
    symbols: dict[str, str] = field(default_factory=dict)  # by attribute: the name or Ref that its id stands for
    in_rollout: bool = True

    @property
    def id(self) -> int:
        """Give the target's number."""
        return int(self.target.id)

    @property
    def itglue_id(self) -> str | None:
        """Give the id of the linked record in IT Glue."""
        return None if self.link is None else str(self.link.itglue_id)


def load(connection: Connection, rows: Sequence[Row]) -> list[Work]:
    """Load the work of record targets, in the order of the rows."""
    found: dict[int, Work] = {}
    by_id = {row.id: row for row in rows}
    for part in chunks(list(by_id), 1000):
        decided = decisions.of(connection, part)
        link_rows = {row.target: row for row in connection.execute(sa.select(links).where(links.c.target.in_(part)))}
        statement = (
            sa.select(
                targets.c.id.label("target"), mirror.c.source, mirror.c.kind, mirror.c.ext_id, mirror.c.version,
                mirror.c.digest, mirror.c.gone_at, mirror.c.absent_since, payloads.c.record,
                assets.c.attributes, assets.c.digest.label("asset_digest"),
            )
            .join(mirror, mirror.c.id == targets.c.mirror_id)
            .join(payloads, payloads.c.mirror_id == mirror.c.id)
            .outerjoin(links, links.c.target == targets.c.id)
            .outerjoin(assets, (assets.c.kind == links.c.itglue_type) & (assets.c.itglue_id == links.c.itglue_id))
            .where(targets.c.id.in_(part))
        )  # fmt: skip
        for row in connection.execute(statement):
            link = link_rows.get(row.target)
            found[row.target] = Work(
                target=by_id[row.target],
                ref=Ref(row.source, row.kind, row.ext_id),
                words=orjson.loads(row.record),
                version=row.version,
                digest=row.digest,
                gone_at=row.gone_at,
                absent_since=row.absent_since,
                link=link,
                applied=orjson.loads(link.applied) if link is not None else {},
                asset=orjson.loads(row.attributes) if row.attributes is not None else None,
                asset_digest=row.asset_digest,
                decided=decided.get(row.target, NOTHING),
            )
    return [found[row.id] for row in rows if row.id in found]


def load_parents(connection: Connection, ids: Sequence[int]) -> dict[int, Parent]:
    """Load organizations as parents, by target."""
    found: dict[int, Parent] = {}
    for part in chunks(ids):
        statement = (
            sa.select(
                targets.c.id, targets.c.state, targets.c.rule, targets.c.anchor, links.c.itglue_id, payloads.c.record
            )
            .outerjoin(links, links.c.target == targets.c.id)
            .outerjoin(payloads, payloads.c.mirror_id == targets.c.mirror_id)
            .where(targets.c.id.in_(part))
        )
        for row in connection.execute(statement):
            name = orjson.loads(row.record).get("name") if row.record else None
            found[row.id] = Parent(row.id, row.state, row.itglue_id, row.rule, name, Ref.parse(row.anchor))
    return found


def all_targets(
    connection: Connection, block: str, where: Sequence[sa.ColumnElement[bool]] = (), *, size: int = 1000
) -> Iterator[list[Row]]:
    """Give the record targets of a block, organization by organization, in pages of about this size."""
    here = [targets.c.block == block, targets.c.mirror_id.is_not(None), *where]
    organization = sa.func.coalesce(targets.c.org_target, 0)
    last = (-1, 0)
    while True:
        rows = list(
            connection.execute(
                sa.select(targets)
                .where(*here, sa.tuple_(organization, targets.c.id) > sa.tuple_(*map(sa.literal, last)))
                .order_by(organization, targets.c.id)
                .limit(size)
            )
        )
        if not rows:
            return
        yield rows
        last = (rows[-1].org_target or 0, rows[-1].id)
