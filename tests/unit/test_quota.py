"""The quota's own script, on a real Valkey whose clock the test holds."""

import bisect
import heapq
import math
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bridge import quota as module
from bridge.errors import SettingsError
from bridge.quota import Lane, Quota, QuotaUnavailableError, QuotaWaitError, Window, account, budget
from tests.valkey import start_valkey, stop_valkey

OURS = "redis.call('TIME')"
TESTS = "redis.call('HMGET', 'clock', 'seconds', 'micros')"


@pytest.fixture(scope="module")
def redis() -> Iterator[Redis]:
    """Run a Valkey for the tests of this file."""
    directory = Path(tempfile.mkdtemp())
    process, socket = start_valkey(directory)
    client = Redis(unix_socket_path=str(socket))
    yield client
    client.close()
    stop_valkey(process)
    shutil.rmtree(directory)
    shutil.rmtree(socket.parent)


class Clock:
    """The time that the scripts see."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.micros = 1_700_000_000_000_000
        redis.flushall()
        self.advance(0)

    def advance(self, seconds: float) -> None:
        self.micros += round(seconds * 1e6)
        self.redis.hset("clock", mapping={"seconds": self.micros // 10**6, "micros": self.micros % 10**6})

    def wipe(self) -> None:
        self.redis.flushall()
        self.advance(0)


def clocked(clock: Clock, *windows: Window, share: float = 0.0, deadline: float = 45.0, margin: float = 15.0) -> Quota:
    """Give a quota whose scripts read the test's clock in place of the server's."""
    quota = Quota(clock.redis, "test", windows, share=share, deadline=deadline, margin=margin)
    for name, script in (("_grant", module._SCRIPT), ("_pause", module._PAUSE), ("_state", module._STATE)):
        assert OURS in script
        setattr(quota, name, clock.redis.register_script(script.replace(OURS, TESTS)))
    return quota


def nowhere() -> Redis:
    """Give a client of a Redis that is not there."""
    return Redis(unix_socket_path="/nowhere/valkey.sock", retry=Retry(NoBackoff(), 0))


def waits(quota: Quota, lane: Lane = "live") -> float:
    """Give the seconds that the next request would have to wait; 0 means that it was granted."""
    try:
        quota.acquire(lane, max_wait=0)
    except QuotaWaitError as error:
        return error.seconds
    return 0.0


@pytest.mark.parametrize(
    ("requests", "share", "most", "burst", "in_flight", "use"),
    [
        (3000, 0.3, 2100, 10, 16, 0.975),
        (3000, 0.0, 3000, 10, 16, 0.982),
        (300, 0.3, 210, 2, 3, 0.948),
        (20, 0.0, 20, 1, 2, 0.65),
        (12, 0.0, 12, 1, 2, 0.417),
    ],
)
def test_a_budget_follows_the_formulas(
    requests: int, share: float, most: int, burst: int, in_flight: int, use: float
) -> None:
    """The share of N' that the spacing uses is what the design tried."""
    ours = budget(Window(requests, 300), share)

    assert (ours.most, ours.burst, ours.in_flight) == (most, burst, in_flight)
    assert round(300 / ours.spacing / most, 3) == use


@pytest.mark.parametrize(("requests", "share"), [(11, 0.0), (20, 0.5), (3000, 0.999), (3000, 1.0), (3000, -0.1)])
def test_a_budget_that_leaves_too_little_is_refused(requests: int, share: float) -> None:
    """N' under 12 gives no spacing that one could work with."""
    with pytest.raises(SettingsError, match="lower the share"):
        budget(Window(requests, 300), share)


