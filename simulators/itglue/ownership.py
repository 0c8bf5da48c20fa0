"""What the native PSA sync owns, and its states (reference 6)."""

from simulators.itglue.account import Account
from simulators.itglue.adapters import with_keys
from simulators.itglue.catalogue import CATALOGUE
from simulators.itglue.schema import Resource, Row

STATES = ("on", "paused", "disconnected")


def is_owned(resource: Resource, row: Row) -> bool:
    """Say whether the sync guards a record: every mark but none and `disabled`; an orphan stays guarded."""
    return resource.open_when_synced is not None and row.get("psa-integration") not in (None, "disabled")


def set_state(account: Account, state: str) -> None:
    """Turn the sync on, pause it or disconnect it, as a person does in the settings."""
    for resource in CATALOGUE.values():
        if resource.open_when_synced is None:
            continue
        table = account.tables[resource.name]
        for record in list(table.ids()):
            row = table.rows[record]
            mark, links = row.get("psa-integration"), row.get("adapters", ())
            if state == "disconnected":
                if mark is not None or links:
                    account.update(resource, record, with_keys({"psa-integration": None}, ()), "person")
            elif mark == ("disabled" if state == "on" else "enabled"):
                wanted = "enabled" if state == "on" else "disabled"
                turned = tuple(link | {"sync": state == "on"} for link in links)
                account.update(resource, record, with_keys({"psa-integration": wanted}, turned), "person")


def is_live(account: Account, resource: Resource) -> bool:
    """Say whether the sync runs for a kind: any record of it is being synced."""
    return bool(account.tables[resource.name].find("psa-integration", "enabled"))
