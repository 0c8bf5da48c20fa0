"""Both sides as their control APIs show them: what the oracle judges by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

import httpx
import orjson

from .story import Event, Life, Lives, Row, flat, lives, plain, seconds

NAMES: Final = (
    "organization_types",
    "organization_statuses",
    "configuration_types",
    "configuration_statuses",
    "manufacturers",
    "models",
    "operating_systems",
    "contact_types",
)
OTHERS: Final = (
    "locations", "contacts", "configuration_interfaces", "flexible_asset_types", "flexible_asset_fields", "flexible_assets",
    "documents", "checklists",
)  # fmt: skip
LISTS: Final = ("countries", "regions")
TICKETS: Final = ("service/tickets", "project/tickets")


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
    sites: Lives = field(default_factory=dict)
    people: Lives = field(default_factory=dict)
    tickets: Lives = field(default_factory=dict)
    """Tickets, each with the ids of the devices that it is linked to under `configurations`."""
    lists: dict[str, Lives] = field(default_factory=dict)
    """IT Glue's countries and regions."""
    requests: dict[str, list[Row]] = field(default_factory=dict)
    violations: dict[str, list[Row]] = field(default_factory=dict)
    traps: tuple[tuple[str, str], ...] = ()
    now: float = 0.0
    """IT Glue's clock when it was read."""

    def source(self, kind: str) -> Lives:
        """Give the source's records of a kind."""
        by_kind = {
            "organization": self.companies,
            "configuration": self.devices,
            "location": self.sites,
            "contact": self.people,
            "ticket": self.tickets,
        }
        return by_kind[kind]

    def records(self, kind: str) -> Lives:
        """Give IT Glue's records of a kind; those of assets are of all types."""
        if kind in {"organization", "configuration"}:
            return self.organizations if kind == "organization" else self.configurations
        return self.others.get(f"{kind}s" if kind in {"location", "contact"} else "flexible_assets", {})

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


def read(cw: httpx.Client, ig: httpx.Client, kinds: Collection[str] = ()) -> World:
    """Read the world from the two control APIs; the clients' base URLs are theirs.

    Of the source, companies and devices are read, and sites, contacts and tickets if their kind is among `kinds`.
    """
    companies = lives(get(cw, "records/company/companies"), plain)
    return World(
        companies=companies,
        devices=lives(get(cw, "records/company/configurations"), plain),
        organizations=lives(get(ig, "records/organizations"), flat),
        configurations=lives(get(ig, "records/configurations"), flat),
        names={name: lives(get(ig, f"records/{name}"), flat) for name in NAMES},
        others={name: lives(get(ig, f"records/{name}"), flat) for name in OTHERS},
        requests={"connectwise": get(cw, "requests"), "itglue": get(ig, "requests")},
        violations={"connectwise": get(cw, "violations"), "itglue": get(ig, "violations")},
        traps=tuple((trap["ref"], trap["code"]) for trap in get(cw, "traps")),
        now=clock(ig),
        sites=_sites(cw, companies) if "location" in kinds else {},
        people=lives(get(cw, "records/company/contacts"), plain) if "contact" in kinds else {},
        tickets=_tickets(cw) if "ticket" in kinds else {},
        lists={name: lives(get(ig, f"records/{name}"), flat) for name in LISTS if "location" in kinds},
    )


def _sites(cw: httpx.Client, companies: Lives) -> Lives:
    found: Lives = {}
    for company in companies:
        found |= lives(get(cw, f"records/company/companies/{company}/sites"), plain)
    return found


def _tickets(cw: httpx.Client) -> Lives:
    found: Lives = {}
    for path in TICKETS:
        links = {str(ticket["id"]): ticket["history"] for ticket in get(cw, f"links/{path}")}
        for ticket, life in lives(get(cw, f"records/{path}"), plain).items():
            found[ticket] = with_links(life, [(seconds(each["at"]), each["linked"]) for each in links.get(ticket, ())])
    return found


def with_links(life: Life, links: Sequence[tuple[float, Sequence[int]]]) -> Life:
    """Enter into each version of a ticket the devices that it was linked to: a change of those is an event of its own."""

    def linked(row: Row | None, moment: float) -> Row | None:
        known = next((devices for since, devices in reversed(links) if since <= moment), ())
        return None if row is None else row | {"configurations": list(known)}

    events: list[Event] = []
    for event in life.events:
        before = events[-1].after if events else None
        events.append(Event(event.at, event.by, event.verb, before, linked(event.after, event.at)))
    return Life(life.id, events[-1].after, tuple(events))


def clock(control: httpx.Client) -> float:
    """Read a simulator's clock, in seconds since the epoch."""
    answer = control.get("clock")
    answer.raise_for_status()
    return seconds(answer.json()["now"])
