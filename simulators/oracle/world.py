"""Both sides as their control APIs show them: what the oracle judges by."""

from dataclasses import dataclass, field
from typing import Final

import httpx
import orjson

from .story import Lives, Row, flat, lives, plain, seconds

NAMES: Final = (
    "organization_types",
    "organization_statuses",
    "configuration_types",
    "configuration_statuses",
    "manufacturers",
    "models",
    "operating_systems",
)
OTHERS: Final = ("locations", "contacts", "configuration_interfaces", "flexible_asset_types", "flexible_assets")


@dataclass(frozen=True)
class World:
    """The records of ConnectWise and of IT Glue with their histories, and what the simulators noted."""

    companies: Lives
    devices: Lives
    organizations: Lives
    configurations: Lives
    names: dict[str, Lives]
    others: dict[str, Lives] = field(default_factory=dict)
    """Further resources of IT Glue: nothing there may be deleted."""
    requests: dict[str, list[Row]] = field(default_factory=dict)
    violations: dict[str, list[Row]] = field(default_factory=dict)
    traps: tuple[tuple[str, str], ...] = ()
    now: float = 0.0
    """IT Glue's clock when it was read."""

    @property
    def itglue(self) -> dict[str, Lives]:
        """Every resource of IT Glue by its path word."""
        return {
            "organizations": self.organizations,
            "configurations": self.configurations,
            **self.names,
            **self.others,
        }

    @property
    def first_write(self) -> float | None:
        """When an API client first wrote into IT Glue; None if it never did."""
        return min(
            (
                event.at
                for resource in self.itglue.values()
                for life in resource.values()
                for event in life.events
                if event.by == "api"
            ),
            default=None,
        )


def get(control: httpx.Client, path: str) -> list[Row]:
    """Read a list from a control API."""
    answer = control.get(path)
    answer.raise_for_status()
    found: list[Row] = orjson.loads(answer.content)
    return found


def read(cw: httpx.Client, ig: httpx.Client) -> World:
    """Read the world from the two control APIs; the clients' base URLs are theirs."""
    return World(
        companies=lives(get(cw, "records/company/companies"), plain),
        devices=lives(get(cw, "records/company/configurations"), plain),
        organizations=lives(get(ig, "records/organizations"), flat),
        configurations=lives(get(ig, "records/configurations"), flat),
        names={name: lives(get(ig, f"records/{name}"), flat) for name in NAMES},
        others={name: lives(get(ig, f"records/{name}"), flat) for name in OTHERS},
        requests={"connectwise": get(cw, "requests"), "itglue": get(ig, "requests")},
        violations={"connectwise": get(cw, "violations"), "itglue": get(ig, "violations")},
        traps=tuple((trap["ref"], trap["code"]) for trap in get(cw, "traps")),
        now=clock(ig),
    )


def clock(control: httpx.Client) -> float:
    """Read a simulator's clock, in seconds since the epoch."""
    answer = control.get("clock")
    answer.raise_for_status()
    return seconds(answer.json()["now"])
