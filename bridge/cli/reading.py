"""Reading what a command needs of both sides, and saying which side failed."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from bridge import poll, refresh
from bridge.catalogue import ENTRIES
from bridge.cli.failures import CommandError, Problem, side
from bridge.store import streams
from bridge.store.schema import pauses

if TYPE_CHECKING:
    from bridge.engine import Engine

_CODES = {"auth": "B202", "down": "B201"}


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
    for source, kind, what in wanted:
        row = streams.claim_one(engine.db, source, kind, what, owner=engine.owner, lease=engine.times.lease)
        if row is not None and poll.cycle(engine, row, every=0.0) is None:
            raise CommandError(_failure(engine, source, row))


def probe_now(engine: "Engine", sides: Iterable[str]) -> None:
    """End the wait of paused sides: a person who runs a command has often just put right what was wrong."""
    with engine.db.write() as connection:
        now = engine.db.now(connection)
        connection.execute(sa.update(pauses).where(pauses.c.scope.in_(list(sides))).values(until=now))


def _failure(engine: "Engine", source: str, row: streams.Row) -> Problem:
    with engine.db.read() as connection:
        paused = connection.execute(sa.select(pauses).where(pauses.c.scope == source)).first()
    code = "B201" if paused is None else _CODES.get(paused.code, "B201")
    said = streams.last_error(engine.db, row) or (paused.why if paused is not None else "it could not be read")
    said = said.removeprefix(f"{source}: ")
    # A refusal names its own remedy.
    return Problem(code, f"{source}: {said}" + ("" if code == "B202" else f". {ENTRIES[code].fix}"))


def read_index(engine: "Engine", fresh: Iterable[str], once: Iterable[str] = ()) -> None:
    """Read kinds of IT Glue into the index: `fresh` ones unless that was done lately, the others unless it ever was."""
    with side("itglue"):
        for kind in fresh:
            refresh.ensure(engine, kind, lane="live")
        with engine.db.read() as connection:
            unknown = [kind for kind in once if not engine.index.began_at(connection, kind)]
        for kind in unknown:
            refresh.refresh(engine, kind, lane="live")
