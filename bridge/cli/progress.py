"""How far a command is: bars on a terminal, a line every few seconds where nobody watches."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from bridge.cli import output

if TYPE_CHECKING:
    from bridge.engine import Engine

TELL_EVERY = 10.0  # seconds between two lines
Tell = Callable[[str, int], None]  # what was done, and how many more of it; of what is "waiting", how many there are


@contextmanager
def of(engine: "Engine", total: Mapping[str, int] | None = None, *, every: float = TELL_EVERY) -> Iterator[None]:
    """Show how far an engine is, on standard error; `total` says how much there will be of what."""
    with shown(total, every=every) as tell:
        before, engine.on_progress = engine.on_progress, tell
        try:
            yield
        finally:
            engine.on_progress = before


@contextmanager
def shown(total: Mapping[str, int] | None = None, *, every: float = TELL_EVERY) -> Iterator[Tell]:
    """Give what takes the numbers, from any thread; `every` so many seconds they are told, whether or not any came."""
    console = Console(stderr=True)
    with _bars(console, total or {}) if console.is_terminal else _lines(total or {}, every) as tell:
        yield tell


@contextmanager
def _bars(console: Console, total: Mapping[str, int]) -> Iterator[Tell]:
    bars = Progress(
        SpinnerColumn(), TextColumn("{task.description:<24}"), BarColumn(30), MofNCompleteColumn(), TimeElapsedColumn(),
        console=console, transient=True,
        redirect_stdout=sys.stdout.isatty(),  # what goes into a file or a pipe must not be written above the bars
    )  # fmt: skip
    tasks: dict[str, TaskID] = {}

    def tell(what: str, number: int) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task("open" if what == "waiting" else what, total=total.get(what))
        if what == "waiting":
            bars.update(tasks[what], completed=number)
        else:
            bars.advance(tasks[what], number)

    with bars:
        yield tell


@contextmanager
def _lines(total: Mapping[str, int], every: float) -> Iterator[Tell]:
    counts = _Counts(total)
    ended = Event()
    began = time.monotonic()

    def tell_now_and_then() -> None:
        while not ended.wait(every):
            output.note(f"after {output.span(time.monotonic() - began)}: {counts}")

    teller = Thread(target=tell_now_and_then, daemon=True)
    teller.start()
    try:
        yield counts.add
    finally:
        ended.set()
        teller.join()


class _Counts:
    """What was done so far; of what has no total only what came last is told."""

    def __init__(self, total: Mapping[str, int]) -> None:
        self._total = total
        self._done = dict.fromkeys(total, 0)
        self._last: str | None = None
        self._lock = Lock()

    def add(self, what: str, number: int) -> None:
        with self._lock:
            self._done[what] = number if what == "waiting" else self._done.get(what, 0) + number
            self._last = what

    def __str__(self) -> str:
        with self._lock:
            said = [f"{what} {self._done[what]:,} of {most:,}" for what, most in self._total.items()]
            if self._last == "waiting":
                said.append(
                    f"{self._done['waiting']:,} still open: answers that were lost are looked up once nothing is under way"
                )
            elif self._last is not None and self._last not in self._total:
                said.append(f"{self._last} {self._done[self._last]:,}")
        return ", ".join(said) or "no answer yet"
