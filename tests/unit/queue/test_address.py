"""The address of the queue server."""

import pytest

from bridge.errors import SettingsError
from bridge.queue.address import RedisAddress


@pytest.mark.parametrize(
    "url", ["redis://localhost:6379/0", "rediss://:secret@redis.example/1", "unix:///run/redis.sock", "redis://[::1]:1"]
)
def test_an_operators_server_is_taken_by_its_url(url: str) -> None:
    """Redis over TCP, over TLS and over a Unix socket."""
    assert RedisAddress(url).url == url


@pytest.mark.parametrize("url", ["localhost:6379", "http://redis", "redis://", "unix://", "", "redis:/localhost"])
def test_other_urls_are_refused_with_the_form_that_is_understood(url: str) -> None:
    """B142 says what to write, and does not repeat what may hold a password."""
    with pytest.raises(SettingsError, match="redis://host:6379/0") as refused:
        RedisAddress(url)

    assert refused.value.code == "B142"


def test_the_password_is_not_shown() -> None:
    """Neither in the repr nor in an f-string."""
    address = RedisAddress("redis://user:hunter2@redis.example:6379/0")

    assert f"{address!r} {address}".count("hunter2") == 0
    assert "redis.example:6379/0" in repr(address)


def test_closing_gives_the_server_back_once() -> None:
    """A command may close in its own `finally` and by the context manager."""
    given_back = []

    with RedisAddress("unix:///run/redis.sock", lambda: given_back.append(1)) as address:
        address.close()

    assert given_back == [1]
