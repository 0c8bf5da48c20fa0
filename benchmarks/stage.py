"""A provider's two systems as simulators, a folder with its settings, and the bridge's own command line beside them."""

import contextlib
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import orjson

from simulators.provider import datasets

COMPANIES, DEVICES, SEED = 200, 10_000, 7
REPOSITORY = Path(__file__).resolve().parent.parent
# A quota that nothing waits for.
UNLIMITED = 'quota = { requests = 10000000, per = "5m", keep_for_others = "0%" }'
_COMMAND = [sys.executable, "-m", "bridge"]


class FailedError(Exception):
    """A command or a server did not do what the measurement needs; the figure would mean nothing."""


class Simulator:
    """A simulator in a process of its own, and its control API."""

    def __init__(self, process: "subprocess.Popen[str]", line: dict[str, Any]) -> None:
        self.process = process
        self.url: str = line["url"]
        self.credentials: dict[str, str] = line["credentials"]
        self._control = httpx.Client(base_url=line["control"], timeout=120)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Do a control call and give what it answers."""
        answer = self._control.request(method, path, json=body)
        if answer.status_code >= 300:
            raise FailedError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json() if answer.content else None

    def requests(self) -> list[dict[str, Any]]:
        """Give the log of requests since it was last forgotten."""
        return list(self.call("GET", "/requests"))

    def forget(self) -> None:
        """Begin the log anew."""
        self.call("DELETE", "/requests")

    def end(self) -> None:
        """Stop it."""
        self._control.close()
        self.process.terminate()
        self.process.wait(30)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: exit code, output, seconds, and the most memory that it held, in MB."""

    code: int
    output: str
    seconds: float
    peak: float


@dataclass(slots=True)
class Stage:
    """Where a measurement takes place."""

    folder: Path
    itglue: Simulator
    connectwise: Simulator
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> Path:
        """Give the settings file."""
        return self.folder / "bridge.toml"

    def configure(self, *, itglue: str = "", rollout: str = '["*"]', rest: str = "", mode: str = "apply") -> None:
        """Write the settings: `itglue` are further lines of that table, `rest` further tables."""
        self.settings.write_text(
            f"""version = 1
defaults = "2026-11"
mode = "{mode}"
[itglue]
url = "{self.itglue.url}"
key = "env:ITGLUE_KEY"
{itglue}
[sources.cw]
type = "connectwise"
url = "{self.connectwise.url}"
company = "{self.connectwise.credentials["company"]}"
public_key = "env:CW_PUBLIC_KEY"
private_key = "env:CW_PRIVATE_KEY"
client_id = "env:CW_CLIENT_ID"
native = true
[rollout]
organizations = {rollout}
{rest}
""",
            encoding="utf-8",
        )

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """Start a process with the credentials in its environment, its output in a file of the folder."""
        with (self.folder / "output.log").open("a") as log:
            return subprocess.Popen(command, cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log, text=True)

    def bridge(self, *arguments: str, codes: tuple[int, ...] = (0, 2)) -> Ran:
        """Run a command of the bridge to its end; raise FailedError for another exit code."""
        began = monotonic()
        place = self.folder / f"ran-{'-'.join(arguments[:1])}.log"
        with place.open("w") as log:
            process = subprocess.Popen(
                [*_COMMAND, *arguments, "--settings", str(self.settings)],
                cwd=REPOSITORY, env=self.environment, stdout=log, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
            peak = _watched(process)
        output = place.read_text()
        if process.returncode not in codes:
            raise FailedError(f"{' '.join(arguments)} ended with {process.returncode}:\n{output[-3000:]}")
        return Ran(process.returncode, output, monotonic() - began, peak)

    def sync(self) -> tuple[Ran, Ran]:
        """Plan into a file and apply it."""
        saved = str(self.folder / "the.plan")
        planned = self.bridge("plan", "-o", saved)
        return planned, self.bridge("apply", saved)


def _watched(process: "subprocess.Popen[str]") -> float:
    """Wait for a process; give the most memory that it held, in MB (what wait4 says counts the parent's too)."""
    peak = 0.0
    while process.poll() is None:
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM"):
                    peak = max(peak, int(line.split()[1]) / 1024)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    return peak


def write_data(name: str, companies: int, devices: int, folder: Path) -> None:
    """Write both sides of a data set as files that simulators read, in a process that gives its memory back."""
    child = multiprocessing.get_context("spawn").Process(target=_write_data, args=(name, companies, devices, folder))
    child.start()
    child.join()
    if child.exitcode:
        raise FailedError(f"the data {name} could not be made")


def _write_data(name: str, companies: int, devices: int, folder: Path) -> None:
    sides = getattr(datasets, name)(companies, devices, SEED)
    for system, records in sides.items():
        (folder / f"{system}.json").write_bytes(orjson.dumps(records))


def simulator(system: str, folder: Path, *, limits: bool) -> Simulator:
    """Start a simulator on a file of a data set."""
    command = [sys.executable, "-m", "simulators", system, "--data", str(folder / f"{system}.json")]
    process = subprocess.Popen(
        [*command, "--limits", "on" if limits else "off"], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise FailedError(f"the {system} simulator did not start")
    return Simulator(process, json.loads(line))


@contextlib.contextmanager
def stage(name: str, *, companies: int = COMPANIES, devices: int = DEVICES, limits: bool = True) -> Iterator[Stage]:
    """Set a stage with one of the provider's data sets; all of it is gone at the end."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True)))
        write_data(name, companies, devices, folder)
        itglue = simulator("itglue", folder, limits=limits)
        stack.callback(itglue.end)
        connectwise = simulator("connectwise", folder, limits=limits)
        stack.callback(connectwise.end)
        credentials = {
            "ITGLUE_KEY": itglue.credentials["api_key"],
            **{f"CW_{name.upper()}": value for name, value in connectwise.credentials.items()},
        }
        set_stage = Stage(folder, itglue, connectwise, {**os.environ, **credentials})
        set_stage.configure()
        yield set_stage


def _kill(processes: "list[subprocess.Popen[str]]") -> None:
    for process in processes:
        if process.poll() is None:
            process.kill()


@contextlib.contextmanager
def serving(processes: "list[subprocess.Popen[str]]", *, within: float = 60.0) -> Iterator[None]:
    """End processes at the end, those that do not end by themselves by force."""
    try:
        yield
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        killer = threading.Timer(within, _kill, [processes])
        killer.start()
        for process in processes:
            process.wait()
        killer.cancel()


def seconds_of(entry: dict[str, Any]) -> float:
    """Give when a request came, in seconds since 1970."""
    return datetime.fromisoformat(entry["at"]).timestamp()
