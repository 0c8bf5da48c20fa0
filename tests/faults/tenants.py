"""Small customers typed in by hand, for proofs that need to know every record."""

from typing import Any

from tests.faults.world import World

# Nothing is ambiguous and nothing is asked: what is not there is made.
MAPPING = """
[organizations]
create = "yes"
"""
_COMPANIES, _DEVICES = "company/companies", "company/configurations"


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
