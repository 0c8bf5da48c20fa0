"""Says to the workers that a lane has work."""

import logging
import threading
import time
from collections.abc import Callable, Sequence

import structlog
from dramatiq import Actor, Message, Worker
from dramatiq.errors import BrokerConnectionError
from redis.exceptions import RedisError

from bridge.queue.address import RedisAddress
from bridge.queue.broker import DoorbellBroker, queue_name, waiting_key
from bridge.supervise.heartbeat import beat, rest

LANES = ("live", "backfill")  # the first goes first where one process has both
RING_TIMEOUT = 0.5
WORK_TIMEOUT = 5.0
IDLE_MS = 100  # an idle worker then takes a message up after 0.04 s on average (tried)

log = structlog.get_logger(__name__)


class Doorbell:
    """Rings for lanes. Safe to share between threads; a message that cannot be left is lost, and the sweep rings."""

    def __init__(self, address: RedisAddress) -> None:
        self._broker = DoorbellBroker(address, RING_TIMEOUT)
        self._lost = False

    def ring(self, lane: str) -> None:
        """Leave a message that the lane has work, unless one waits already; never raises for the queue's sake."""
        try:
            if not self._broker.client.llen(waiting_key(lane)):
                self._broker.enqueue(Message(queue_name(lane), lane, (lane,), {}, {}))
        except RedisError as error:
            if not self._lost:
                log.warning("doorbell.lost", lane=lane, error=str(error))
            self._lost = True
        else:
            if self._lost:
                log.info("doorbell.recovered", lane=lane)
            self._lost = False

    def close(self) -> None:
        """Give back the connections."""
        self._broker.close()


def serve(
    address: RedisAddress,
    lanes: Sequence[str],
    threads: int,
    drain: Callable[[str], None],
    stop: threading.Event,
) -> None:
    """Call `drain(lane)` in `threads` threads whenever a lane rings, until `stop` is set and running drains are done.

    An exception of `drain` is logged and forgotten. A long drain calls `heartbeat.beat` as it goes on, and ends early
    where it sees `stop`. Lost connections are made again for as long as it takes.
    """

    def answer(lane: str) -> None:
        beat()
        try:
            drain(lane)
        finally:
            rest()

    broker = DoorbellBroker(address, WORK_TIMEOUT)
    for lane in lanes:
        # `throws`: what a drain raises is for the metrics middleware to log, once.
        options = {"throws": Exception}
        Actor(
            answer,
            broker=broker,
            actor_name=lane,
            queue_name=queue_name(lane),
            priority=LANES.index(lane),
            options=options,
        )
    worker = Worker(broker, worker_timeout=IDLE_MS, worker_threads=threads)
    logging.getLogger("dramatiq").setLevel(logging.WARNING)
    worker.start()
    for consumer in worker.consumers.values():
        consumer.logger.addFilter(_is_no_lost_connection)
    try:
        _watch(worker, broker, lanes, stop)
    finally:
        rest()
        worker.stop()
        broker.close()


def _watch(worker: Worker, broker: DoorbellBroker, lanes: Sequence[str], stop: threading.Event) -> None:
    """Beat while the worker's threads live; once a second tell Valkey that we live.

    A consumer asks Valkey only while it has room for another message, so one whose threads are all busy would be taken
    for dead, and its messages would be given to others.
    """
    lost = False
    told_at = 0.0
    while not stop.wait(0.2):
        if all(thread.is_alive() for thread in (*worker.workers, *worker.consumers.values())):
            beat()
        if time.monotonic() - told_at < 1.0:
            continue
        told_at = time.monotonic()
        try:
            for lane in lanes:
                broker.do_requeue(queue_name(lane))
        except RedisError as error:
            if not lost:
                log.warning("queue.lost", error=str(error))
            lost = True
        else:
            if lost:
                log.info("queue.recovered")
            lost = False


def _is_no_lost_connection(record: logging.LogRecord) -> bool:
    """Keep from the log what `queue.lost` said once."""
    raised = record.exc_info[1] if record.exc_info else None
    named = record.args[0] if isinstance(record.args, tuple) and record.args else None
    return not any(isinstance(error, RedisError | BrokerConnectionError) for error in (raised, named))
