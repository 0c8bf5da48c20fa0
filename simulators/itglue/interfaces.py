"""The primary interface of a configuration, which mirrors its primary IP and MAC both ways (reference 5.5)."""

from simulators.itglue.account import Account
from simulators.itglue.catalogue.configurations import CONFIGURATION_INTERFACES, CONFIGURATIONS
from simulators.itglue.schema import Row
from simulators.records import By

_MIRRORED = (("primary-ip", "ip-address"), ("mac-address", "mac-address"))


def primary_of(account: Account, configuration: int) -> int | None:
    """Return the id of a configuration's primary interface, None if it has none."""
    table = account.tables["configuration_interfaces"]
    for record in sorted(table.find("configuration-id", configuration)):
        if table.rows[record].get("primary"):
            return record
    return None


def configuration_written(account: Account, configuration: int, changes: Row, by: By) -> None:
    """Carry a written primary IP or MAC over to the primary interface, making one where there is none."""
    mirrored = {theirs: changes[ours] for ours, theirs in _MIRRORED if ours in changes}
    if not mirrored:
        return
    primary = primary_of(account, configuration)
    if primary is not None:
        account.update(CONFIGURATION_INTERFACES, primary, mirrored, by)
    elif any(value is not None for value in mirrored.values()):
        row = account.tables["configurations"].rows[configuration]
        values = {theirs: row.get(ours) for ours, theirs in _MIRRORED}
        fixed = {"configuration-id": configuration, "primary": True, "created-at": row["updated-at"]}
        account.create(CONFIGURATION_INTERFACES, values | fixed, by)


def interface_written(account: Account, interface: int, by: By) -> None:
    """Make a primary interface the only one, then mirror it."""
    table = account.tables["configuration_interfaces"]
    row = table.rows[interface]
    configuration = row["configuration-id"]
    if row.get("primary"):
        for other in sorted(table.find("configuration-id", configuration)):
            if other != interface and table.rows[other].get("primary"):
                account.update(CONFIGURATION_INTERFACES, other, {"primary": False}, by)
    mirror(account, configuration, by)


def mirror(account: Account, configuration: int, by: By) -> None:
    """Carry the primary interface over to the configuration."""
    primary = account.row("configuration_interfaces", primary_of(account, configuration)) or {}
    row = account.tables["configurations"].rows[configuration]
    changes = {ours: primary.get(theirs) for ours, theirs in _MIRRORED if row.get(ours) != primary.get(theirs)}
    if changes:
        account.update(CONFIGURATIONS, configuration, changes, by)


def primary_ip_after(account: Account, configuration: int, interface: int | None, changes: Row | None) -> str | None:
    """Foretell the primary IP once an interface is written (None: a new one), or deleted (`changes` None)."""
    table = account.tables["configuration_interfaces"]
    row = {} if interface is None else table.rows[interface]
    wanted = row | (changes or {})
    if changes is not None and wanted.get("primary"):
        return wanted.get("ip-address")
    primary = primary_of(account, configuration)
    if primary is None or primary == interface:
        return None
    return table.rows[primary].get("ip-address")
