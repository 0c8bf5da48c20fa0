"""A lane: a process of its own that plays one scenario after the other on one shape, and reports how far it is."""

import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue
from types import FrameType

from tests.faults.listed import SCENARIOS
from tests.faults.patience import Patience
from tests.faults.place import Ground

RUNNING, PASSED, FAILED = "running", "passed", "failed"
_LOOK = 5.0  # seconds between two looks at how long a scenario takes


@dataclass(frozen=True, slots=True)
class Job:
    """One scenario on one shape."""

    name: str
    shape: str
    seed: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a lane says of a job: `word` is running, passed or failed."""

    job: Job
    word: str
    text: str
    seconds: float = 0.0


class OverdueError(Exception):
    """A scenario has taken longer than it may."""


def play(jobs: Sequence[Job], ends_at: float, reports: "Queue[Told]") -> None:
    """Play jobs of one shape in their order; those that begin after `ends_at` (monotonic) are left out."""
    signal.signal(signal.SIGTERM, _interrupted)
    signal.signal(signal.SIGINT, _interrupted)
    try:
        with Ground(jobs[0].shape) as ground:
            for job in jobs:
                if time.monotonic() >= ends_at:
                    return
                _play(ground, job, reports)
    except KeyboardInterrupt:
        return


def _play(ground: Ground, job: Job, reports: "Queue[Told]") -> None:
    began = time.monotonic()

    def say(text: str) -> None:
        reports.put(Told(job, RUNNING, text, time.monotonic() - began))

    scenario = SCENARIOS[job.name]
    say(scenario.about)
    word, text = FAILED, ""
    try:
        with _within(scenario.seconds), ground.place(job.seed, say) as place:
            text = scenario.play(place)
        word = PASSED
    except Exception as error:  # the outermost loop: the others are still played
        text = "".join(traceback.format_exception(error))
    reports.put(Told(job, word, text, time.monotonic() - began))


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Raise OverdueError in the midst of it once it takes longer, so that it ends what it has started."""
    patience = Patience()

    def look(_number: int, _frame: FrameType | None) -> None:
        if patience.spent() > seconds:
            signal.setitimer(signal.ITIMER_REAL, 0)
            raise OverdueError(f"it has taken more than {seconds:g} s")

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, _LOOK, _LOOK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    # Once is enough: a second one must not break the cleaning up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt
