"""What the service does while nobody watches: cycles of its streams, and the work that follows from them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from io import StringIO
from threading import Event
from time import monotonic
from typing import Any

import sqlalchemy as sa
import structlog

from bridge import app, poll, restored, schedule
from bridge.cli import frame
from bridge.drain.drain import Drain
from bridge.engine import Engine
from bridge.queue.embedded import start_or_join
from bridge.store import streams
from bridge.store.schema import targets
from bridge.sweep import sweep
from tests.e2e.safety.ledger import Ledger
from tests.faults import quiet, tenants
from tests.faults.processes import Ended
from tests.faults.times import SHORT, Times
from tests.faults.world import Bill, World, secrets, world

# Where nothing is killed and no list lags, answers have time, and two complete reads need no time between them.
QUICK = replace(
    SHORT, write_window=6.0, list_lag=0.2, deadline=4.0, intend_age=1.0, lease=8.0, confirm_gap=0.0, gone_gap=0.0,
    refresh=86_400.0, id_snapshot=86_400.0,
)  # fmt: skip
DEVICES, COMPANIES = "company/configurations", "company/companies"
SYNCED = 2  # a command that wrote something


class Desk:
    """A person who types customers and devices into the PSA."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._active = tenants.lookup(world, f"{COMPANIES}/statuses", "Active")
        self._client = tenants.lookup(world, f"{COMPANIES}/types", "Client")
        self._used = tenants.lookup(world, f"{DEVICES}/statuses", "Active", "description")
        self._types: dict[str, dict[str, int]] = {}

    def company(self, name: str, **words: Any) -> int:
        """Make a customer; give its id."""
        identifier = name.replace(" ", "")[:25]
        body = {"identifier": identifier, "name": name, "status": self._active, "types": [self._client], **words}
        return int(self._world.source.person("POST", COMPANIES, body)["id"])

    def device(self, company: int, name: str, kind: str = "Workstation", **words: Any) -> int:
        """Make a device of a type that is made where it is missing; give its id."""
        if kind not in self._types:
            self._types[kind] = tenants.lookup(self._world, f"{DEVICES}/types", kind)
        body = {"name": name, "type": self._types[kind], "status": self._used, "company": {"id": company}, **words}
        return int(self._world.source.person("POST", DEVICES, body)["id"])


@dataclass(frozen=True, slots=True)
class Scene:
    """A world, and what has changed in its IT Glue."""

    world: World
    ledger: Ledger

    def command(self, *words: str, code: int | None = None) -> Ended:
        """Run a command to its end; with `code` it has to end so."""
        out, err = StringIO(), StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            ended = Ended(frame.run([*words, "--settings", str(self.world.path)]), out.getvalue(), err.getvalue())
        structlog.reset_defaults()
        assert code is None or ended.code == code, (ended.code, ended.out, ended.err)
        return ended

    def reviewed(self) -> None:
        """Plan, and apply the plan, as a person does who has read it."""
        file = str(self.world.folder / "reviewed.plan")
        self.command("plan", "-o", file, code=SYNCED)
        self.command("apply", file, code=SYNCED)

    def unattended(self, *whats: str, rounds: int = 1) -> None:
        """Do what the service does in so many rounds: these streams (poll always), and all the work that is due."""
        settings = app.settings_of(self.world.path)
        with app.engine_of(settings, who="service", patience=1.0) as engine:
            restored.settings_changed(engine, settings.digest)
            for _ in range(rounds):
                _read(engine, app.settings_of(self.world.path).protocol, {"poll", *whats})
                _work(engine)

    def goes_on(self, *whats: str) -> None:
        """Do rounds until no side is paused any more, and every stream has read since."""
        ends_at = monotonic() + 10.0
        while True:
            self.unattended(*whats)
            if not self.open():
                return
            assert monotonic() < ends_at, self.open()
            Event().wait(0.1)

    def held(self) -> dict[str, int]:
        """Count what is held, by code; what only follows from a held parent is no cause."""
        return {code: number for code, number in quiet.held(self.world.database).items() if code != "parent_held"}

    def state(self, kind: str, number: int | str) -> tuple[str, str | None]:
        """Give a target's state, and its code or rule."""
        with self.world.database.read() as connection:
            row = connection.execute(sa.select(targets).where(targets.c.anchor == f"cw:{kind}:{number}")).one()
        return row.state, row.code or row.rule

    def open(self) -> quiet.Left:
        """Give what is still open."""
        return quiet.left(self.world.database)

    def change(self, resource: str, number: int, **words: Any) -> None:
        """Edit a record in the PSA as a person does."""
        self.world.source.person("PATCH", f"{resource}/{number}", words)

    def delete(self, resource: str, number: int) -> None:
        """Delete a record in the PSA as a person does."""
        self.world.source.control.delete(f"/records/{resource}/{number}").raise_for_status()


@contextmanager
def scene(*, mapping: str, rollout: str = '["*"]', stops: str = "", times: Times = QUICK) -> Iterator[Scene]:
    """Give a world with the stops of a production service, whose queue server runs as long as it lasts."""
    with ExitStack() as stack:
        bill = Bill(mapping=mapping, rollout=rollout, stops=stops, times=times)
        made = stack.enter_context(world("--empty", bill=bill))
        found = secrets(made.itglue, made.source, made.shape)
        (made.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in found.items()))
        stack.enter_context(start_or_join(made.data))
        yield Scene(made, Ledger(made.itglue))


def _read(engine: Engine, protocol: Any, whats: set[str]) -> None:
    wanted = [each for each in schedule.wanted(engine) if each[2] in whats]
    streams.ensure(engine.db, wanted)
    for source, kind, what in wanted:
        row = streams.claim_one(engine.db, source, kind, what, owner=engine.owner, lease=engine.times.lease)
        assert row is not None
        if what in {"ids", "snapshot"} and row.last_ok_at is None:  # its first turn is the first poll's
            schedule.cycle(engine, row, protocol)
            row = streams.claim_one(engine.db, source, kind, what, owner=engine.owner, lease=engine.times.lease)
            assert row is not None
        schedule.cycle(engine, row, protocol)


def _work(engine: Engine, *, seconds: float = 20.0) -> None:
    drain, ends_at = Drain(engine), monotonic() + seconds
    while True:
        sweep(engine)
        while poll.fetch_due(engine):
            pass
        drain("live")
        drain("backfill")
        sweep(engine)
        left = quiet.left(engine.db)
        if not left or left.paused:
            return
        assert monotonic() < ends_at, left
        Event().wait(0.05)
