"""The index: our stored copy of IT Glue's own records, how fresh it is, and what a change found in it makes due."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.itglue.kinds import TYPES
from bridge.matching.keys import asset_keys as keys_of
from bridge.matching.match import Asset
from bridge.records import Ref
from bridge.store import targets as target_rows
from bridge.store.database import Database, chunks
from bridge.store.schema import WAVES, asset_keys, assets, index_reads, links, targets

NAME_KINDS = (
    "organization_types", "organization_statuses", "configuration_types", "configuration_statuses", "manufacturers",
    "models", "operating_systems", "contact_types", "countries", "regions",
)  # fmt: skip
OF_TYPES = "flexible_asset_"  # how the anchors of names that are flexible asset types and their fields begin
# Attributes that move without a change that concerns us; the names of its organization are that one's own.
_VOLATILE = frozenset(
    {"updated_at", "configurations_count", "resource_url", "logo", "organization_name", "organization_short_name"}
)
_CUT = 250  # characters of quick_notes that a list shows; an answer shows all of them (api/itglue.md 5.1)
# Held targets that another record in IT Glue may set free.
_CONCERNED = (
    "ambiguous",
    "unmatched",
    "target_gone",
    "no_type",
    "no_status",
    "no_value",
    "shared_organization",
    "rejected",
)
LIVE_NATIVE = ("null", "orphaned")  # every other word of `psa-integration` is a live link

# Put together once: that takes longer than to execute them.
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_KNOWN = sa.select(
    assets.c.itglue_id, assets.c.digest, assets.c.updated_at, assets.c.adapters, assets.c.org_id, assets.c.index_run
).where(assets.c.kind == sa.bindparam("of_kind"), assets.c.itglue_id.in_(_IDS))
_DROP_KEYS = sa.delete(asset_keys).where(
    asset_keys.c.kind == sa.bindparam("of_kind"),
    asset_keys.c.itglue_id.in_(_IDS),
    (asset_keys.c.key != "psa_id") | asset_keys.c.itglue_id.in_(sa.bindparam("fresh", expanding=True)),
)
_UPDATED = (
    sa.update(assets)
    .values(updated_at=sa.bindparam("at", type_=sa.Text))
    .where(assets.c.kind == sa.bindparam("of_kind"), assets.c.itglue_id == sa.bindparam("of_id"))
)
_MOVE_PSA_ID = (
    sa.update(asset_keys)
    .values(org_id=sa.bindparam("to_org", type_=sa.Text))
    .where(
        asset_keys.c.kind == sa.bindparam("of_kind"),
        asset_keys.c.itglue_id == sa.bindparam("of_id"),
        asset_keys.c.key == "psa_id",
        asset_keys.c.org_id.is_distinct_from(sa.bindparam("to_org", type_=sa.Text)),
    )
)


@dataclass(frozen=True, slots=True)
class AssetRow:
    """A record of IT Glue as the index stores it; attribute words have underscores."""

    id: str
    attributes: Mapping[str, Any]
    adapters: Sequence[tuple[str, str]] = ()


def digest_of(attributes: Mapping[str, Any]) -> str:
    """Digest what matters of an asset."""
    kept = {name: value for name, value in attributes.items() if name not in _VOLATILE}
    if isinstance(notes := kept.get("quick_notes"), str):
        kept["quick_notes"] = notes[:_CUT]
    return blake2b(orjson.dumps(kept, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


class Index:
    """Stores what reads and answers bring."""

    def __init__(self, db: Database, *, list_lag: float = 0.0) -> None:
        self.db = db
        self.list_lag = list_lag

    def store(
        self, connection: Connection, kind: str, rows: Sequence[AssetRow], *, now: float, read: int | None
    ) -> list[str]:
        """Store rows; give the ids of those that are new or changed.

        `read` numbers the index read that brought them, None for our own answers: those raise nothing, and a read
        that began earlier does not put back what they replaced.
        """
        if not rows:
            return []
        known: dict[str, Any] = {}
        for part in chunks([row.id for row in rows]):
            found = connection.execute(_KNOWN, {"of_kind": kind, "ids": list(part)})
            known.update((row.itglue_id, row) for row in found)
        changed: dict[str, AssetRow] = {}
        values: list[dict[str, Any]] = []
        seen: list[str] = []
        later: list[dict[str, Any]] = []
        for row in rows:
            digest = digest_of(row.attributes)
            adapters = orjson.dumps([list(pair) for pair in row.adapters]).decode() if row.adapters else None
            old = known.get(row.id)
            stale = (
                old is not None
                and read is not None
                and (old.updated_at or "") > (row.attributes.get("updated_at") or "")
            )
            if stale or (old is not None and old.digest == digest and (adapters or old.adapters) == old.adapters):
                seen.append(row.id)
                if not stale and old is not None and old.updated_at != row.attributes.get("updated_at"):
                    later.append({"of_kind": kind, "of_id": row.id, "at": row.attributes.get("updated_at")})
                continue
            changed[row.id] = row
            listed = read
            if read is None and old is not None and old.org_id == _organization(row.attributes):
                listed = old.index_run  # lists have shown it before: they may lag behind with its making or move alone
            values.append(_columns(kind, row, digest, adapters or (old.adapters if old else None), now, listed))
        self.db.upsert(connection, assets, values, "kind", "itglue_id")
        for part in chunks(seen):
            connection.execute(
                sa.update(assets)
                .where(assets.c.kind == kind, assets.c.itglue_id.in_(part))
                .values(stored_at=now, **({} if read is None else {"index_run": read}))
            )
        if later:
            connection.execute(_UPDATED, later)
        self._keys(connection, kind, changed)
        return list(changed)

    def _keys(self, connection: Connection, kind: str, changed: Mapping[str, AssetRow]) -> None:
        rows: list[dict[str, Any]] = []
        for part in chunks(list(changed)):
            # A PSA id once read stays until the record shows another.
            fresh_psa = [itglue_id for itglue_id in part if changed[itglue_id].adapters]
            connection.execute(_DROP_KEYS, {"of_kind": kind, "ids": list(part), "fresh": fresh_psa})
            for itglue_id in part:
                asset = changed[itglue_id]
                org_id = _organization(asset.attributes)
                keys = set(keys_of(asset.attributes, asset.adapters))
                rows += [
                    {"kind": kind, "itglue_id": itglue_id, "org_id": org_id, "key": key, "value": value}
                    for key, value in keys
                ]
            moved = [
                {"of_kind": kind, "of_id": itglue_id, "to_org": _organization(changed[itglue_id].attributes)}
                for itglue_id in part
            ]
            connection.execute(_MOVE_PSA_ID, moved)
        self.db.add_missing(connection, asset_keys, rows, "kind", "itglue_id", "key", "value")

    def finish(
        self, connection: Connection, kind: str, org_id: str, *, read: int, began_at: float, now: float
    ) -> list[str]:
        """End a complete read: what it did not show, and was there before it began, is gone. Give those ids.

        What only an answer or a single read brought may be missing from lists for a while, and stays so long.
        """
        single = sa.case((assets.c.index_run.is_(None), self.list_lag), else_=0.0)
        before = assets.c.stored_at < began_at - single
        missing = [assets.c.kind == kind, assets.c.index_run.is_distinct_from(read), before]
        if org_id:
            missing.append(assets.c.org_id == org_id)
        ids = list(connection.execute(sa.select(assets.c.itglue_id).where(*missing)).scalars())
        self.drop(connection, kind, ids)
        row = {"kind": kind, "org_id": org_id, "began_at": began_at, "ended_at": now}
        self.db.upsert(connection, index_reads, [row], "kind", "org_id")
        if not org_id:
            connection.execute(
                sa.delete(index_reads).where(index_reads.c.kind == kind, index_reads.c.began_at < began_at)
            )
        return ids

    @staticmethod
    def drop(connection: Connection, kind: str, ids: Sequence[str]) -> None:
        """Take records out of the index."""
        for part in chunks(ids):
            connection.execute(sa.delete(asset_keys).where(asset_keys.c.kind == kind, asset_keys.c.itglue_id.in_(part)))
            connection.execute(sa.delete(assets).where(assets.c.kind == kind, assets.c.itglue_id.in_(part)))

    @staticmethod
    def forget(connection: Connection, kind: str) -> None:
        """Count no read of a kind as fresh any more."""
        connection.execute(sa.update(index_reads).where(index_reads.c.kind == kind).values(began_at=1.0))

    @staticmethod
    def mark_synced(connection: Connection, kind: str, itglue_id: str) -> None:
        """Note that a record is refused as synced, though it may not say so itself."""
        row = connection.execute(
            sa.select(assets.c.attributes).where(assets.c.kind == kind, assets.c.itglue_id == itglue_id)
        ).first()
        if row is not None:
            attributes = orjson.loads(row.attributes)
            if attributes.get("psa_integration") in {None, "disabled"}:
                attributes["psa_integration"] = "enabled"
                connection.execute(
                    sa.update(assets)
                    .where(assets.c.kind == kind, assets.c.itglue_id == itglue_id)
                    .values(attributes=orjson.dumps(attributes).decode(), native="enabled")
                )

    def raise_native(self, connection: Connection, kind: str, *, now: float) -> int:
        """Raise what was held because of the native sync, once no record of the kind has a live link any more."""
        if "enabled" in self.live_native(connection, kind):
            return 0
        held = (targets.c.block == kind) & (targets.c.state == "held") & (targets.c.code == "native_sync_on")
        return target_rows.touch(connection, held, now=now, lane="backfill")

    def raise_concerned(
        self, connection: Connection, kind: str, ids: Sequence[str], *, now: float, new: bool, run: int | None = None
    ) -> int:
        """Raise the targets that a change found in the index concerns: the linked ones, and held ones beside them."""
        raised = 0
        if kind == TYPES and ids:  # what is wrong with a type, or with a field of it, may be so no more, or only now
            ours = (targets.c.block == target_rows.NAMES) & targets.c.anchor.startswith(OF_TYPES, autoescape=True)
            raised += target_rows.touch(connection, ours, now=now, lane="backfill", run=run)
            held = (targets.c.wave == WAVES["flexible_assets"]) & (targets.c.state == "held")
            held &= targets.c.code.in_(["bad_value", "rejected", "unsafe_type"])
            raised += target_rows.touch(connection, held, now=now, lane="backfill", run=run)
        for part in chunks(ids):
            linked = sa.select(links.c.target).where(links.c.itglue_type == kind, links.c.itglue_id.in_(part))
            raised += target_rows.touch(connection, targets.c.id.in_(linked), now=now, lane="backfill", run=run)
            # Whether it is there, and in which organization, decides who may refer to it.
            target_rows.touch_referring(connection, list(connection.execute(linked).scalars()), now=now)
        if not ids:
            return raised
        if not new:
            if kind in NAME_KINDS:  # a record may have been refused because it was to carry what is gone
                refused = (
                    (targets.c.state == "held") & (targets.c.code == "rejected") & targets.c.mirror_id.is_not(None)
                )
                raised += target_rows.touch(connection, refused, now=now, lane="backfill", run=run)
            return raised
        held = (targets.c.state == "held") & targets.c.code.in_(_CONCERNED)
        if kind not in NAME_KINDS and kind != "organizations":
            organizations: set[str] = set()
            for part in chunks(ids):
                found = sa.select(assets.c.org_id).where(assets.c.kind == kind, assets.c.itglue_id.in_(part)).distinct()
                organizations |= {org for org in connection.execute(found).scalars() if org}
            for part in chunks(sorted(organizations)):
                parents = sa.select(links.c.target).where(
                    links.c.itglue_type == "organizations", links.c.itglue_id.in_(part)
                )
                raised += target_rows.touch(
                    connection, held & targets.c.org_target.in_(parents), now=now, lane="backfill", run=run
                )
            return raised
        block = targets.c.block == "organizations" if kind == "organizations" else sa.true()
        return raised + target_rows.touch(connection, held & block, now=now, lane="backfill", run=run)

    def began_at(self, connection: Connection, kind: str, org_id: str = "") -> float:
        """Give when the latest complete read that covers this organization began; 0 where there is none."""
        found = connection.execute(
            sa.select(sa.func.max(index_reads.c.began_at)).where(
                index_reads.c.kind == kind, index_reads.c.org_id.in_(["", org_id])
            )
        ).scalar()
        return float(found or 0.0)

    def created_organization(self, connection: Connection, org_id: str, kinds: Sequence[str], *, now: float) -> None:
        """Count an organization that we have just made as read: nothing is in it."""
        rows = [{"kind": kind, "org_id": org_id, "began_at": now, "ended_at": now} for kind in kinds]
        self.db.upsert(connection, index_reads, rows, "kind", "org_id")

    def forget_freshness(self, connection: Connection) -> None:
        """Count no read as fresh any more."""
        connection.execute(sa.delete(index_reads))

    def get(self, connection: Connection, kind: str, ids: Sequence[str]) -> dict[str, Any]:
        """Give the rows of assets by id."""
        found: dict[str, Any] = {}
        for part in chunks(ids):
            rows = connection.execute(sa.select(assets).where(assets.c.kind == kind, assets.c.itglue_id.in_(part)))
            found.update((row.itglue_id, row) for row in rows)
        return found

    def count(self, connection: Connection, kind: str) -> int:
        """Count the assets of a kind."""
        statement = sa.select(sa.func.count()).select_from(assets).where(assets.c.kind == kind)
        return int(connection.execute(statement).scalar_one())

    def live_native(self, connection: Connection, kind: str) -> frozenset[str]:
        """Give the words of `psa-integration` that records of a kind carry and that mean a live native link."""
        words = connection.execute(
            sa.select(assets.c.native).where(assets.c.kind == kind, assets.c.native.is_not(None)).distinct()
        ).scalars()
        return frozenset(word for word in words if word and word not in LIVE_NATIVE)

    def pool(self, connection: Connection, kind: str, org_id: str | None) -> list[Asset]:
        """Give the assets of one organization (None: of the account) with their keys and the records that own them."""
        owner = sa.select(links.c.itglue_id, targets.c.anchor).join(targets, targets.c.id == links.c.target)
        if org_id is not None:
            here = sa.select(assets.c.itglue_id).where(assets.c.kind == kind, assets.c.org_id == org_id)
            owner = owner.where(links.c.itglue_id.in_(here))
        owners = connection.execute(owner.where(links.c.itglue_type == kind, links.c.owns.is_(sa.true())))
        owned = {row.itglue_id: Ref.parse(row.anchor) for row in owners} if kind not in NAME_KINDS else {}
        statement = sa.select(asset_keys.c.itglue_id, asset_keys.c.key, asset_keys.c.value).where(
            asset_keys.c.kind == kind
        )
        if org_id is not None:
            statement = statement.where(asset_keys.c.org_id == org_id)
        keys: dict[str, list[tuple[str, str]]] = {}
        for itglue_id, key, value in connection.execute(statement):
            keys.setdefault(itglue_id, []).append((key, value))
        return [Asset(itglue_id, pairs, owned.get(itglue_id)) for itglue_id, pairs in keys.items()]


def _organization(attributes: Mapping[str, Any]) -> str | None:
    above = ("organization_id", "manufacturer_id", "country_id", "flexible_asset_type_id")
    value = next((attributes[word] for word in above if attributes.get(word)), None)
    return str(value) if value else None


def _columns(
    kind: str, row: AssetRow, digest: str, adapters: str | None, now: float, listed: int | None
) -> dict[str, Any]:
    return {
        "kind": kind,
        "itglue_id": row.id,
        "org_id": _organization(row.attributes),
        "attributes": orjson.dumps(dict(row.attributes)).decode(),
        "digest": digest,
        "native": row.attributes.get("psa_integration"),
        "archived": bool(row.attributes.get("archived")),
        "updated_at": row.attributes.get("updated_at"),
        "adapters": adapters,
        "index_run": listed,
        "stored_at": now,
    }


def linked_ids(connection: Connection, kind: str, ids: AbstractSet[str]) -> set[str]:
    """Give those of the ids that a target owns already."""
    found: set[str] = set()
    for part in chunks(sorted(ids)):
        rows = connection.execute(
            sa.select(links.c.itglue_id).where(
                links.c.itglue_type == kind, links.c.itglue_id.in_(part), links.c.owns.is_(sa.true())
            )
        )
        found |= set(rows.scalars())
    return found
