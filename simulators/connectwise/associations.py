"""The types of a company and their associations are the same set (reference 5.2)."""

from simulators.connectwise.catalog.companies import ASSOCIATION, COMPANY
from simulators.connectwise.store import Row
from simulators.connectwise.tenant import Tenant
from simulators.refusal import ControlError


def associate(tenant: Tenant, row: Row, stamps: Row | None) -> None:
    """Add an association, with it the company's type; `stamps` are the company's new ones, None leaves them."""
    companies, store = tenant.stores[COMPANY], tenant.stores[ASSOCIATION]
    company = companies.get(row.get("company", 0))
    if company is None or row.get("type") is None:
        raise ControlError(400, f"{ASSOCIATION}: a company and a type that exist are wanted")
    if any(store.table.rows[other]["type"] == row["type"] for other in store.with_value("company", company["id"])):
        raise ControlError(409, f"{ASSOCIATION}: the company has this type already")
    store.put(row, "person")
    types = company.get("types", ())
    if row["type"] not in types:
        companies.put({**company, "types": (*types, row["type"]), **(stamps or {})}, "person")


def disassociate(tenant: Tenant, row: Row, stamps: Row | None) -> None:
    """Remove an association, with it the company's type."""
    companies = tenant.stores[COMPANY]
    tenant.stores[ASSOCIATION].remove(row["id"], "person")
    company = companies.get(row["company"])
    if company is not None:
        types = tuple(kind for kind in company["types"] if kind != row["type"])
        companies.put({**company, "types": types, **(stamps or {})}, "person")


def follow_types(tenant: Tenant, company: Row) -> None:
    """Make the associations what the company's types say."""
    store = tenant.stores[ASSOCIATION]
    types = company.get("types", ())
    held = set()
    for record in list(store.with_value("company", company["id"])):
        kind = store.table.rows[record]["type"]
        if kind in types:
            held.add(kind)
        else:
            store.remove(record, "person")
    for kind in types:
        if kind not in held:
            stamps: Row = {name: company[name] for name in ("lastUpdated", "updatedBy") if name in company}
            store.put({"id": store.new_id(), "type": kind, "company": company["id"], **stamps}, "person")


def drop_company(tenant: Tenant, company: int) -> None:
    """Remove the associations of a company that is gone for good."""
    store = tenant.stores[ASSOCIATION]
    for record in list(store.with_value("company", company)):
        store.remove(record, "person")
