"""References: which record of IT Glue another target is, or why it cannot be named yet (DESIGN 3)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.desired import Held
from bridge.drain.work import Work
from bridge.records import Ref
from bridge.store.database import chunks
from bridge.store.schema import assets, links, targets
from bridge.store.targets import OPEN_STATES

Wanted = tuple[str, Ref]
"""The block whose target is referred to, which for the kinds of records is the IT Glue type, and its anchor."""


@dataclass(frozen=True, slots=True)
class Linked:
    """The target has a record in IT Glue; `org_id` is the organization there that it stands in, None if unknown."""

    itglue_id: str
    org_id: str | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """The target will have a record, or will be refused one: whoever needs it waits."""

    target: int


@dataclass(frozen=True, slots=True)
class HeldBy:
    """The target has no record and is held: so is whoever needs it."""

    target: int
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """There is no record to refer to, and none will come by itself."""

    why: str


Found = Linked | Waits | HeldBy | LeftOut


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan would make of a target: its state then, its record's id (`new REF` of one that is not made yet)."""

    state: str
    itglue_id: str | None = None
    org_id: str | None = None


_NOTHING_PLANNED: Mapping[int, Planned] = {}
_FIND = (
    sa.select(
        targets.c.id, targets.c.anchor, targets.c.state, targets.c.reason, links.c.itglue_id,
        assets.c.itglue_id.label("there"), assets.c.org_id,
    )
    .outerjoin(links, links.c.target == targets.c.id)
    .outerjoin(assets, (assets.c.kind == links.c.itglue_type) & (assets.c.itglue_id == links.c.itglue_id))
    .where(targets.c.block == sa.bindparam("of_block"), targets.c.anchor.in_(sa.bindparam("anchors", expanding=True)))
)  # fmt: skip


def look_up(
    connection: Connection, wanted: Iterable[Wanted], planned: Mapping[int, Planned] = _NOTHING_PLANNED
) -> dict[Wanted, Found]:
    """Give what each reference comes to; one statement for 500 of a block.

    `planned` says, by target, what a plan of everything makes of targets that have no record yet.
    """
    by_block: dict[str, dict[str, Ref]] = defaultdict(dict)
    for block, ref in wanted:
        by_block[block][str(ref)] = ref
    found: dict[Wanted, Found] = {}
    for block, refs in by_block.items():
        for part in chunks(list(refs)):
            rows = {row.anchor: row for row in connection.execute(_FIND, {"of_block": block, "anchors": list(part)})}
            for anchor in part:
                found[block, refs[anchor]] = _of(refs[anchor], rows.get(anchor), planned)
    return found


def of_record(ref: Ref) -> Wanted:
    """Give what to look up for a record itself: of each kind there is one block, named for it."""
    return f"{ref.kind}s", ref


def follow(work: Work, word: str, there: Found, waits: list[int]) -> Linked | Held | None:
    """Give the record to name; held where that is held, None where it is waited for, or left out and noted."""
    if isinstance(there, Linked):
        return there
    if isinstance(there, HeldBy):
        work.held_by = (there.target,)
        return Held("parent_held", there.reason)
    if isinstance(there, Waits) and there.target in work.ring:
        work.notes[word] = "left out for now: it waits for this one"
    elif isinstance(there, Waits):
        waits.append(there.target)
    else:
        work.notes[word] = f"left out: {there.why}"
    return None


def _of(ref: Ref, row: Any, planned: Mapping[int, Planned]) -> Found:
    if row is None:
        return LeftOut(f"{ref} has not been read: the API member may not see it")
    then = planned.get(row.id)
    if then is not None and then.itglue_id is not None:
        return Linked(then.itglue_id, then.org_id)
    if row.there is not None:
        return Linked(row.there, row.org_id)
    if row.itglue_id is not None:
        return LeftOut(f"{ref} is {row.itglue_id} in IT Glue, which is gone there")
    state = then.state if then is not None else row.state
    if state in OPEN_STATES:
        return Waits(row.id)
    if state == "held":
        return HeldBy(row.id, f"its {ref.kind} {ref} is held")
    return LeftOut(f"{ref} is {state}")
