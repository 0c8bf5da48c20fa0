"""The dramatiq broker of the doorbell.

Four things differ from dramatiq's own, all because a message may be lost (facts tried with dramatiq 2.2.1):

- An acknowledgement that fails is forgotten. dramatiq would try it again until Valkey is back, and hold the thread, and
  the end of the process, until then.
- A message that failed is dropped; nobody reads a queue of the dead.
- There are no queues for delayed messages: each would have a consumer that asks several times a second.
- A worker is taken for dead after 5 s without a command, and every command looks for the messages of the dead. With the
  defaults a killed worker's message comes back after more than 40 s.
"""

import time
from contextlib import suppress
from typing import Any

import structlog
from dramatiq import Broker, MessageProxy
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed
from dramatiq.middleware import Middleware, Retries
from dramatiq.middleware.shutdown import ShutdownNotifications
from prometheus_client import Counter, Histogram
from redis.exceptions import RedisError

from bridge.queue.address import RedisAddress

NAMESPACE = "glue-bridge"
HEARTBEAT_MS = 5_000
_EVERY_COMMAND = 1_000_000

log = structlog.get_logger(__name__)
_drains = Counter("glue_bridge_drains", "Drains by lane and outcome", ["lane", "outcome"])
_seconds = Histogram("glue_bridge_drain_seconds", "How long one drain took", ["lane"])


def queue_name(lane: str) -> str:
    """Name the queue of a lane."""
    return f"{NAMESPACE}.{lane}"


def waiting_key(lane: str) -> str:
    """Name the Redis list in which the lane's waiting messages stand."""
    return f"{NAMESPACE}:{queue_name(lane)}"


class DoorbellBroker(RedisBroker):
    """The broker with its complete list of middleware; `timeout` bounds each of its waits, in seconds."""

    def __init__(self, address: RedisAddress, timeout: float) -> None:
        super().__init__(  # type: ignore[no-untyped-call]  # dramatiq leaves this broker untyped
            client=address.client(timeout),
            namespace=NAMESPACE,
            heartbeat_timeout=HEARTBEAT_MS,
            maintenance_chance=_EVERY_COMMAND,
            middleware=[Metrics(), ShutdownNotifications(), Retries(max_retries=0)],
        )

    @property
    def consumer_class(self) -> type[_RedisConsumer]:
        """Give the consumer that forgets failed acknowledgements."""
        return _Consumer

    def declare_queue(self, queue_name: str) -> None:
        """Declare a queue without the one for its delayed messages."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)

    def close(self) -> None:
        """Give back the connections."""
        self.client.close()


class _Consumer(_RedisConsumer):
    def ack(self, message: MessageProxy) -> None:
        with suppress(ConnectionClosed, RedisError):
            super().ack(message)  # type: ignore[no-untyped-call]  # as above

    def nack(self, message: MessageProxy) -> None:
        self.ack(message)


class Metrics(Middleware):
    """Counts and times drains; logs one that failed, which is not tried again: the sweep rings for what is due."""

    def __init__(self) -> None:
        self._began: dict[str, float] = {}

    def before_process_message(self, broker: Broker, message: MessageProxy) -> None:
        """Begin to time."""
        self._began[message.message_id] = time.monotonic()

    def after_process_message(
        self,
        broker: Broker,
        message: MessageProxy,
        *,
        result: Any = None,
        exception: BaseException | None = None,
    ) -> None:
        """Count, and log what went wrong."""
        (lane,) = message.args
        _seconds.labels(lane).observe(time.monotonic() - self._began.pop(message.message_id))
        _drains.labels(lane, "failed" if exception else "done").inc()
        if exception is not None:
            log.error("drain.failed", lane=lane, exc_info=exception)
