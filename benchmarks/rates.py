"""How many records a second are planned again after a mapping change, and are recognised as unchanged in a snapshot."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, process_time
from unittest.mock import patch

from benchmarks.figure import Figure
from benchmarks.stage import UNLIMITED, FailedError, Stage, stage
from bridge import app
from bridge.cli.planning import each_line
from bridge.engine import Engine
from bridge.plan_pass import Line
from bridge.records import Page
from bridge.store import runs

PASSES = 3
# Another mapping of every configuration, by which most stay as they are.
_CHANGED_MAPPING = """[configurations]
only = "type not in ['Consumable', 'Spare']"
once = ["notes", "purchased_at"]
fill = ["asset_tag", "installed_by"]
"""


def replan() -> Iterator[Figure]:
    """Plan everything again after a mapping change: all is loaded, mapped, compared and counted, on one core."""
    with stage("first_sync", limits=False) as here:
        here.configure(itglue=UNLIMITED)
        here.sync()
        here.configure(itglue=UNLIMITED, rest=_CHANGED_MAPPING)
        with _engine(here) as engine:
            best = 0.0
            for _ in range(PASSES):
                words: dict[str, int] = {}
                began = process_time()
                summary = each_line(engine, lambda line, words=words: _count(words, line))  # type: ignore[misc]  # a default binds the loop's value
                taken = process_time() - began
                lines = sum(words.values())
                best = max(best, lines / taken)
                print(f"    {lines:,} targets, {lines / taken:,.0f} a second; {summary.blocks}")
            if words.get("equal") != lines:
                raise FailedError(f"all should be equal, and are {words}")
        yield Figure.of("replan_records_per_second", best, "records/s", ">=", 20_000)


def _count(words: dict[str, int], line: Line) -> None:
    words[line.word] = words.get(line.word, 0) + 1


def unchanged() -> Iterator[Figure]:
    """Mirror a snapshot that changed nothing: each record is known, digested, compared and counted into the run."""
    with stage("first_sync", limits=False) as here:
        here.configure(itglue=UNLIMITED)
        here.sync()
        with _engine(here) as engine:
            connector = engine.connectors["cw"]
            pages = list(connector.snapshot("configuration", engine.mapping.want("configuration")))
            number = sum(len(page.records) for page in pages)
            best = 0.0
            for _ in range(PASSES):
                taken = _mirrored(engine, pages, connector.normalizer)
                best = max(best, number / taken)
                print(f"    {number:,} records, {number / taken:,.0f} a second")
        yield Figure.of("unchanged_records_per_second", best, "records/s", ">=", 50_000)


def _mirrored(engine: Engine, pages: list[Page], normalizer: int) -> float:
    with engine.db.write() as connection:
        run = runs.start(engine.db, connection, "snapshot", "cw:configuration")
    began = perf_counter()
    for page in pages:
        written = engine.mirror.write(
            page.records, read_started_at=engine.db.now(), run=run, lane="backfill", normalizer=normalizer
        )
        if written.changed:
            raise FailedError(f"{len(written.changed)} records count as changed")
    taken = perf_counter() - began
    with engine.db.write() as connection:
        counts = runs.end(connection, run, now=engine.db.now(connection), outcome="finished")
    if counts["seen"] != counts["equal"]:
        raise FailedError(f"all should be equal, and are {counts}")
    return taken


@contextmanager
def _engine(here: Stage) -> Iterator[Engine]:
    with patch.dict(os.environ, here.environment), app.engine_of(app.settings_of(here.settings), who="bench") as engine:
        yield engine
