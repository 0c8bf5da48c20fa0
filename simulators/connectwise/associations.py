"""The types of a company or a contact and their associations are the same set (reference 5.2, 5.4)."""

from dataclasses import dataclass

from simulators.connectwise.catalog.paths import (
    COMPANY,
    COMPANY_ASSOCIATION,
    COMPANY_TYPE,
    CONTACT,
    CONTACT_ASSOCIATION,
    CONTACT_TYPE,
)
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant
from simulators.refusal import ControlError


@dataclass(frozen=True, slots=True)
class Pairing:
    """Records that have types: their path, that of the types, that of the pairs, and the pair's field for the record."""

    holder: str
    kind: str
    pairs: str
    field: str


PAIRINGS = (
    Pairing(COMPANY, COMPANY_TYPE, COMPANY_ASSOCIATION, "company"),
    Pairing(CONTACT, CONTACT_TYPE, CONTACT_ASSOCIATION, "contact"),
)
BY_HOLDER = {pairing.holder: pairing for pairing in PAIRINGS}
BY_PAIRS = {pairing.pairs: pairing for pairing in PAIRINGS}


def associate(tenant: Tenant, pairing: Pairing, row: Row, stamps: Row | None) -> None:
    """Add an association, with it the record's type; `stamps` are the record's new ones, None leaves them."""
    holders, pairs = tenant.stores[pairing.holder], tenant.stores[pairing.pairs]
    holder = holders.get(row.get(pairing.field, 0))
    if holder is None or row.get("type") is None:
        raise ControlError(400, f"{pairing.pairs}: a {pairing.field} and a type that exist are wanted")
    for other in pairs.with_value(pairing.field, holder["id"]):
        if pairs.table.rows[other]["type"] == row["type"]:
            raise ControlError(409, f"{pairing.pairs}: the {pairing.field} has this type already")
    pairs.put(row, "person")
    types = holder.get("types", ())
    if row["type"] not in types:
        holders.put({**holder, "types": (*types, row["type"]), **(stamps or {})}, "person")


def disassociate(tenant: Tenant, pairing: Pairing, row: Row, stamps: Row | None) -> None:
    """Remove an association, with it the record's type."""
    holders = tenant.stores[pairing.holder]
    tenant.stores[pairing.pairs].remove(row["id"], "person")
    holder = holders.get(row[pairing.field])
    if holder is not None:
        types = tuple(kind for kind in holder["types"] if kind != row["type"])
        holders.put({**holder, "types": types, **(stamps or {})}, "person")


def follow_types(tenant: Tenant, pairing: Pairing, holder: Row) -> None:
    """Make the associations what the record's types say."""
    pairs = tenant.stores[pairing.pairs]
    types = holder.get("types", ())
    held = set()
    for record in list(pairs.with_value(pairing.field, holder["id"])):
        kind = pairs.table.rows[record]["type"]
        if kind in types:
            held.add(kind)
        else:
            pairs.remove(record, "person")
    for kind in types:
        if kind not in held:
            stamps: Row = {name: holder[name] for name in ("lastUpdated", "updatedBy") if name in holder}
            pairs.put({"id": pairs.new_id(), "type": kind, pairing.field: holder["id"], **stamps}, "person")
