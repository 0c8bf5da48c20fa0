"""The whole service in one supervised tree of processes."""

import sys
from collections.abc import Sequence
from pathlib import Path

from bridge import app, restored
from bridge.engine import log
from bridge.queue.embedded import start_or_join
from bridge.renormalize import renormalize
from bridge.settings import Settings
from bridge.store import taking_up
from bridge.supervise.child import Child
from bridge.supervise.lock import ServiceLock
from bridge.supervise.supervisor import Supervisor


def children(settings: Settings, path: Path, queue: str, only: Sequence[str] = ()) -> list[Child]:
    """Name the processes: workers of the live lane, workers of both, and the scheduler."""

    def child(name: str, role: str) -> Child:
        argv = [sys.executable, "-m", "bridge.child", role, "--settings", str(path), "--queue", queue]
        return Child(name, argv)

    workers = settings.service.workers
    made: list[Child] = []
    if not only or "workers" in only:
        made += [child(f"live-{number}", "live") for number in range(1, workers.live + 1)]
        made += [child(f"backfill-{number}", "backfill") for number in range(1, workers.backfill + 1)]
    if not only or "scheduler" in only:
        made.append(child("scheduler", "scheduler"))
    return made


def run(path: Path, only: Sequence[str] = ()) -> int:
    """Run the service until SIGTERM or Ctrl-C; give the exit code. Raises SettingsError B140 for a second one."""
    settings = app.settings_of(path)
    with ServiceLock(settings.data_folder), start_or_join(settings.data_folder, settings.redis_url) as address:
        with app.engine_of(settings, who="service", queue=address.url) as engine:
            restored.started(engine, settings.data_folder, silence=settings.protocol.restored_after)
            restored.settings_changed(engine, settings.digest)
            taking_up.take_up(engine.db, engine.mirror.added)
            renormalize(engine)
        log.info("service.started", mode=settings.mode, sources=sorted(settings.sources))
        supervisor = Supervisor(
            children(settings, path, address.url, only), settings.protocol.lease, data_dir=settings.data_folder
        )
        return supervisor.run()
