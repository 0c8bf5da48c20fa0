"""The ConnectWise simulator as the suite of promises seeds and reads it."""

import itertools
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bridge.records import Record
from connectors.connectwise.connector import ConnectWise
from connectors.connectwise.settings import ConnectWiseSettings
from tests.contract.harness import PASSWORD
from tests.contract.simulator import Simulator

COMPANIES = "company/companies"
CONFIGURATIONS = "company/configurations"
CONTACTS = "company/contacts"
TICKETS = "service/tickets"
PROJECT_TICKETS = "project/tickets"
_NAMES = {"contact": "firstName", "ticket": "summary"}


class ConnectWiseHarness:
    """Seeds and reads the ConnectWise simulator."""

    system = "connectwise"
    source = "cw"
    wrong_key = "priv-wrong-key"
    kinds = ("organization", "contact", "configuration", "ticket")
    deletable = ("contact", "configuration", "ticket")  # a company goes to the recycle bin
    resources: Mapping[str, str] = {
        "organization": COMPANIES,
        "contact": CONTACTS,
        "configuration": CONFIGURATIONS,
        "ticket": TICKETS,
    }
    paths: Mapping[str, str] = {**resources, "ticket": "(service|project)/tickets"}
    lists: Mapping[str, str] = {kind: f".*{path}/?$" for kind, path in paths.items()}
    singles: Mapping[str, str] = {kind: rf".*{path}/\d+$" for kind, path in paths.items()}
    belows: Mapping[str, str] = {"location": rf".*{COMPANIES}/\d+/sites"}
    enrichments: Mapping[str, str] = {"ticket": r".*tickets/\d+/configurations"}

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._tickets = itertools.count()  # of both kinds in turn
        self._lookups: dict[tuple[str, str], dict[str, int]] = {}

    def connect(
        self, simulator: Simulator, *, page_size: int = 5, deadline: float = 10.0, **settings: Any
    ) -> ConnectWise:
        given = {"url": simulator.url, **simulator.credentials, "page_size": page_size, "deadline": deadline}
        return ConnectWise(self.source, ConnectWiseSettings(**{**given, **settings}))

    def connect_wrongly(self, simulator: Simulator) -> ConnectWise:
        return self.connect(simulator, private_key=self.wrong_key)

    def secrets(self, simulator: Simulator) -> tuple[str, ...]:
        known = simulator.credentials
        return (known["private_key"], known["public_key"], known["client_id"])

    def seed(self, simulator: Simulator, kind: str, name: str, **words: Any) -> str:
        number = next(self._numbers)
        if kind == "organization":
            status = self.lookup(simulator, f"{COMPANIES}/statuses", "Active")
            types = [self.lookup(simulator, f"{COMPANIES}/types", "Client")]
            company = {"identifier": f"C{number}", "name": name, "status": status, "types": types}
            return simulator.create(COMPANIES, {**company, **words})
        if kind == "contact":
            contact = {"firstName": name, "lastName": "Moss", "company": self.owner(simulator)}
            return simulator.create(CONTACTS, {**contact, **words})
        if kind == "ticket":
            project = next(self._tickets) % 2 == 1
            board = self.lookup(simulator, "service/boards", "Projects" if project else "Help Desk")
            record_type = "ProjectTicket" if project else "ServiceTicket"
            ticket = {"summary": name, "recordType": record_type, "board": board, "company": self.owner(simulator)}
            return simulator.create(TICKETS, {**ticket, **words})
        configuration = {
            "name": name,
            "type": self.lookup(simulator, f"{CONFIGURATIONS}/types", "Workstation"),
            "status": self.lookup(simulator, f"{CONFIGURATIONS}/statuses", "Active", word="description"),
            "company": self.owner(simulator),
            "serialNumber": f"SN{number:06}",
            "macAddress": f"00:1A:2B:3C:{number // 256 % 256:02X}:{number % 256:02X}",
            "activeFlag": True,
        }
        return simulator.create(CONFIGURATIONS, {**configuration, **words})

    def lookup(self, simulator: Simulator, resource: str, name: str, word: str = "name") -> dict[str, int]:
        """Give a reference to a type or status, made at the first call."""
        key = (simulator.url, f"{resource} {name}")
        if key not in self._lookups:
            self._lookups[key] = {"id": int(simulator.create(resource, {word: name}))}
        return self._lookups[key]

    def owner(self, simulator: Simulator) -> dict[str, int]:
        """Give a reference to the one company that owns all seeded configurations."""
        key = (simulator.url, "owner")
        if key not in self._lookups:
            self._lookups[key] = {"id": int(self.seed(simulator, "organization", "Owner"))}
        return self._lookups[key]

    def seed_below(self, simulator: Simulator, kind: str, organization: str, name: str) -> str:
        return simulator.create(f"{COMPANIES}/{organization}/sites", {"name": name})

    def link(self, simulator: Simulator, kind: str, number: str) -> tuple[str, list[str]]:
        devices = sorted((self.seed(simulator, "configuration", f"linked to {number}") for _ in range(2)), key=int)
        path = TICKETS if number in simulator.living(TICKETS) else PROJECT_TICKETS
        for device in reversed(devices):
            simulator.create(f"{path}/{number}/configurations", {"id": int(device)})
        return "configurations", devices

    def living(self, simulator: Simulator, kind: str) -> dict[str, dict[str, Any]]:
        found = simulator.living(self.resources[kind])
        return {**found, **simulator.living(PROJECT_TICKETS)} if kind == "ticket" else found

    def renamed(self, kind: str, name: str) -> dict[str, Any]:
        return {_NAMES.get(kind, "name"): name}

    def name_of(self, kind: str, payload: Mapping[str, Any]) -> str:
        return str(payload[_NAMES.get(kind, "name")])

    def with_passwords(self, simulator: Simulator, kind: str, name: str) -> str | None:
        first = 31 + 2 * self.kinds.index(kind)  # each kind has fields of its own
        fields = [
            {
                "id": first,
                "caption": "Portal login",
                "type": "Password",
                "entryMethod": "EntryField",
                "value": PASSWORD,
            },
            {"id": first + 1, "caption": "Rack", "type": "Text", "entryMethod": "EntryField", "value": "R12"},
        ]
        if kind != "configuration":
            return self.seed(simulator, kind, name, customFields=fields)
        questions = [
            {"questionId": 8, "question": "Admin login", "fieldType": "Password", "answer": PASSWORD},
            {"questionId": 9, "question": "Slot", "fieldType": "Text", "answer": "3"},
        ]
        return self.seed(simulator, kind, name, customFields=fields, questions=questions)

    def moment_of(self, watermark: str) -> datetime:
        return datetime.fromisoformat(watermark)

    def stuck(self, kind: str, page: list[Record]) -> dict[str, Any]:
        link = f'<https://cw.test/v2025_1/apis/3.0/{self.resources[kind]}?pageId={page[-1].ref.id}>; rel="next"'
        return {"status": 200, "headers": {"Link": link}, "body": [dict(record.payload) for record in page]}

    def cut_short(self, kind: str) -> dict[str, Any]:
        return {"status": 200, "headers": {"Link": ""}, "body": []}


HARNESS = ConnectWiseHarness()
