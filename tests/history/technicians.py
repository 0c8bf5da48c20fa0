"""What technicians do in IT Glue."""

from typing import Any

from .desk import Desk
from .known import Device

_OWNED = {
    "serial-number": ("serialNumber", "OLD-{}"),
    "primary-ip": ("ipAddress", "192.168.{}.9"),
    "asset-tag": ("tagNumber", "OLD-{}"),
    "warranty-expires-at": ("warrantyExpirationDate", "2001-01-{:02d}"),
    "installed-by": ("installedBy", "Old Hand {}"),
}


def edit_notes(desk: Desk) -> bool:
    """Write documentation into the notes of a record."""
    record = _record(desk, "notes")
    if record is None:
        return False
    before = desk.known.records[record]["notes"] or ""
    desk.patch_record(record, notes=f"<p>Checked {desk.fresh.number()}: <b>fine</b></p>{before}")
    return True


def edit_own_tag(desk: Desk) -> bool:
    """Put an asset tag on a record that only IT Glue knows: the PSA has none."""
    device = _linked(desk, "asset-tag", lambda device: device.row.get("tagNumber") is None)
    if device is None:
        return False
    desk.patch_record(str(device.record), f"configuration:{device.id}", asset_tag=f"ITG-{desk.fresh.number()}")
    return True


def edit_owned(desk: Desk) -> bool:
    """Overwrite an attribute that the source owns with something old."""
    attribute, (field, form) = desk.random.choice(list(_OWNED.items()))
    device = _linked(desk, attribute, lambda device: device.row.get(field) is not None)
    if device is None:
        return False
    value = form.format(desk.fresh.number() % 28 + 1)
    desk.patch_record(str(device.record), f"configuration:{device.id}", **{attribute.replace("-", "_"): value})
    return True


def empty_owned(desk: Desk) -> bool:
    """Empty an attribute that the source owns."""
    attribute, (field, _) = desk.random.choice(list(_OWNED.items()))
    device = _linked(desk, attribute, lambda device: device.row.get(field) is not None)
    if device is None:
        return False
    desk.patch_record(str(device.record), f"configuration:{device.id}", **{attribute.replace("-", "_"): None})
    return True


def edit_hostname(desk: Desk) -> bool:
    """Write an attribute that the mapping does not know."""
    record = _record(desk, "hostname")
    if record is None:
        return False
    desk.patch_record(record, hostname=f"host-{desk.fresh.number()}", position="Rack 7")
    return True


def archive_record(desk: Desk) -> bool:
    """Archive a record by hand."""
    device = _linked(desk, "archived", lambda device: not desk.known.records[str(device.record)]["archived"])
    if device is None:
        return False
    desk.patch_record(str(device.record), f"configuration:{device.id}", archived=True)
    return True


def delete_record(desk: Desk) -> bool:
    """Delete a record by hand."""
    device = _linked(desk, "archived", lambda _: True)
    if device is None:
        return False
    desk.delete_record(device)
    return True


def _record(desk: Desk, attribute: str) -> str | None:
    """Pick a record whose attribute was not edited yet: what is edited again and again counts as flapping."""
    records = [record for record in desk.known.records if (record, attribute) not in desk.edited]
    return desk.random.choice(records) if records else None


def _linked(desk: Desk, attribute: str, fits: Any) -> Device | None:
    """Pick a device that is written and whose record is known by the native sync's link."""
    return desk.pick_device(
        lambda device: (
            device.record in desk.known.records
            and device.home == device.company
            and desk.known.is_open(device.company)
            and (device.record, attribute) not in desk.edited
            and fits(device)
        )
    )
