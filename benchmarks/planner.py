"""How many records a second the planner takes, unchanged and changed; one core, no I/O."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from bridge.matching.keys import asset_keys, record_keys
from bridge.matching.match import Asset, Unlinked, match
from bridge.matching.near import NearNames
from bridge.planning import AssetView, LinkView, Rules, Wish, plan
from bridge.records import Ref

RULES = Rules("configurations", once=frozenset({"notes"}), fill=frozenset({"asset_tag"}), marker=True, gone="archive")


def attributes(number: int) -> dict[str, Any]:
    """Give what one device is mapped to: the default mapping's attributes, ids resolved."""
    return {
        "organization_id": 1000 + number % 200,
        "name": f"KRK-LT-{number}",
        "configuration_type_id": 700 + number % 8,
        "configuration_status_id": 10 + number % 5,
        "serial_number": f"5CG{number:07d}",
        "asset_tag": f"A{number}" if number % 3 else None,
        "mac_address": f"D8-9D-67-{number >> 16 & 255:02X}-{number >> 8 & 255:02X}-{number & 255:02X}",
        "primary_ip": f"10.1.{number >> 8 & 255}.{number & 255}",
        "default_gateway": "10.1.0.1",
        "manufacturer_id": 40 + number % 20,
        "model_id": 400 + number % 160,
        "operating_system_id": None,
        "operating_system_notes": "Windows 11 Pro 23H2",
        "installed_at": "2024-05-01",
        "installed_by": None,
        "purchased_at": "2024-04-01",
        "warranty_expires_at": "2027-04-01",
        "notes": "Under the desk at reception.",
        "location_id": 5000 + number % 300,
        "contact_id": None,
    }


def held(number: int, **changes: Any) -> AssetView:
    """Give the record as the index keeps it: all attributes, read-only ones too."""
    notes = f"Under the desk at reception.\ncw:configuration:{number} https://psa.example/{number}"
    shown = attributes(number) | {
        "notes": notes,
        "hostname": None,
        "position": None,
        "restricted": False,
        "my_glue": False,
    }
    return AssetView(str(number), shown | changes)


def measure(name: str, count: int, work: Callable[[], Any]) -> None:
    """Print the best of five runs as records a second."""
    best = min(_timed(work) for _ in range(5))
    print(f"{name:<44}{count / best:>12,.0f} records/s{best / count * 1e6:>8.2f} us each")


def _timed(work: Callable[[], Any]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def main() -> None:
    """Measure planning, keys, matching and near names."""
    count = 10_000
    numbers = range(count)
    wishes = [Wish(Ref("cw", "configuration", str(n)), attributes(n), f"https://psa.example/{n}") for n in numbers]
    links = [LinkView(str(n), attributes(n), made_by_us=True) for n in numbers]
    equal = [held(n) for n in numbers]
    other_forms = [
        held(n, mac_address=f"d8:9d:67:00:{n >> 8 & 255:02x}:{n & 255:02x}", location_id=str(5000 + n % 300))
        for n in numbers
    ]
    changed = [held(n, warranty_expires_at="2025-01-31", name="x") for n in numbers]
    for name, assets in (
        ("plan, unchanged", equal),
        ("plan, unchanged in other forms", other_forms),
        ("plan, two attributes changed", changed),
    ):
        triples = list(zip(wishes, links, assets, strict=True))
        measure(name, count, lambda triples=triples: [plan(wish, RULES, link, asset) for wish, link, asset in triples])  # type: ignore[misc]  # a default binds the loop's value
    measure("plan, create", count, lambda: [plan(wish, RULES, None, None) for wish in wishes])

    refs = [wish.ref for wish in wishes]
    measure(
        "keys of source records", count, lambda: [record_keys(one.ref, one.attributes, "connectwise") for one in wishes]
    )
    measure(
        "keys of IT Glue records",
        count,
        lambda: [asset_keys(one.attributes, [("ConnectWise", one.id)]) for one in equal],
    )
    records = [Unlinked(ref, record_keys(ref, attributes(n))) for n, ref in enumerate(refs)]
    devices = [Asset(one.id, asset_keys(one.attributes)[1:]) for one in equal]
    measure("match, by serial number", count, lambda: match(records, devices))

    names = [(str(n), f"{chr(65 + n % 26)}{chr(97 + n // 26)}ford{n} Dental Limited") for n in range(600)]
    index = NearNames(names)
    measure(
        "near names, 600 against 600", 600, lambda: [index.find(name.replace("Limited", "Ltd")) for _, name in names]
    )


if __name__ == "__main__":
    main()
