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
            attributes = {word: now["attributes"][word] for word in row["attributes"]}
            assert attributes == row["attributes"]
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


def test_the_operating_systems_have_the_ids_of_the_account() -> None:
    """IT Glue has them from the beginning, so the provider can only refer to them."""
    held = shown(filled(new_itglue(), {}), "operating_systems")

    assert {name: held[record]["attributes"]["name"] for name, record in OPERATING_SYSTEMS.items()} == {
        name: name for name in OPERATING_SYSTEMS
    }
