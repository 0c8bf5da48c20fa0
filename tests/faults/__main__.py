"""`python -m tests.faults`: long proofs on both shapes, side by side."""

import argparse
import multiprocessing
import queue
import signal
import sys
import time
from collections.abc import Iterable, Sequence
from multiprocessing.process import BaseProcess
from types import FrameType

from tests.faults.lane import FAILED, PASSED, RUNNING, Job, Told, play
from tests.faults.listed import SCENARIOS
from tests.faults.place import SHAPES

SEEDS = (7, 8, 9)
SOAK = "short history"
HOUR = 3600.0
BOUND = 40 * 60.0
# What a lane may take to end its processes once it is told to.
_GRACE = 60.0


def main() -> int:
    """Play what was asked for; give 0 where all has passed, 1 where something has failed, 130 where it was broken off."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCENARIOS)}; all without one")
    parser.add_argument("--soak", action="store_true", help="repeat the short history with rising seeds for an hour")
    parser.add_argument("--shape", action="append", choices=SHAPES, help="on this shape only")
    parser.add_argument("--seed", action="append", type=int, help=f"of the histories, {', '.join(map(str, SEEDS))}")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.names if name not in SCENARIOS]
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}; there are {', '.join(SCENARIOS)}")
    shapes = arguments.shape or SHAPES
    seeds = arguments.seed or SEEDS
    if arguments.soak:
        lanes = [[Job(SOAK, shape, seed) for seed in range(seeds[0], seeds[0] + 10_000)] for shape in shapes]
        return Board(HOUR + SCENARIOS[SOAK].seconds, HOUR).play(lanes)
    return Board(BOUND, BOUND).play(list(lanes_of(arguments.names or list(SCENARIOS), shapes, seeds)))


def lanes_of(names: Iterable[str], shapes: Sequence[str], seeds: Sequence[int]) -> Iterable[list[Job]]:
    """Give what is played beside each other: per shape one lane, and one of its own for each seed of what stands alone."""
    chosen = list(names)
    for shape in shapes:
        for name in chosen:
            if SCENARIOS[name].alone:
                yield from ([Job(name, shape, seed)] for seed in seeds)
        jobs = [Job(name, shape, seeds[0]) for name in chosen if not SCENARIOS[name].alone]
        if jobs:
            yield jobs


class Board:
    """Starts the lanes, prints what they say, and ends them; `seconds` bound it all, no job begins after `begins`."""

    def __init__(self, seconds: float, begins: float) -> None:
        self._began = time.monotonic()
        self._ends_at = self._began + seconds
        self._begins = self._began + begins
        self._context = multiprocessing.get_context("spawn")
        self._reports = self._context.Queue()
        self._ended: dict[Job, Told] = {}
        self._begun: dict[Job, None] = {}

    def play(self, lanes: Sequence[Sequence[Job]]) -> int:
        """Play all lanes beside each other; give the exit code."""
        signal.signal(signal.SIGTERM, _interrupted)
        started = [
            self._context.Process(target=play, args=(jobs, self._begins, self._reports), name=jobs[0].shape)
            for jobs in lanes
        ]
        broken = False
        try:
            for lane in started:
                lane.start()
            while any(lane.is_alive() for lane in started) and time.monotonic() < self._ends_at:
                self._hear(0.5)
        except KeyboardInterrupt:
            broken = True
            print("ending what was started", flush=True)
        finally:
            self._end(started)
        self._table(lane for jobs in lanes for lane in jobs)
        if broken:
            return 130
        unfinished = [job for job in self._begun if job not in self._ended]
        passed = all(told.word == PASSED for told in self._ended.values())
        planned_all = len(self._ended) == sum(map(len, lanes)) or self._ends_at > self._begins
        return 0 if self._ended and passed and planned_all and not unfinished else 1

    def _end(self, lanes: Sequence[BaseProcess]) -> None:
        until = time.monotonic() + _GRACE
        for lane in lanes:
            if lane.is_alive():
                lane.terminate()
        while any(lane.is_alive() for lane in lanes) and time.monotonic() < until:
            self._hear(0.2)
        for lane in lanes:
            if lane.is_alive():
                lane.kill()
        self._hear(0.2)

    def _hear(self, seconds: float) -> None:
        try:
            while True:
                self._print(self._reports.get(timeout=seconds))
        except queue.Empty:
            return

    def _print(self, told: Told) -> None:
        job = told.job
        self._begun[job] = None
        if told.word != RUNNING:
            self._ended[job] = told
        elapsed = time.monotonic() - self._began
        head = f"[{elapsed:7.1f} s] {job.shape:<17}{job.name} ({job.seed})"
        text = told.text if told.word == RUNNING else f"{told.word} in {told.seconds:.1f} s: {told.text}"
        print(f"{head}: {text}", flush=True)

    def _table(self, jobs: Iterable[Job]) -> None:
        print(f"\n{'scenario':<28}{'seed':>5}  {'shape':<18}{'seconds':>8}  verdict")
        for job in jobs:
            told = self._ended.get(job)
            if told is None:
                if job in self._begun:
                    print(f"{job.name:<28}{job.seed:>5}  {job.shape:<18}{'':>8}  broken off")
                elif self._ends_at == self._begins:
                    print(f"{job.name:<28}{job.seed:>5}  {job.shape:<18}{'':>8}  not begun")
                continue
            said = told.text.strip().splitlines()
            words = (said[0] if told.word == PASSED else _reason(said)) if said else ""
            print(f"{job.name:<28}{job.seed:>5}  {job.shape:<18}{told.seconds:>8.1f}  {told.word}: {words[:200]}")
        failed = sum(told.word == FAILED for told in self._ended.values())
        spent = time.monotonic() - self._began
        print(f"{len(self._ended) - failed} passed, {failed} failed in {spent:.0f} s", flush=True)


def _reason(lines: Sequence[str]) -> str:
    """Give the line of a traceback that names the error."""
    return next((line for line in lines if line and line[0].isalpha() and "Error" in line.split(":")[0]), lines[-1])


def _interrupted(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
