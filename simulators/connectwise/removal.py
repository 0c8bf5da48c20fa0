"""What goes with a record that is gone for good."""

from simulators.connectwise.associations import PAIRINGS
from simulators.connectwise.schema import Field
from simulators.connectwise.store import Store
from simulators.connectwise.tenant import Tenant
from simulators.refusal import ControlError


def refuse_in_use(tenant: Tenant, store: Store, record: int) -> None:
    """Refuse where others refer to the record, save those that go with it."""
    path = store.resource.path
    for holder, field, other in tenant.holders(path, record):
        if not _goes_along(holder, field):
            raise ControlError(409, f"{path} {record} is in use: {holder.resource.path} {other}, {field.name}")
    for pairing in PAIRINGS:
        if path == pairing.kind and any(tenant.stores[pairing.holder].with_value("types", record)):
            raise ControlError(409, f"{path} {record} is in use by {pairing.holder}")


def remove(tenant: Tenant, store: Store, record: int) -> None:
    """Remove a record with all below it, and empty what referred to it; stamps stay."""
    path = store.resource.path
    store.remove(record, "person")
    for holder, field, other in list(tenant.holders(path, record)):
        if other not in holder:
            continue
        if _goes_along(holder, field):
            remove(tenant, holder, other)
        else:
            row = holder.table.rows[other]
            holder.put({name: value for name, value in row.items() if name != field.name}, "person")
    for link in tenant.links:
        if link.target == path:
            holder = tenant.stores[link.holder]
            for other in sorted(holder.with_value(link.field, record)):
                row = holder.table.rows[other]
                linked = tuple(each for each in row[link.field] if each != record)
                holder.put({**row, link.field: linked}, "person")


def _goes_along(holder: Store, field: Field) -> bool:
    resource = holder.resource
    below = field.name in resource.parents
    return below or any(resource.path == pairing.pairs and field.name == pairing.field for pairing in PAIRINGS)
