"""A scheduler without a supervisor, which would kill a worker where it stands still."""

from collections.abc import Iterator
from contextlib import contextmanager

from bridge.queue.address import RedisAddress
from bridge.queue.embedded import start_or_join
from tests.faults import quiet
from tests.faults.harness import Proof
from tests.faults.patience import until


@contextmanager
def unsupervised(run: Proof) -> Iterator[str]:
    """Run the queue server and a scheduler, but no supervisor; give the queue's URL."""
    world = run.world
    redis = world.shape.redis
    with RedisAddress(redis) if redis else start_or_join(world.data) as address:
        scheduler = world.processes.child("scheduler", address.url)
        until(lambda: quiet.has_streams(world.database), 30, "the scheduler works")
        try:
            yield address.url
        finally:
            for each in world.processes.started:
                each.end()
            assert scheduler.process.returncode is not None
