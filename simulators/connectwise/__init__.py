"""A simulator of the ConnectWise PSA REST API, after `api/connectwise.md`."""

from simulators.connectwise.vendor import ConnectWise

__all__ = ["ConnectWise"]
