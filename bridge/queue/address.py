"""Where the queue server answers."""

from collections.abc import Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from bridge.errors import SettingsError


class RedisAddress:
    """The URL of a Redis or Valkey, ours or the operator's; closing it gives back what starting it took.

    `release` is called once, by `close`; an operator's own server has none. The repr shows no password.
    """

    def __init__(self, url: str, release: Callable[[], None] | None = None) -> None:
        parts = urlsplit(url)
        named = (
            parts.hostname if parts.scheme in ("redis", "rediss") else parts.path if parts.scheme == "unix" else None
        )
        if not named:
            raise SettingsError(
                "B142",
                "the queue's URL is not understood; write redis://host:6379/0, rediss://… or unix:///path/to.sock",
            )
        self.url = url
        self._release = release

    def client(self, timeout: float = 5.0) -> Redis:
        """Connect on first use; every wait ends after `timeout` seconds, and nothing is tried again.

        RESP 2, because only there redis-py looks whether a pooled connection outlived its server before using it.
        """
        return Redis.from_url(
            self.url,
            protocol=2,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
            retry=Retry(NoBackoff(), 0),
        )

    def close(self) -> None:
        """Give back the server; closing twice does nothing."""
        release, self._release = self._release, None
        if release is not None:
            release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        parts = urlsplit(self.url)
        return f"RedisAddress({parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path})"
