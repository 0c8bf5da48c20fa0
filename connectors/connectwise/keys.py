"""The signing keys of callbacks, fetched from the addresses that callbacks name and kept for minutes."""

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import orjson

from bridge.errors import SignatureError, TransientError
from bridge.transport import Transport

# Keys change and their old addresses expire (api/connectwise.md 7.4).
KEPT_SECONDS = 300.0
# ConnectWise waits 5 s for the answer to a callback (7.5).
DEADLINE = 4.0
LARGEST_ANSWER = 64 * 1024
_MOST = 32


class SigningKeys:
    """Gives the key at an address; `trust` is what the configured server `own_host` is verified against."""

    def __init__(self, own_host: str, trust: bool | str, clock: Callable[[], float] = time.monotonic) -> None:
        self._own_host = own_host
        self._trust = trust
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def at(self, key_url: str) -> str:
        """Give the key; raise SignatureError where there is none, TransientError where it cannot be told now."""
        now = self._clock()
        with self._lock:
            kept_at, key = self._kept.get(key_url, (0.0, ""))
        if key and now - kept_at < KEPT_SECONDS:
            return key
        key = self._fetch(key_url)
        with self._lock:
            self._kept = {u: k for u, k in self._kept.items() if now - k[0] < KEPT_SECONDS}
            if len(self._kept) < _MOST:
                self._kept[key_url] = (now, key)
        return key

    def _fetch(self, key_url: str) -> str:
        url = urlsplit(key_url)
        trust = self._trust if url.netloc == self._own_host else True
        with Transport(f"{url.scheme}://{url.netloc}", deadline=DEADLINE, verify=trust) as transport:
            response = transport.send("GET", key_url)
        if response.status >= 500 or response.status == 429:
            raise TransientError(f"{url.netloc}: answered {response.status} for the signing key of a callback")
        try:
            body = orjson.loads(response.body) if len(response.body) <= LARGEST_ANSWER else None
        except orjson.JSONDecodeError:
            body = None
        key = body.get("signing_key") if isinstance(body, dict) else None
        if response.status != 200 or not isinstance(key, str) or not key:
            raise SignatureError(f"{url.netloc}: answered {response.status} without the signing key of a callback")
        return key
