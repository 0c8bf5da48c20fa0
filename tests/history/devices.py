"""What persons do with configurations in the PSA."""

from typing import Any

from .desk import Desk
from .known import EXCLUDED_TYPES, Device, Row
from .values import JUNK_IPS, JUNK_MACS, JUNK_SERIALS, NOTES, SYSTEMS

_NULLABLE = (
    "serialNumber", "tagNumber", "macAddress", "ipAddress", "defaultGateway", "osType", "purchaseDate", "installationDate",
    "warrantyExpirationDate", "notes", "modelNumber",
)  # fmt: skip


def create_configuration(desk: Desk) -> bool:
    """Enter a device at a company that is written."""
    company = desk.pick_company()
    if company is None:
        return False
    desk.create_device(**entered(desk, company.id))
    return True


def create_burst(desk: Desk) -> bool:
    """Enter many devices of one name at one company, as an import does; only serial numbers tell some of them apart."""
    company = desk.pick_company()
    if company is None:
        return False
    name = desk.fresh.name()
    for place in range(desk.random.randrange(5, 13)):
        values = entered(desk, company.id) | {"name": name}
        if place % 2:
            values |= {"serialNumber": desk.random.choice(JUNK_SERIALS), "macAddress": None}
        desk.create_device(**values)
    return True


def rename_configuration(desk: Desk) -> bool:
    """Give a device another name."""
    return _patch(desk, name=desk.fresh.name())


def change_serial(desk: Desk) -> bool:
    """Correct a serial number, sometimes to junk."""
    junk = desk.random.random() < 0.1
    return _patch(desk, serialNumber=desk.random.choice(JUNK_SERIALS) if junk else desk.fresh.serial())


def change_tag(desk: Desk) -> bool:
    """Put another asset tag on a device."""
    return _patch(desk, tagNumber=desk.fresh.tag())


def change_mac(desk: Desk) -> bool:
    """Write a MAC address in one of many ways, sometimes none that can be read."""
    junk = desk.random.random() < 0.25
    return _patch(desk, macAddress=desk.random.choice(JUNK_MACS) if junk else desk.fresh.mac())


def change_ip(desk: Desk) -> bool:
    """Write an IP address or a gateway, sometimes what is none."""
    junk = desk.random.random() < 0.25
    value = desk.random.choice(JUNK_IPS) if junk else desk.fresh.ip()
    return _patch(desk, **{desk.random.choice(("ipAddress", "defaultGateway")): value})


def change_date(desk: Desk) -> bool:
    """Set a date."""
    word = desk.random.choice(("purchaseDate", "installationDate", "warrantyExpirationDate"))
    return _patch(desk, **{word: desk.fresh.day()})


def change_notes(desk: Desk) -> bool:
    """Write other notes."""
    return _patch(desk, notes=f"{desk.random.choice(NOTES)} {desk.fresh.number()}")


def change_system(desk: Desk) -> bool:
    """Install another operating system."""
    return _patch(desk, osType=desk.random.choice(SYSTEMS))


def change_type(desk: Desk) -> bool:
    """Give a device another type that is in the filter."""
    return _patch(desk, type=pick_type(desk))


def change_status(desk: Desk) -> bool:
    """Give a device another status."""
    return _patch(desk, status=_setup(desk, "company/configurations/statuses"))


def change_model(desk: Desk) -> bool:
    """Give a device another manufacturer and a model of it."""
    return _patch(
        desk, manufacturer=_setup(desk, "procurement/manufacturers"), modelNumber=f"Model {desk.random.randrange(12)}"
    )


def empty_value(desk: Desk) -> bool:
    """Empty a value, or leave nothing but blanks."""
    word = desk.random.choice(_NULLABLE)
    value = " " if desk.random.random() < 0.2 and not word.endswith("Date") else None
    return _patch(desk, lambda device: device.row.get(word) is not None, **{word: value})


def flip(desk: Desk) -> bool:
    """Change a value and change it back, sometimes twice."""
    device = desk.pick_device(lambda device: desk.known.is_open(device.company))
    if device is None:
        return False
    word, make = desk.random.choice((
        ("name", desk.fresh.name), ("serialNumber", desk.fresh.serial), ("tagNumber", desk.fresh.tag), ("ipAddress", desk.fresh.ip),
        ("warrantyExpirationDate", desk.fresh.day),
    ))  # fmt: skip
    before = device.row.get(word)
    for _ in range(desk.random.randrange(1, 3)):
        desk.patch_device(device, **{word: make()})
        desk.patch_device(device, **{word: before})
    return True


