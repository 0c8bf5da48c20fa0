"""The ConnectWise connector against the promises of its contract."""

from tests.contract.connector_suite import ConnectorSuite
from tests.contract.connectwise import HARNESS


class TestConnectWise(ConnectorSuite):
    harness = HARNESS
