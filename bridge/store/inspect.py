"""Looking at targets for people: by the words they know them by, and counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.mapping.words import called
from bridge.matching.keys import normalise_name
from bridge.records import Ref
from bridge.store.database import chunks
from bridge.store.schema import WAVES, decisions, journal, mirror, payloads, runs, targets

ORGANIZATIONS, NAMES = "organizations", "names"
Row = sa.engine.Row[*tuple[Any, ...]]
Where = Sequence[sa.ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Organization:
    """A customer as the mirror holds it."""

    target: int
    ref: Ref
    name: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A target with what people call it: `label` is its reference, `organization` the one that it belongs to."""

    row: Row
    label: str
    name: str
    words: Mapping[str, Any]
    organization: Organization | None

    @property
    def exact(self) -> str:
        """Give the reference of this one target, also where a record has several."""
        return exact(self.row)


def label(row: Row) -> str:
    """Give the reference by which commands know a target: the record's, or `names:KIND:NAME`."""
    if row.block != NAMES:
        return str(row.anchor)
    said = orjson.loads(row.name)
    parent = f"{said['parent']['name']}:" if said["parent"] else ""
    return f"names:{said['kind']}:{parent}{said['name']}"


def exact(row: Row) -> str:
    """Give the reference of one target: of an asset that a block makes of a record `BLOCK/REF`, else its label."""
    return f"{row.block}/{row.anchor}" if row.wave == WAVES["flexible_assets"] else label(row)


def of_block(text: str) -> tuple[str | None, str]:
    """Take `BLOCK/REF` apart; the block is None where none is named."""
    block, _, ref = text.strip().partition("/")
    try:
        Ref.parse(ref)
    except ValueError:
        return None, text.strip()
    return (None, text.strip()) if ":" in block else (block, ref)


def find(connection: Connection, text: str) -> list[Row]:
    """Give the targets of a reference, one per block; empty where there is none. Raises ValueError for no reference.

    A name of IT Glue is `names:manufacturers:Dell`, a model `names:models:Dell:Latitude 5440`. `BLOCK/REF` is what one
    block makes of a record.
    """
    block, wanted = of_block(text)
    if wanted.startswith("names:"):
        anchors = _name_anchors(wanted)
        where = (targets.c.block == NAMES) & targets.c.anchor.in_(anchors)
    else:
        where = (targets.c.block != NAMES) & (targets.c.anchor == str(Ref.parse(wanted)))
        where &= sa.true() if block is None else targets.c.block == block
    return list(connection.execute(sa.select(targets).where(where).order_by(targets.c.wave, targets.c.id)))


def _name_anchors(text: str) -> list[str]:
    """Give every way to read `names:KIND:…`: a name may hold colons itself."""
    kind, colon, rest = text.removeprefix("names:").partition(":")
    if not colon or not kind or not rest:
        raise ValueError(f"{text!r} is no name; write names:KIND:NAME, for example names:manufacturers:Dell")
    found = [f"{kind}||{normalise_name(rest)}"]
    parts = rest.split(":")
    for at in range(1, len(parts)):
        parent, name = normalise_name(":".join(parts[:at])), normalise_name(":".join(parts[at:]))
        found.append(f"{kind}|{parent}|{name}")
    return found


def words_of(connection: Connection, ref: Ref) -> Mapping[str, Any] | None:
    """Give the words of a mirrored record; None for one that is not mirrored."""
    mine = (mirror.c.source == ref.source) & (mirror.c.kind == ref.kind) & (mirror.c.ext_id == ref.id)
    record = connection.execute(
        sa.select(payloads.c.record).join(mirror, mirror.c.id == payloads.c.mirror_id).where(mine)
    ).scalar()
    return None if record is None else dict(orjson.loads(record))


def sources(connection: Connection) -> list[str]:
    """Name the sources of which anything has ever been mirrored."""
    return [str(name) for name in connection.execute(sa.select(mirror.c.source).distinct()).scalars()]


def organizations(connection: Connection) -> list[Organization]:
    """Give every customer of every source."""
    rows = connection.execute(
        sa.select(targets.c.id, targets.c.anchor, payloads.c.record)
        .join(payloads, payloads.c.mirror_id == targets.c.mirror_id)
        .where(targets.c.block == ORGANIZATIONS)
        .order_by(targets.c.id)
    )
    return [Organization(row.id, Ref.parse(row.anchor), orjson.loads(row.record).get("name")) for row in rows]


def organizations_named(connection: Connection, text: str) -> list[Organization]:
    """Give the customers of a Ref or an exact name; a name may be that of several."""
    wanted = text.strip()
    return [each for each in organizations(connection) if wanted in (str(each.ref), (each.name or "").strip())]