def move_configuration(desk: Desk) -> bool:
    """Move a linked device to another company."""
    device = desk.pick_device(lambda device: device.home == device.company and desk.known.is_open(device.company))
    goal = None if device is None else desk.pick_company(lambda company: company.id != device.company)
    if device is None or goal is None:
        return False
    desk.patch_device(device, company={"id": goal.id}, site=None, contact=None)
    return True


def move_back(desk: Desk) -> bool:
    """Move a device back to where it was linked."""
    device = desk.pick_device(
        lambda device: device.home not in (None, device.company) and desk.known.is_open(device.home)
    )
    if device is None:
        return False
    desk.patch_device(device, company={"id": device.home}, site=None, contact=None)
    return True


def lose_company(desk: Desk) -> bool:
    """Leave a device without a company."""
    device = desk.pick_device(lambda device: device.home == device.company and desk.known.is_open(device.company))
    if device is None:
        return False
    desk.patch_device(device, company=None, site=None, contact=None)
    return True


def lose_status(desk: Desk) -> bool:
    """Leave a device without a status."""
    return _patch(desk, lambda device: device.home is not None, status=None)


def regain_status(desk: Desk) -> bool:
    """Give a device without a status one."""
    return _patch(
        desk,
        lambda device: not (device.row.get("status") or {}).get("id"),
        status=_setup(desk, "company/configurations/statuses"),
    )


def leave_filter(desk: Desk) -> bool:
    """Make a device a spare one, which is out of the filter."""
    kinds = [row for row in desk.known.setup["company/configurations/types"] if row["name"] in EXCLUDED_TYPES]
    return bool(kinds) and _patch(desk, type={"id": desk.random.choice(kinds)["id"]})


def enter_filter(desk: Desk) -> bool:
    """Take a spare device into use again."""
    return _patch(desk, lambda device: device.is_excluded, type=pick_type(desk))


def delete_configuration(desk: Desk) -> bool:
    """Delete a device for good; its company keeps some, so that nothing looks like a role that hides rows."""
    if desk.deleted + 1 > len(desk.known.devices) * 0.03:
        return False
    device = desk.pick_device(lambda device: len(desk.known.by_company[device.company]) > 3)
    if device is None:
        return False
    desk.delete_device(device)
    return True


def entered(desk: Desk, company: int) -> dict[str, Any]:
    """Fill in the form of a new device; what is left empty is null."""
    values: dict[str, Any] = {
        "name": desk.fresh.name(),
        "type": pick_type(desk),
        "status": _setup(desk, "company/configurations/statuses"),
        "company": {"id": company},
        "serialNumber": desk.fresh.serial(),
        "macAddress": desk.fresh.mac(),
        "ipAddress": desk.fresh.ip(),
        "tagNumber": desk.fresh.tag(),
        "osType": desk.random.choice(SYSTEMS),
        "warrantyExpirationDate": desk.fresh.day(),
        "notes": desk.random.choice(NOTES),
        "manufacturer": _setup(desk, "procurement/manufacturers"),
        "modelNumber": f"Model {desk.random.randrange(12)}",
    }
    for word in ("serialNumber", "macAddress", "ipAddress", "tagNumber", "osType", "warrantyExpirationDate", "notes"):
        if desk.random.random() < 0.2:
            values[word] = None
    if desk.random.random() < 0.2:
        values |= {"manufacturer": None, "modelNumber": None}
    return {word: value for word, value in values.items() if value is not None}


def pick_type(desk: Desk) -> Row:
    """Pick a type that is in the filter."""
    kinds = [row for row in desk.known.setup["company/configurations/types"] if row["name"] not in EXCLUDED_TYPES]
    return {"id": desk.random.choice(kinds)["id"]}


def _setup(desk: Desk, path: str) -> Row:
    return {"id": desk.random.choice(desk.known.setup[path])["id"]}


def _patch(desk: Desk, fits: Any = None, /, **values: Any) -> bool:
    device: Device | None = desk.pick_device(*(() if fits is None else (fits,)))
    if device is None:
        return False
    desk.patch_device(device, **values)
    return True
