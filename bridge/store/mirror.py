"""The mirror: our stored copy of each source's records, and the targets that a change of one makes due."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.records import Record, Ref
from bridge.store import carried, dear_reads
from bridge.store import targets as target_rows
from bridge.store.block_key import BlockKey
from bridge.store.database import Database, chunks
from bridge.store.runs import outcome_of_state
from bridge.store.schema import WAVES, fetches, mirror, payloads, run_targets, targets
from bridge.store.summaries import Summaries


@dataclass(slots=True)
class Written:
    """What a page changed: `changed` refs, `recycled` organizations that had not been so, and how many were seen."""

    seen: int = 0
    changed: list[Ref] = field(default_factory=list)
    recycled: list[Ref] = field(default_factory=list)
    unbelieved: list[Ref] = field(default_factory=list)


def digest_of(record: Record) -> str:
    """Digest what is stored of a record, so that an unchanged one is recognised."""
    sorted_keys = orjson.OPT_SORT_KEYS
    return blake2b(
        orjson.dumps(record.payload, option=sorted_keys) + orjson.dumps(record.words, option=sorted_keys),
        digest_size=16,
    ).hexdigest()


class Mirror:
    """Writes what connectors read. `blocks` are the mapping's blocks, by source kind."""

    def __init__(self, db: Database, blocks: Sequence[BlockKey], *, confirm_gap: float) -> None:
        self.db = db
        self.confirm_gap = confirm_gap
        self.blocks: dict[str, list[BlockKey]] = {}
        for block in blocks:
            self.blocks.setdefault(block.kind, []).append(block)
        self.summaries = Summaries(blocks)
        self.added = [block for block in blocks if block.wave == WAVES["flexible_assets"]]  # may come at any time
        self._find = sa.select(
            mirror.c.id, mirror.c.ext_id, mirror.c.version, mirror.c.digest, mirror.c.read_started_at, mirror.c.gone_at,
            mirror.c.lower_version, mirror.c.lower_at, mirror.c.org_ext, mirror.c.seen_run, mirror.c.absent_since,
        ).where(
            mirror.c.source == sa.bindparam("of_source"), mirror.c.kind == sa.bindparam("of_kind"),
            db.among(mirror.c.ext_id, "ids"),
        )  # fmt: skip
        run = sa.bindparam("in_run", type_=sa.BigInteger)
        mine = db.among(mirror.c.id, "ids")
        self._see = (
            sa.update(mirror)
            .where(mine)
            .values(seen_run=sa.case((mirror.c.seen_run > run, mirror.c.seen_run), else_=run), absent_since=None)
        )
        began = sa.bindparam("began", type_=sa.Double)
        self._see_later = (
            sa.update(mirror)
            .where(mine, mirror.c.read_started_at < began)
            .values(read_started_at=began, lower_version=None, lower_at=None)
        )
        self._enter = _entering(db)

    def write(
        self,
        records: Sequence[Record],
        *,
        read_started_at: float,
        run: int,
        lane: str,
        normalizer: int,
        fetched: bool = False,
    ) -> Written:
        """Store a page of records of one source and kind; raise the targets of those that changed.

        The higher version wins; at an equal version the later read. A lower one is believed only when two fetches,
        at least the confirm gap apart, agree on it.
        """
        if not records:
            return Written()
        return self.db.transact(
            lambda connection: self._write(
                connection, _latest(records), Written(seen=len(records)), read_started_at=read_started_at, run=run,
                lane=lane, normalizer=normalizer, fetched=fetched,
            )
        )  # fmt: skip

    def _write(
        self,
        connection: Connection,
        latest: Mapping[str, Record],
        written: Written,
        *,
        read_started_at: float,
        run: int,
        lane: str,
        normalizer: int,
        fetched: bool,
    ) -> Written:
        ref = next(iter(latest.values())).ref
        source, kind = ref.source, ref.kind
        self.db.lock_source(connection, source)
        now = self.db.now(connection)
        known = self._known(connection, source, kind, list(latest))
        seen: list[str] = []
        same: list[str] = []
        changed: list[tuple[Record, str]] = []
        for ext_id, record in latest.items():
            row = known.get(ext_id)
            digest = digest_of(record)
            if row is None:
                changed.append((record, digest))
            elif row.gone_at is not None:
                # A read that began before it was found to be gone may show it as it was: only a later one is believed.
                if read_started_at >= row.gone_at:
                    changed.append((record, digest))
                else:
                    written.unbelieved.append(record.ref)
            elif row.digest == digest and record.version >= row.version:
                (same if record.version == row.version else seen).append(ext_id)
                if record.version > row.version:
                    self._newer(connection, row.id, record.version, read_started_at)
            elif self._believed(connection, row, record, read_started_at, fetched=fetched):
                changed.append((record, digest))
            else:
                seen.append(ext_id)
                if record.version < row.version:
                    written.unbelieved.append(record.ref)
        written.changed = [record.ref for record, _ in changed]
        # What belongs to an organization may get its place under it; others are told of what they sum up or look at.
        if changed and (kind == "organization" or kind in self.summaries.kinds | self.summaries.looked_at):
            target_rows.lock_all(connection)
        else:
            target_rows.lock(connection, targets.c.mirror_id.in_([row.id for row in known.values()]))
        self._mark_seen(connection, [known[ext_id] for ext_id in [*seen, *same]], now=now, run=run)
        self._read_again(connection, [known[ext_id].id for ext_id in same], read_started_at)
        if changed:
            ids = [record.ref.id for record, _ in changed]
            told = self.summaries.concerned(connection, source, kind, [known[each].id for each in ids if each in known])
            self._store(connection, changed, known, read_started_at, run, normalizer)
            self._raise_targets(connection, source, kind, written, latest, now=now, lane=lane, run=run)
            if kind in self.summaries.kinds:
                stored = [row.id for row in self._known(connection, source, kind, ids).values()]
                told |= self.summaries.concerned(connection, source, kind, stored)
                told |= self.summaries.asking(connection, source, kind, stored, now=now)
            self.summaries.touch(connection, told, now=now, lane=lane, run=run)
            self.summaries.look(connection, written.changed, now=now)
        self._count(connection, source, kind, list(latest), run)
        self.hint(connection, written.unbelieved, due_at=now + self.confirm_gap, lane=lane, why="lower version")
        return written

    @staticmethod
    def _newer(connection: Connection, mirror_id: int, version: int, read_started_at: float) -> None:
        """Note that a record says the same under a higher version."""
        values = {"version": version, "read_started_at": read_started_at, "lower_version": None, "lower_at": None}
        connection.execute(sa.update(mirror).where(mirror.c.id == mirror_id).values(**values))

    def _read_again(self, connection: Connection, ids: Sequence[int], read_started_at: float) -> None:
        """Note a later read of the same: what an earlier one brings does not replace it, and no lower version agrees."""
        if ids:
            connection.execute(self._see_later, {"ids": self.db.listed(ids), "began": read_started_at})

    def seen(self, refs: Sequence[Ref], *, run: int) -> list[Ref]:
        """Mark ids of one source and kind as seen; give those that the mirror does not hold, or holds as gone."""
        if not refs:
            return []
        source, kind = refs[0].source, refs[0].kind
        with self.db.write() as connection:
            self.db.lock_source(connection, source)
            known = self._known(connection, source, kind, [ref.id for ref in refs])
            target_rows.lock(connection, targets.c.mirror_id.in_([row.id for row in known.values()]))
            self._mark_seen(connection, list(known.values()), now=self.db.now(connection), run=run)
            unknown = [ref for ref in refs if ref.id not in known or known[ref.id].gone_at is not None]
            self._count(connection, source, kind, [ref.id for ref in refs], run)
        return unknown

    def hint(self, connection: Connection, refs: Sequence[Ref], *, due_at: float, lane: str, why: str) -> None:
        """Ask for a fetch of each ref; many wishes for one ref are one fetch, and none during a fetch is lost."""
        for ref in refs:
            statement = self.db.insert(fetches).values(ref=str(ref), due_at=due_at, lane=lane, why=why)
            statement = statement.on_conflict_do_update(
                index_elements=["ref"],
                set_={
                    "seq": fetches.c.seq + 1,
                    "due_at": sa.case((fetches.c.due_at < due_at, fetches.c.due_at), else_=due_at),
                },
            )
            connection.execute(statement)

    def not_recycled(self, refs: Sequence[Ref]) -> list[Ref]:
        """Give those of the refs that the mirror does not hold as recycled (those have to be fetched)."""
        if not refs:
            return []
        with self.db.read() as connection:
            rows = self._known(connection, refs[0].source, refs[0].kind, [ref.id for ref in refs])
            recycled = set()
            for part in chunks([row.id for row in rows.values()]):
                found = connection.execute(
                    sa.select(mirror.c.ext_id, payloads.c.record)
                    .join(payloads, payloads.c.mirror_id == mirror.c.id)
                    .where(mirror.c.id.in_(part))
                )
                recycled |= {row.ext_id for row in found if orjson.loads(row.record).get("recycled")}
        return [ref for ref in refs if ref.id not in recycled]

    def children(self, ref: Ref, kind: str) -> list[Ref]:
        """Give the records of a kind that the mirror holds under an organization."""
        with self.db.read() as connection:
            ids = connection.execute(
                sa.select(mirror.c.ext_id).where(
                    mirror.c.source == ref.source, mirror.c.kind == kind, mirror.c.org_ext == ref.id,
                    mirror.c.gone_at.is_(None),
                )
            ).scalars()  # fmt: skip
            return [Ref(ref.source, kind, ext_id) for ext_id in ids]

    def _mark_seen(self, connection: Connection, rows: Sequence[Any], *, now: float, run: int) -> None:
        """Mark rows as seen by the run, unless a later run has seen them; what was held for its absence is due again."""
        for part in chunks([row.id for row in rows if row.absent_since is not None]):
            held = (targets.c.state == "held") & (targets.c.code == "shape_changed") & targets.c.mirror_id.in_(part)
            target_rows.touch(connection, held, now=now, lane="backfill", run=run)
        if rows:
            connection.execute(self._see, {"ids": self.db.listed(row.id for row in rows), "in_run": run})

    def _known(self, connection: Connection, source: str, kind: str, ids: Sequence[str]) -> dict[str, Any]:
        found = connection.execute(self._find, {"of_source": source, "of_kind": kind, "ids": self.db.listed(ids)}).all()
        return {row.ext_id: row for row in found}

    def _believed(
        self, connection: Connection, row: Any, record: Record, read_started_at: float, *, fetched: bool
    ) -> bool:
        if record.version > row.version:
            return True
        if record.version == row.version:
            return bool(read_started_at >= row.read_started_at)
        if not fetched:
            return False
        if row.lower_version == record.version and row.lower_at is not None:
            return bool(read_started_at - row.lower_at >= self.confirm_gap)
        lower = {"lower_version": record.version, "lower_at": read_started_at}
        connection.execute(sa.update(mirror).where(mirror.c.id == row.id).values(**lower))
        return False

    def _store(
        self,
        connection: Connection,
        changed: Sequence[tuple[Record, str]],
        old: Mapping[str, Any],
        read_started_at: float,
        run: int,
        normalizer: int,
    ) -> None:
        source, kind = changed[0][0].ref.source, changed[0][0].ref.kind
        rows = [
            {
                "source": source, "kind": kind, "ext_id": record.ref.id, "org_ext": _organization(record),
                "version": record.version, "digest": digest, "read_started_at": read_started_at,
                "seen_run": max(run, (old[record.ref.id].seen_run or 0) if record.ref.id in old else 0),
                "absent_since": None, "gone_at": None, "lower_version": None, "lower_at": None,
            }
            for record, digest in changed
        ]  # fmt: skip
        self.db.upsert(connection, mirror, rows, "source", "kind", "ext_id")
        known = self._known(connection, source, kind, [record.ref.id for record, _ in changed])
        added = dear_reads.words(connection, kind, [row.id for row in known.values()])
        records: dict[int, Record] = {}
        for record, _ in changed:
            number = known[record.ref.id].id
            more = added.get(number)  # what no list shows stays until it is read again
            records[number] = replace(record, words={**record.words, **more}) if more else record
        bodies = [
            {
                "mirror_id": number,
                "body": orjson.dumps(record.payload).decode(),
                "record": orjson.dumps(record.words).decode(),
                "normalizer": normalizer,
            }
            for number, record in records.items()
        ]
        self.db.upsert(connection, payloads, bodies, "mirror_id")
        carried.enter(connection, records)

    def _raise_targets(
        self,
        connection: Connection,
        source: str,
        kind: str,
        written: Written,
        latest: Mapping[str, Record],
        *,
        now: float,
        lane: str,
        run: int,
    ) -> None:
        known = self._known(connection, source, kind, [ref.id for ref in written.changed])
        organizations = self._organization_targets(
            connection, source, {row.org_ext for row in known.values() if row.org_ext is not None}
        )
        rows = [
            {
                "block": block.id, "anchor": f"{source}:{kind}:{ext_id}", "mirror_id": row.id, "wave": block.wave,
                "org_target": organizations.get(row.org_ext or ""), "lane": lane, "due_at": now, "run": run,
                "seq": 0,
            }
            for block in self.blocks.get(kind, [])
            if block.source in (None, source)
            for ext_id, row in known.items()
        ]  # fmt: skip
        target_rows.add(self.db, connection, rows)
        for part in chunks([row.id for row in known.values()]):
            target_rows.touch(connection, targets.c.mirror_id.in_(part), now=now, lane=lane, run=run)
        by_org: dict[int | None, list[int]] = {}
        for row in known.values() if kind != "organization" else ():
            by_org.setdefault(organizations.get(row.org_ext or ""), []).append(row.id)
        for org_target, ids in by_org.items():
            for part in chunks(ids):
                connection.execute(
                    sa.update(targets)
                    .where(targets.c.mirror_id.in_(part), targets.c.org_target.is_distinct_from(org_target))
                    .where(targets.c.wave > WAVES["organizations"])
                    .values(org_target=org_target)
                )
        if kind == "organization":
            self.summaries.place(connection)
            for ref in written.changed:
                if latest[ref.id].words.get("recycled"):
                    written.recycled.append(ref)
                self._adopt_children(connection, ref, now=now, lane=lane)

    def _organization_targets(self, connection: Connection, source: str, ext_ids: AbstractSet[str]) -> dict[str, int]:
        found: dict[str, int] = {}
        for part in chunks(sorted(ext_ids)):
            anchors = [f"{source}:organization:{ext_id}" for ext_id in part]
            rows = connection.execute(
                sa.select(targets.c.anchor, targets.c.id).where(
                    targets.c.block == "organizations", targets.c.anchor.in_(anchors)
                )
            )
            found.update((row.anchor.rpartition(":")[2], row.id) for row in rows)
        return found

    def _adopt_children(self, connection: Connection, ref: Ref, *, now: float, lane: str) -> None:
        """Give records that were mirrored before their organization their place under it."""
        org_target = self._organization_targets(connection, ref.source, {ref.id}).get(ref.id)
        mine = sa.select(mirror.c.id).where(mirror.c.source == ref.source, mirror.c.org_ext == ref.id)
        orphans = (
            targets.c.mirror_id.in_(mine) & targets.c.org_target.is_(None) & (targets.c.wave > WAVES["organizations"])
        )
        if org_target is not None and target_rows.touch(connection, orphans, now=now, lane=lane):
            connection.execute(sa.update(targets).where(orphans).values(org_target=org_target))

    def _count(self, connection: Connection, source: str, kind: str, ids: Sequence[str], run: int) -> None:
        """Enter the targets of what was seen into the run; what is settled already has its outcome."""
        chosen = {"of_source": source, "of_kind": kind, "ids": self.db.listed(ids), "in_run": run}
        connection.execute(self._enter, chosen)


