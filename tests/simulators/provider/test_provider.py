"""A provider that is believable, repeatable and whole."""

import re
from collections import Counter
from math import log
from statistics import pstdev
from typing import Any

import orjson
import pytest

from simulators.provider import Provider, build
from simulators.provider.catalogue import JUNK_SERIALS

Records = dict[str, list[dict[str, Any]]]
SIZES = ((1, 0), (1, 1), (2, 10), (3, 7), (12, 40), (50, 1), (60, 3001), (200, 5000))


@pytest.mark.parametrize(("companies", "devices"), SIZES)
def test_there_are_exactly_as_many_as_asked_for(companies: int, devices: int) -> None:
    """200x5000 is 200 companies with 5,000 devices in all."""
    records = build(companies, devices, seed=3).records("connectwise")

    assert len(records["company/companies"]) == companies
    assert len(records["company/configurations"]) == devices


def test_a_provider_without_a_company_is_refused() -> None:
    """Devices need somebody who has them."""
    with pytest.raises(ValueError, match="at least one company"):
        build(0, 5, seed=7)


@pytest.mark.parametrize("system", ["connectwise", "itglue"])
def test_the_same_seed_gives_the_same_provider_and_another_seed_another(system: str) -> None:
    """PSA and IT Glue run in two processes and must belong together."""
    once, again, other = build(30, 300, seed=7), build(30, 300, seed=7), build(30, 300, seed=8)

    assert (
        orjson.dumps(once.records(system)) == orjson.dumps(again.records(system)) == orjson.dumps(once.records(system))
    )
    assert once.traps(system) == again.traps(system)
    assert orjson.dumps(once.records(system)) != orjson.dumps(other.records(system))


def test_growth_of_one_part_does_not_shuffle_another() -> None:
    """More companies or devices leave the first companies and each customer's first devices what they were."""
    small, large = build(30, 300, seed=7), build(100, 5000, seed=7)

    assert small.companies == large.companies[:30]
    first, same = ([device for device in each.devices() if device.company.number == 0] for each in (small, large))
    assert [device.serial for device in first[:10]] == [device.serial for device in same[:10]]
    assert [device.fate for device in first[:10]] == [device.fate for device in same[:10]]


@pytest.mark.parametrize("system", ["autotask", "xurrent", "acme"])
def test_a_system_that_the_provider_does_not_use_is_a_key_error(provider: Provider, system: str) -> None:
    """It has ConnectWise and IT Glue."""
    with pytest.raises(KeyError):
        provider.records(system)
    with pytest.raises(KeyError):
        provider.traps(system)


def test_ids_are_unique_and_each_resource_comes_after_what_it_refers_to(psa: Records, itglue: Records) -> None:
    """Loading in order never meets an unknown reference."""
    for records in (psa, itglue):
        for rows in records.values():
            assert len({row["id"] for row in rows}) == len(rows)
    order = ["organizations", "locations", "contacts", "configurations", "flexible_asset_types"]
    assert [path for path in itglue if path in order] == order
    assert list(itglue)[-3:] == ["flexible_asset_fields", "flexible_assets", "documents"]
    assert list(psa).index("company/companies") > list(psa).index("company/companies/statuses")
    order = ["service/boards", "company/companies", "company/contacts", "company/configurations", "service/tickets"]
    assert [path for path in psa if path in order] == order


def test_every_reference_of_the_psa_points_to_a_record_of_that_name(psa: Records) -> None:
    """References repeat the name of what they point to, a status' description among them."""
    names = {
        path: {row["id"]: row.get("name", row.get("description")) for row in rows}
        for path, rows in psa.items()
        if path != "system/members"
    }
    for company in psa["company/companies"]:
        for path, references in (("statuses", [company["status"]]), ("types", company["types"])):
            assert all(names[f"company/companies/{path}"][each["id"]] == each["name"] for each in references)
    targets = {
        "company": "company/companies",
        "type": "company/configurations/types",
        "status": "company/configurations/statuses",
        "manufacturer": "procurement/manufacturers",
    }
    owner = {row["id"]: row.get("company") for row in psa["company/configurations"]}
    for row in psa["company/configurations"]:
        for field, path in targets.items():
            assert field not in row or names[path][row[field]["id"]] == row[field]["name"]
        parent = row.get("parentConfigurationId")
        assert parent is None or (parent in owner and parent != row["id"])
    associations = {(row["company"]["id"], row["type"]["id"]) for row in psa["company/companyTypeAssociations"]}
    assert associations == {(row["id"], kind["id"]) for row in psa["company/companies"] for kind in row["types"]}


