"""A child process: `a_child FOLDER HABIT` writes its pid to `FOLDER/pids` and lives by its habit.

- `works`: beats until SIGTERM, then until `FOLDER/busy` is gone; then writes `FOLDER/finished`
- `hangs`: works, but one of its two threads stops beating while `FOLDER/hang` exists
- `silent`: never beats
- `fails`: ends at once with code 3
- `steps`: reaches a step, then works
"""

import os
import sys
import threading
import time
from pathlib import Path

from bridge.steps import reached
from bridge.supervise.heartbeat import attach, beat
from bridge.supervise.stopping import stop_on_signal


def main(folder: Path, habit: str) -> None:
    """Live by the habit."""
    attach()
    stop = stop_on_signal()
    if habit == "hangs":
        begun = threading.Event()
        threading.Thread(target=_work_unless, args=(folder / "hang", begun), daemon=True).start()
        begun.wait()
    elif habit != "silent":
        beat()
    with (folder / "pids").open("a") as file:
        file.write(f"{os.getpid()} {time.monotonic()}\n")
    if habit == "fails":
        sys.exit(3)
    if habit == "silent":
        stop.wait()
    if habit == "steps":
        reached("child begun")
    while not stop.wait(0.02) or (folder / "busy").exists():
        beat()
        time.sleep(0.001)
    (folder / "finished").write_text("")


def _work_unless(hang: Path, begun: threading.Event) -> None:
    while True:
        if not hang.exists():
            beat()
        begun.set()
        time.sleep(0.02)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
