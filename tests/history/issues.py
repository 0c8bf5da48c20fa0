"""What persons do with tickets in the PSA."""

from typing import Any

from .desk import Desk
from .known import Below, Row

_SUMMARIES = (
    "Printer jams",
    "VPN <drops> & returns",
    "Disk \u201calmost\u201d full",
    "Überweisung\nfails",
    " Screen flickers\u200b ",
)


def open_ticket(desk: Desk) -> bool:
    """Open a service ticket for a company that is written, with a contact and a device of it."""
    company = desk.pick_company()
    boards = [row for row in desk.known.setup["service/boards"] if not row.get("projectFlag")]
    if company is None or not boards:
        return False
    values: dict[str, Any] = {
        "summary": _summary(desk),
        "company": {"id": company.id},
        "board": {"id": desk.random.choice(boards)["id"]},
    }
    contact = desk.pick_below("contact", lambda contact: contact.company == company.id)
    if contact is not None:
        values["contact"] = {"id": contact.id}
    ticket = desk.create_below("ticket", "service/tickets", **values)
    device = desk.pick_device(lambda device: device.company == company.id)
    if device is not None:
        desk.link(ticket, device.id)
    return True


def retitle_ticket(desk: Desk) -> bool:
    """Write another summary."""
    return _patch(desk, lambda _: True, lambda _: {"summary": _summary(desk)})


def work_on_ticket(desk: Desk) -> bool:
    """Give an open ticket another status that leaves it open."""
    return _patch(desk, _is_open, lambda ticket: {"status": _status(desk, ticket, closes=False)})


def close_ticket(desk: Desk) -> bool:
    """Close an open ticket; not one that is held, whose hold would end with its grace."""
    return _patch(
        desk,
        lambda ticket: _is_open(ticket) and _is_free(desk, ticket) and bool(_statuses(desk, ticket, closes=True)),
        lambda ticket: {"status": _status(desk, ticket, closes=True)},
    )


def reopen_ticket(desk: Desk) -> bool:
    """Open a closed ticket again."""
    return _patch(
        desk, lambda ticket: not _is_open(ticket), lambda ticket: {"status": _status(desk, ticket, closes=False)}
    )


def link_device(desk: Desk) -> bool:
    """Link a ticket to one more device of its company."""
    ticket = desk.pick_below("ticket")
    if ticket is None:
        return False
    linked = desk.known.links[ticket.id]
    device = desk.pick_device(lambda device: device.company == ticket.company and device.id not in linked)
    if device is None:
        return False
    desk.link(ticket, device.id)
    return True


def unlink_device(desk: Desk) -> bool:
    """Take a device off a ticket."""
    ticket = desk.pick_below("ticket", lambda ticket: bool(_still_there(desk, ticket)))
    if ticket is None:
        return False
    desk.unlink(ticket, desk.random.choice(_still_there(desk, ticket)))
    return True


def relink_device(desk: Desk) -> bool:
    """Find that it was another device."""
    return unlink_device(desk) and link_device(desk)


def move_ticket(desk: Desk) -> bool:
    """Move an open ticket that has an asset to another company."""
    ticket = desk.pick_below("ticket", lambda ticket: ticket.home == ticket.company and _is_open(ticket))
    goal = None if ticket is None else desk.pick_company(lambda company: company.id != ticket.company)
    if ticket is None or goal is None:
        return False
    desk.patch_below("ticket", ticket, company={"id": goal.id}, site=None, contact=None)
    return True


def move_ticket_back(desk: Desk) -> bool:
    """Move a ticket back to the company under which it has its asset."""
    ticket = desk.pick_below(
        "ticket", lambda ticket: ticket.home not in (None, ticket.company) and desk.known.is_open(ticket.home)
    )
    if ticket is None:
        return False
    desk.patch_below("ticket", ticket, company={"id": ticket.home}, site=None, contact=None)
    return True


def delete_ticket(desk: Desk) -> bool:
    """Delete a ticket for good."""
    ticket = desk.pick_below("ticket")
    if ticket is None or desk.deleted + 1 > len(desk.known.devices) * 0.03:
        return False
    desk.delete_below("ticket", ticket)
    return True


def _summary(desk: Desk) -> str:
    return f"{desk.random.choice(_SUMMARIES)} {desk.fresh.number()}"


def _is_open(ticket: Below) -> bool:
    return not ticket.row.get("closedFlag")


def _is_free(desk: Desk, ticket: Below) -> bool:
    return desk.known.hold_below(ticket) is None


def _still_there(desk: Desk, ticket: Below) -> list[int]:
    return sorted(desk.known.links[ticket.id] & set(desk.known.devices))


def _statuses(desk: Desk, ticket: Below, *, closes: bool) -> list[Row]:
    rows = desk.known.setup[f"service/boards/{ticket.row['board']['id']}/statuses"]
    return [row for row in rows if bool(row.get("closedStatus")) == closes]


def _status(desk: Desk, ticket: Below, *, closes: bool) -> Row:
    return {"id": desk.random.choice(_statuses(desk, ticket, closes=closes))["id"]}


def _patch(desk: Desk, fits: Any, values: Any) -> bool:
    ticket = desk.pick_below("ticket", fits)
    if ticket is None:
        return False
    desk.patch_below("ticket", ticket, **values(ticket))
    return True
