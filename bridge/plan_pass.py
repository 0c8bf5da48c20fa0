"""The plan of everything: what a drain would do, computed without changing anything but what is known of the sources."""

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa

from bridge import planning
from bridge.desired import Excluded, Held, Name
from bridge.drain import enrich
from bridge.drain.evaluate import evaluate
from bridge.drain.names import anchor
from bridge.drain.references import Planned
from bridge.drain.settle import is_mapping_made, review_digest
from bridge.drain.verdicts import ORGANIZATIONS, Gone, Moment, Ready, Verdict, Waiting
from bridge.drain.work import Parent, Work, all_targets, load, load_parents
from bridge.engine import Engine
from bridge.itglue.kinds import ASSETS, FIELDS, KINDS, TYPES
from bridge.mapping.block import Block
from bridge.mapping.words import called
from bridge.planning import Adopt, Create, Hold, Nothing

_COLLECT_AFTER = 100_000  # new objects
# What most records without a link come to, each kept once.
_EXCLUDED, _GONE, _WAITING, _HELD = (Planned(state) for state in ("excluded", "gone", "waiting", "held"))
WRITES = ("create", "adopt", "update", "archive", "restore")
WORDS = ("create", "adopt", "update", "archive", "restore", "equal", "held", "excluded", "gone", "waiting")


@dataclass(slots=True)
class Line:
    """What would be done for one target.

    `word` is one of WORDS; `plan` the planner's own data where it decided; `rollout` whether the service would write
    it; `stop` the stop whose count a reviewed plan passes with it; `undo`, in the plan of an undo, what that rests on.
    """

    target: int
    seq: int
    ref: str
    block: str
    word: str
    rollout: bool
    name: str = ""
    organization: str | None = None
    code: str | None = None
    reason: str | None = None
    plan: dict[str, Any] | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    digest: str | None = None
    stop: str | None = None
    names: tuple[Name, ...] = ()
    undo: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Tell whether IT Glue would be written."""
        return self.word in WRITES and bool(self.plan and (self.plan.get("fields") or self.word == "create"))


def plan_all(engine: Engine) -> Iterator[Line]:
    """Give a line for every target, parents first; planned parents count as existing. Memory does not grow with them."""
    organizations, *others = engine.mapping.blocks
    this = _Pass(engine)
    with _few_collections():
        yield from this.plan([organizations])
        # What is read of the sources now makes targets due, so nothing else is planned before all of it is known.
        this.enrich(others)
        yield from this.plan(others)


class _Pass:
    """One pass over the blocks, and what it makes of records that others need."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._parents: dict[int, Parent] = {}
        self._planned: dict[int, Planned] = {}
        self._last = engine.mapping.blocks[-1]  # nothing refers to its records

    def plan(self, blocks: Sequence[Block]) -> Iterator[Line]:
        """Give the lines of blocks, by the store as it is when the first is asked for."""
        engine = self._engine
        with engine.db.read() as connection:
            for block in blocks:
                moment = self._moment(connection)
                for rows in all_targets(connection, block.id):
                    works = load(connection, rows)
                    for work, verdict in zip(works, evaluate(engine, connection, works, moment), strict=True):
                        if block.id == ORGANIZATIONS:
                            self._parents[work.id] = _as_parent(work, verdict)
                        if block is not self._last and (then := _as_planned(work, verdict)) is not None:
                            self._planned[work.id] = then
                        yield line_of(work, verdict)
                    engine.on_progress("planned", len(works))

    def enrich(self, blocks: Sequence[Block]) -> None:
        """Read what costs a request per record for all that these blocks will plan."""
        for block in blocks:
            if enrich.wanted_of(block):
                with self._engine.db.read() as connection:
                    enrich.fill(self._engine, connection, block, self._moment(connection))

    def _moment(self, connection: sa.Connection) -> Moment:
        moment = Moment.of(self._engine, connection)
        moment.everyone = True
        moment.parents = _lookup(connection, self._parents)
        moment.planned = self._planned
        return moment


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let the garbage collector look seldom: what is loaded goes with its page, and none of it hangs in a ring."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _lookup(connection: sa.Connection, parents: Mapping[int, Parent]) -> Any:
    def of(ids: Iterable[int]) -> Mapping[int, Parent]:
        unknown = [each for each in ids if each not in parents]
        return {**{each: parents[each] for each in ids if each in parents}, **load_parents(connection, unknown)}

    return of


def _as_parent(work: Work, verdict: Verdict) -> Parent:
    """Give an organization as its records will find it once the plan is carried out."""
    parent = Parent(work.id, "settled", work.itglue_id, None, work.words.get("name"), work.ref)
    if isinstance(verdict, Excluded):
        parent.state, parent.rule = "excluded", verdict.rule
    elif isinstance(verdict, Held) or (isinstance(verdict, Ready) and isinstance(verdict.plan, Hold)):
        parent.state = "held"
    elif isinstance(verdict, Gone):
        parent.state = "gone"
    elif isinstance(verdict, Ready) and isinstance(verdict.plan, Adopt):
        parent.itglue_id = verdict.plan.itglue_id
    elif isinstance(verdict, Ready) and isinstance(verdict.plan, Create):
        parent.itglue_id = f"new {work.ref}"
    return parent


