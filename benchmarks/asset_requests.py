"""How many requests to IT Glue flexible assets take: one for each device, all new, then some of them changed."""

from collections.abc import Iterator

from benchmarks.figure import Figure
from benchmarks.stage import DEVICES, FailedError, Stage, stage
from benchmarks.sync_requests import requests_of, writes_of

CHANGED = 500
_BLOCK = """
[[flexible_assets]]
type = "Device sheet"
from = "cw.configurations"
fields = [
  { name = "Device", kind = "Text", value = "{{ name }}", title = true, in_list = true },
  { name = "Serial number", kind = "Text", value = "{{ serial_number }}" },
  { name = "Inventory", kind = "Text", value = "{{ asset_tag }}" },
  { name = "Configuration", kind = "Tag", tags = "Configurations", value = "{{ ref }}" },
  { name = "Notes for technicians", kind = "Textbox" },
]
[configurations]
ignore = ["asset_tag"]
"""


def flexible_assets() -> Iterator[Figure]:
    """Make an asset for each of the devices, which are there; then change what some of them show."""
    with stage("first_sync") as here:
        here.sync()
        here.configure(rest=_BLOCK)
        requests = requests_of(here)
        _expect(DEVICES, len(here.itglue.call("GET", "/records/flexible_assets")), "assets are there")
        yield Figure.of("requests_per_asset_created", len(requests) / DEVICES, "requests per asset", "<=", 0.05)
        _change(here)
        requests = requests_of(here)
        _expect(CHANGED, sum(entry["rows"] for entry in writes_of(requests)), "assets were written")
        yield Figure.of("requests_per_asset_updated", len(requests) / CHANGED, "requests per asset", "<=", 1.1)


def _change(here: Stage) -> None:
    devices = here.connectwise.call("GET", "/records/company/configurations")
    for place, device in enumerate(devices[:: len(devices) // CHANGED][:CHANGED]):
        change = {"tagNumber": f"changed {place}"}
        here.connectwise.call("PATCH", f"/records/company/configurations/{device['id']}", change)


def _expect(wanted: int, found: int, what: str) -> None:
    if found != wanted:
        raise FailedError(f"{found} {what}, {wanted} should be")
