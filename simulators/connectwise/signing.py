"""Keys that messages are signed with (reference 7.4)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID

from simulators.kernel import Kernel

_LIFE = 3600  # seconds after which there is a new key; its URL works as long again


class Keys:
    """The tenant's signing keys: keys change and old URLs expire."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel

    def current(self) -> tuple[str, str]:
        """Return the id and the key in force."""
        return self._pair(self._period())

    def find(self, key: str) -> str | None:
        """Return the key with an id; None if there is none or its time is over."""
        return dict(self._valid()).get(key.lower())

    def _valid(self) -> Iterable[tuple[str, str]]:
        period = self._period()
        return self._pair(period), self._pair(period - 1)

    def _period(self) -> int:
        return int(self._kernel.clock.now() // _LIFE)

    def _pair(self, period: int) -> tuple[str, str]:
        digest = hashlib.sha256(f"{self._kernel.seed}:{period}".encode()).digest()
        return str(UUID(bytes=digest[:16], version=4)), base64.urlsafe_b64encode(digest[16:]).decode().rstrip("=")


def signature(signing_key: str, body: bytes) -> str:
    """Return what the header `x-content-signature` carries for a body."""
    key = hashlib.sha256(signing_key.encode()).digest()
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()
