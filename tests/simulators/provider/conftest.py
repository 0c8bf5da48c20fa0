"""One provider of the usual size for all tests of this folder."""

from typing import Any

import pytest

from simulators.provider import Provider, build

Records = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def provider() -> Provider:
    """Build it once."""
    return build(companies=200, devices=5000, seed=7)


@pytest.fixture(scope="session")
def psa(provider: Provider) -> Records:
    """Give its ConnectWise."""
    return provider.records("connectwise")


@pytest.fixture(scope="session")
def itglue(provider: Provider) -> Records:
    """Give its IT Glue."""
    return provider.records("itglue")