def _as_planned(work: Work, verdict: Verdict) -> Planned | None:
    """Give a record as whatever refers to it will find it; None where that is as the store has it."""
    plan = verdict.plan if isinstance(verdict, Ready) else None
    org_id = work.parent.itglue_id if work.parent is not None else None
    if isinstance(plan, Create):
        return Planned("settled", f"new {work.ref}", org_id)
    if isinstance(plan, Adopt):
        return Planned("settled", plan.itglue_id, org_id)
    if work.link is not None:
        return None
    if isinstance(verdict, Excluded):
        return _EXCLUDED
    if isinstance(verdict, Gone) or isinstance(plan, Nothing):
        return _GONE
    return _WAITING if isinstance(verdict, Waiting) else _HELD


def line_of(work: Work, verdict: Verdict) -> Line:
    """Put a verdict into a line."""
    line = Line(
        work.id, work.target.seq, str(work.ref), work.target.block, "waiting", work.in_rollout,
        name=called(work.words), notes=work.notes,
        organization=work.parent.name if work.parent is not None else None,
        provenance=work.block.provenance if work.block is not None else {},
    )  # fmt: skip
    if isinstance(verdict, Excluded):
        line.word, line.reason = "excluded", verdict.rule
    elif isinstance(verdict, Held):
        line.word, line.code, line.reason = "held", verdict.code, verdict.reason
    elif isinstance(verdict, Gone):
        line.word = "gone"
    elif isinstance(verdict, Ready):
        _planned(line, work, verdict)
    elif isinstance(verdict, Waiting):
        line.reason = "its organization, or what it refers to, is not matched yet"
    if not work.in_rollout and line.word == "excluded" and line.reason == "rollout":
        line.rollout = False
    return line


def _planned(line: Line, work: Work, verdict: Ready) -> None:
    plan = verdict.plan
    line.plan = planning.dump(plan)
    line.digest = review_digest(work, plan)
    line.names = verdict.missing
    if isinstance(plan, Hold):
        line.word, line.code, line.reason = "held", plan.code, plan.reason
        return
    if isinstance(plan, Nothing):
        line.word = "equal"
        return
    line.word = type(plan).__name__.lower()
    if isinstance(plan, Create):
        line.stop = "stop_creates"
    elif line.word == "archive":
        line.stop = "stop_archives"
    elif getattr(plan, "empties", False):
        line.stop = "stop_emptied"
    elif is_mapping_made(work, plan):
        line.stop = "stop_updates"


class Cost:
    """How many requests lines will take: updates 50 to a request, creates one organization to a request."""

    def __init__(self) -> None:
        self.writes = 0
        self._updates: dict[str, int] = {}
        self._creates: dict[tuple[str, str | None], int] = {}
        self._names: dict[str, Name] = {}
        self._below: dict[str, dict[str, Name]] = {}  # models and fields, by their manufacturer or type
        self._reads = 0

    def add(self, line: Line) -> None:
        """Count one line."""
        for name in line.names:
            if name.parent is None:
                self._names[anchor(name)] = name
            else:
                self._below.setdefault(anchor(name.parent), {})[anchor(name)] = name
        if not line.writes:
            return
        self.writes += 1
        if line.word == "create":
            kind = KINDS.get(line.block, KINDS[ASSETS])  # any other block is one of flexible assets
            organization = line.organization if kind.bulk_create else line.ref
            key = (line.block, organization)
            self._creates[key] = self._creates.get(key, 0) + 1
        else:
            self._updates[line.block] = self._updates.get(line.block, 0) + 1
            self._reads += line.block not in KINDS  # each is read by itself before it is written

    @property
    def requests(self) -> int:
        """Give the number of requests."""
        updates = sum(-(-number // 50) for number in self._updates.values())
        creates = sum(-(-number // 50) for number in self._creates.values())
        made = len(self._names) + sum(-(-len(group) // 50) for group in self._apart())
        # A type is read again before fields are added to it, and once it or they are made: only then are the keys known.
        types = sum(1 for name in self._names.values() if name.kind == TYPES)
        types += sum(2 for group in self._apart() if any(name.kind == FIELDS for name in group.values()))
        return updates + creates + self._reads + made + types

    @property
    def made(self) -> list[Name]:
        """Give the names that are made first; a type that is made comes with its fields."""
        return [*self._names.values(), *(name for group in self._apart() for name in group.values())]

    def _apart(self) -> list[Mapping[str, Name]]:
        """Give what is made below each manufacturer and each type that is there: a new type comes with its fields."""
        with_types = {key for key, name in self._names.items() if name.kind == TYPES}
        return [group for parent, group in self._below.items() if parent not in with_types]


def dump(line: Line) -> bytes:
    """Write a line as JSON."""
    return orjson.dumps(
        {
            "target": line.target, "seq": line.seq, "ref": line.ref, "block": line.block, "word": line.word,
            "rollout": line.rollout, "name": line.name, "organization": line.organization, "code": line.code,
            "reason": line.reason, "plan": line.plan, "notes": dict(line.notes), "digest": line.digest,
            "stop": line.stop, "names": [_name(name) for name in line.names], "undo": line.undo,
        }
    )  # fmt: skip


def _name(name: Name) -> dict[str, Any]:
    return {"kind": name.kind, "name": name.name, "parent": _name(name.parent) if name.parent else None}


def parse(text: bytes) -> Line:
    """Read a line; raise ValueError or KeyError for anything else."""
    value = orjson.loads(text)
    names = tuple(_read_name(name) for name in value.pop("names"))
    return Line(**value, names=names)


def _read_name(value: Mapping[str, Any]) -> Name:
    parent = value["parent"]
    return Name(value["kind"], value["name"], make=True, parent=_read_name(parent) if parent else None)
