"""The work of one claim: targets with all that their plans depend on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.mapping.blocks import Block
from bridge.planning import LinkView
from bridge.records import Ref
from bridge.store import decisions
from bridge.store.database import chunks
from bridge.store.decisions import NOTHING, Decided
from bridge.store.schema import assets, links, mirror, payloads, targets

Row = sa.engine.Row[*tuple[Any, ...]]
NOT_TAKEN = "!not_taken"  # in a link's `applied`: what IT Glue dropped though it answered 200
UNTAKEN = "IT Glue answered 200 and did not take it"
PAGE, MOST = 250, 1000  # more than the first does not fit into a processor's cache
_NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class Parent:
    """What a record cannot be without: the target of its organization, as it stands."""

    target: int
    state: str
    itglue_id: str | None = None
    rule: str | None = None
    name: str | None = None
    ref: Ref | None = None


class Applied(Mapping[str, Any]):
    """What a link says was written last, read from its text once somebody asks: most plans never do."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._values: dict[str, Any] | None = None

    def _read(self) -> dict[str, Any]:
        if self._values is None:
            self._values = orjson.loads(self._text)
        return self._values

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


@dataclass(slots=True)
class Work:
    """One target with its record, its link and its asset in IT Glue; the rest is filled in while it is planned."""

    target: Row
    ref: Ref
    words: Mapping[str, Any]
    version: int
    digest: str
    gone_at: float | None
    absent_since: float | None
    link: LinkView | None
    not_taken: Mapping[str, Any]  # what IT Glue dropped of what was written last, though it answered 200
    asset: dict[str, Any] | None
    asset_digest: str | None
    decided: Decided
    parent: Parent | None = None
    block: Block | None = None
    wish: dict[str, Any] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    held_by: tuple[int, ...] = ()  # names that are held themselves
    symbols: dict[str, str] = field(default_factory=dict)  # by attribute: the name or Ref that its id stands for
    called: dict[str, str] = field(default_factory=dict)  # by trait: the field of the file, whatever its key in IT Glue
    in_rollout: bool = True
    undone: bool = False  # planned by a person's undo
    link_kind: str | None = None  # what the link says its record is
    assets_kind: str = ""  # of a flexible asset: its kind in the index, which names its type
    title: str = ""  # of a flexible asset
    suggested: frozenset[str] = frozenset()  # of a flexible asset: the traits that show suggestions
    tagged: Mapping[tuple[str, Ref], object] | None = None  # what tags name, and what was found of it; None: not looked
    ring: frozenset[int] = frozenset()  # targets that wait for this one, which must not wait for them
    rest: Mapping[str, Any] | None = None  # the traits that a plan leaves as they are

    @property
    def id(self) -> int:
        """Give the target's number."""
        return int(self.target.id)

    @property
    def kind(self) -> str:
        """Give what the record is in the index and in links."""
        return self.assets_kind or (self.block.itglue_type if self.block is not None else "")

    @property
    def itglue_id(self) -> str | None:
        """Give the id of the linked record in IT Glue."""
        return None if self.link is None else self.link.itglue_id

    def leave_untaken(self, wish: dict[str, Any]) -> None:
        """Take out of a wish what IT Glue dropped when it was written last, and note it."""
        for word, sent in self.not_taken.items():
            if word in wish and wish[word] == sent:
                del wish[word]
                self.notes[word] = UNTAKEN


_LOADED = (
    sa.select(
        targets.c.id, mirror.c.source, mirror.c.kind, mirror.c.ext_id, mirror.c.version,
        mirror.c.digest, mirror.c.gone_at, mirror.c.absent_since, payloads.c.record,
        assets.c.attributes, assets.c.digest.label("asset_digest"),
        links.c.itglue_id, links.c.itglue_type, links.c.applied, links.c.owns, links.c.archived, links.c.made,
    )
    .join(mirror, mirror.c.id == targets.c.mirror_id)
    .join(payloads, payloads.c.mirror_id == mirror.c.id)
    .outerjoin(links, links.c.target == targets.c.id)
    .outerjoin(assets, (assets.c.kind == links.c.itglue_type) & (assets.c.itglue_id == links.c.itglue_id))
    .where(targets.c.id.in_(sa.bindparam("ids", expanding=True)))
)  # fmt: skip


def load(connection: Connection, rows: Sequence[Row]) -> list[Work]:
    """Load the work of record targets, in the order of the rows."""
    found: dict[int, Work] = {}
    by_id = {row.id: row for row in rows}
    for part in chunks(list(by_id), 1000):
        decided = decisions.of(connection, part)
        for (
            target, source, kind, ext_id, version, digest, gone_at, absent_since, record, attributes, asset_digest,
            itglue_id, itglue_type, applied, owns, archived, made,
        ) in connection.execute(_LOADED, {"ids": part}).all():  # fmt: skip
            link = None
            not_taken: Mapping[str, Any] = _NOTHING
            if itglue_id is not None:
                link = LinkView(itglue_id, Applied(applied), owns, archived, made)
                if NOT_TAKEN in applied:
                    not_taken = link.applied.get(NOT_TAKEN) or _NOTHING
            found[target] = Work(
                target=by_id[target],
                ref=Ref(source, kind, ext_id),
                words=orjson.loads(record),
                version=version,
                digest=digest,
                gone_at=gone_at,
                absent_since=absent_since,
                link=link,
                not_taken=not_taken,
                asset=orjson.loads(attributes) if attributes is not None else None,
                asset_digest=asset_digest,
                decided=decided.get(target, NOTHING),
                link_kind=itglue_type,
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
    connection: Connection, block: str, where: Sequence[sa.ColumnElement[bool]] = (), *, size: int = PAGE
) -> Iterator[list[Row]]:
    """Give the record targets of a block, organization by organization, in pages of about this size.

    A page ends with an organization if that is not very large: whoever matches records looks at all beside them.
    """
    here = [targets.c.block == block, targets.c.mirror_id.is_not(None), *where]
    # Those without an organization come first, and apart: so each page is found by an index.
    last_org = sa.bindparam("last_org", 0, sa.BigInteger)
    last_id = sa.bindparam("last_id", 0, sa.BigInteger)
    alone = sa.select(targets).where(*here, targets.c.org_target.is_(None), targets.c.id > last_id)
    rest = sa.select(targets).where(*here, targets.c.org_target == last_org, targets.c.id > last_id)
    after = sa.select(targets).where(*here, targets.c.org_target > last_org)
    by_id, by_org = targets.c.id, (targets.c.org_target, targets.c.id)

    last = {"last_org": 0, "last_id": 0}
    while rows := list(connection.execute(alone.order_by(by_id).limit(size), last).all()):
        yield rows
        last["last_id"] = rows[-1].id
    last["last_id"] = 0
    while True:
        # What is left of an organization that was too large for a page, then the next ones.
        rows = list(connection.execute(rest.order_by(by_id).limit(MOST), last).all()) if last["last_id"] else []
        if not rows:
            rows = list(connection.execute(after.order_by(*by_org).limit(size), last).all())
            if not rows:
                return
            if len(rows) == size:
                last = {"last_org": rows[-1].org_target, "last_id": rows[-1].id}
                rows += connection.execute(rest.order_by(by_id).limit(MOST - size), last).all()
        yield rows
        last = {"last_org": rows[-1].org_target, "last_id": rows[-1].id}
