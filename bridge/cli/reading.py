"""Reading what a command needs of both sides, and saying which side failed."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bridge import poll, refresh
from bridge.catalogue import ENTRIES
from bridge.cli.failures import CommandError, Problem, of_side, side
from bridge.errors import BridgeError
from bridge.store import streams
from bridge.store.schema import pauses

if TYPE_CHECKING:
    from bridge.engine import Engine


def poll_sources(engine: "Engine", kinds: Sequence[str] | None = None) -> None:
    """Poll what blocks read of every source once, or these kinds; what a running service reads just now is left to it."""
    wanted = [
        (name, kind, "poll")
        for name, connector in engine.connectors.items()
        for kind in kinds or engine.mapping.kinds_of(name)
        if kind in connector.kinds
    ]
    streams.ensure(engine.db, wanted)
    probe_now(engine, engine.connectors)
    errors: dict[str, BridgeError] = {}
    engine.on_failed = errors.__setitem__
    for source, kind, what in wanted:
        row = streams.claim_one(engine.db, source, kind, what, owner=engine.owner, lease=engine.times.lease)
        if row is not None and poll.cycle(engine, row, every=0.0) is None:
            error = errors.get(source)
            raise CommandError(*of_side(error, source) if error is not None else [_paused(engine, source)])


def probe_now(engine: "Engine", sides: Iterable[str]) -> None:
    """End the wait of paused sides: a person who runs a command has often just put right what was wrong."""
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        connection.execute(sa.update(pauses).where(pauses.c.scope.in_(list(sides))).values(until=now))


def _paused(engine: "Engine", source: str) -> Problem:
    """Say what a source was paused for meanwhile, by a service beside us."""
    with engine.db.read() as connection:
        said = connection.execute(sa.select(pauses.c.why).where(pauses.c.scope == source)).scalar()
    said = (said or "it could not be read").removeprefix(f"{source}: ")
    return Problem("B201", f"{source}: {said}. {ENTRIES['B201'].fix}")


def read_index(engine: "Engine", fresh: Iterable[str], once: Iterable[str] = ()) -> None:
    """Read kinds of IT Glue into the index: `fresh` ones unless that was done lately, the others unless it ever was."""
    with side("itglue"):
        for kind in fresh:
            refresh.ensure(engine, kind, lane="live")
        with engine.db.read() as connection:
            unknown = [kind for kind in once if not engine.index.began_at(connection, kind)]
        for kind in unknown:
            refresh.refresh(engine, kind, lane="live")
