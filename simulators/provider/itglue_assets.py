"""The account's flexible assets, which people typed in over the years: the shapes of `api/itglue.md` 5.8 and 5.9."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from simulators.provider.account import CREATED, Account, times
from simulators.provider.devices import Device
from simulators.provider.tickets import STATUSES, Ticket, TicketFate
from simulators.provider.words import DOCUMENTATION

Record = dict[str, Any]
Records = dict[str, list[Record]]

TICKETS: Final = "Service Ticket"
_BACKUP: Final = "Backup"
UNSAFE: Final = "Licensing"
"""The type whose assets lose a file with every PATCH: nobody who writes traits may touch them."""
_DISABLED: Final = "Printing"

_TITLE: Final = {"kind": "Text", "required": True, "use-for-title": True, "show-in-list": True}
_TYPES: Final[dict[str, tuple[str, bool, tuple[Record, ...]]]] = {
    TICKETS: (
        "ticket",
        True,
        (
            {"name": "Ticket", **_TITLE},
            {"name": "Status", "kind": "Select", "default-value": "\n".join(name for name, _ in STATUSES)},
            {"name": "Devices", "kind": "Tag", "tag-type": "Configurations"},
            {"name": "Reported by", "kind": "Tag", "tag-type": "Contacts"},
            {"name": "Site", "kind": "Tag", "tag-type": "Locations"},
            # Renamed since: the key is still that of the first name.
            {"name": "What we learned", "name-key": "lessons", "kind": "Textbox"},
        ),
    ),
    _BACKUP: (
        "database",
        True,
        (
            {"name": "Job", **_TITLE},
            {"name": "Server", "kind": "Tag", "tag-type": "Configurations", "required": True},
            {"name": "Retention (days)", "kind": "Number", "decimals": 0, "show-in-list": True},
            {"name": "Off-site?", "kind": "Checkbox"},
            {"name": "Restore tested", "kind": "Date"},
            {"name": "Details", "kind": "Header"},
            {"name": "Notes", "kind": "Textbox"},
        ),
    ),
    UNSAFE: (
        "key",
        True,
        (
            {"name": "Product", **_TITLE},
            {"name": "Seats", "kind": "Number", "decimals": 0},
            {"name": "Licence key", "kind": "Password"},
            {"name": "Certificate", "kind": "Upload"},
        ),
    ),
    _DISABLED: ("print", False, ({"name": "Printer", **_TITLE}, {"name": "Queue", "kind": "Text"})),
}
_UPLOAD: Final = {"content": "JVBERi0xLjQK", "file_name": "certificate.pdf"}


def type_records(account: Account) -> Records:
    """List the types and their fields, and note the types' ids by name."""
    types, fields = [], []
    for name, (icon, enabled, own) in _TYPES.items():
        number = account.asset_types[name] = account.next_id("flexible_asset_types")
        attributes = {"name": name, "icon": icon, "description": None, "enabled": enabled, "show-in-menu": enabled}
        types.append({"id": number, "attributes": attributes | _made()})
        for order, field in enumerate(own, start=1):
            of_field: Record = {"flexible-asset-type-id": number, "order": order, "expiration": False, **field}
            fields.append({"id": account.next_id("flexible_asset_fields"), "attributes": of_field | _made()})
    return {"flexible_asset_types": types, "flexible_asset_fields": fields}


def ticket_records(ticket: Ticket, account: Account) -> Iterator[Record]:
    """Write what people noted of a ticket: nothing, one asset, or two."""
    organization = account.organizations.get(ticket.company.id)
    if organization is None or ticket.fate is TicketFate.NEW:
        return
    rng = Random(ticket.luck)
    for _ in range(2 if ticket.fate is TicketFate.TWICE else 1):
        traits: Record = {"ticket": ticket.label}
        if rng.random() < 0.7:
            traits["status"] = STATUSES[ticket.status if rng.random() < 0.5 else 0][0]
        if devices := [account.devices[each] for each in ticket.devices if each in account.devices]:
            traits["devices"] = devices
        if ticket.contact and ticket.contact.id in account.contacts:
            traits["reported-by"] = [account.contacts[ticket.contact.id]]
        if ticket.site and ticket.site.id in account.locations:
            traits["site"] = [account.locations[ticket.site.id]]
        if rng.random() < 0.4:
            traits["lessons"] = rng.choice(DOCUMENTATION)
        yield _asset(account, TICKETS, organization, traits, archived=rng.random() < 0.2)


def device_records(device: Device, account: Account) -> Iterator[Record]:
    """Write what people noted around a device that IT Glue knows: its backup, its printer queue, a licence."""
    organization, target = account.organizations.get(device.company.id), account.devices.get(device.id)
    if organization is None or target is None:
        return
    if device.code == "SRV" and device.luck % 3:
        traits: Record = {
            "job": f"{device.name} nightly",
            "server": [target],
            "retention-days": 30,
            "off-site": device.luck % 2 == 0,
        }
        if device.luck % 5 == 0:
            traits |= {"restore-tested": "2026-03-14", "notes": DOCUMENTATION[3]}
        yield _asset(account, _BACKUP, organization, traits, restricted=device.luck % 6 == 2)
    if device.code == "PRN" and device.luck % 4 == 0:
        yield _asset(account, _DISABLED, organization, {"printer": device.name, "queue": f"queue-{device.place}"})
    if device.code == "SRV" and device.luck % 6 == 1:
        traits = {"product": f"Server licences of {device.name}", "seats": 25, "certificate": _UPLOAD}
        yield _asset(account, UNSAFE, organization, traits)


def _asset(
    account: Account, type_: str, organization: int, traits: Record, *, archived: bool = False, restricted: bool = False
) -> Record:
    number = account.next_id("flexible_assets")
    return {
        "id": number,
        "attributes": {
            "organization-id": organization,
            "flexible-asset-type-id": account.asset_types[type_],
            "traits": traits,
            "archived": archived,
            "restricted": restricted,
            **times(number),
        },
    }


def _made() -> Record:
    return {"created-at": CREATED, "updated-at": CREATED}
