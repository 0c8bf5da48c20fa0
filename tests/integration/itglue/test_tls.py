"""The key over TLS."""

from collections.abc import Callable, Iterator

import pytest

from bridge.errors import SideDownError
from bridge.itglue.client import ITGlue
from tests.integration.itglue.simulator import Simulator


@pytest.fixture(scope="module")
def secure() -> Iterator[Simulator]:
    """Run a simulator with a self-signed certificate."""
    simulator = Simulator("--tls")
    yield simulator
    simulator.stop()


def test_a_certificate_is_verified_unless_told_otherwise(connect: Callable[..., ITGlue], secure: Simulator) -> None:
    """The key never leaves for a server that cannot prove its name."""
    with pytest.raises(SideDownError, match="certificate") as caught:
        connect(url=secure.url, key=secure.key).page("organizations", lane="live")

    assert not caught.value.sent
    assert secure.requests() == []
    assert connect(url=secure.url, key=secure.key, verify=False).page("organizations", lane="live").total == 0
