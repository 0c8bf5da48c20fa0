"""What persons do with sites in the PSA."""

from .desk import Desk
from .known import Below

_TOWNS = (("York", "YO1 8QG"), ("Cardiff", "CF10 1AA"), ("Exeter", "EX1 1HS"), ("Norwich", "NR2 1TF"))
_NULLABLE = ("addressLine1", "addressLine2", "city", "zip", "phoneNumber", "stateReference", "country")


def create_site(desk: Desk) -> bool:
    """Enter a site at a company that is written."""
    company = desk.pick_company()
    if company is None:
        return False
    city, code = desk.random.choice(_TOWNS)
    desk.create_below(
        "location",
        f"company/companies/{company.id}/sites",
        name=f"Site {desk.fresh.mark()}",
        addressLine1=f"{desk.fresh.number()} Station Road",
        city=city,
        zip=code,
        country={"id": 2},
        phoneNumber=f"0113 496 {desk.random.randrange(10000):04d}",
    )
    return True


def rename_site(desk: Desk) -> bool:
    """Give a site another name."""
    return _patch(desk, name=desk.random.choice(("Depot {}", " Depot {}", "Depot\u200b {}")).format(desk.fresh.mark()))


def change_address(desk: Desk) -> bool:
    """Move a site to another street or town; some states IT Glue does not list."""
    city, code = desk.random.choice(_TOWNS)
    return _patch(
        desk,
        addressLine1=f"{desk.fresh.number()} Mill Lane",
        city=city,
        zip=code,
        stateReference={"id": desk.random.choice((1, 3, 6, 7))},
        country={"id": 2},
    )


def change_site_phone(desk: Desk) -> bool:
    """Write another telephone or fax number."""
    word = desk.random.choice(("phoneNumber", "faxNumber"))
    return _patch(desk, **{word: f"+44 113 496 {desk.random.randrange(10000):04d}"})


def empty_site(desk: Desk) -> bool:
    """Empty a value of a site."""
    word = desk.random.choice(_NULLABLE)
    site = desk.pick_below("location", lambda site: (site.row.get(word) or {}) != {})
    if site is None:
        return False
    desk.patch_below("location", site, **{word: None})
    return True


def turn_site(desk: Desk) -> bool:
    """Turn a site that is not the primary one inactive, or active again."""
    site = desk.pick_below("location", lambda site: not site.row.get("primaryAddressFlag"))
    if site is None:
        return False
    desk.patch_below("location", site, inactiveFlag=not site.row.get("inactiveFlag"))
    return True


def delete_site(desk: Desk) -> bool:
    """Delete a site that nothing refers to."""
    site = desk.pick_below("location", lambda site: not _is_used(desk, site))
    if site is None or desk.deleted + 1 > len(desk.known.devices) * 0.03:
        return False
    desk.delete_below("location", site)
    return True


def place_device(desk: Desk) -> bool:
    """Put a device at a site of its company, or at none."""
    device = desk.pick_device(lambda device: desk.known.is_open(device.company))
    if device is None:
        return False
    site = desk.pick_below("location", lambda site: site.company == device.company)
    desk.patch_device(device, site=None if site is None or desk.random.random() < 0.2 else {"id": site.id})
    return True


def _is_used(desk: Desk, site: Below) -> bool:
    if site.row.get("primaryAddressFlag"):
        return True
    rows = [device.row for device in desk.known.devices.values()]
    rows += [found.row for kind in ("contact", "ticket") for found in desk.known.below[kind].values()]
    return any((row.get("site") or {}).get("id") == site.id for row in rows)


def _patch(desk: Desk, **values: object) -> bool:
    site = desk.pick_below("location")
    if site is None:
        return False
    desk.patch_below("location", site, **values)
    return True
