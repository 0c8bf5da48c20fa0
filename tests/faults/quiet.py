"""The quiet end of a history: every source change is read, nothing is open, every run has ended."""

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from bridge.store.database import Database
from bridge.store.schema import fetches, links, pauses, run_targets, runs, streams, targets
from tests.faults.patience import until

OPEN = ("pending", "waiting", "creating")


@dataclass(frozen=True, slots=True)
class Left:
    """What is still open in the store."""

    targets: dict[tuple[str, str], int] = field(default_factory=dict)
    runs: int = 0
    fetches: int = 0
    unknown: int = 0
    paused: int = 0

    def __bool__(self) -> bool:
        return bool(self.targets or self.runs or self.fetches or self.unknown or self.paused)


def left(database: Database, last: int | None = None) -> Left:
    """Look at what is open; of runs up to the `last` one alone, where it is named: each poll begins another."""
    with database.read() as connection:
        count = sa.func.count()
        begun = sa.true() if last is None else runs.c.id <= last
        rows = connection.execute(
            sa.select(targets.c.block, targets.c.state, count)
            .where(targets.c.state.in_(OPEN))
            .group_by(targets.c.block, targets.c.state)
        ).all()

        def number(table: sa.Table, where: sa.ColumnElement[bool]) -> int:
            return int(connection.execute(sa.select(count).select_from(table).where(where)).scalar_one())

        return Left(
            {(row[0], row[1]): row[2] for row in rows},
            number(runs, runs.c.ended_at.is_(None) & begun),
            number(fetches, sa.true()),
            number(links, links.c.state == "unknown"),
            number(pauses, sa.true()),
        )


def has_streams(database: Database) -> bool:
    """Tell whether a scheduler has entered what it reads."""
    try:
        return bool(_fences(database, "poll"))
    except sa.exc.OperationalError:  # the tables are being made
        return False


def _fences(database: Database, what: str) -> dict[tuple[str, str], Any]:
    with database.read() as connection:
        rows = connection.execute(sa.select(streams).where(streams.c.what == what)).all()
    return {(row.source, row.kind): row for row in rows}


def all_read(database: Database, seconds: float, *, what: str = "poll", cycles: int = 1) -> float:
    """Wait until every stream has done so many whole cycles that began after now, without a failure."""
    began = {key: row.fence for key, row in _fences(database, what).items()}

    def done() -> bool:
        rows = _fences(database, what)
        return bool(rows) and all(
            row.fence >= began.get(key, 0) + 1 + cycles + (row.owner is not None) and not row.failures
            for key, row in rows.items()
        )

    return until(done, seconds, f"every {what} has read anew")


def week_over(database: Database, seconds: float) -> None:
    """Have the weekly snapshots come due, and wait until they are done."""
    began = _fences(database, "snapshot")
    with database.write() as connection:
        connection.execute(sa.update(streams).where(streams.c.what == "snapshot").values(next_at=0.0))

    def done() -> bool:
        rows = _fences(database, "snapshot").items()
        return all(row.fence > began[key].fence and row.owner is None and not row.failures for key, row in rows)

    until(done, seconds, "every snapshot has read anew")


def finished(database: Database, seconds: float) -> float:
    """Wait until nothing is open, as I5 promises; give how long that took."""
    with database.read() as connection:
        last = int(connection.execute(sa.select(sa.func.max(runs.c.id))).scalar() or 0)
    try:
        return until(lambda: not left(database, last), seconds, "nothing is open")
    except TimeoutError as error:
        raise TimeoutError(f"{error}, and still open is {left(database, last)}; {_examples(database)}") from None


def _examples(database: Database) -> list[dict[str, Any]]:
    """Give some of what is open: targets, and open runs with what keeps them open."""
    waiting = sa.select(runs, targets.c.anchor, targets.c.state, targets.c.seq, run_targets.c.seq.label("run_seq"))
    waiting = waiting.outerjoin(run_targets, (run_targets.c.run == runs.c.id) & run_targets.c.outcome.is_(None))
    waiting = waiting.outerjoin(targets, targets.c.id == run_targets.c.target).where(runs.c.ended_at.is_(None))
    with database.read() as connection:
        found = list(connection.execute(sa.select(targets).where(targets.c.state.in_(OPEN)).limit(5)).mappings())
        found += connection.execute(waiting.limit(10)).mappings()
        return [dict(row) for row in found]


def held(database: Database) -> dict[str, int]:
    """Count what is held, by code."""
    with database.read() as connection:
        rows = connection.execute(
            sa.select(targets.c.code, sa.func.count()).where(targets.c.state == "held").group_by(targets.c.code)
        )
        return {str(code): int(number) for code, number in rows}


def states(database: Database, block: str) -> dict[str, int]:
    """Count a block's targets by state."""
    with database.read() as connection:
        rows = connection.execute(
            sa.select(targets.c.state, sa.func.count()).where(targets.c.block == block).group_by(targets.c.state)
        )
        return {str(state): int(number) for state, number in rows}
