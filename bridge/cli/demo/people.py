"""What people change in the PSA, and where it has to show in IT Glue."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bridge.cli import output
from bridge.cli.demo import suggestions
from bridge.cli.demo.pen import DemoError
from bridge.cli.demo.simulator import Simulator
from simulators.oracle.choosing import holds, is_shown
from simulators.oracle.story import TRAIT
from simulators.oracle.world import TICKETS

COMPANIES, CONFIGURATIONS, CONTACTS = "company/companies", "company/configurations", "company/contacts"
MARK = "cw:configuration:"  # stands in the notes of what the bridge makes
PRINTER = "Printer prints stripes"
ORDINARY = 4  # devices that change on an ordinary day


@dataclass(frozen=True, slots=True)
class Device:
    """A device that both sides have: its payload at the PSA, its id in IT Glue and that of its organization there."""

    payload: dict[str, Any]
    itglue_id: str
    organization: str

    @property
    def id(self) -> int:
        """Give its id at the PSA."""
        return int(self.payload["id"])

    @property
    def name(self) -> str:
        """Give its name at the PSA."""
        return str(self.payload["name"])

    @property
    def place(self) -> str:
        """Give its path in IT Glue."""
        return f"configurations/{self.itglue_id}"


@dataclass(frozen=True, slots=True)
class Change:
    """One change at the PSA: in words, where in IT Glue it has to show, and what one record there then shows."""

    words: str
    place: str
    shows: Mapping[str, Any]


def devices_of_both(connectwise: Simulator, itglue: Simulator) -> list[Device]:
    """Give the devices that are synced without a trap, known by a serial number that nothing else has."""
    traps = {each["ref"] for each in connectwise.get("/traps")}
    psa = [(row["serialNumber"], row) for row in connectwise.now(CONFIGURATIONS) if row.get("serialNumber")]
    glue = itglue.now("configurations")
    at_psa = Counter(serial for serial, _ in psa)
    at_glue = Counter(row["attributes"]["serial-number"] for row in glue)
    known = {row["attributes"]["serial-number"]: row for row in glue}
    return [
        Device(row, known[serial]["id"], str(known[serial]["attributes"]["organization-id"]))
        for serial, row in psa
        if at_psa[serial] == at_glue[serial] == 1
        and f"configuration:{row['id']}" not in traps
        and row.get("company", {}).get("id")
        and f"organization:{row['company']['id']}" not in traps
        and row.get("type", {}).get("id")
        and row.get("status", {}).get("id")
    ]


def an_ordinary_day(connectwise: Simulator, itglue: Simulator, devices: Sequence[Device]) -> list[Change]:
    """Change a handful of things; give what has to arrive."""
    renamed, retired, moved, model = devices[:ORDINARY]
    status = next(
        row["status"] for row in (each.payload for each in devices)
        if row["status"]["id"] != retired.payload["status"]["id"]
    )  # fmt: skip
    customer = _a_customer(connectwise, itglue, devices)
    company = customer.company
    _change(connectwise, renamed, name=f"{renamed.name}-NEW")
    _change(connectwise, retired, status=_reference(status))
    _change(connectwise, moved, tagNumber="INV-2207", warrantyExpirationDate="2029-06-30T00:00:00Z")
    connectwise.person("PATCH", f"{CONTACTS}/{customer.contact['id']}", {"title": "Head of IT"})
    connectwise.person("PATCH", f"{customer.sites}/{customer.site['id']}", {"addressLine1": "1 New Street"})
    connectwise.person("PATCH", f"{COMPANIES}/{company['id']}", {"name": f"{company['name']} Holdings"})
    made = _made(connectwise, model, 1, "NB")
    return [
        Change(f"{renamed.name} is renamed {renamed.name}-NEW", renamed.place, {"name": f"{renamed.name}-NEW"}),
        Change(f"{retired.name} is {status['name']}", retired.place, {"configuration-status-name": status["name"]}),
        Change(f"{moved.name} gets an inventory number and a warranty", moved.place,
               {"asset-tag": "INV-2207", "warranty-expires-at": "2029-06-30"}),
        Change(f"{company['name']} is renamed {company['name']} Holdings", f"organizations/{customer.organization}",
               {"name": f"{company['name']} Holdings"}),
        Change(f"its site {customer.site['name']} moves to 1 New Street", f"locations/{customer.location_id}",
               {"address-1": "1 New Street"}),
        Change(f"its {_full_name(customer.contact)} is Head of IT", f"contacts/{customer.contact_id}",
               {"title": "Head of IT"}),
        made,
        *_a_ticket(connectwise, itglue),
    ]  # fmt: skip


def a_roll_out(connectwise: Simulator, devices: Sequence[Device], changed: int, new: int) -> list[Change]:
    """Give many devices an inventory number, and add new ones; give what has to arrive."""
    changes = []
    for number, device in enumerate(devices[:changed], start=1):
        tag = f"INV-{number:05d}"
        _change(connectwise, device, tagNumber=tag)
        changes.append(Change(f"{device.name} gets {tag}", device.place, {"asset-tag": tag}))
    changes += [_made(connectwise, devices[number % len(devices)], number, "LAP") for number in range(1, new + 1)]
    return changes


def arrived(itglue: Simulator, changes: Iterable[Change]) -> Iterator[Change]:
    """Give the changes that IT Glue shows; only where they have to show is looked at."""
    for change in changes:
        rows = (row["attributes"] for row in itglue.now(change.place))
        if any(all(_shown(row, name) == value for name, value in change.shows.items()) for row in rows):
            yield change


def _shown(row: Mapping[str, Any], name: str) -> Any:
    """Give what an attribute or a trait shows; of a tag the ids, in no order."""
    if not name.startswith(TRAIT):
        return row.get(name)
    value = row["traits"].get(name.removeprefix(TRAIT))
    return frozenset(str(each["id"]) for each in value["values"]) if isinstance(value, dict) else value


def _a_ticket(connectwise: Simulator, itglue: Simulator) -> Iterator[Change]:
    """Let one open ticket without a suggestion be about a printer, if there is one."""
    documents: dict[str, set[str]] = defaultdict(set)
    for row in itglue.now("documents"):
        known = row["attributes"]
        if holds(known["name"], ["printer", "printers", "printing"]) and is_shown(known, needs_flag=True):
            documents[str(known["organization-id"])].add(str(row["id"]))
    tickets = {row["id"]: (path, row) for path in TICKETS for row in connectwise.now(path)}
    for asset in itglue.now("flexible_assets"):
        known, traits = asset["attributes"], asset["attributes"]["traits"]
        tags = frozenset(documents[str(known["organization-id"])])
        if known["flexible-asset-type-name"] != "PSA Ticket" or traits.get(suggestions.DOCUMENTS) or not tags:
            continue
        path, ticket = tickets[int(traits["bridge-ref"].rpartition(":")[2])]
        if not ticket["closedFlag"]:
            connectwise.person("PATCH", f"{path}/{ticket['id']}", {"summary": PRINTER})
            shows = {"name": f"#{ticket['id']} {PRINTER}", f"{TRAIT}{suggestions.DOCUMENTS}": tags}
            words = f'ticket #{ticket["id"]} turns out to be "{PRINTER}", which suggests {output.count(len(tags), "document")}'
            yield Change(words, f"flexible_assets/{asset['id']}", shows)
            return


@dataclass(frozen=True, slots=True)
class _Customer:
    """A customer that both sides have, with a site and a contact that both sides have once."""

    company: dict[str, Any]
    organization: str
    site: dict[str, Any]
    location_id: str
    contact: dict[str, Any]
    contact_id: str

    @property
    def sites(self) -> str:
        """Give the path of its sites at the PSA."""
        return f"{COMPANIES}/{self.company['id']}/sites"


def _a_customer(connectwise: Simulator, itglue: Simulator, devices: Iterable[Device]) -> _Customer:
    traps = {each["ref"] for kind in ("location", "contact") for each in connectwise.get(f"/traps/{kind}")}
    contacts = connectwise.now(CONTACTS)
    organizations = {row["attributes"]["name"].casefold(): row["id"] for row in itglue.now("organizations")}
    places = _ids(itglue, "locations", lambda row: row["name"])
    persons = _ids(itglue, "contacts", lambda row: f"{row['first-name']} {row['last-name']}")
    for company in {each.payload["company"]["id"]: each.payload["company"] for each in devices}.values():
        organization = organizations.get(company["name"].casefold(), "")
        sites = [
            (row, places[organization, row["name"]][0])
            for row in connectwise.now(f"{COMPANIES}/{company['id']}/sites")
            if f"location:{row['id']}" not in traps and len(places[organization, row["name"]]) == 1
        ]
        people = [
            (row, persons[organization, _full_name(row)][0])
            for row in contacts
            if row.get("company", {}).get("id") == company["id"]
            and not traps & {f"contact:{row['id']}", f"location:{row.get('site', {}).get('id')}"}
            and len(persons[organization, _full_name(row)]) == 1
        ]
        if sites and people:
            return _Customer(company, organization, *sites[0], *people[0])
    raise DemoError("no customer has a site and a contact that both sides have once")


def _ids(itglue: Simulator, resource: str, name: Callable[[dict[str, Any]], str]) -> dict[tuple[str, str], list[str]]:
    """Give the ids of IT Glue's records by their organization and name."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in itglue.now(resource):
        known = row["attributes"]
        found[str(known["organization-id"]), name(known)].append(row["id"])
    return found


def _full_name(contact: Mapping[str, Any]) -> str:
    return f"{contact.get('firstName')} {contact.get('lastName')}"


def _change(connectwise: Simulator, device: Device, **fields: Any) -> None:
    connectwise.person("PATCH", f"{CONFIGURATIONS}/{device.id}", fields)


def _made(connectwise: Simulator, like: Device, number: int, word: str) -> Change:
    """Add a device at the customer of another one."""
    name, serial = f"{word}-{number:03d}", f"DEMO{word}{number:04d}"
    company = like.payload["company"]
    body = {"name": name, "serialNumber": serial, "company": {"id": company["id"]},
            "type": _reference(like.payload["type"]), "status": _reference(like.payload["status"])}  # fmt: skip
    connectwise.person("POST", CONFIGURATIONS, body)
    shows = {"serial-number": serial, "name": name}
    place = f"organizations/{like.organization}/relationships/configurations"
    return Change(f"{name} is new at {company['name']}", place, shows)


def _reference(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": row["id"]}
