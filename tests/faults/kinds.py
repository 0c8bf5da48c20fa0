"""The kinds of records that a proof has in its hands: how a person makes and changes one in the PSA, and how IT Glue shows it."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults import tenants
from tests.faults.world import World

Words = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: the bridge's block of it, IT Glue's resource, and the value that is changed.

    `make` takes the world, the company and a name, and gives the record's path in the PSA; `words` gives the change that
    brings a value to a record of that id. `shown` is where IT Glue shows the value, which begins with what was given.
    """

    name: str
    block: str
    resource: str
    shown: str
    make: Callable[[World, int, str], str]
    words: Callable[[World, str, str], Words]

    def change(self, world: World, path: str, value: str) -> None:
        """Give a record another value in the PSA."""
        world.source.person("PATCH", path, dict(self.words(world, value, _id(path))))

    def ref(self, path: str) -> str:
        """Name the target of a record."""
        return f"cw:{self.name}:{_id(path)}"

    def records(self, world: World) -> list[dict[str, Any]]:
        """Give IT Glue's records of this kind; of flexible assets those that stand for a record each."""
        found = [record for record in world.itglue.get(f"/records/{self.resource}") if record["now"]]
        if self.resource != "flexible_assets":
            return found
        return [record for record in found if f":{self.name}:" in _traits(record).get("bridge-ref", "")]

    def values(self, world: World) -> Counter[str]:
        """Count IT Glue's records of this kind by their value, without what tells records apart."""
        return Counter(_short(value_of(self, record["now"]["attributes"])) for record in self.records(world))

    def landings(self, record: Mapping[str, Any]) -> list[str]:
        """Give the values that a record of IT Glue has had, in their order."""
        found: list[str] = []
        for event in record["history"]:
            after = event["after"]
            value = _short(value_of(self, after.get("attributes", after))) if after else ""
            if value and (not found or found[-1] != value):
                found.append(value)
        return found


def value_of(kind: Kind, attributes: Mapping[str, Any]) -> str:
    """Give the value that IT Glue shows of a record; empty where it shows none."""
    word = kind.shown
    held = (attributes.get("traits") or {}).get(word) if kind.resource == "flexible_assets" else attributes.get(word)
    return str(held or "")


def _short(value: str) -> str:
    return value.partition("-")[0]


def _id(path: str) -> str:
    return path.rpartition("/")[2]


def _traits(record: Mapping[str, Any]) -> dict[str, Any]:
    return record["now"]["attributes"]["traits"] or {}


def _device(world: World, company: int, name: str) -> str:
    return f"company/configurations/{tenants.device(world, company, name)}"


def _site(world: World, company: int, name: str) -> str:
    return f"company/companies/{company}/sites/{tenants.site(world, company, name)}"


def _contact(world: World, company: int, name: str) -> str:
    return f"company/contacts/{tenants.contact(world, company, name)}"


def _ticket(world: World, company: int, name: str) -> str:
    return f"service/tickets/{tenants.ticket(world, company, name)}"


def _priority(world: World, value: str, _number: str) -> Words:
    return {"priority": tenants.lookup(world, "service/priorities", value)}


# What IT Glue and the PSA call a serial number is no other device's, so that it carries the device's id.
DEVICE = Kind(
    "configuration", "configurations", "configurations", "serial-number", _device,
    lambda _world, value, number: {"serialNumber": f"{value}-{number}"},
)  # fmt: skip
SITE = Kind(
    "location", "locations", "locations", "address-1", _site, lambda _world, value, _number: {"addressLine1": value}
)
CONTACT = Kind("contact", "contacts", "contacts", "title", _contact, lambda _world, value, _number: {"title": value})
TICKET = Kind("ticket", "psa-ticket", "flexible_assets", "priority", _ticket, _priority)
KINDS = (SITE, CONTACT, DEVICE, TICKET)
