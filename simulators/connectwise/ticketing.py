"""What a person does to whole tickets: convert one to the other kind, merge one into another (reference 5.6)."""

from simulators.connectwise.catalog.paths import BOARD_STATUS, TICKET
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant


def convert(tenant: Tenant, row: Row, stamps: Row) -> Row:
    """Turn a service ticket into a project ticket, or any other into a service ticket; its number and links stay."""
    kept = {name: value for name, value in row.items() if name not in {"project", "phase", "wbsCode"}}
    kind = "ProjectTicket" if row["recordType"] == "ServiceTicket" else "ServiceTicket"
    tenant.stores[TICKET].put({**kept, "recordType": kind, **stamps}, "person")
    return tenant.stores[TICKET].table.rows[row["id"]]


def merge_tickets(tenant: Tenant, child: Row, parent: Row, person: str, stamps: Row) -> None:
    """Close a ticket as merged into another, which knows of it without being touched."""
    tickets, statuses = tenant.stores[TICKET], tenant.stores[BOARD_STATUS]
    of_board = sorted(statuses.with_value("board", child.get("board")))
    closing = next((record for record in of_board if statuses.table.rows[record]["closedStatus"]), child.get("status"))
    closed: Row = {"mergedParentTicket": parent["id"], "closedFlag": True, **stamps}
    if closing is not None:
        closed["status"] = closing
    if not child["closedFlag"]:
        closed |= {"closedDate": stamps["lastUpdated"], "closedBy": person}
    tickets.put({**child, **closed}, "person")
    tickets.put({**parent, "hasMergedChildTicketFlag": True}, "person")


def hand_over(tenant: Tenant, target: str, leaver: int, heir: int, receivers: tuple[str, ...]) -> None:
    """Let records of some resources refer to another record instead; stamps stay."""
    for store, field, record in list(tenant.holders(target, leaver)):
        if store.resource.path in receivers:
            store.put({**store.table.rows[record], field.name: heir}, "person")
