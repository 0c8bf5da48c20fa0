"""The provider and the simulators that serve it."""

from collections.abc import Callable
from typing import Any, Protocol

import pytest

from simulators.connectwise import ConnectWise
from simulators.itglue import ItGlue
from simulators.kernel import Kernel
from simulators.provider import build
from simulators.provider.catalogue import OPERATING_SYSTEMS
from simulators.provider.datasets import Sides, adoption, first_sync
from simulators.provider.itglue_customers import COUNTRY, REGIONS

Records = dict[str, list[dict[str, Any]]]


class Loaded(Protocol):
    """The part of a simulator that takes records in and shows them."""

    def load(self, resource: str, record: dict[str, Any]) -> None:
        """Take a record that was there before."""

    def dump(self, path: str) -> list[Any] | None:
        """Give every record of a resource."""


def filled(vendor: Loaded, records: Records) -> Loaded:
    """Load a simulator as its command line does."""
    for resource, rows in records.items():
        for row in rows:
            vendor.load(resource, row)
    return vendor


def new_itglue() -> Loaded:
    """Make an account that holds the built-in lists only."""
    return ItGlue(Kernel(declared=ItGlue.switches))


def shown(vendor: Loaded, resource: str) -> dict[int, dict[str, Any]]:
    """Give what a simulator holds of a resource."""
    found = vendor.dump(resource)
    assert found is not None
    return {int(item["id"]): item["now"] for item in found}


def as_written(value: Any) -> Any:
    """Give a value as it is written: of tags the ids, of a file its name."""
    if not isinstance(value, dict):
        return value
    if "values" in value:
        return [each["id"] for each in value["values"]]
    if {"name", "size"} <= value.keys() or "file_name" in value:
        return value.get("file_name", value.get("name"))
    return {word: as_written(each) for word, each in value.items()}


def is_part(said: Any, held: Any) -> bool:
    """Say whether everything that is said of a record is held; the vendor adds links and what is false."""
    if isinstance(said, dict):
        return all(word in held and is_part(value, held[word]) for word, value in said.items())
    if isinstance(said, list):
        return len(said) == len(held) and all(is_part(*pair) for pair in zip(said, held, strict=True))
    return bool(said == held)


def test_itglue_takes_every_record_and_keeps_the_links() -> None:
    """Nothing of the earlier life is refused or lost on the way in."""
    records = build(60, 600, seed=7).records("itglue")

    vendor = filled(new_itglue(), records)

    for resource, rows in records.items():
        held = shown(vendor, resource)
        assert set(held) == {row["id"] for row in rows}
        for row in rows:
            now = held[row["id"]]
            attributes = {word: as_written(now["attributes"][word]) for word in row["attributes"]}
            assert attributes == as_written(row["attributes"])
            links = [row["adapter"]["remote-id"]] if "adapter" in row else []
            assert [link["remote-id"] for link in now["adapters"]] == links


def test_connectwise_takes_every_record_as_it_is() -> None:
    """What the provider says of a record is what the simulator shows of it, stamps and answers included."""
    records = build(60, 600, seed=7).records("connectwise")

    vendor = filled(ConnectWise(Kernel(declared=ConnectWise.switches)), records)

    for resource, rows in records.items():
        held = shown(vendor, resource)
        assert set(held) == {row["id"] for row in rows}
        assert all(is_part(row, held[row["id"]]) for row in rows)


@pytest.mark.parametrize("make", [first_sync, adoption])
def test_itglue_takes_the_benchmarks_data(make: Callable[[int, int, int], Sides]) -> None:
    """They are loaded from a file in the same way."""
    records = make(10, 100, 7)["itglue"]

    vendor = filled(new_itglue(), records)

    assert len(shown(vendor, "organizations")) == 10


def test_country_and_regions_have_the_ids_of_the_account() -> None:
    """They are the account's own too."""
    vendor = filled(new_itglue(), {})

    assert shown(vendor, "countries")[COUNTRY]["attributes"]["iso"] == "GB"
    regions = shown(vendor, "regions")
    assert {name: regions[record]["attributes"]["name"] for name, record in REGIONS.items()} == {
        name: name for name in REGIONS
    }


def test_a_company_shows_its_primary_site_from_the_beginning() -> None:
    """One event each: nothing was changed while the records were loaded."""
    records = build(12, 80, seed=7).records("connectwise")

    vendor = filled(ConnectWise(Kernel(declared=ConnectWise.switches)), records)

    for item in vendor.dump("company/companies") or []:
        company = item["now"]
        assert [event["verb"] for event in item["history"]] == ["create"]
        rows = records.get(f"company/companies/{company['id']}/sites", [])
        assert company.get("site", {}).get("id") == next((row["id"] for row in rows if row["primaryAddressFlag"]), None)


def test_the_operating_systems_have_the_ids_of_the_account() -> None:
    """IT Glue has them from the beginning, so the provider can only refer to them."""
    held = shown(filled(new_itglue(), {}), "operating_systems")

    assert {name: held[record]["attributes"]["name"] for name, record in OPERATING_SYSTEMS.items()} == {
        name: name for name in OPERATING_SYSTEMS
    }
