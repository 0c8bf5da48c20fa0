"""Undoing: what a person's undo makes of a target, for as long as its record and its mapping stay as they were then."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bridge.drain.work import Work
from bridge.fingerprint import fingerprint
from bridge.mapping.blocks import Block
from bridge.planning import AssetView, Nothing, Plan
from bridge.planning.reverse import Refused, Reverse, Written, reverse
from bridge.store import journal
from bridge.store.schema import runs

KIND = "undo"  # of a run
NOTE = "undo"


@dataclass(frozen=True, slots=True)
class Undo:
    """What a run wrote to one target, oldest first; `frees` where the run was an undo: after that nothing stays undone."""

    written: Sequence[Written]
    frees: bool


def basis(work: Work, block: Block) -> str:
    """Digest what an undo rests on: where that changes, the target is planned as if nothing had been undone."""
    return fingerprint([work.digest, block.digest, work.gone_at])


def load(connection: Connection, works: Sequence[Work]) -> dict[int, Undo]:
    """Load, by target, what is to be undone of the works whose decisions say so."""
    by_run: dict[int, list[int]] = defaultdict(list)
    for work in works:
        if work.decided.undo is not None:
            by_run[work.decided.undo.run].append(work.id)
    return {
        target: undo for run, members in by_run.items() for target, undo in of_run(connection, run, members).items()
    }


def of_run(connection: Connection, run: int, members: Sequence[int]) -> dict[int, Undo]:
    """Load what a run wrote to these targets; one to which it wrote nothing is left out."""
    kind = connection.execute(sa.select(runs.c.kind).where(runs.c.id == run)).scalar()
    found: dict[int, list[Written]] = defaultdict(list)
    for row in journal.carried_out(connection, run, members):
        one = Written(row.verb, row.itglue_id or "", orjson.loads(row.before or "{}"), orjson.loads(row.after or "{}"))
        found[row.target].append(one)
    return {target: Undo(written, kind == KIND) for target, written in found.items()}


def view(work: Work) -> AssetView | None:
    """Give the linked record as the planner sees it."""
    if work.asset is None or work.link is None:
        return None
    return AssetView(
        work.link.itglue_id, work.asset, bool(work.asset.get("archived")), work.asset.get("psa_integration")
    )


def reverse_of(block: Block, undo: Undo, held: AssetView) -> Reverse:
    """Plan the reverse of what a run wrote."""
    return reverse(block.itglue_type, undo.written, held)


def plan(work: Work, block: Block, held: AssetView | None, undos: Mapping[int, Undo]) -> Plan | None:
    """Plan a target that a person had undone; None where it is planned like any other.

    The work says with `undone` that the plan comes from here.
    """
    decided, undo = work.decided.undo, undos.get(work.id)
    if decided is None or undo is None or held is None or decided.basis != basis(work, block):
        return None
    found = reverse_of(block, undo, held)
    if undo.frees and isinstance(found, Nothing | Refused):
        return None
    work.undone = True
    if isinstance(found, Refused):
        work.notes[NOTE] = f"run {decided.run} is not undone here, and it stays as it is: {found.reason}"
        return Nothing(why=found.reason)
    if not undo.frees:
        work.notes[NOTE] = f"run {decided.run} is undone here, until the record, the mapping or a decision changes"
    return found
