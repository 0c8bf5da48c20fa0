"""One budget of requests per API account, shared by all processes through Redis.

GCRA plus bounded concurrency, decided by one script (`quota.lua`) on Redis' own clock. For N requests per window W with
a share kept for others: N' = N x (1 - share), burst b = clamp(N'/100, 1, 10), most in flight c = clamp(N'/60, 2, 16),
spacing T = W / (N' - 2b - 2c - 1). What a server counts in any window of length W was granted in it (at most W/T + b) or
in flight at its start (at most c); losing Redis' data adds b + c once. So the count stays under N', for rolling and
fixed windows of any alignment. A slot outlives its request: it expires `margin` after the deadline, and a grant that is
older than `margin` must not be used for a first byte (`Grant.check`).
"""

import contextlib
import hashlib
import math
import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from types import TracebackType
from typing import Any, Literal, Self

from redis import Redis
from redis.commands.core import Script
from redis.exceptions import RedisError

from bridge.errors import RateLimitError, SettingsError, SideDownError

Lane = Literal["live", "backfill"]

FEWEST = 12  # under this N' the spacing's divisor loses its meaning
BACKFILL_BURST = 2
SHORTEST_SLEEP = 0.005
LONGEST_PAUSE = 3600.0
_MICRO = 1_000_000
_BOOT_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # goes on while a machine sleeps; Linux only
_SCRIPT = files("bridge").joinpath("quota.lua").read_text()

# A pause that is under way is only lengthened by a server that names its end: the other requests in flight are
# refused at the same moment, and must not double it once each.
_PAUSE = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local text = function(number) return string.format('%.0f', number) end
local paused = tonumber(redis.call('GET', KEYS[1]) or '0')
local asked, first, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local length = asked
if asked < 0 then
  if paused > now then return paused - now end
  local before = redis.call('HMGET', KEYS[2], 'count', 'until')
  local count = now < tonumber(before[2] or '0') and tonumber(before[1]) or 0
  length = math.min(first * 2 ^ count, longest)
  redis.call('HSET', KEYS[2], 'count', count + 1, 'until', text(now + length + longest))
  redis.call('PEXPIRE', KEYS[2], text(math.ceil((length + longest) / 1000)))
end
if now + length <= paused or length <= 0 then return math.max(paused - now, 0) end
redis.call('SET', KEYS[1], text(now + length), 'PX', text(math.ceil(length / 1000)))
return length
"""
_STATE = """
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000000 + tonumber(clock[2])
local text = function(number) return string.format('%.0f', number) end
local paused = tonumber(redis.call('GET', KEYS[3]) or '0')
local state = {math.max(paused - now, 0), redis.call('ZCOUNT', KEYS[2], text(now), '+inf')}
for window, length in ipairs(ARGV) do
  state[2 + window] = redis.call('ZCOUNT', KEYS[4], text(now - tonumber(length)), '+inf')
end
return state
"""


class QuotaUnavailableError(SideDownError):
    """Redis does not answer, so nobody may send."""

    def __init__(self, message: str) -> None:
        super().__init__(message, sent=False)


class QuotaWaitError(RateLimitError):
    """The budget is used up for `seconds`, longer than the caller would wait; nothing was sent."""

    def __init__(self, seconds: float, why: str) -> None:
        super().__init__(f"the quota has no request free for {seconds:.1f} s ({why})", seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Window:
    """What a vendor documents: so many requests in so many seconds."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Budget:
    """What we allow ourselves of one window: `most` requests of it, `spacing` seconds apart, `burst` at once."""

    window: Window
    most: int
    burst: int
    in_flight: int
    spacing: float


@dataclass(frozen=True, slots=True)
class Usage:
    """Where the account stands: seconds left of a pause, requests in flight, and granted in the last of each window."""

    paused_for: float
    in_flight: int
    granted: tuple[tuple[Budget, int], ...]


