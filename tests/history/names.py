"""New names in the PSA's setup tables, taken up by several devices at once, so that names on demand race."""

from .desk import Desk

_SPELLINGS = ("{}", "{} ", "{}", "\u200b{}")


def new_type(desk: Desk) -> bool:
    """Enter a type and give it to some devices."""
    row = desk.create_setup("company/configurations/types", name=f"Kiosk {desk.fresh.mark()}")
    return _take_up(desk, "type", row["id"])


def new_status(desk: Desk) -> bool:
    """Enter a status and give it to some devices."""
    row = desk.create_setup("company/configurations/statuses", description=f"On loan {desk.fresh.mark()}")
    return _take_up(desk, "status", row["id"])


def new_manufacturer(desk: Desk) -> bool:
    """Enter a manufacturer twice, in two spellings of one name, and give both to some devices with one model."""
    number = desk.fresh.mark()
    model = f"Mark {number}"
    for name in (f"Maker {number} GmbH", f"MAKER  {number} Gmbh"):
        row = desk.create_setup("procurement/manufacturers", name=name)
        for spelling in desk.random.sample(_SPELLINGS, 2):
            device = desk.pick_device(lambda device: desk.known.is_open(device.company))
            if device is not None:
                desk.patch_device(device, manufacturer={"id": row["id"]}, modelNumber=spelling.format(model))
    return True


def new_model(desk: Desk) -> bool:
    """Give some devices of one manufacturer a model that is new, in several spellings."""
    name = f"Gen {desk.fresh.mark()}"
    first = desk.pick_device(lambda device: (device.row.get("manufacturer") or {}).get("id") is not None)
    if first is None:
        return False
    maker = first.row["manufacturer"]["id"]
    for spelling in (name, name.upper(), f" {name}"):
        device = desk.pick_device(lambda device: (device.row.get("manufacturer") or {}).get("id") == maker)
        if device is not None:
            desk.patch_device(device, modelNumber=spelling)
    return True


def _take_up(desk: Desk, word: str, number: int) -> bool:
    for _ in range(desk.random.randrange(2, 5)):
        device = desk.pick_device(lambda device: desk.known.is_open(device.company) and not device.is_excluded)
        if device is not None:
            desk.patch_device(device, **{word: {"id": number}})
    return True