def test_an_account_is_named_by_a_digest() -> None:
    """Redis never sees the key; two keys are two accounts."""
    assert "secret" not in account("ITG.secret")
    assert account("ITG.secret") == account("ITG.secret") != account("ITG.other")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_never_more_than_n_in_any_window(redis: Redis, data: st.DataObject) -> None:
    """Any arrivals, any latencies, both lanes, one wipe: the server never counts more than N' in a window of length W."""
    requests = data.draw(st.integers(12, 130), "N")
    seconds = data.draw(st.sampled_from([2.0, 10.0, 300.0]), "W")
    greedy = data.draw(st.booleans(), "greedy")
    slow = data.draw(st.floats(0, 0.3), "slowness")
    random = data.draw(st.randoms(use_true_random=False))
    wipe_at = data.draw(st.none() | st.integers(0, 2 * requests), "wipe")
    clock = Clock(redis)
    quota = clocked(clock, Window(requests, seconds), deadline=seconds, margin=seconds / 10)
    ends: list[tuple[int, str]] = []
    counted: list[int] = []

    for turn in range(3 * requests):
        if turn == wipe_at:
            clock.wipe()
        while ends and ends[0][0] <= clock.micros:
            quota.release(heapq.heappop(ends)[1])
        try:
            grant = quota.acquire(random.choice(["live", "live", "backfill"]), max_wait=0)
        except QuotaWaitError as error:
            idle = 0.0 if greedy else random.random() * seconds * random.choice([0, 0, 0.05, 0.5])
            clock.advance(error.seconds + idle)
        else:
            taken = round(random.random() * slow * seconds * 1e6)
            counted.append(clock.micros + random.choice([0, taken, round(random.random() * taken)]))
            heapq.heappush(ends, (clock.micros + taken, grant._name))

    counted.sort()
    width = round(seconds * 1e6)
    assert max(bisect.bisect_right(counted, at + width) - i for i, at in enumerate(counted)) <= requests


@pytest.mark.parametrize("wipe", ["before", "within"])
def test_the_worst_that_a_wipe_can_do_stays_under_n(redis: Redis, wipe: str) -> None:
    """All that can be in flight arrives as the window opens, the burst is saved up, and Redis loses its data once."""
    clock = Clock(redis)
    quota = clocked(clock, Window(300, 300), deadline=300)
    spacing = quota.budgets[0].spacing

    def fill() -> int:
        taken = 0
        while taken < quota.threads:
            wait = waits(quota)
            taken += wait == 0
            clock.advance(wait)
        return taken

    counted = fill()
    if wipe == "before":
        clock.wipe()
        counted += fill()
    clock.advance(10 * spacing)
    clock.redis.delete(quota._keys[1])
    opened, wiped = clock.micros, False
    while clock.micros <= opened + 300 * 10**6:
        if wipe == "within" and not wiped and clock.micros > opened + 150 * 10**6:
            clock.wipe()
            wiped = True
        wait = waits(quota)
        counted += wait == 0
        clock.redis.delete(quota._keys[1])
        clock.advance(wait)

    assert 290 <= counted <= 300


def test_a_busy_budget_is_used_as_far_as_the_spacing_allows(redis: Redis) -> None:
    """3,000 in 5 minutes with 30 % kept: 97.5 % of the rest, plus the burst at the start."""
    clock = Clock(redis)
    quota = clocked(clock, Window(3000, 300), share=0.3)
    begun, granted = clock.micros, 0

    while clock.micros - begun < 300 * 10**6:
        wait = waits(quota, "backfill")
        granted += wait == 0
        clock.redis.delete(quota._keys[1])
        clock.advance(wait)

    assert 2047 <= granted <= 2049


def test_several_windows_must_all_agree(redis: Redis) -> None:
    """A daily window that is used up stops a minute window that is not; the smallest concurrency rules."""
    clock = Clock(redis)
    quota = clocked(clock, Window(6000, 60), Window(120, 86400))

    first, second = waits(quota), waits(quota)

    assert quota.threads == 2
    assert first == 0
    assert second == pytest.approx(quota.budgets[1].spacing, rel=1e-6)


def test_live_borrows_ahead_of_a_backfill(redis: Redis) -> None:
    """A backfill takes 2 at once, live b."""
    clock = Clock(redis)
    quota = clocked(clock, Window(3000, 300))

    backfill = [waits(quota, "backfill") for _ in range(3)]
    live = [waits(quota) for _ in range(9)]

    assert [wait == 0 for wait in backfill] == [True, True, False]
    assert [wait == 0 for wait in live] == [True] * 8 + [False]


def test_live_keeps_a_quarter_of_the_slots(redis: Redis) -> None:
    """A slow server fills 12 of 16 slots with a backfill; live still gets 4."""
    clock = Clock(redis)
    quota = clocked(clock, Window(3000, 300))

    def granted(lane: Lane) -> int:
        count = 0
        for _ in range(40):
            count += waits(quota, lane) == 0
            clock.advance(0.2)
        return count

    assert granted("backfill") == 12
    assert granted("live") == 4
    assert quota.used().in_flight == 16


