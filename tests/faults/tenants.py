"""Small customers typed in by hand, for proofs that need to know every record."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from simulators.oracle.examples import OPEN_TICKETS, PSA_TICKET
from simulators.oracle.judged import FURTHER, ORGANIZATIONS, SYNCED, Judged
from tests.faults.world import READY, World

# Nothing is ambiguous and nothing is asked: what is not there is made.
MAPPING = """
[organizations]
create = "yes"
"""
# Every kind, with the two ready blocks for tickets.
ALL_KINDS = MAPPING + READY
JUDGED = Judged(
    organizations=replace(ORGANIZATIONS, create="yes"), enabled=SYNCED | FURTHER, assets=(PSA_TICKET, OPEN_TICKETS)
)
_COMPANIES, _DEVICES = "company/companies", "company/configurations"
_TICKETS, _BOARDS = "service/tickets", "service/boards"


def lookup(world: World, resource: str, name: str, word: str = "name") -> dict[str, int]:
    """Give a reference to a type or status, made where it is missing."""
    for record in world.source.get(f"/records/{resource}"):
        if record["now"] and record["now"].get(word) == name:
            return {"id": int(record["id"])}
    return {"id": int(world.source.person("POST", resource, {word: name})["id"])}


def company(world: World, name: str, **words: Any) -> int:
    """Make a customer in the PSA; give its id."""
    number = len(world.source.get(f"/records/{_COMPANIES}"))
    body = {
        "identifier": f"C{number:05}", "name": name, "status": lookup(world, f"{_COMPANIES}/statuses", "Active"),
        "types": [lookup(world, f"{_COMPANIES}/types", "Client")], **words,
    }  # fmt: skip
    return int(world.source.person("POST", _COMPANIES, body)["id"])


def device(world: World, company_id: int | None, name: str, **words: Any) -> int:
    """Make a device in the PSA; give its id. A word that is None is left out."""
    body = {
        "name": name, "type": lookup(world, f"{_DEVICES}/types", "Workstation"),
        "status": lookup(world, f"{_DEVICES}/statuses", "Active", "description"),
        "company": None if company_id is None else {"id": company_id}, "activeFlag": True, **words,
    }  # fmt: skip
    kept = {word: value for word, value in body.items() if value is not None}
    return int(world.source.person("POST", _DEVICES, kept)["id"])


def site(world: World, company_id: int, name: str, **words: Any) -> int:
    """Make a site in the PSA; give its id."""
    return int(world.source.person("POST", f"{_COMPANIES}/{company_id}/sites", {"name": name, **words})["id"])


def contact(world: World, company_id: int, name: str, **words: Any) -> int:
    """Make a contact in the PSA, Jo by first name; give its id."""
    body = {"firstName": "Jo", "lastName": name, "company": {"id": company_id}, **words}
    return int(world.source.person("POST", "company/contacts", body)["id"])


def ticket(world: World, company_id: int, title: str, *, devices: Iterable[int] = (), **words: Any) -> int:
    """Open a ticket in the PSA, linked to devices; give its id."""
    body = {"summary": title, "company": {"id": company_id}, "board": _board(world), **words}
    number = int(world.source.person("POST", _TICKETS, body)["id"])
    for each in devices:
        world.source.person("POST", f"{_TICKETS}/{number}/configurations", {"id": each})
    return number


def close(world: World, number: int) -> None:
    """Close a ticket."""
    status = lookup(world, f"{_BOARDS}/{_board(world)['id']}/statuses", "Closed")
    world.source.person("PATCH", f"{_TICKETS}/{number}", {"status": status})


def _board(world: World) -> dict[str, int]:
    """Give the one board, made with its statuses where it is missing."""
    for record in world.source.get(f"/records/{_BOARDS}"):
        return {"id": int(record["id"])}
    board = int(world.source.person("POST", _BOARDS, {"name": "Help Desk"})["id"])
    for status in ({"name": "New", "defaultFlag": True}, {"name": "Closed", "closedStatus": True}):
        world.source.person("POST", f"{_BOARDS}/{board}/statuses", status)
    return {"id": board}


def organization(world: World, name: str, **attributes: Any) -> int:
    """Make an organization in IT Glue, long ago."""
    return _person(world, "organizations", {"name": name, **attributes})


def configuration(world: World, organization_id: int, name: str, **attributes: Any) -> int:
    """Make a configuration in IT Glue, long ago, of a type that is made where it is missing."""
    kind = next((record["id"] for record in world.itglue.get("/records/configuration_types") if record["now"]), None)
    if kind is None:
        kind = _person(world, "configuration_types", {"name": "Workstation"})
    told = {"organization-id": organization_id, "name": name, "configuration-type-id": kind, **attributes}
    return _person(world, "configurations", told)


def _person(world: World, resource: str, attributes: dict[str, Any]) -> int:
    dated = {"created-at": "2025-01-01T00:00:00.000Z", **attributes}
    return int(world.itglue.person("POST", resource, {"attributes": dated})["id"])
