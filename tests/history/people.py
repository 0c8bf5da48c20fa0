"""What persons do with contacts in the PSA."""

from typing import Any

from .desk import Desk
from .known import Below

_TITLES = ("Director", "Office Manager", "Accounts", "  Head of IT ", "CFO & <Partner>")


def create_contact(desk: Desk) -> bool:
    """Enter a contact with an address and a number at a company that is written, at one of its sites or at none."""
    company = desk.pick_company()
    if company is None:
        return False
    mark = desk.fresh.mark()
    values: dict[str, Any] = {
        "firstName": "Jo",
        "lastName": f"Historic {mark}",
        "company": {"id": company.id},
        "title": desk.random.choice(_TITLES),
        "communicationItems": [_email(f"jo{mark}@historic.test"), _phone(desk)],
    }
    site = desk.pick_below("location", lambda site: site.company == company.id)
    if site is not None:
        values["site"] = {"id": site.id}
    desk.create_below("contact", "company/contacts", **values)
    return True


def rename_contact(desk: Desk) -> bool:
    """Give a contact another last name."""
    return _patch(desk, lastName=f"Renamed {desk.fresh.mark()}")


def retitle_contact(desk: Desk) -> bool:
    """Give a contact another title, or none."""
    return _patch(desk, title=desk.random.choice((*_TITLES, None)))


def change_phones(desk: Desk) -> bool:
    """Replace a contact's numbers; its addresses stay."""
    contact = desk.pick_below("contact")
    if contact is None:
        return False
    kept = [_email(item["value"]) for item in _items(contact) if item["communicationType"] == "Email"]
    numbers = [_phone(desk) for _ in range(desk.random.randrange(3))]
    desk.patch_below("contact", contact, communicationItems=kept + numbers)
    return True


def change_email(desk: Desk) -> bool:
    """Give a contact another address, which IT Glue takes at creation only."""
    contact = desk.pick_below("contact")
    if contact is None:
        return False
    kept = [
        {"type": {"id": item["type"]["id"]}, "value": item["value"], "communicationType": "Phone"}
        for item in _items(contact)
        if item["communicationType"] == "Phone"
    ]
    address = _email(f"new{desk.fresh.mark()}@historic.test")
    desk.patch_below("contact", contact, communicationItems=[address, *kept])
    return True


def settle_contact(desk: Desk) -> bool:
    """Put a contact at another site of its company, or at none."""
    contact = desk.pick_below("contact")
    if contact is None:
        return False
    site = desk.pick_below("location", lambda site: site.company == contact.company)
    desk.patch_below("contact", contact, site=None if site is None else {"id": site.id})
    return True


def turn_contact(desk: Desk) -> bool:
    """Turn a contact inactive, or active again."""
    contact = desk.pick_below("contact")
    if contact is None:
        return False
    desk.patch_below("contact", contact, inactiveFlag=not contact.row.get("inactiveFlag"))
    return True


def move_contact(desk: Desk) -> bool:
    """Move a linked contact to another company."""
    contact = desk.pick_below(
        "contact", lambda contact: contact.home == contact.company and not is_referred(desk, contact)
    )
    goal = None if contact is None else desk.pick_company(lambda company: company.id != contact.company)
    if contact is None or goal is None:
        return False
    desk.patch_below("contact", contact, company={"id": goal.id}, site=None)
    return True


def move_contact_back(desk: Desk) -> bool:
    """Move a contact back to where it was linked."""
    contact = desk.pick_below(
        "contact", lambda contact: contact.home not in (None, contact.company) and desk.known.is_open(contact.home)
    )
    if contact is None:
        return False
    desk.patch_below("contact", contact, company={"id": contact.home}, site=None)
    return True


def delete_contact(desk: Desk) -> bool:
    """Delete a contact that nothing refers to."""
    contact = desk.pick_below("contact", lambda contact: not is_referred(desk, contact))
    if contact is None or desk.deleted + 1 > len(desk.known.devices) * 0.03:
        return False
    desk.delete_below("contact", contact)
    return True


def assign_device(desk: Desk) -> bool:
    """Name a contact of its company as the one who uses a device, or nobody."""
    device = desk.pick_device(lambda device: desk.known.is_open(device.company))
    if device is None:
        return False
    contact = desk.pick_below("contact", lambda contact: contact.company == device.company)
    desk.patch_device(device, contact=None if contact is None or desk.random.random() < 0.2 else {"id": contact.id})
    return True


def is_referred(desk: Desk, contact: Below) -> bool:
    """Say whether a device or a ticket names a contact, or a company has it as its default."""
    rows = [device.row for device in desk.known.devices.values()]
    rows += [ticket.row for ticket in desk.known.below["ticket"].values()]
    rows += [{"contact": company.row.get("defaultContact")} for company in desk.known.companies.values()]
    return any((row.get("contact") or {}).get("id") == contact.id for row in rows)


def _items(contact: Below) -> list[dict[str, Any]]:
    return contact.row.get("communicationItems") or []


def _email(value: str) -> dict[str, Any]:
    return {"type": {"id": 1}, "value": value, "communicationType": "Email", "defaultFlag": True}


def _phone(desk: Desk) -> dict[str, Any]:
    number = f"0113 496 {desk.fresh.number() % 10000:04d}"
    return {"type": {"id": desk.random.choice((2, 4))}, "value": number, "communicationType": "Phone"}


def _patch(desk: Desk, **values: Any) -> bool:
    contact = desk.pick_below("contact")
    if contact is None:
        return False
    desk.patch_below("contact", contact, **values)
    return True
