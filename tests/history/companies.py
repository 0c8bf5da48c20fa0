"""What persons do with companies in the PSA."""

from .desk import Desk
from .devices import entered
from .known import Company


def create_company(desk: Desk) -> bool:
    """Enter a client with two devices."""
    name, identifier = desk.fresh.company()
    clients = [row for row in desk.known.setup["company/companies/types"] if row["name"] == "Client"]
    statuses = [row for row in desk.known.setup["company/companies/statuses"] if row["name"] == "Active"]
    if not clients or not statuses:
        return False
    company = desk.create_company(
        name=name, identifier=identifier, types=[{"id": clients[0]["id"]}], status={"id": statuses[0]["id"]}
    )
    for _ in range(2):
        desk.create_device(**entered(desk, company.id))
    return True


def rename_company(desk: Desk) -> bool:
    """Give a company another name."""
    company = desk.pick_company()
    if company is None:
        return False
    desk.patch_company(company, name=desk.fresh.company()[0])
    return True


def change_identifier(desk: Desk) -> bool:
    """Give a company another short id."""
    company = desk.pick_company()
    if company is None:
        return False
    desk.patch_company(company, identifier=desk.fresh.company()[1])
    return True


def change_credit(desk: Desk) -> bool:
    """Turn a company's status between the two that are in the filter."""
    return _status(desk, "Active", "Credit Hold") or _status(desk, "Credit Hold", "Active")


def leave_clients(desk: Desk) -> bool:
    """Turn a client inactive: it leaves the filter, and its devices with it."""
    if sum(not company.is_client and not company.is_trap for company in desk.known.companies.values()) > 3:
        return False
    return _status(desk, "Active", "Inactive")


def return_to_clients(desk: Desk) -> bool:
    """Turn a client that left active again."""
    statuses = [row for row in desk.known.setup["company/companies/statuses"] if row["name"] == "Active"]
    left = [company for company in desk.known.companies.values() if not company.is_trap and not company.is_client]
    if not statuses or not left:
        return False
    desk.patch_company(desk.random.choice(left), status={"id": statuses[0]["id"]})
    return True


def recycle_company(desk: Desk) -> bool:
    """Put a company into the recycle bin."""
    if sum(company.recycled and not company.is_trap for company in desk.known.companies.values()) >= 3:
        return False
    company = desk.pick_company(lambda company: _others(desk, company) > 3)
    if company is None:
        return False
    desk.recycle_company(company)
    return True


def restore_company(desk: Desk) -> bool:
    """Take a company out of the recycle bin."""
    recycled = [company for company in desk.known.companies.values() if company.recycled and not company.is_trap]
    if not recycled:
        return False
    desk.patch_company(desk.random.choice(recycled), deletedFlag=False)
    return True


def merge_companies(desk: Desk) -> bool:
    """Merge a company, all of whose devices are linked, into another."""
    loser = desk.pick_company(lambda company: _others(desk, company) > 3 and _is_settled(desk, company))
    winner = None if loser is None else desk.pick_company(lambda company: company.id != loser.id)
    if loser is None or winner is None:
        return False
    desk.merge(loser, winner)
    return True


def _status(desk: Desk, before: str, after: str) -> bool:
    statuses = [row for row in desk.known.setup["company/companies/statuses"] if row["name"] == after]
    company = desk.pick_company(lambda company: company.row["status"]["name"] == before)
    if not statuses or company is None:
        return False
    desk.patch_company(company, status={"id": statuses[0]["id"]})
    return True


def _others(desk: Desk, company: Company) -> int:
    return sum(desk.known.is_open(other.id) for other in desk.known.companies.values() if other is not company)


def _is_settled(desk: Desk, company: Company) -> bool:
    devices = [desk.known.devices[device] for device in desk.known.by_company[company.id]]
    return all(device.home is not None or device.is_trap or device.is_excluded for device in devices)
