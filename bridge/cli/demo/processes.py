"""The processes of the demo: simulators, commands and the service; each ends with it, by its own number."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bridge.cli.demo.pen import DemoError, Pen

PATIENCE = 20.0  # seconds that a process has to end after SIGTERM
SERVICE_LINES = 12  # of the service's log, shown in one act


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command came to."""

    code: int
    lines: Sequence[str]


def end(process: subprocess.Popen[str]) -> int:
    """End a process as an operator does, and kill it where it does not; give its exit code."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


class Commands:
    """Types commands of `glue-bridge` in the demo's folder and shows what they print."""

    def __init__(self, pen: Pen, folder: Path, environment: Mapping[str, str], tell: Callable[[], str]) -> None:
        self._pen = pen
        self._folder = folder
        self._environment = dict(environment)
        self._tell = tell

    def run(self, *arguments: str, show: int = 30, skip: str | None = None, codes: Collection[int] = (0, 2)) -> Ended:
        """Run a command to its end; show its first lines, without those that begin with `skip`.

        Raises DemoError where it ends with an exit code that nobody expects.
        """
        self._pen.typed(f"glue-bridge {' '.join(arguments)}")
        # Bars are drawn on a terminal only, and a line between them would tear them.
        bars = sys.stderr.isatty()
        lines: list[str] = []
        shown = 0
        with nullcontext() if bars else self._pen.ticking(self._tell):
            process = subprocess.Popen(
                [sys.executable, "-m", "bridge", *arguments], cwd=self._folder, env=self._environment,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=None if bars else subprocess.STDOUT, text=True,
            )  # fmt: skip
            assert process.stdout is not None
            try:
                for line in process.stdout:
                    lines.append(line.rstrip())
                    if shown < show and not (skip and line.startswith(skip)):
                        shown += 1
                        self._pen.shown(lines[-1])
                code = process.wait()
            finally:
                end(process)
                process.stdout.close()
        if len(lines) > shown:
            self._pen.shown(f"… {len(lines) - shown:,} more lines")
        if code not in codes:
            for line in lines[shown:][-10:]:
                self._pen.shown(line)
            raise DemoError(f"glue-bridge {' '.join(arguments)} ended with exit code {code}")
        return Ended(code, lines)

    def quietly(self, *arguments: str) -> str:
        """Run a command to its end and show nothing of it; give what it prints."""
        with self._pen.ticking(self._tell), subprocess.Popen(
            [sys.executable, "-m", "bridge", *arguments], cwd=self._folder, env=self._environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        ) as process:  # fmt: skip
            try:
                out, _ = process.communicate()
            finally:
                end(process)
        if process.returncode not in (0, 2):
            raise DemoError(f"glue-bridge {' '.join(arguments)} ended with exit code {process.returncode}")
        return out

    def service(self) -> "Service":
        """Start the service."""
        self._pen.typed("glue-bridge run &")
        process = subprocess.Popen(
            [sys.executable, "-m", "bridge", "run"], cwd=self._folder, env=self._environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            process_group=0,  # Ctrl-C is for the demo, which ends the service by SIGTERM
        )  # fmt: skip
        return Service(process, self._pen, self._folder)


class Service:
    """The running service; a context manager that ends it. Its log is shown as it comes, and kept."""

    def __init__(self, process: subprocess.Popen[str], pen: Pen, folder: Path) -> None:
        self.process = process
        self._pen = pen
        self._folder = folder
        self._room = SERVICE_LINES
        self._reader = threading.Thread(target=self._read, name="service-log", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> int:
        """End it as an operator does; give its exit code."""
        code = end(self.process)
        self._reader.join(PATIENCE)
        return code

    def show_more(self) -> None:
        """Show the next lines of its log."""
        self._room = SERVICE_LINES

    def processes(self) -> dict[str, int]:
        """Give the number of each of its running processes by name; raises DemoError where it has ended."""
        if self.process.poll() is not None:
            raise DemoError(f"the service has ended with exit code {self.process.returncode}")
        try:
            told = json.loads((self._folder / "data" / "service.json").read_text())
        except (OSError, ValueError):
            return {}
        return {each["name"]: each["pid"] for each in told["children"] if each["pid"]}

    def workers(self) -> dict[str, int]:
        """Give the numbers of its worker processes by name."""
        return {name: pid for name, pid in self.processes().items() if name != "scheduler"}

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout, (self._folder / "run.log").open("a") as log:
            for line in self.process.stdout:
                log.write(line)
                if self._room > 0:
                    self._room -= 1
                    self._pen.shown(_narrow(line))
                    if not self._room:
                        self._pen.shown("… its log goes on in run.log")


def _narrow(line: str) -> str:
    """Leave out of a line of the log what only aligns it, and the parts of a second."""
    return re.sub(r" {2,}", "  ", re.sub(r"^(\S+)\.\d+Z", r"\1Z", line.rstrip()))


class Simulators:
    """Starts simulators; a context manager that ends them."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one; several get ready at the same time."""
        process = subprocess.Popen(
            [sys.executable, "-m", "simulators", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            process_group=0,  # Ctrl-C is for the demo, which needs them until its commands have ended
        )  # fmt: skip
        self._stack.callback(end, process)
        return process

    @staticmethod
    def ready(process: subprocess.Popen[str]) -> dict[str, Any]:
        """Wait for the line by which a simulator says where it is."""
        assert process.stdout is not None
        line = process.stdout.readline()
        process.stdout.close()
        if not line:
            raise DemoError(f"a simulator did not start: {' '.join(map(str, process.args))}")  # type: ignore[arg-type]  # our own list
        found: dict[str, Any] = json.loads(line)
        return found


def kill(pids: Collection[int]) -> None:
    """Send SIGKILL; a process that is gone already is none of our business."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_for(true: Callable[[], bool], seconds: float, what: str, *, every: float = 0.5) -> float:
    """Wait until something is so; give how long it took. Raises DemoError where it does not come."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            raise DemoError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(every)
    return time.monotonic() - began
