"""The real processes of a proof: the service, single children of it, and commands; every one is ended at the end."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.faults.steps import VARIABLE, Steps


@dataclass(slots=True)
class Running:
    """A process with its log."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        """Give its number."""
        return self.process.pid

    def events(self) -> Iterator[dict[str, Any]]:
        """Give what it has logged, one event each; lines that are none, such as tracebacks, as `{"line": …}`."""
        for line in self.log.read_text(errors="replace").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                yield {"line": line}

    def end(self, *, seconds: float = 30.0) -> int:
        """End it as an operator does; give its exit code. One that stands still is killed."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
        return self.process.wait()


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command came to."""

    code: int
    out: str
    err: str


class Processes:
    """Starts them in one folder with one environment; a context manager."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self.started: list[Running] = []

    def service(self, steps: Steps | None = None) -> Running:
        """Start the supervised service."""
        return self._start(["-m", "bridge", "run", "--settings", "bridge.toml"], "service", steps)

    def child(self, role: str, queue: str, steps: Steps | None = None, *, threads: int = 1) -> Running:
        """Start one worker or scheduler without a supervisor, which would kill it where it stands still."""
        arguments = ["-m", "bridge.child", role, "--settings", "bridge.toml", "--queue", queue]
        return self._start([*arguments, "--threads", str(threads)], role, steps)

    def command(self, *words: str, seconds: float = 120.0) -> Ended:
        """Run a command to its end; again where it says so, because short times let a grant grow old on a busy machine."""
        for _ in range(5):
            done = subprocess.run(
                [sys.executable, "-m", "bridge", *words], cwd=self._folder, env=self._environment, capture_output=True,
                text=True, timeout=seconds, stdin=subprocess.DEVNULL, check=False,
            )  # fmt: skip
            if done.returncode != 1 or "the grant lay unused" not in done.stderr:
                break
        return Ended(done.returncode, done.stdout, done.stderr)

    def _start(self, words: list[str], name: str, steps: Steps | None) -> Running:
        log = self._folder / f"{name}-{len(self.started)}.log"
        environment = {**self._environment, **({VARIABLE: str(steps.fd)} if steps is not None else {})}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *words], cwd=self._folder, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, pass_fds=[steps.fd] if steps is not None else [],
            )  # fmt: skip
        self.started.append(Running(process, log))
        return self.started[-1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for each in reversed(self.started):
            each.end()
