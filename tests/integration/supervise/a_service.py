"""A supervised service: `a_service DATA LEASE GRACE NAME=HABIT…`, one child in `DATA/NAME` for each.

A habit that is a URL makes the child a queue worker with two threads for the lane `live`.
"""

import sys
from pathlib import Path

from bridge.errors import SettingsError
from bridge.supervise.child import Child
from bridge.supervise.lock import ServiceLock
from bridge.supervise.supervisor import Supervisor


def main(data_dir: Path, lease: float, grace: float, named: list[str]) -> int:
    """Run it, with a short pause before a restart."""
    children = []
    for name, habit in (word.split("=") for word in named):
        folder = data_dir / name
        folder.mkdir(exist_ok=True)
        arguments = ["tests.integration.supervise.a_child", str(folder), habit]
        if "://" in habit:
            arguments = ["tests.integration.queue.a_worker", habit, "live", "2", str(folder)]
        children.append(Child(name, [sys.executable, "-m", *arguments]))
    with ServiceLock(data_dir):
        return Supervisor(children, lease, data_dir=data_dir, grace=grace, startup=10, backoff=(0.05, 0.8)).run()


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))
    except SettingsError as error:
        print(error.code, error, file=sys.stderr)
        sys.exit(1)
