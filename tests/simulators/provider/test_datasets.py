"""The benchmarks' data."""

from collections import Counter
from typing import Any

import pytest

from simulators.provider.datasets import adoption, all_new, first_sync

Records = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def adoptable() -> dict[str, Records]:
    """Give the set in which everything is there already."""
    return adoption(companies=40, devices=4000, seed=7)


def test_the_psa_side_has_the_names_that_the_benchmarks_count(adoptable: dict[str, Records]) -> None:
    """20 manufacturers, 160 models, 8 types, 5 statuses (DESIGN 9)."""
    psa = adoptable["connectwise"]
    devices = psa["company/configurations"]

    assert (len(psa["company/companies"]), len(devices)) == (40, 4000)
    assert len({row["type"]["id"] for row in devices}) == len(psa["company/configurations/types"]) == 8
    assert len({row["status"]["id"] for row in devices}) == len(psa["company/configurations/statuses"]) == 5
    assert len({row["manufacturer"]["id"] for row in devices if "manufacturer" in row}) == 20
    assert len({(row["manufacturer"]["id"], row["modelNumber"]) for row in devices if "manufacturer" in row}) == 160


def test_there_is_no_trap(adoptable: dict[str, Records]) -> None:
    """All are active clients; every serial number stands on one device; no name twice in a customer."""
    psa = adoptable["connectwise"]
    devices = psa["company/configurations"]

    assert {(row["status"]["name"], *(kind["name"] for kind in row["types"])) for row in psa["company/companies"]} == {
        ("Active", "Client")
    }
    assert not any(row["deletedFlag"] for row in psa["company/companies"])
    assert len({row["name"] for row in psa["company/companies"]}) == 40
    assert len({row["serialNumber"] for row in devices}) == 4000
    assert len({(row["company"]["id"], row["name"]) for row in devices}) == 4000


def test_the_three_sets_have_one_psa() -> None:
    """They differ in what IT Glue holds already."""
    sides = [make(companies=10, devices=100, seed=7) for make in (first_sync, all_new, adoption)]

    assert sides[0]["connectwise"] == sides[1]["connectwise"] == sides[2]["connectwise"]
    assert sides[1]["itglue"] == {}
    assert set(sides[0]["itglue"]) == {"organization_types", "organization_statuses", "organizations"}


def test_organizations_are_there_by_exact_name_and_equal() -> None:
    """Only configurations are left to write in a first sync, and the names that they need."""
    sides = first_sync(companies=10, devices=100, seed=7)
    companies = sides["connectwise"]["company/companies"]
    organizations = [row["attributes"] for row in sides["itglue"]["organizations"]]

    assert [(row["name"], row["identifier"]) for row in companies] == [
        (row["name"], row["short-name"]) for row in organizations
    ]
    assert sides["itglue"]["organization_types"][0]["attributes"]["name"] == "Client"
    assert sides["itglue"]["organization_statuses"][0]["attributes"]["name"] == "Active"


def test_half_of_what_is_adopted_differs_in_one_field(adoptable: dict[str, Records]) -> None:
    """The other half is equal, as the default mapping writes it."""
    devices = {row["serialNumber"]: row for row in adoptable["connectwise"]["company/configurations"]}
    itglue = adoptable["itglue"]
    statuses = {row["id"]: row["attributes"]["name"] for row in itglue["configuration_statuses"]}
    types = {row["id"]: row["attributes"]["name"] for row in itglue["configuration_types"]}
    models = {row["id"]: row["attributes"]["name"] for row in itglue["models"]}
    different: Counter[int] = Counter()
    for row in itglue["configurations"]:
        attributes = row["attributes"]
        device = devices.pop(attributes["serial-number"])
        assert attributes["name"] == device["name"]
        assert types[attributes["configuration-type-id"]] == device["type"]["name"]
        assert models.get(attributes["model-id"]) == device.get("modelNumber")
        assert attributes["psa-integration"] is None
        different[
            (statuses[attributes["configuration-status-id"]] != device["status"]["name"])
            + (attributes["warranty-expires-at"] != (device.get("warrantyExpirationDate") or "")[:10])
            - ("warrantyExpirationDate" not in device)
        ] += 1

    assert devices == {}
    assert different == {0: 2000, 1: 2000}
