"""Whether a record of IT Glue can be chosen for a target."""

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.cli import output
from bridge.itglue.kinds import ASSETS
from bridge.records import Ref
from bridge.store.inspect import ORGANIZATIONS, Row
from bridge.store.schema import WAVES, assets, index_reads, links, targets


def refusal_of_pin(connection: Connection, row: Row, itglue_id: str) -> str | None:
    """Say why a target cannot be pinned to a record of IT Glue; None where it can."""
    kind = _kind_of(connection, row, itglue_id)
    word = kind.partition(":")[0].removesuffix("s").replace("_", " ")
    asset = connection.execute(
        sa.select(assets.c.attributes, assets.c.org_id).where(assets.c.kind == kind, assets.c.itglue_id == itglue_id)
    ).first()
    read_at = connection.execute(
        sa.select(sa.func.max(index_reads.c.ended_at)).where(index_reads.c.kind == kind)
    ).scalar()
    if asset is None:
        if read_at is None:
            return None  # nothing is known of IT Glue yet; a wrong id is held as target_gone, never written
        return (
            f"IT Glue had no {word} {itglue_id} when it was read ({output.moment(read_at)}); look at the id, or read "
            "again with glue-bridge plan --refresh"
        )
    owner = owner_of(connection, kind, itglue_id, not_target=row.id)
    if owner is not None and owner.source == Ref.parse(row.anchor).source:
        return f"{itglue_id} belongs to {owner} already: pin that one elsewhere first"
    if kind != ORGANIZATIONS and row.org_target is not None:
        org_id = connection.execute(sa.select(links.c.itglue_id).where(links.c.target == row.org_target)).scalar()
        if org_id is not None and asset.org_id != org_id:
            name = orjson.loads(asset.attributes).get("organization_name") or asset.org_id
            return (
                f"{itglue_id} is at {name} in IT Glue, the record at organization {org_id}: move one of the two first"
            )
    return None


def _kind_of(connection: Connection, row: Row, itglue_id: str) -> str:
    """Give what a target's record is in the index: of flexible assets, which type this one has."""
    if row.wave != WAVES[ASSETS]:
        return str(row.block)
    mine = (assets.c.itglue_id == itglue_id) & assets.c.kind.startswith(f"{ASSETS}:", autoescape=True)
    read = sa.select(index_reads.c.kind).where(index_reads.c.kind.startswith(f"{ASSETS}:", autoescape=True)).limit(1)
    found = connection.execute(sa.select(assets.c.kind).where(mine)).scalar() or connection.execute(read).scalar()
    return str(found or ASSETS)


def owner_of(connection: Connection, kind: str, itglue_id: str, *, not_target: int) -> Ref | None:
    """Give the record whose target owns a record of IT Glue, if it is another one."""
    anchor = connection.execute(
        sa.select(targets.c.anchor)
        .join(links, links.c.target == targets.c.id)
        .where(links.c.itglue_type == kind, links.c.itglue_id == itglue_id, links.c.owns.is_(sa.true()))
        .where(targets.c.id != not_target)
    ).scalar()
    return None if anchor is None else Ref.parse(anchor)
