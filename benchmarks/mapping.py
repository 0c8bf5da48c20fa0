"""How many records a second the mapping maps, on one core: `python -m benchmarks.mapping`."""

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from bridge.mapping import Block, compile_mapping
from bridge.records import Ref
from bridge.settings import load_settings

RECORDS = 50_000
GOAL = 40_000
HEAD = 'version = 1\ndefaults = "2026-11"\n[itglue]\nkey = "env:KEY"\n[sources.cw]\ntype = "none"\n'
EXPRESSIONS = """
[configurations]
only = "type not in ['Consumable', 'Spare']"
types = ["Server, Managed Server -> Managed Server", "Workstation, Laptop -> Managed Workstation", "* -> !same"]
set = { warranty_expires_at = "{{ custom['Warranty End'] or warranty_expires_at }}", position = "{{ site }} {{ os }}" }
"""


class NoSettings(BaseModel):
    """A source that nothing is read from."""


def words(number: int) -> dict[str, Any]:
    """Give the words of one configuration of a provider with 200 customers, 20 manufacturers and 160 models."""
    third = f"{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return {
        "name": f"KRK-{number}",
        "organization": {"id": str(number % 200), "name": f"Customer {number % 200}"},
        "type": ("Server", "Laptop", "Workstation", "Printer")[number % 4],
        "status": "Active",
        "serial_number": f"S{number:08}",
        "model": f"Model {number % 160}",
        "manufacturer": f"Maker {number % 20}",
        "asset_tag": f"T{number}",
        "mac_address": f"aa:bb:cc:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}",
        "mac_addresses": [],
        "primary_ip": f"10.{third}",
        "default_gateway": f"10.{number >> 16 & 255}.0.1",
        "os": ("Windows 11 Pro", "Ubuntu 24.04", None)[number % 3],
        "purchased_at": f"2024-01-{number % 28 + 1:02}",
        "installed_at": f"2024-02-{number % 28 + 1:02}",
        "installed_by": "Jo Doe",
        "warranty_expires_at": f"2027-03-{number % 28 + 1:02}",
        "notes": "Rack 4, row 2\nSecond power supply" if number % 5 == 0 else None,
        "site": {"id": "1", "name": "Main"},
        "custom": {"Warranty End": None},
        "questions": {},
    }


def block(toml: str) -> Block:
    """Compile the configurations block of a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bridge.toml"
        path.write_text(HEAD + toml, encoding="utf-8")
        return compile_mapping(load_settings(path, {"none": NoSettings}, environment={})).block("configurations")


def rate(mapped: Block, records: list[tuple[dict[str, Any], Ref]]) -> int:
    """Give records a second, the best of three passes over all."""
    best = 0.0
    for _ in range(3):
        began = time.process_time()
        for record, ref in records:
            mapped.map(record, ref)
        best = max(best, len(records) / (time.process_time() - began))
    return round(best)


def main() -> int:
    """Measure and print one row each."""
    records = [(words(number), Ref("cw", "configuration", str(number))) for number in range(RECORDS)]
    reached = True
    for name, toml in (("mapping_default_per_second", ""), ("mapping_expressions_per_second", EXPRESSIONS)):
        value = rate(block(toml), records)
        reached &= value >= GOAL
        print(json.dumps({"name": name, "value": value, "unit": "records/s", "goal": GOAL, "reached": value >= GOAL}))
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