def of_organization(ids: Sequence[int]) -> sa.ColumnElement[bool]:
    """Choose the targets of organizations: themselves, and what belongs to them."""
    return targets.c.id.in_(ids) | targets.c.org_target.in_(ids)


def of_source(name: str) -> sa.ColumnElement[bool]:
    """Choose the targets of a source's records."""
    return targets.c.anchor.startswith(f"{name}:", autoescape=True) & (targets.c.block != NAMES)


def shown(connection: Connection, where: Where, *, limit: int | None = None) -> list[Shown]:
    """Give targets with what people call them, parents first."""
    statement = (
        sa.select(targets, payloads.c.record)
        .outerjoin(payloads, payloads.c.mirror_id == targets.c.mirror_id)
        .where(*where)
        .order_by(targets.c.wave, targets.c.code, targets.c.org_target, targets.c.id)
        .limit(limit)
    )
    rows = list(connection.execute(statement))
    parents = _parents(connection, {row.org_target for row in rows if row.org_target is not None})
    found = []
    for row in rows:
        words = orjson.loads(row.record) if row.record else {}
        name = orjson.loads(row.name)["name"] if row.block == NAMES else called(words)
        found.append(Shown(row, label(row), name, words, parents.get(row.org_target)))
    return found


def _parents(connection: Connection, ids: set[int]) -> dict[int, Organization]:
    found: dict[int, Organization] = {}
    for part in chunks(sorted(ids)):
        rows = connection.execute(
            sa.select(targets.c.id, targets.c.anchor, payloads.c.record)
            .outerjoin(payloads, payloads.c.mirror_id == targets.c.mirror_id)
            .where(targets.c.id.in_(part))
        )
        for row in rows:
            name = orjson.loads(row.record).get("name") if row.record else None
            found[row.id] = Organization(row.id, Ref.parse(row.anchor), name)
    return found


def held_by_code(connection: Connection, where: Where = ()) -> dict[str, int]:
    """Count what is held, by code, the most frequent first."""
    number = sa.func.count()
    rows = connection.execute(
        sa.select(targets.c.code, number)
        .where(targets.c.state == "held", *where)
        .group_by(targets.c.code)
        .order_by(number.desc(), targets.c.code)
    )
    return {str(code): int(counted) for code, counted in rows}


def by_state(connection: Connection, where: Where = ()) -> dict[str, dict[str, int]]:
    """Count targets by block and state, blocks in the order in which they are written."""
    rows = connection.execute(
        sa.select(targets.c.block, targets.c.state, sa.func.count(), sa.func.max(targets.c.wave).label("wave"))
        .where(*where)
        .group_by(targets.c.block, targets.c.state)
        .order_by("wave", targets.c.block, targets.c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for block, state, counted, _ in rows:
        found.setdefault(block, {})[state] = int(counted)
    return found


def seen_by(connection: Connection, target: Row) -> Row | None:
    """Tell how a target's record was last seen: when it was read as it is now, and by which run."""
    return connection.execute(
        sa.select(mirror.c.read_started_at, mirror.c.version, mirror.c.gone_at, mirror.c.absent_since,
                  runs.c.kind.label("run_kind"), runs.c.started_at.label("run_at"))
        .outerjoin(runs, runs.c.id == mirror.c.seen_run)
        .where(mirror.c.id == target.mirror_id)
    ).first()  # fmt: skip


def journal_of(connection: Connection, target: int, *, limit: int) -> list[Row]:
    """Give the last writes of a target, the latest first."""
    statement = sa.select(journal).where(journal.c.target == target).order_by(journal.c.id.desc()).limit(limit)
    return list(connection.execute(statement))


def decisions_of(connection: Connection, target: int) -> list[Row]:
    """Give every decision about a target, the latest first."""
    statement = sa.select(decisions).where(decisions.c.target == target).order_by(decisions.c.id.desc())
    return list(connection.execute(statement))


def mirrored(connection: Connection, source: str, kind: str) -> Iterator[tuple[Ref, Mapping[str, Any]]]:
    """Give the words of every record of a kind that a source still has, in pages."""
    last = 0
    while True:
        rows = connection.execute(
            sa.select(mirror.c.id, mirror.c.ext_id, payloads.c.record)
            .join(payloads, payloads.c.mirror_id == mirror.c.id)
            .where(mirror.c.source == source, mirror.c.kind == kind, mirror.c.gone_at.is_(None), mirror.c.id > last)
            .order_by(mirror.c.id)
            .limit(1000)
        ).all()
        if not rows:
            return
        for row in rows:
            yield Ref(source, kind, row.ext_id), orjson.loads(row.record)
        last = rows[-1].id