def budget(window: Window, share: float) -> Budget:
    """Work out the budget of one window; raise SettingsError where too little is left to work with."""
    # Rounded first: 300 x (1 - 0.3) is 209.99999999999997 in binary.
    most = math.floor(round(window.requests * (1 - share), 6))
    if not 0 <= share < 1 or most < FEWEST:
        raise SettingsError(
            "B130",
            f"{window.requests} requests per {window.seconds:g} s with a share of {share:g} kept for others leave {most}; "
            f"at least {FEWEST} are needed: lower the share",
        )
    burst = min(max(most // 100, 1), 10)
    in_flight = min(max(most // 60, 2), 16)
    return Budget(window, most, burst, in_flight, window.seconds / (most - 2 * burst - 2 * in_flight - 1))


def account(key: str) -> str:
    """Name an account in Redis by a digest of its key, from which the key cannot be had."""
    return hashlib.sha256(b"psa-glue-bridge quota\0" + key.encode()).hexdigest()[:20]


class Quota:
    """The budget of one account. Safe to share between threads; each process makes its own.

    `redis` should have short socket timeouts and no retries: while it does not answer, the caller waits. All times are seconds.
    """

    def __init__(
        self,
        redis: Redis,
        account: str,
        windows: Sequence[Window],
        *,
        share: float = 0.3,
        deadline: float = 45.0,
        margin: float = 15.0,
        first_pause: float = 60.0,
    ) -> None:
        self.budgets = tuple(budget(window, share) for window in windows)
        self.threads = min(each.in_flight for each in self.budgets)
        self.deadline = deadline
        self._margin = margin
        self._life = deadline + margin
        self._first_pause = first_pause
        self._longest = max(each.window.seconds for each in self.budgets)
        prefix = f"quota:{{{account}}}:"
        self._keys = [prefix + name for name in ("next", "slots", "paused", "grants", "refusals")]
        self._redis = redis
        self._grant = redis.register_script(_SCRIPT)
        self._pause = redis.register_script(_PAUSE)
        self._state = redis.register_script(_STATE)
        # One thread per lane and process asks, the others stand behind it: else they would all ask at each turn.
        self._first_in_line = {"live": threading.Lock(), "backfill": threading.Lock()}
        self._last_wait = 0.0

    def close(self) -> None:
        """Give back the connections."""
        self._redis.close()

    def acquire(self, lane: Lane, max_wait: float = 5.0) -> "Grant":
        """Wait for leave to send one request.

        Raises QuotaWaitError as soon as that will take, or has taken, more than `max_wait` seconds, and
        QuotaUnavailableError where Redis does not answer.
        """
        until = time.monotonic() + max_wait
        line = self._first_in_line[lane]
        if not line.acquire(timeout=max(max_wait, 0)):
            raise QuotaWaitError(self._last_wait or self.budgets[0].spacing, "others wait too")
        try:
            while True:
                grant = secrets.token_hex(8)
                asked_at = time.clock_gettime(_BOOT_CLOCK)
                wait, why = self._ask(grant, lane)
                if why == "granted":
                    return Grant(self, grant, lane, asked_at, self._margin)
                self._last_wait = wait
                if time.monotonic() + wait > until:
                    raise QuotaWaitError(wait, why)
                time.sleep(max(wait, SHORTEST_SLEEP))
        finally:
            line.release()

    def pause(self, retry_after: float | None = None) -> float:
        """Stop all processes after a 429, for as long as the server said, else doubling; give the seconds left.

        A `retry_after` of 0 says nothing, and one of days is cut to an hour: the next 429 will say it again.
        """
        asked = min(retry_after, LONGEST_PAUSE) if retry_after is not None and retry_after > 0 else -1
        numbers = [_micro(asked), _micro(self._first_pause), _micro(self._longest)]
        return int(self._run(self._pause, [self._keys[2], self._keys[4]], numbers)) / _MICRO

    def paused_for(self) -> float:
        """Give the seconds left of a pause, 0 where there is none."""
        return self.used().paused_for

    def used(self) -> Usage:
        """Count what was granted, for status and metrics."""
        state = self._run(self._state, self._keys[:4], [_micro(each.window.seconds) for each in self.budgets])
        paused, in_flight, *granted = (int(number) for number in state)
        return Usage(paused / _MICRO, in_flight, tuple(zip(self.budgets, granted, strict=True)))

    def release(self, grant: str) -> None:
        """Give a slot back; where Redis does not answer, it expires by itself."""
        with contextlib.suppress(RedisError):
            self._redis.zrem(self._keys[1], grant)

    def _ask(self, grant: str, lane: Lane) -> tuple[float, str]:
        kept = 0 if lane == "live" else math.ceil(self.threads / 4)
        numbers: list[str | int] = [grant, self.threads - kept, _micro(self._life), _micro(self._longest)]
        for each in self.budgets:
            burst = each.burst if lane == "live" else min(each.burst, BACKFILL_BURST)
            numbers += [math.ceil(each.spacing * _MICRO), burst, each.burst]
        _, wait, why = self._run(self._grant, self._keys[:4], numbers)
        return int(wait) / _MICRO, why.decode() if isinstance(why, bytes) else str(why)

    def _run(self, script: Script, keys: list[str], arguments: Sequence[str | int]) -> Any:
        try:
            return script(keys=keys, args=list(arguments))
        except RedisError as error:
            raise QuotaUnavailableError(f"Redis grants no request: {error}") from error


class Grant:
    """Leave to send one request; a context manager that gives the slot back."""

    def __init__(self, quota: Quota, name: str, lane: Lane, asked_at: float, margin: float) -> None:
        self.lane = lane
        self._quota = quota
        self._name = name
        self._asked_at = asked_at
        self._margin = margin

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._quota.release(self._name)

    def check(self) -> None:
        """Raise QuotaWaitError where the grant is too old to begin a request: its slot might expire under way."""
        age = time.clock_gettime(_BOOT_CLOCK) - self._asked_at
        if age > self._margin:
            raise QuotaWaitError(0.0, f"the grant lay unused for {age:.1f} s")


def _micro(seconds: float) -> int:
    return round(seconds * _MICRO)
