"""A made-up world with all kinds on: sites, contacts, tickets, and an honest bridge that writes what the fold says."""

from dataclasses import replace
from typing import Any, Final

from simulators.oracle.attributes import Attribute, is_locked, words_of
from simulators.oracle.blocks import MARKER, AssetBlock, Field
from simulators.oracle.fold import Fold, Outcome, fold
from simulators.oracle.judged import TRAPS, Judged
from simulators.oracle.story import TRAIT, Row
from simulators.oracle.text import ANY, SKIP
from tests.oracle.scene import COMPANY, ORGANIZATION, Scene, number_of

TYPE: Final = "70"
ALL: Final = frozenset({"organization", "configuration", "location", "contact"})
WITH_TICKETS: Final = AssetBlock(
    name="psa-ticket",
    type="PSA Ticket",
    archive_when=lambda words: not words["open"] and words["closed_days"] >= 30,
    fields=(
        Field("Ticket", "Text", lambda words: f"#{words['number']} {words['title']}", title=True, required=True),
        Field("Status", "Select", lambda words: words["status"], options=("New", "In Progress", "Completed")),
        Field("Devices", "Tag", lambda words: words["configurations"], tags="configuration"),
        Field("Site", "Tag", lambda words: words["site"], tags="location"),
        Field("Lessons", "Textbox"),
    ),
)
KEYS: Final = {"Ticket": "ticket", "Status": "status", "Devices": "devices", "Site": "site", MARKER: "bridge-ref"}
"""Of the type's fields, but `Lessons`, which is left to people."""
FULL: Final = replace(TRAPS, enabled=ALL)
SITE: Final[Row] = {
    "name": "Leeds", "addressLine1": "1 High Street", "city": "Leeds", "zip": "LS1 1AA", "primaryAddressFlag": True,
    "stateReference": {"id": 1, "identifier": "ENG", "name": "England"}, "country": {"id": 2, "name": "United Kingdom"},
    "phoneNumber": "0113 496 0000", "inactiveFlag": False,
}  # fmt: skip
PERSON: Final[Row] = {
    "firstName": "Ann", "lastName": "Keller", "title": "Director", "types": [{"id": 1, "name": "Primary"}],
    "communicationItems": [
        {"id": 1, "type": {"id": 1, "name": "Email"}, "value": "ann@acme.test", "communicationType": "Email"},
        {"id": 2, "type": {"id": 2, "name": "Direct"}, "value": "0113 496 1234", "communicationType": "Phone"},
    ],
}  # fmt: skip
RESOURCES: Final = {"location": "locations", "contact": "contacts", "configuration": "configurations"}


