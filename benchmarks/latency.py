"""How long it takes from a hint to the write at IT Glue, in a service that is idle and in one with a large backfill."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import sqlalchemy as sa

from benchmarks.figure import Figure
from benchmarks.stage import FailedError, Stage, seconds_of, serving, stage
from bridge import app
from bridge.engine import Engine
from bridge.hints import hint
from bridge.records import Ref
from bridge.store.schema import links, targets

SAMPLES = 60
FEWEST = 30
PATIENCE = 60.0
_PAUSE = 0.5
_STOPS = """[stops]
creates = { hour = 1000000, day = 1000000 }
names = { hour = 1000000, day = 1000000 }
"""


def idle() -> Iterator[Figure]:
    """Hint to a service that has nothing else to do."""
    with stage("first_sync", companies=20, devices=1000) as here:
        here.configure(rest=_STOPS)
        here.sync()
        with _service(here) as engine:
            _quiet(engine)
            yield _figure("change_to_write_p95_ms_idle", _samples(here, engine), 2000)


def backfill() -> Iterator[Figure]:
    """Hint to a service that has 100,000 configurations to make."""
    with stage("first_sync", devices=100_000) as here:
        first = here.connectwise.call("GET", "/records/company/companies")[0]["now"]["name"]
        here.configure(rest=_STOPS, rollout=f'["{first}"]')
        here.sync()
        here.configure(rest=_STOPS)
        with _service(here) as engine:
            before = _open(engine)
            found = _samples(here, engine, busy=True)
            print(f"    {before:,} were open at the beginning, {_open(engine):,} at the end")
            if len(found) < FEWEST:
                raise FailedError(f"the backfill was done after {len(found)} samples")
            yield _figure("change_to_write_p95_ms_backfill", found, 10_000)


def _figure(name: str, samples: list[float], limit: float) -> Figure:
    ordered = sorted(samples)
    p95 = ordered[int(len(ordered) * 0.95)]
    print(f"    {len(ordered)} hints: median {ordered[len(ordered) // 2]:.0f} ms, most {ordered[-1]:.0f} ms")
    return Figure.of(name, p95, "ms", "<=", limit)


@contextmanager
def _service(here: Stage) -> Iterator[Engine]:
    with patch.dict(os.environ, here.environment):
        service = here.start(sys.executable, "-m", "bridge", "run", "--settings", str(here.settings))
        with (
            serving([service]),
            app.engine_of(app.settings_of(here.settings), who="bench", rings=True) as engine,
        ):
            _started(here)
            yield engine
            if service.poll() is not None:
                raise FailedError((here.folder / "output.log").read_text()[-3000:])


def _started(here: Stage) -> None:
    """Wait until the workers serve their lanes: the scheduler then has polled, and starts after them."""
    ends = time.monotonic() + PATIENCE
    here.connectwise.forget()
    while time.monotonic() < ends:
        if len(here.connectwise.requests()) > 2:
            return
        time.sleep(0.2)
    raise FailedError(f"no poll within {PATIENCE:g} s:\n" + (here.folder / "output.log").read_text()[-3000:])


def _open(engine: Engine) -> int:
    with engine.db.read() as connection:
        pending = sa.select(sa.func.count()).select_from(targets).where(targets.c.state.in_(["pending", "waiting"]))
        return int(connection.execute(pending).scalar_one())


def _quiet(engine: Engine) -> None:
    ends = time.monotonic() + PATIENCE
    while _open(engine):
        if time.monotonic() > ends:
            raise FailedError("the service did not come to rest")
        time.sleep(0.5)


def _samples(here: Stage, engine: Engine, *, busy: bool = False) -> list[float]:
    """Hint and wait for the write, again and again; with `busy` only those samples count that ended before the backlog."""
    with engine.db.read() as connection:
        linked: list[Any] = list(
            connection.execute(
                sa.select(targets.c.anchor, links.c.itglue_id)
                .join(links, links.c.target == targets.c.id)
                .where(targets.c.block == "configurations")
                .order_by(targets.c.id)
                .limit(SAMPLES)
            )
        )
    if len(linked) < SAMPLES:
        raise FailedError(f"only {len(linked)} configurations are linked")
    found = []
    for number, row in enumerate(linked):
        ref = Ref.parse(row.anchor)
        here.connectwise.call("PATCH", f"/records/company/configurations/{ref.id}", {"tagNumber": f"changed {number}"})
        here.itglue.forget()
        began = time.time()
        hint(engine, [ref])
        took = (_written(here, row.itglue_id) - began) * 1000
        if busy and not _open(engine):
            break
        found.append(took)
        time.sleep(_PAUSE)
    return found


def _written(here: Stage, itglue_id: str) -> float:
    """Give when the record was written."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        for entry in here.itglue.requests():
            if entry["method"] == "PATCH" and entry["path"].endswith(f"/{itglue_id}"):
                return seconds_of(entry)
        time.sleep(0.05)
    raise FailedError(f"configuration {itglue_id} was not written within {PATIENCE:g} s")