def _entering(db: Database) -> Any:
    """Give the statement that enters the targets of records into a run."""
    mine = sa.select(mirror.c.id).where(
        mirror.c.source == sa.bindparam("of_source"), mirror.c.kind == sa.bindparam("of_kind"),
        db.among(mirror.c.ext_id, "ids"),
    )  # fmt: skip
    run = sa.bindparam("in_run", type_=sa.BigInteger)
    chosen = sa.select(run, targets.c.id, targets.c.seq, outcome_of_state()).where(targets.c.mirror_id.in_(mine))
    # Locked, so that none is settled between the look at its state and the run's row.
    chosen = chosen.order_by(*target_rows.ORDER).with_for_update(key_share=True)
    statement = db.insert(run_targets).from_select(["run", "target", "seq", "outcome"], chosen)
    # Seen twice in one run and not changed between: what became of it meanwhile stays.
    unchanged = (run_targets.c.seq == statement.excluded.seq) & run_targets.c.outcome.is_not(None)
    known = sa.case((unchanged, run_targets.c.outcome), else_=statement.excluded.outcome)
    return statement.on_conflict_do_update(
        index_elements=["run", "target"], set_={"seq": statement.excluded.seq, "outcome": known}
    )


def _latest(records: Sequence[Record]) -> dict[str, Record]:
    """Give one record per id in the order of ids: the highest version of it, of equal ones the last."""
    found: dict[str, Record] = {}
    for record in records:
        other = found.get(record.ref.id)
        if other is None or record.version >= other.version:
            found[record.ref.id] = record
    return dict(sorted(found.items()))


def _organization(record: Record) -> str | None:
    organization = record.words.get("organization")
    return organization["id"] if organization else None