class FullScene(Scene):
    """Tell what happened to all kinds; `sync` is what an honest bridge then writes."""

    def __init__(self, judged: Judged = FULL) -> None:
        super().__init__(judged)
        self.judged = judged
        self._made = 600
        self.put("countries", "234", 0, "person", {}, {"name": "United Kingdom", "iso": "GB"})
        self.put("regions", "73", 0, "person", {}, {"name": "England", "iso": "ENG", "country-id": 234})
        self.put("flexible_asset_types", TYPE, 0, "person", {}, {"name": "PSA Ticket", "enabled": True})
        kinds = {each.name: each.kind for each in WITH_TICKETS.fields}
        for place, (name, key) in enumerate({**KEYS, "Lessons": "lessons"}.items()):
            self.field(name, key, place, kinds.get(name, "Text"))

    def field(self, name: str, key: str, place: int, kind: str = "Text") -> None:
        """Add a field to the type."""
        values = {"name": name, "name-key": key, "kind": kind, "flexible-asset-type-id": int(TYPE)}
        self.put("flexible_asset_fields", str(700 + place), 0, "person", {}, values)

    def site(self, at: float, site: str = "51", **fields: Any) -> None:
        """Enter or change a site of the company."""
        new = {**SITE, "id": int(site), "company": {"id": int(COMPANY), "name": "Acme Ltd"}}
        self.put("sites", site, at, "person", new, fields)

    def person(self, at: float, person: str = "41", **fields: Any) -> None:
        """Enter or change a contact of the company."""
        new = {**PERSON, "id": int(person), "company": {"id": int(COMPANY), "name": "Acme Ltd"}}
        self.put("people", person, at, "person", new, fields)

    def ticket(self, at: float, ticket: str = "9", **fields: Any) -> None:
        """Open or change a ticket of the company."""
        new = {
            "id": int(ticket),
            "summary": "Printer jams",
            "company": {"id": int(COMPANY), "name": "Acme Ltd"},
            "status": {"id": 1, "name": "New"},
            "closedFlag": False,
        }
        self.put("tickets", ticket, at, "person", new, fields)

    def shown(self, at: float, kind: str, record: str, by: str = "person", **given: Any) -> None:
        """Make or change a record of IT Glue, attributes by their names with underscores, traits by `traits`."""
        traits = {f"{TRAIT}{key}": value for key, value in given.pop("traits", {}).items()}
        row = {name.replace("_", "-"): value for name, value in given.items()} | traits
        self.put(RESOURCES.get(kind, "flexible_assets"), record, at, by, self._blank(kind), row)

    def fold(self) -> Fold:
        """Fold the world as it stands."""
        return fold(self.world(), self.judged)

    def record_of(self, ref: str) -> str:
        """Give the record that a target stands in."""
        record = self.fold().outcomes[ref].record
        assert record is not None
        return record

    def sync(self, at: float) -> None:
        """Write what the fold says, kind by kind, as an honest bridge would."""
        for kind in self.fold().versions.kinds[1:]:
            now = self.fold()
            for outcome in now.outcomes.values():
                if outcome.kind == kind:
                    self._write(at, now, outcome)

    def _write(self, at: float, now: Fold, outcome: Outcome) -> None:
        kind, source_id = outcome.ref.split(":")
        known = now.versions.attributes(kind)
        if outcome.state == "missing":
            self._made += 1
            row = {a.stored: _stored(a, outcome.wanted[a.word]) for a in known if a.word in outcome.wanted}
            names = {a.shown: outcome.wanted[a.word] for a in known if a.is_name and outcome.wanted.get(a.word)}
            if kind == "configuration":
                row["notes"] = f"cw:configuration:{source_id}"
            self.put(RESOURCES.get(kind, "flexible_assets"), str(self._made), at, "api", self._blank(kind),
                     {**row, **names, "organization-id": int(outcome.organization or 0)})  # fmt: skip
            return
        life = now.versions.records(kind).get(str(outcome.record))
        if life is None or life.now is None:
            return
        resource = RESOURCES.get(kind, "flexible_assets")
        if outcome.state == "gone" and not outcome.either and kind not in RESOURCES and not life.now["archived"]:
            self.put(resource, life.id, at, "api", {}, {"archived": True})
        if outcome.state != "settled" or is_locked(life.now):
            return
        changes: Row = {}
        for each in known:
            wanted = outcome.wanted.get(each.word)
            if each.word not in outcome.wanted or words_of(now.versions.block(kind, source_id), each):
                continue
            ours = life.now.get(each.stored) == life.written_by_api(each.stored)
            if not each.agrees(wanted, life.now) and (wanted is not None or ours):
                changes[each.stored] = _stored(each, wanted)
        if life.now.get("archived") and life.written_by_api("archived"):
            changes["archived"] = False
        if changes:
            self.put(resource, life.id, at, "api", {}, changes)

    def _blank(self, kind: str) -> Row:
        row: Row = {"organization-id": int(ORGANIZATION), "psa-integration": None, "adapters": []}
        if kind in RESOURCES:
            return row | ({"archived": False} if kind == "configuration" else {})
        return row | {"flexible-asset-type-id": int(TYPE), "archived": False}


def _stored(attribute: Attribute, wanted: Any) -> Any:
    if wanted is None or wanted is SKIP or wanted is ANY:
        return None
    match attribute.form:
        case "name":
            return number_of(wanted)
        case "reference":
            return int(min(wanted))
        case "tags":
            return tuple(sorted(wanted))
        case "phones":
            return [{"value": number, "extension": extension, "label-type": "phone"} for number, extension in wanted]
        case "emails":
            return [{"value": email, "label-name": "Email"} for email in wanted]
    return wanted