def test_every_reference_of_itglue_points_to_a_record(itglue: Records) -> None:
    """A model is of the configuration's own manufacturer."""
    ids = {resource: {row["id"] for row in rows} for resource, rows in itglue.items()}
    makers = {row["id"]: row["attributes"]["manufacturer-id"] for row in itglue["models"]}
    assert set(makers.values()) <= ids["manufacturers"]
    for row in itglue["organizations"]:
        assert row["attributes"]["organization-type-id"] in ids["organization_types"]
        assert row["attributes"]["organization-status-id"] in ids["organization_statuses"]
    for row in itglue["configurations"]:
        attributes = row["attributes"]
        assert attributes["organization-id"] in ids["organizations"]
        assert attributes["configuration-type-id"] in ids["configuration_types"]
        assert attributes["configuration-status-id"] in ids["configuration_statuses"] | {None}
        assert attributes["manufacturer-id"] in ids["manufacturers"] | {None}
        assert attributes["model-id"] is None or makers[attributes["model-id"]] == attributes["manufacturer-id"]


def test_the_two_belong_together(psa: Records, itglue: Records) -> None:
    """An adapter names the PSA's record, and the device is in the organization of its company."""
    companies = {str(row["id"]) for row in psa["company/companies"]}
    owners = {str(row["id"]): row["company"]["id"] for row in psa["company/configurations"] if "company" in row}
    linked = {row["id"]: row["adapter"]["remote-id"] for row in itglue["organizations"] if "adapter" in row}
    assert set(linked.values()) <= companies
    assert len(set(linked.values())) == len(linked)
    synced = [row for row in itglue["configurations"] if "adapter" in row]
    assert len({row["adapter"]["remote-id"] for row in synced}) == len(synced) > 1000
    for row in synced:
        assert str(owners[row["adapter"]["remote-id"]]) == linked[row["attributes"]["organization-id"]]
    for row in itglue["organizations"] + itglue["configurations"]:
        assert (row["attributes"]["psa-integration"] == "enabled") == ("adapter" in row)
        assert row.get("adapter", {"adapter-type-name": "ConnectWise"})["adapter-type-name"] == "ConnectWise"


def test_what_the_vendors_limit_is_within_the_limits(psa: Records, itglue: Records) -> None:
    """Lengths after connectwise.md 5.2 and 5.5, the MAC after itglue.md 5.4."""
    for row in psa["company/companies"]:
        assert len(row["name"]) <= 50
        assert len(row["identifier"]) <= 25
    assert len({row["identifier"] for row in psa["company/companies"]}) == len(psa["company/companies"])
    for row in psa["company/configurations"]:
        assert len(row["name"]) <= 100
        assert len(row.get("macAddress", "")) <= 25
        assert None not in row.values()
    for row in itglue["configurations"]:
        assert re.fullmatch(r"[0-9A-F]{2}([:-][0-9A-F]{2}){5}", row["attributes"]["mac-address"] or "00-11-22-33-44-55")
    assert max(row["id"] for row in itglue["organizations"]) > 2**31


def test_customers_are_of_lognormal_size(provider: Provider) -> None:
    """A few are large, most are small: the standard deviation of the logarithms is about 0.8."""
    sizes = [size for size in provider.sizes if size > 4]

    assert 0.55 < pstdev(log(size) for size in sizes) < 0.95
    assert max(provider.sizes) > 4 * sum(provider.sizes) / len(provider.sizes)


def test_the_psa_shows_what_a_real_one_shows(psa: Records) -> None:
    """Eight used types, five statuses, 20 manufacturers, about 160 models, junk serial numbers, secrets in questions."""
    devices = psa["company/configurations"]
    types = Counter(row["type"]["name"] for row in devices if "type" in row)
    assert len(set(types) - {"Consumable", "Spare"}) == 8
    assert {row["status"]["name"] for row in devices if "status" in row} == {
        "Active",
        "Inactive",
        "In Repair",
        "Retired",
        "Scrapped",
    }
    assert len(psa["procurement/manufacturers"]) == 20
    assert (
        140 <= len({(row["manufacturer"]["id"], row["modelNumber"]) for row in devices if "manufacturer" in row}) <= 160
    )
    assert all(sum(row.get("serialNumber") == junk for row in devices) > 10 for junk in JUNK_SERIALS)
    assert any(question["fieldType"] == "Password" for row in devices for question in row.get("questions", ()))
    assert any(not name.isascii() for name in (row["name"] for row in psa["company/companies"]))
    assert {len(row["types"]) for row in psa["company/companies"]} == {0, 1, 2}


def test_itglue_knows_what_the_psa_does_not(psa: Records, itglue: Records) -> None:
    """Organizations, documentation, asset tags and archived records that a sync must leave alone."""
    names = {row["name"] for row in psa["company/companies"]}
    assert sum("adapter" not in row and row["attributes"]["name"] not in names for row in itglue["organizations"]) > 8
    attributes = [row["attributes"] for row in itglue["configurations"]]
    assert sum(each["notes"] is not None and "<p>" in each["notes"] for each in attributes) > 300
    assert sum(str(each["asset-tag"]).startswith("ITG-") for each in attributes) > 30
    assert sum(each["archived"] for each in attributes) > 50
