"""Two companies become one (reference 5.10)."""

from simulators.connectwise.catalog.paths import COMPANY, CONTACT
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant


def merge(tenant: Tenant, loser: Row, winner: Row, deleted: Row, stamps: Row | None) -> None:
    """Move the loser's records to the winner and mark the loser as `deleted` says; its stamp and status stay.

    `stamps` are the moved records' new ones, None leaves them: whether the vendor moves them is not known.
    """
    for store, field, record in list(tenant.holders(COMPANY, loser["id"])):
        if field.name != "company" or "company" in store.resource.parents:
            continue
        row = {**store.table.rows[record], "company": winner["id"], **(stamps or {})}
        if row.pop("site", None) is not None and winner.get("site") is not None:
            row["site"] = winner["site"]  # the old one is the loser's
        if store.resource.path == CONTACT:
            row["defaultFlag"] = False  # the winner has its own default
        store.put(row, "person")
    kept = {name: value for name, value in loser.items() if name != "defaultContact"}
    tenant.stores[COMPANY].put({**kept, "deletedFlag": True, **deleted}, "person")
