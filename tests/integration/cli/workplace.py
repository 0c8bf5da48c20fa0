"""A folder in which commands are run, with settings for two running simulators."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bridge import app, poll, refresh
from bridge.cli import frame, reading
from bridge.drain.drain import Drain
from bridge.engine import Engine
from bridge.store import runs, streams
from tests.simulators.running import Running, running

ONLY = (
    "only = \"status in ['Active', 'Credit Hold'] and 'Client' in types\"",
    "only = \"type not in ['Consumable', 'Spare']\"",
)


@dataclass(frozen=True, slots=True)
class Sides:
    """The two simulators."""

    itglue: Running
    psa: Running

    def reset(self) -> None:
        """Lift what a test ordered, and forget what was asked: the list would grow with every test."""
        for side in (self.itglue, self.psa):
            side.reset()
            side.control.delete("/requests").raise_for_status()


@contextmanager
def sides(size: str = "12x60") -> Iterator[Sides]:
    """Run both simulators, of the same provider: so many customers x devices."""
    provider = ("--port", "0", "--provider", size, "--seed", "7")
    with ExitStack() as stack:
        itglue = stack.enter_context(running("itglue", *provider))
        yield Sides(itglue, stack.enter_context(running("connectwise", *provider)))


@dataclass(frozen=True, slots=True)
class Said:
    """What a command ended with and printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Read what was printed as JSON."""
        return json.loads(self.out)


class Workplace:
    """Runs commands in a folder, as typed there."""

    def __init__(self, folder: Path, both: Sides, capture: pytest.CaptureFixture[str] | None) -> None:
        self.folder = folder
        self.file = folder / "bridge.toml"
        self.sides = both
        self._capture = capture

    def init(self, *more: str) -> Said:
        """Write settings for both simulators."""
        given = self.sides.psa.credentials
        return self.run(
            "init", "--settings", str(self.file), "--url", self.sides.psa.url, "--company", given["company"], "--public-key", given["public_key"],
            "--private-key", given["private_key"], "--client-id", given["client_id"], "--itglue-url",
            self.sides.itglue.url, "--itglue-key", self.sides.itglue.credentials["api_key"], *more,
        )  # fmt: skip

    def ready(self, *more: str) -> None:
        """Write settings under which the simulators' traps hold: clients only, no consumables."""
        said = self.init("--rollout", "*", *more)
        assert said.code == 0, said.err
        self.edit("# only     = \"status in ['Active'] and 'Client' in types\"", ONLY[0])
        self.edit("# only   = \"type not in ['Consumable', 'Spare']\"", ONLY[1])

    def edit(self, old: str, new: str, file: str = "bridge.toml") -> None:
        """Change the text of a file, which has to hold the old one."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {file}:\n{text}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def line_of(self, text: str) -> int:
        """Give the line of bridge.toml that holds a text."""
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def run(self, *arguments: str) -> Said:
        """Run a command in this process."""
        if self._capture is None:
            return Said(frame.run(arguments), "", "")
        self._capture.readouterr()
        code = frame.run(arguments)
        printed = self._capture.readouterr()
        # A machine that is busy makes commands slow enough to say how far they are.
        told = [line for line in printed.err.splitlines(keepends=True) if not line.startswith("after ")]
        return Said(code, printed.out, "".join(told))

    def json(self, *arguments: str) -> Any:
        """Run a command with --json."""
        return self.run(*arguments, "--json").json

    def start(self, *arguments: str, **how: Any) -> "subprocess.Popen[str]":
        """Run a command as a process of its own."""
        command = [sys.executable, "-m", "bridge", *arguments]
        return subprocess.Popen(command, cwd=self.folder, text=True, **how)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """Give the engine that commands here work with."""
        with app.engine_of(app.settings_of(self.file), who="test") as engine:
            yield engine

    def drain(self) -> None:
        """Do what the service would: read both sides, and decide about everything."""
        with self.engine() as engine:
            engine.mode = "apply"
            reading.poll_sources(engine, ["organization", "configuration"])
            refresh.ensure_known(engine, lane="backfill")
            drain = Drain(engine)
            while drain("live") + drain("backfill"):
                pass
            runs.end_finished(engine.db, planned=False)

    def snapshot(self, kind: str) -> None:
        """Read a kind of the source completely, as the service does once a day."""
        with self.engine() as engine:
            streams.ensure(engine.db, [("cw", kind, "snapshot")])
            row = streams.claim_one(engine.db, "cw", kind, "snapshot", owner="test", lease=60.0)
            assert row is not None
            assert poll.cycle(engine, row, every=0.0) is not None

    def shows(self, ref: str) -> Any:
        """Give what `explain` says of one record, for scripts."""
        [told] = self.json("explain", ref)["targets"]
        return told
