"""A made-up world for the oracle's own tests: one company, its devices, and what happened to them in IT Glue."""

from typing import Any

from simulators.oracle import desired
from simulators.oracle.attributes import attribute_by_name, attributes
from simulators.oracle.judged import Judged
from simulators.oracle.story import Event, Life, Lives, Row
from simulators.oracle.text import SKIP, folded
from simulators.oracle.words import configuration_words
from simulators.oracle.world import LISTS, NAMES, OTHERS, World

COMPANY = "311"
ORGANIZATION = "900"
SYSTEMS = {"1": "Windows 11", "2": "FortiOS"}
DEVICE: Row = {
    "name": "KRK-LT-14",
    "type": {"id": 12, "name": "Laptop"},
    "status": {"id": 1, "name": "Active"},
    "company": {"id": int(COMPANY), "name": "Acme Ltd"},
    "serialNumber": "5CG9120X",
    "ipAddress": "10.0.0.7",
}


class Scene:
    """Tell what happened, second by second; then `world` gives what a control API would have shown."""

    def __init__(self, judged: Judged) -> None:
        self._judged = judged
        self._events: dict[str, dict[str, list[Event]]] = {}
        self.requests: dict[str, list[Row]] = {"connectwise": [], "itglue": []}
        self.violations: dict[str, list[Row]] = {"connectwise": [], "itglue": []}
        self.company(0, name="Acme Ltd", identifier="ACME")
        self.organization(0)
        for number, name in SYSTEMS.items():
            self.name(0, "operating_systems", number, name)

    def company(self, at: float, company: str = COMPANY, **fields: Any) -> None:
        """Enter or change a company; it is a client unless the fields say otherwise."""
        new: Row = {
            "id": int(company),
            "status": {"id": 1, "name": "Active"},
            "types": [{"id": 4, "name": "Client"}],
            "deletedFlag": False,
        }
        self.put("companies", company, at, "person", new, fields)

    def device(self, at: float, device: str = "1", **fields: Any) -> None:
        """Enter or change a device of the company."""
        self.put("devices", device, at, "person", {**DEVICE, "id": int(device)}, fields)

    def organization(self, at: float, record: str = ORGANIZATION, by: str = "person", **given: Any) -> None:
        """Make or change an organization, attributes by their names with underscores, names as they are shown."""
        new = {
            "name": "Acme Ltd",
            "short-name": "ACME",
            "organization-type-id": number_of("Client"),
            "organization-type-name": "Client",
            "organization-status-id": number_of("Active"),
            "organization-status-name": "Active",
            "psa-integration": None,
            "adapters": [],
        }
        self.put("organizations", record, at, by, new, dashed("organization", given))

    def record(self, at: float, record: str = "501", by: str = "person", **given: Any) -> None:
        """Make or change a configuration in IT Glue, attributes as in `organization`."""
        new: Row = {"organization-id": int(ORGANIZATION), "psa-integration": None, "archived": False, "adapters": []}
        new |= {attribute.stored: None for attribute in attributes("configuration")}
        self.put("configurations", record, at, by, new, dashed("configuration", given))

    def make(self, at: float, device: str = "1", record: str = "501", **given: Any) -> None:
        """Make a device's configuration as the bridge would."""
        values = self._mapped(device, at)
        notes = values.get("notes")
        ref = f"{self._judged.source}:configuration:{device}"
        line = f"{ref} https://psa.test/{device}" if self._judged.marker else ""
        values["notes"] = "<br>".join(part for part in (notes, line) if part) or None
        self.record(at, record, "api", **(values | given))

    def copy(self, at: float, device: str = "1", record: str = "501", *, as_of: float | None = None) -> None:
        """Bring a configuration to a device's version as the bridge would; an earlier one with `as_of`."""
        values = self._mapped(device, at if as_of is None else as_of)
        self.record(at, record, "api", **{name: value for name, value in values.items() if name != "notes"})

    def name(self, at: float, resource: str, record: str, name: str, by: str = "person", **given: Any) -> None:
        """Make a type, a status, a manufacturer or a model."""
        self.put(resource, record, at, by, {}, {"name": name, **dashed("", given)})

    def delete(self, at: float, resource: str, record: str, by: str = "person") -> None:
        """Delete a record."""
        events = self._events[resource][record]
        events.append(Event(at, by, "delete", events[-1].after, None))

    def request(self, at: str, method: str, path: str, status: int = 200, system: str = "itglue", **more: Any) -> None:
        """Note a request."""
        self.requests[system].append(
            {"at": at, "key": "k", "method": method, "path": path, "query": "", "status": status, "fault": None} | more
        )

    def world(self, now: float = 1_000.0) -> World:
        """Give the world as it stands."""
        lives = {resource: self._lives(resource) for resource in self._events}
        return World(
            companies=lives.get("companies", {}),
            devices=lives.get("devices", {}),
            organizations=lives.get("organizations", {}),
            configurations=lives.get("configurations", {}),
            names={name: lives.get(name, {}) for name in NAMES},
            others={name: lives.get(name, {}) for name in OTHERS},
            sites=lives.get("sites", {}),
            people=lives.get("people", {}),
            tickets=lives.get("tickets", {}),
            lists={name: lives.get(name, {}) for name in LISTS},
            requests=self.requests,
            violations=self.violations,
            now=now,
        )

    def _mapped(self, device: str, moment: float) -> Row:
        row = self._lives("devices")[device].at(moment)
        assert row is not None
        listed = {folded(name): name for name in SYSTEMS.values()}
        words = configuration_words(row, self._judged.source)
        wanted = desired.configuration(words, None, self._judged, listed).wanted
        return {attribute.shown.replace("-", "_"): None if (value := wanted.get(attribute.word)) is SKIP else value
                for attribute in attributes("configuration") if attribute.word in wanted}  # fmt: skip

    def put(self, resource: str, record: str, at: float, by: str, new: Row, fields: Row) -> None:
        """Make a record of any resource, or change it."""
        events = self._events.setdefault(resource, {}).setdefault(record, [])
        before = events[-1].after if events else None
        after = {**(new if before is None else before), **fields}
        events.append(Event(at, by, "create" if before is None else "update", before, after))

    def _lives(self, resource: str) -> Lives:
        return {
            record: Life(record, events[-1].after, tuple(events))
            for record, events in self._events.get(resource, {}).items()
        }


def dashed(kind: str, given: Row) -> Row:
    """Spell attributes as IT Glue shows them; a name brings its id along."""
    row = {name.replace("_", "-"): value for name, value in given.items()}
    for shown, value in list(row.items()):
        stored = f"{shown.removesuffix('-name')}-id"
        if shown.endswith("-name") and kind and attribute_by_name(kind, stored) is not None:
            row[stored] = None if value is None else number_of(value)
    return row


def number_of(name: str) -> int:
    """Give the id of a name; two spellings of one name have one."""
    return int.from_bytes(folded(name).encode()[-7:], "big")
