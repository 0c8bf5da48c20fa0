"""Hints: somebody says that records have changed at their source, so they are fetched before all else."""

from collections.abc import Sequence

from bridge.engine import Engine
from bridge.records import Ref


def hint(engine: Engine, refs: Sequence[Ref], *, why: str = "hint") -> None:
    """Ask for a fetch of each record; the wish is stored when this returns, and the live lane is rung."""
    with engine.db.write() as connection:
        engine.mirror.hint(connection, refs, due_at=engine.db.now(connection), lane="live", why=why)
    engine.doorbell.ring("live")