def test_a_slot_is_given_back_or_expires(redis: Redis) -> None:
    """A worker that dies in a request holds its slot for the deadline and 15 s."""
    clock = Clock(redis)
    quota = clocked(clock, Window(12, 12))

    with quota.acquire("live", max_wait=0):
        assert quota.used().in_flight == 1
    assert quota.used().in_flight == 0
    for _ in range(2):
        clock.advance(5)
        assert waits(quota) == 0
    clock.advance(5)
    assert waits(quota) > 0
    clock.advance(51)
    assert waits(quota) == 0


def test_a_429_pauses_all_lanes_and_doubles_up_to_the_window(redis: Redis) -> None:
    """60 s, 120 s, 240 s, then 300 s; the other refusals of the same moment do not count."""
    clock = Clock(redis)
    quota, other = clocked(clock, Window(3000, 300)), clocked(clock, Window(3000, 300))
    lengths = []

    for _ in range(5):
        lengths.append(quota.pause())
        clock.advance(1)
        assert quota.pause() == lengths[-1] - 1
        assert waits(other) == waits(other, "backfill") == other.paused_for() == lengths[-1] - 1
        clock.advance(lengths[-1])

    assert lengths == [60, 120, 240, 300, 300]
    clock.advance(601)
    assert quota.pause() == 60


def test_retry_after_is_kept_and_never_shortens(redis: Redis) -> None:
    """Seconds as named; 0 means nothing; days are cut to an hour."""
    clock = Clock(redis)
    quota = clocked(clock, Window(3000, 300))

    assert quota.pause(17) == 17
    assert quota.pause(5) == 17
    assert quota.pause(90) == 90
    clock.advance(91)
    assert waits(quota) == 0
    assert quota.pause(0) == 60
    assert quota.pause(10**7) == 3600


def test_a_clock_that_is_set_back_does_not_stop_the_bridge(redis: Redis) -> None:
    """Redis' clock jumps back an hour: the next request waits no longer than a borrowed burst."""
    clock = Clock(redis)
    quota = clocked(clock, Window(3000, 300))

    assert waits(quota) == 0
    clock.advance(-3600)

    assert waits(quota) <= 10 * quota.budgets[0].spacing


def test_what_is_used_can_be_told(redis: Redis) -> None:
    """Granted in the last of each window, for status and metrics."""
    clock = Clock(redis)
    quota = clocked(clock, Window(3000, 300), Window(6000, 3600))

    for _ in range(3):
        assert waits(quota) == 0
        clock.advance(200)

    assert [granted for _, granted in quota.used().granted] == [1, 3]


def test_without_redis_nobody_sends() -> None:
    """The error says that nothing was sent, so the claim can be given back."""
    quota = Quota(nowhere(), "test", [Window(3000, 300)])

    with pytest.raises(QuotaUnavailableError) as caught:
        quota.acquire("live")

    assert not caught.value.sent


def test_a_grant_that_lay_unused_is_not_used() -> None:
    """Its slot could expire under way, and the count of what is in flight would be wrong."""
    quota = Quota(nowhere(), "test", [Window(3000, 300)])
    now = time.clock_gettime(module._BOOT_CLOCK)

    module.Grant(quota, "a", "live", now - 14, 15.0).check()
    with pytest.raises(QuotaWaitError, match="lay unused"):
        module.Grant(quota, "a", "live", now - 16, 15.0).check()


def test_short_waits_are_slept_in_line_and_long_ones_returned(redis: Redis) -> None:
    """Six threads take 12 requests 10 ms apart; a wait past the limit comes back as a number."""
    redis.flushall()
    quota = Quota(redis, "line", [Window(40, 0.35)])
    taken = []

    def take() -> None:
        for _ in range(2):
            with quota.acquire("live"):
                taken.append(1)

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    quota.pause(30)

    assert len(taken) == 12
    with pytest.raises(QuotaWaitError) as caught:
        quota.acquire("backfill")
    assert math.isclose(caught.value.seconds, 30, abs_tol=0.5)
