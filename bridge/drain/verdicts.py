"""Verdicts on targets, and the moment by which they are given."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection

from bridge import planning
from bridge.desired import Excluded, Held, Name
from bridge.drain import asset_types, references
from bridge.drain.asset_types import TypeView
from bridge.drain.names import Names
from bridge.drain.work import Parent
from bridge.engine import Engine
from bridge.mapping.blocks import Block
from bridge.planning import Plan
from bridge.poll import source_shape
from bridge.refresh import RECORD_KINDS

ORGANIZATIONS = "organizations"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A parent, or what is referred to, has no link yet; `missing` are names that will be needed besides."""

    on: tuple[int, ...] = ()
    missing: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """Gone at the source; `due_at` is the end of its grace, None where there is nothing (more) to do."""

    due_at: float | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """What the planner decided; `missing` are names that it needs first."""

    plan: Plan
    missing: tuple[Name, ...] = ()


Verdict = Excluded | Held | Waiting | Gone | Ready


@dataclass(slots=True)
class Moment:
    """What evaluating needs of the account as a whole, read once for many targets.

    `parents` answers for organizations that are planned in the same pass; None: ask the store. `planned` says, by
    target, what the pass makes of records without a link. With `everyone`, the rollout keeps nobody out, and names that
    are missing count as there, those that a stop holds too: a plan lists what it would pass. `stale`: flexible assets
    that are to be changed will be read first, and are judged only then.
    """

    names: Names
    now: float
    native: dict[str, planning.native.Creates] = field(default_factory=dict)
    shapes: dict[str, str | None] = field(default_factory=dict)
    parents: Callable[[Iterable[int]], Mapping[int, Parent]] | None = None
    planned: Mapping[int, references.Planned] = field(default_factory=dict)
    everyone: bool = False
    stale: bool = False
    views: dict[tuple[str, str], TypeView] = field(default_factory=dict)

    def view(self, block: Block) -> TypeView:
        """Give what IT Glue has of a block's flexible asset type."""
        form = block.id, block.digest
        if form not in self.views:
            self.views[form] = asset_types.view(self.names, block, everyone=self.everyone)
        return self.views[form]

    @classmethod
    def of(cls, engine: Engine, connection: Connection) -> "Moment":
        """Read the moment."""
        moment = cls(Names(connection), engine.db.now(connection))
        for kind in RECORD_KINDS:
            moment.native[kind] = planning.creates(
                engine.index.live_native(connection, kind), disconnected=engine.native_disconnected
            )
        for source, connector in engine.connectors.items():
            moment.shapes[source] = source_shape(connection, source, tuple(connector.kinds))
        return moment
