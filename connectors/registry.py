"""Which connectors there are: the one place that names them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from bridge.connector import Connector
from connectors.connectwise.connector import ConnectWise
from connectors.connectwise.settings import ConnectWiseSettings


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of source: its settings and what makes its connector from them."""

    settings: type[BaseModel]
    make: Callable[[str, BaseModel], Connector]


def _connectwise(name: str, settings: BaseModel) -> Connector:
    if not isinstance(settings, ConnectWiseSettings):
        raise TypeError("not the settings of a ConnectWise source")
    return ConnectWise(name, settings)


KINDS: Mapping[str, Kind] = {"connectwise": Kind(ConnectWiseSettings, _connectwise)}
