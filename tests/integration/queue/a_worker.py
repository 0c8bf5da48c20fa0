"""A worker process: `a_worker URL LANES THREADS FOLDER`.

It writes a line per drain to `FOLDER/drains`, then does what `FOLDER/order` says: `wait` until that file is gone,
`hang` so without a heartbeat, or `fail`; at the end it writes a line to `FOLDER/finished`.
"""

import os
import sys
import time
from pathlib import Path

from bridge.queue.address import RedisAddress
from bridge.queue.doorbell import serve
from bridge.supervise.heartbeat import beat
from bridge.supervise.stopping import stop_on_signal


def main(url: str, lanes: str, threads: str, folder: Path) -> None:
    """Serve until SIGTERM."""
    order = folder / "order"

    def drain(lane: str) -> None:
        write("drains", f"{lane} {os.getpid()} {time.monotonic()}")
        said = order.read_text() if order.exists() else ""
        if said == "fail":
            raise RuntimeError("this drain was told to fail")
        while said in ("wait", "hang") and order.exists():
            if said == "wait":
                beat()
            time.sleep(0.005)
        write("finished", f"{lane} {os.getpid()}")

    def write(name: str, line: str) -> None:
        with (folder / name).open("a") as file:
            file.write(line + "\n")

    stop = stop_on_signal()
    write("ready", str(os.getpid()))
    serve(RedisAddress(url), lanes.split(","), int(threads), drain, stop)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
