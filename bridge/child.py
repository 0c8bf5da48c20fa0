"""The processes of the service: workers and the scheduler."""

import argparse
from pathlib import Path

from bridge import app, logs, poll, schedule
from bridge.drain.drain import Drain
from bridge.queue.address import RedisAddress
from bridge.queue.doorbell import serve
from bridge.supervise import heartbeat
from bridge.supervise.stopping import stop_on_signal
from bridge.sweep import live_is_behind

ROLES = ("live", "backfill", "scheduler")


def main() -> None:
    """Run one process of the service until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m bridge.child")
    parser.add_argument("role", choices=ROLES)
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--queue", required=True, help="URL of the queue server")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as the quota allows in flight")
    arguments = parser.parse_args()
    heartbeat.attach()
    stop = stop_on_signal()
    settings = app.settings_of(arguments.settings)
    logs.configure(settings.service.log_level, settings.service.log_format)
    # A worker gives its claim back rather than wait beyond its lease and its heartbeat.
    patience = min(5.0, settings.protocol.lease / 4)
    with app.engine_of(
        settings, who="service", patience=patience, queue=arguments.queue, rings=True, beat=heartbeat.beat
    ) as engine:
        if arguments.role == "scheduler":
            schedule.serve(engine, settings.protocol, stop, app.keep_of(settings))
            return
        drain = Drain(engine, stop=stop)

        def live() -> None:
            while poll.fetch_due(engine) and not stop.is_set():
                pass
            drain("live")

        def work(lane: str) -> None:
            # A worker of the backfill never takes what rings for live: it would lie there until one of its threads,
            # each in the midst of a large claim, has time. It only helps where the live workers are behind.
            if lane == "live" or live_is_behind(engine):
                live()
            if lane == "backfill":
                drain("backfill")

        threads = arguments.threads or engine.itglue.quota.threads
        serve(RedisAddress(arguments.queue), (arguments.role,), threads, work, stop)


if __name__ == "__main__":
    main()
